"""Names that a section documents without a heading or an entry of their own.

A section titled by a name's words documents it if its code uses it: `Digest authentication` that of
`acme.DigestAuth`. A list below a documented type documents the members that its items begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from askdocs_indexer.types import Block

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*")
_CODE = re.compile(r"(?P<fence>```+|~~~+)[^\n]*\n.*?(?P=fence)|`[^`\n]+`", re.DOTALL)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TITLE_WORD = re.compile(r"[a-z\d]+")
_ITEM = re.compile(
    r"^\s*[-*+]\s+\**`(?:(?P<owner>[A-Za-z_]\w*(?:\.\w+)*)?(?P<dot>\.))?(?P<name>[A-Za-z_]\w*)"
    r"(?:\([^`\n]*\))?`(?P<after>\**(?:\s*[:–—]|\s+-\s))?",
    re.MULTILINE,
)
# A name of one word is any word; a long title is a sentence.
_LEAST_WORDS, _MOST_WORDS = 2, 4
_MOST_CHARACTERS = 20_000


def titled(title: str, blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the names in a section's code whose words are those of its title."""
    words = _TITLE_WORD.findall(title.lower())
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS:
        return ()
    text = "\n\n".join(block.text for block in blocks)[:_MOST_CHARACTERS]
    names = (name[0] for code in _CODE.finditer(text) for name in _DOTTED.finditer(code[0]))
    return tuple(dict.fromkeys(name for name in names if _says(words, name)))


def _says(words: Sequence[str], name: str) -> bool:
    """Return whether words are those of a name's last part, which may shorten them (`Auth`)."""
    parts = [part.lower() for part in _WORD.findall(re.split(r"\.|::", name)[-1])]
    return len(parts) == len(words) and all(map(str.startswith, words, parts))


def listed(owner: str, blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the members of `owner`, a documented symbol, that list items begin with.

    A name without a dot before it must have its meaning behind it.
    """
    last = re.split(r"\.|::", owner)[-1]
    for block in blocks:
        for item in _ITEM.finditer(block.text) if block.kind == "prose" else ():
            is_member = item["dot"] or (item["after"] and not item["owner"])
            if is_member and item["owner"] in (None, last, owner):
                yield f"{owner}.{item['name']}"
