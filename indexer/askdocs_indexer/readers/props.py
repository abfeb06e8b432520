"""Text in the props of components: their titles, and the sentences that they show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from askdocs_indexer.readers.decoding import words

# Notes, warnings and the like, by what components and tags call their kind.
_BOXES = {
    **{
        name: name.capitalize()
        for name in words(
            "attention caution danger error hint important info note success tip warning"
        )
    },
    "alert": "Warning",
    "warn": "Warning",
}
# Components and tags that are such a box, of the kind that one of these props says.
_BOX_NAMES = words("admonition alert aside box callout hint message notice notification panel")
_BOX_PROPS = ("type", "kind", "style", "variant", "intent", "color", "status", "level", "")

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


def box_label(name: str, props: Mapping[str, str]) -> str:
    """Return what the box that a component or tag makes of its contents is called, or "".

    It is `Warning` for `<Warning>` and `<Callout type="warning">`. The prop without a name is a
    tag's first argument.
    """
    name = name.lower()
    if name in _BOX_NAMES:
        kinds = (_BOXES.get(props.get(prop, "").lower(), "") for prop in _BOX_PROPS)
        label = next(filter(None, kinds), "")
    else:
        label = _BOXES.get(name, "")
    title = next((props[prop] for prop in LABELS if props.get(prop, "").strip()), "").strip()
    if label and title and not title.lower().startswith(label.lower()):
        return f"{label}: {title}"
    return title if label and title else label


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
