"""Text in the props of components: their titles, and the sentences that they show."""

from __future__ import annotations

import re
from collections.abc import Iterable

from askdocs_indexer.readers.decoding import words

# What a component shows its readers as a title, the likeliest first.
LABELS = ("title", "label", "header", "summary", "question")
# Props that are text even if it is a single word.
_TEXTS = words("answer caption description heading subtitle tagline")
# What is meant for browsers and programs, whatever words are in it.
_SETTINGS = words(
    "allow class classes columns cols d font id ids img key layout points query rel sandbox size "
    "sizes srcset sx target theme to transform type types variant variants viewbox"
)
_SETTING_ENDINGS = ("class", "classname", "color", "href", "icon", "path", "src", "style", "url")
_SETTING_BEGINNINGS = ("aria-", "data-")
_CODE = re.compile(r"[{}<>=\\|]")
_WORD = re.compile(r"[\"'(]*[^\W\d_](?:[^\W_]|['’-])*[\"').,:;!?…]*$")


def shown_texts(props: Iterable[tuple[str, str]]) -> list[str]:
    """Return what components with these props show, in Markdown: titles are bold."""
    texts = []
    for name, value in props:
        if name.lower() in LABELS and value.strip():
            texts.append(f"**{value.strip()}**")
        elif is_text(name.lower(), value):
            texts.append(" ".join(value.split()))
    return texts


def is_text(name: str, value: str) -> bool:
    """Return whether the value of a prop, whose name is in lower case, is meant to be read.

    It is if it is words: a single word, or what has signs between, may be a name or a setting.
    """
    if name in _TEXTS:
        return any(map(str.isalpha, value))
    if name in _SETTINGS or name.startswith(_SETTING_BEGINNINGS) or name.endswith(_SETTING_ENDINGS):
        return False
    parts = value.split()
    plain = sum(_WORD.match(part) is not None for part in parts)
    is_sentence = len(parts) > 1 and 2 * plain > len(parts)
    # Names and settings are ASCII; not all languages have spaces between words.
    return (is_sentence or not value.isascii()) and not _CODE.search(value)
