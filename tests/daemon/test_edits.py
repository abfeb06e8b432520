"""Edits of a document, beside what the server itself makes of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import PositionCodec

from askdocs_server.daemon.edits import edited
from askdocs_server.lsp.documents import EditorDocument

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.text(st.sampled_from("ab é\U0001f600\n\r"), max_size=30)


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, Any]:
    area = [{"line": line, "character": character} for line, character in (start, end)]
    return {"range": {"start": area[0], "end": area[1]}, "text": text}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("text", "start", "end", "new", "result"),
    [
        ("one\ntwo\n", (1, 0), (1, 3), "2", "one\n2\n"),
        ("one\r\ntwo", (0, 3), (1, 0), " ", "one two"),
        ("one\rtwo", (1, 1), (1, 2), "", "one\rto"),
        ("one", (0, 99), (7, 0), "!", "one!"),
        ("", (0, 0), (0, 0), "x", "x"),
        ("a\n", (1, 0), (1, 0), "b", "a\nb"),
    ],
)
def test_edits(
    text: str, start: tuple[int, int], end: tuple[int, int], new: str, result: str, encoding: str
) -> None:
    assert edited(text, change(start, end, new), encoding) == result


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
def test_units(encoding: str, units: int) -> None:
    assert edited("\U0001f600x", change((0, units), (0, units + 1), "y"), encoding) == "\U0001f600y"


def test_a_whole_text() -> None:
    assert edited("old", {"text": "new"}, "utf-16") == "new"


@pytest.mark.parametrize(
    "wrong", [{}, {"text": 1}, {"text": "", "range": {}}, change((-1, 0), (0, 0), "")]
)
def test_what_is_no_change(wrong: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError)):
        edited("x", wrong, "utf-16")


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the UTF-16 position of an offset; within a line break, that of the break."""
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    lines = re.split(r"\r\n|\r|\n", text[:offset])
    return len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2


@given(TEXTS, st.integers(0, 30), st.integers(0, 30), TEXTS)
def test_it_agrees_with_the_server(text: str, one: int, other: int, new: str) -> None:
    start, end = (position(text, min(at, len(text))) for at in sorted([one, other]))
    codec = PositionCodec(types.PositionEncodingKind.Utf16)
    document = EditorDocument("file:///a", text, 1, "text", position_codec=codec)
    area = types.Range(types.Position(*start), types.Position(*end))
    document.apply_change(types.TextDocumentContentChangePartial(text=new, range=area))
    assert edited(text, change(start, end, new), "utf-16") == document.source
