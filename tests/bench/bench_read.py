"""How fast documents are read, and how much of what they show is in their passages.

    python -m tests.bench.bench_read [FOLDER …] [--least N]

Without a folder it reads the documentation of this project. Each format is read as indexing reads
it, with what pages include, and cut into chunks that fit the bundled embedding model. The floor is
to split the same text into words. Times are of the processor, per core. Pages that hold less than
the share `--least` are named.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.embedding.window import Window
from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.coverage import coverage
from askdocs_indexer.ingest.dependencies import Dependencies
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_page, is_wanted, reader_within
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings

PROJECT = Path(__file__).parents[2] / "docs"
WORD = re.compile(r"\w+")


@dataclass
class Format:
    """What was read of one format; sizes in bytes, times in seconds."""

    size: int = 0
    chunks: int = 0
    seconds: float = 0.0
    floor: float = 0.0
    coverages: list[tuple[float, str]] = field(default_factory=list)


def read(folder: Path, docs: DocsSettings, window: Window, formats: dict[str, Format]) -> None:
    """Read the documents of a folder."""
    selection = Selection(folder.resolve(), docs, lambda key: is_wanted(key, docstrings=True))
    for path in selection.scan():
        dependencies = Dependencies(selection, docs.max_file_bytes)
        text = dependencies.text(path)
        reader = reader_within(selection.root, path, dependencies.note)
        if text is None or reader is None:
            continue
        suffix = PurePosixPath(path).suffix.lower()
        row = formats["sources" if is_source(path) else suffix or "no suffix"]
        started = time.thread_time()
        sections = reader(text, path, dependencies.included)
        chunks = chunks_of(path, sections, docs.chunk_characters, window)
        row.seconds += time.thread_time() - started
        started = time.thread_time()
        WORD.findall(text)
        row.floor += time.thread_time() - started
        row.size += len(text.encode())
        row.chunks += len(chunks)
        if is_page(path):
            row.coverages.append((coverage(text, chunks), f"{folder.name}/{path}"))


def main() -> None:
    """Print a row for each format, and the pages that lose most."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="*", type=Path, default=[PROJECT])
    parser.add_argument("--least", type=float, default=0.8)
    options = parser.parse_args()
    formats: dict[str, Format] = defaultdict(Format)
    window = SentenceTransformerEmbedder(EmbeddingSettings(model="bundled")).window
    for folder in options.folders:
        read(folder, DocsSettings(), window, formats)
    for name, row in sorted(formats.items(), key=lambda item: -item[1].size):
        megabytes = row.size / 1e6
        shares = sorted(row.coverages)
        held = f"words held: mean {sum(s for s, _ in shares) / len(shares):.3f}" if shares else ""
        speed, ratio = megabytes / row.seconds, row.seconds / max(row.floor, 1e-9)
        print(
            f"{name:12} {megabytes:6.2f} MB {row.chunks:6} chunks {speed:6.2f} MB/s "
            f"{ratio:5.1f} floors  {held}"
        )
        for share, path in shares[:3]:
            if share < options.least:
                print(f"             {share:.2f} of {path}")


if __name__ == "__main__":
    main()
