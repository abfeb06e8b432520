"""Titles of headings in Markdown."""

from __future__ import annotations

import re

from askdocs_indexer.readers.markdown_writer import literal, outside_code

_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()]*\)")
# Attributes, tags and comments: the parts of a heading that are meant for programs. Neither an
# escaped bracket nor `a < b > c` is a tag, and an address in brackets is text.
_NOTE = re.compile(
    r"(?P<escaped>\\[\\<])"
    r"|<(?P<address>[A-Za-z][\w+.-]{1,31}:[^\s<>]*|[\w.+-]{1,64}@[\w.-]{1,253})>"
    r"|[ \t]{0,9}\{%?[ \t]*[#.:][^{}]{0,200}\}[ \t]*$"
    r"|<!--.{0,200}?-->|</?[A-Za-z][^<>]*>|[ \t]{0,9}\{/\*.{0,200}?\*/\}"
)


# lazydocs' mark for what a heading is about.
_KIND = re.compile(r"\A<kbd>(?P<kind>[a-z ]{1,30})</kbd>")


def heading_title(markdown: str) -> str:
    """Return a heading's own words, still Markdown; "" if it shows a picture without words."""
    text = _KIND.sub(r"*\g<kind>*", _IMAGE.sub(r"\1", markdown))
    return outside_code(text, lambda part: _NOTE.sub(_shown, part)).strip()


def _shown(note: re.Match[str]) -> str:
    return note["escaped"] or literal(note["address"] or "")
