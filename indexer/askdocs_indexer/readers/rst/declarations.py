"""What the code of an entry declares besides the symbol that the entry is called by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from askdocs_indexer.readers.sections import Item
from askdocs_indexer.types import Block

_ENUM = re.compile(r"\benum\b(?:\s+(?:class|struct))?(?:\s+\w+)?[^{};()]*\{(?P<body>[^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_ENUMERATOR = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?:=|$)")


def enumerators(items: Iterable[Item]) -> Iterator[str]:
    """Yield the enumerators in the code of an entry of C: its text is all that they have."""
    for item in items:
        if isinstance(item, Block) and item.kind == "code":
            for enum in _ENUM.finditer(_COMMENT.sub("", item.text)):
                parts = map(_ENUMERATOR.match, enum["body"].split(","))
                yield from (part["name"] for part in parts if part)
