"""How much of what a page shows is in its passages.

A reader that mistakes a page loses it without an error; its words tell. They are counted apart from
the readers, by what is no text in any format: tags, comments, scripts, addresses, front matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from askdocs_indexer.types import Chunk

# Below this share of its words, a page is reported.
_LEAST = 0.5
# A page of fewer different words is too short to judge.
_FEWEST = 60

_UNSEEN = re.compile(
    r"<!--.*?-->|<(?P<tag>script|style|nav|header|footer|aside|svg|template|noscript)\b.*?</(?P=tag)>"
    r"|\A---\n.*?\n---\n|\A\+\+\+\n.*?\n\+\+\+\n|</?[A-Za-z][^<>]*>|https?://\S+|\]\([^)\n]*\)|&\w+;",
    re.DOTALL | re.IGNORECASE,
)
# Where rustdoc's page on a type goes on with what it says of all types, up to its end.
_OF_ALL_TYPES = re.compile(r"<h2 id=\"(?:blanket|synthetic)-implementations\"")
_WORD = re.compile(r"[^\W\d_]{3,}")


def remark(text: str, chunks: Iterable[Chunk]) -> str:
    """Say in words that a page's chunks lack most of it; "" where they do not."""
    share = coverage(text, chunks)
    if share >= _LEAST:
        return ""
    return (
        f"only {share:.0%} of its words are in passages. Its format is written in a way that "
        "askdocs does not know yet: please report it"
    )


def coverage(text: str, chunks: Iterable[Chunk]) -> float:
    """Return the share of a page's different words that its chunks hold; 1 for a short page."""
    common = _OF_ALL_TYPES.search(text)
    own = text[: common.start()] if common else text
    visible = set(_WORD.findall(_UNSEEN.sub(" ", own).lower()))
    if len(visible) < _FEWEST:
        return 1.0
    held: set[str] = set()
    for chunk in chunks:
        held.update(_WORD.findall(chunk.embedded_text.lower()))
    return len(visible & held) / len(visible)
