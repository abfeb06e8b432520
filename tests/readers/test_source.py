"""Bytes to text to lines."""

from __future__ import annotations

import pytest

from askdocs_indexer.errors import ReadError
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.readers.decoding import decode, lines_of


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("naïve ✓".encode(), "naïve ✓"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("wide".encode("utf-16"), "wide"),
        (b"\xfe\xff\x00a", "a"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"", ""),
    ],
)
def test_text_is_decoded(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GIF89a\0\1", "binary file"),
        ("wide, no mark".encode("utf-16-le"), "binary file"),
        (b"ab\xffc", r"byte 3.*save it as UTF-8"),
        (b"\xff\xfea", "UTF-16"),
        ("a\0b".encode("utf-16"), "binary file"),
    ],
)
def test_other_bytes_are_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        decode(data)


def test_lines_are_counted_as_editors_count_them() -> None:
    assert lines_of("a\x0cb\u2028c\x1cd\x85e\r\nf\rg\n") == [
        "a\x0cb\u2028c\x1cd\x85e",
        "f",
        "g",
        "",
    ]


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("docs/a.md", True),
        ("a.MDX", True),
        ("a.rst", True),
        ("a.html", True),
        ("a.txt", True),
        ("README", True),
        ("sub/ChangeLog", True),
        ("LICENSE", False),
        ("requirements.txt", False),
        ("a.py", True),
        ("Makefile", False),
        (".md", False),
    ],
)
def test_reader_is_chosen_by_name(path: str, is_read: bool) -> None:
    assert (reader_for(path) is not None) is is_read
