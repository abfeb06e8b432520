"""Which files are sources, and how they are left out."""

from __future__ import annotations

import pytest

from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.formats import read_source, reader_for


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        *((f"a{suffix}", True) for suffix in (".py", ".pyi", ".js", ".jsx", ".ts", ".tsx", ".go")),
        *(
            (f"a{suffix}", True)
            for suffix in (".rs", ".java", ".kt", ".c", ".h", ".cc", ".hpp", ".PY")
        ),
        *((f"a{suffix}", True) for suffix in (".cs", ".php", ".rb")),
        ("a.md", False),
        ("a.ipynb", False),
        ("README", False),
    ],
)
def test_sources_are_left_out_on_demand(path: str, is_read: bool) -> None:
    assert is_source(path) is is_read
    assert (reader_for(path) is read_source) is is_read
    assert reader_for(path, docstrings=False) is not read_source
