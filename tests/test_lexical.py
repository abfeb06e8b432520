"""Words as the lexical index sees them."""

from __future__ import annotations

import pytest

from askdocs_indexer.lexical import lexical_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What do the parameters mean?", "paramet mean"),
        ("efConstruction", "efconstruction ef construct"),
        ("os.path.join", "os path join"),
        ("max_file_bytes", "max_file_bytes max file byte"),
        ("HNSW", "hnsw"),
        ("IVF_FLAT", "ivf_flat ivf flat"),
        ("the and of", ""),
        ("größe 東京", "größe 東京"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert lexical_text(text) == expected
