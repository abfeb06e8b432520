"""PHPDoc: the tags of JSDoc, with types as bare words before what they are the types of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from askdocs_indexer.languages.doc_comments.dialects import JSDOC
from askdocs_indexer.languages.doc_comments.tags import Tag
from askdocs_indexer.languages.php.types import type_end
from askdocs_indexer.readers.decoding import words

PHPDOC = replace(JSDOC, language="php")
# Tags whose text begins with a type.
_TYPED = words("param property property-read property-write return returns")
_VARIABLE = re.compile(r"\s*(?:&|\.\.\.)?\$\w+")


def typed(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Mark the types at the beginning of tags with braces; ``@var`` only says what is described."""
    return tuple(map(_marked, tags))


def _marked(tag: Tag) -> Tag:
    text = "\n".join(tag.lines)
    start = len(text) - len(text.lstrip())
    end = type_end(text, start)
    if tag.name == "var":
        variable = _VARIABLE.match(text, end)
        rest = tag.without(variable.end() if variable is not None else end)
        return replace(rest, name="summary")
    if tag.name not in _TYPED or end == start or text[start] == "$":
        return tag
    name = "property" if tag.name.startswith("property") else tag.name
    written = f"{text[:start]}{{{text[start:end]}}}{text[end:]}"
    return replace(tag, name=name, lines=tuple(written.split("\n")))
