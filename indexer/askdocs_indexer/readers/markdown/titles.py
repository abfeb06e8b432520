"""Titles in Markdown: of headings, of front matter and of components."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from askdocs_indexer.readers.markdown_writer import outside_code, plain

_KEY = re.compile(r"title[ \t]{0,9}[:=][ \t]{0,9}")
_FOLDED = re.compile(r"[>|][+-]?$")
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<title>.*)(?P=quote)\s*(?:#.*)?$")
_COMMENT = re.compile(r"\s#.*$")
_ESCAPED = re.compile(r"\\([\"\\])|''")
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()]*\)")
# Attributes, tags and comments: the parts of a heading that are meant for programs.
_NOTE = re.compile(
    r"[ \t]{0,9}\{[ \t]*[#.:][^{}]{0,200}\}[ \t]*$"
    r"|<[^<>]*>|<!--.{0,200}?-->|[ \t]{0,9}\{/\*.{0,200}?\*/\}"
)
_LABEL = re.compile(r"\s(?:header|label|question|summary|title)=(?:\"([^\"]*)\"|'([^']*)')")


def front_matter_title(lines: Sequence[str]) -> str:
    """Return the title that front matter (YAML or TOML) gives its document, or ""."""
    index = next((i for i, line in enumerate(lines) if _KEY.match(line)), None)
    if index is None:
        return ""
    value = _KEY.sub("", lines[index][:400], count=1).strip()
    quoted = _QUOTED.match(value)
    if _FOLDED.match(value):
        below = takewhile(lambda line: line[:1] in {" ", "\t"}, lines[index + 1 :])
        value = " ".join(line.strip() for line in below)
    elif quoted:
        value = _ESCAPED.sub(lambda match: match[1] or "'", quoted["title"])
    else:
        value = _COMMENT.sub("", value)
    return plain(value)


def heading_title(markdown: str) -> str:
    """Return a heading's own words, still Markdown; "" if it shows a picture without words."""
    text = _IMAGE.sub(r"\1", markdown)
    return outside_code(text, lambda part: _NOTE.sub("", part)).strip()


def component_labels(tags: str) -> list[str]:
    """Return the titles that the MDX components in `tags` show."""
    return [(double or single).strip() for double, single in _LABEL.findall(tags)]
