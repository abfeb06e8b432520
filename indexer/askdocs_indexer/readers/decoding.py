"""From a file's bytes to lines, counted as an editor counts them."""

from __future__ import annotations

import codecs
import re

from askdocs_indexer.errors import ReadError

_NEWLINE = re.compile(r"\r\n?")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str:
    """Return a document's text with ``\\n`` as the only line end.

    UTF-8 is text, with or without a byte order mark, and so is UTF-16 with a mark. Anything else
    raises ReadError with the reason, because a guessed encoding would put garbage into the index.
    """
    try:
        if data.startswith(_UTF16_MARKS):
            text = data.decode("utf-16")
        else:
            if b"\0" in data:
                raise ReadError("binary file: add it to docs.exclude to hide this message")
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ReadError(
            f"not valid {problem.encoding.upper()} text (byte {problem.start + 1}): "
            "save it as UTF-8"
        ) from problem
    if "\0" in text:
        raise ReadError("binary file: add it to docs.exclude to hide this message")
    return _NEWLINE.sub("\n", text)


def words(text: str) -> frozenset[str]:
    """Return the words of a line as a set: long lists of names read better as prose."""
    return frozenset(text.split())


def lines_of(text: str) -> list[str]:
    """Return the lines that an editor would number 1, 2, 3…

    `str.splitlines` will not do: it also splits at form feeds, line separators and the like.
    """
    return _NEWLINE.sub("\n", text).split("\n")
