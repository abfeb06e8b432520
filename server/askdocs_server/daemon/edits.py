"""Edits of a document as LSP sends them, on plain JSON and plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from askdocs_server.text.lines import line_span

_CODECS = {"utf-8": "utf-8", "utf-16": "utf-16-le"}
_UNITS = {"utf-8": 1, "utf-16": 2}


def edited(text: str, change: Mapping[str, Any], encoding: str) -> str:
    """Return a text after one content change. Raises KeyError, TypeError if it is malformed.

    `encoding` is "utf-8", "utf-16" or "utf-32". A position beyond a line means its end, and one
    beyond the text means the text's end.
    """
    new = change["text"]
    if not isinstance(new, str):
        raise TypeError("the text of a change must be a string")
    if change.get("range") is None:
        return new
    start = _offset(text, change["range"]["start"], encoding)
    end = _offset(text, change["range"]["end"], encoding)
    return text[:start] + new + text[max(start, end) :]


def _offset(text: str, position: Mapping[str, Any], encoding: str) -> int:
    number, units = int(position["line"]), int(position["character"])
    if number < 0 or units < 0:
        raise TypeError("a position must not be negative")
    line = line_span(text, number)
    if line is None:
        return len(text)
    start, end = line
    head = text[start : min(end, start + units)]  # A code point takes at least one unit.
    if encoding in _CODECS and not head.isascii():
        data = head.encode(_CODECS[encoding], "surrogatepass")[: units * _UNITS[encoding]]
        head = data.decode(_CODECS[encoding], "ignore")
    return start + len(head)
