"""How much of what a page shows is in its passages.

A reader that mistakes a page loses it without an error; its words tell. They are counted apart from
the readers; what no format shows as text is left out: tags, comments, scripts, addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from askdocs_indexer.types import Chunk

# Below this share of its words, a page is reported.
_LEAST = 0.5
# A page of fewer different words is too short to judge.
_FEWEST = 60

# What is hidden from its opening to its closing: comments, parts of HTML, template statements.
_HIDDEN = r"script|style|nav|header|footer|aside|svg|template|noscript"
_OPENING = re.compile(rf"<!--|\{{\{{|\{{%|<(?:{_HIDDEN})\b", re.IGNORECASE)
_CLOSINGS = {"<!--": "-->", "{{": "}}", "{%": "%}"}
# Comments of AsciiDoc, entries of attributes and settings, and the pages in a table of contents are
# no text either.
_UNSEEN = re.compile(
    r"\A---\n.*?\n---\n|\A\+\+\+\n.*?\n\+\+\+\n"
    r"|^\w{2,12}::\S*\[[^\n]*\]$|^/{4,}\n.*?\n/{4,}$|^:!?[\w-]+!?:[^\n]*$|^#\+\w+:[^\n]*$"
    r"|^[ \t]*\.\. toctree::[^\n]*(?:\n[ \t]+\S[^\n]*|\n[ \t]*$)*"
    r"|^[ \t]*[`~:]{3,}[ \t]*\{toctree\}(?:\n(?![`~:]{3})[^\n]*)*"
    r"|</?[A-Za-z][^<>]*>|https?://\S+|\]\([^()\n]*\)|&\w+;",
    re.DOTALL | re.MULTILINE,
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
    own = _without_hidden(text[: common.start()] if common else text)
    visible = set(_WORD.findall(_UNSEEN.sub(" ", own).lower()))
    if len(visible) < _FEWEST:
        return 1.0
    held: set[str] = set()
    for chunk in chunks:
        held.update(_WORD.findall(chunk.embedded_text.lower()))
    return len(visible & held) / len(visible)


def _without_hidden(text: str) -> str:
    """Return a text without its parts that are not shown; what nothing closes is shown.

    Takes linear time: an end that is missing once is not looked for again.
    """
    shown: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for match in _OPENING.finditer(text):
        opening = match[0].lower()
        if match.start() < position or opening in unclosed:
            continue
        closing = re.escape(_CLOSINGS.get(opening, f"</{opening[1:]}>"))
        end = re.compile(closing, re.IGNORECASE).search(text, match.end())
        if end is None:
            unclosed.add(opening)
            continue
        shown.append(text[position : match.start()])
        position = end.end()
    return " ".join([*shown, text[position:]])
