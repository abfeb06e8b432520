"""Each reader on one small tricky document; `pytest --update-golden` rewrites the expectations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.readers.decoding import decode
from askdocs_indexer.types import Section

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = sorted(path.name for path in GOLDEN.iterdir() if path.suffix != ".json")


def as_data(section: Section) -> dict[str, object]:
    return {
        "path": list(section.heading_path),
        "lines": [section.start_line, section.end_line],
        "symbols": list(section.symbols),
        "blocks": [
            {"kind": block.kind, "lines": [block.start_line, block.end_line], "text": block.text}
            for block in section.blocks
        ],
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_reads_as_recorded(name: str, request: pytest.FixtureRequest) -> None:
    reader = reader_for(name)
    assert reader is not None
    text = decode((GOLDEN / name).read_bytes())
    sections = [as_data(section) for section in reader(text, name)]
    expected = GOLDEN / f"{name}.json"
    if request.config.getoption("--update-golden"):
        recorded = json.dumps(sections, indent=1, ensure_ascii=False)
        expected.write_text(f"{recorded}\n", encoding="utf-8")
    assert sections == json.loads(expected.read_text(encoding="utf-8"))
