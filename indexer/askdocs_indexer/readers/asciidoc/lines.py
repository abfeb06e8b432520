"""How lines of AsciiDoc begin what they begin: sections, blocks, items of lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTION = re.compile(r"(?P<marks>={1,6}|#{1,6})[ \t]+(?P<title>\S.*)$")
# A title with a line below it, by the line's signs, from the outermost level on.
UNDERLINES = "=-~^+"
ATTRIBUTES = re.compile(r"\[(?P<inside>[A-Za-z_:.,#%\"'{*].*|\s*)\]$")
ANCHOR = re.compile(r"\[\[(?P<id>[A-Za-z_:][\w:.-]{0,200}+)(?:,(?P<text>[^\[\]]*))?\]\]$")
TITLE = re.compile(r"\.(?P<title>\.?[^\s.].*)$")
COMMENT = re.compile(r"//(?!/)")
BREAK = re.compile(r"(?:'{3,}|<{3,}|-{3}|- - -|\*{3}|\* \* \*|_{3}|_ _ _)$")
MACRO = re.compile(
    r"(?P<name>[a-z][\w-]{0,40}+)::(?P<target>(?:[^\s\[][^\[]*)?)\[(?P<inside>.*)\]$"
)
ADMONITION = re.compile(r"(?P<label>NOTE|TIP|IMPORTANT|WARNING|CAUTION):[ \t]+(?P<text>\S.*)$")
CONTINUATION = "+"

_DELIMITER = re.compile(r"(?:([-.=*_+/])\1{3,}|--|[|,:!]===+|(?P<fence>```+)(?P<language>[^`]*))$")
_ITEM = re.compile(
    r"[ \t]*(?:(?P<bullet>-|\*{1,6}|•)|(?P<dots>\.{1,6})|(?P<digits>\d{1,9}\.)"
    r"|(?P<letter>[A-Za-z]\.)|(?P<roman>[ivxIVX]{1,8}\)))[ \t]+(?P<text>\S.*)$"
)
_CALLOUT = re.compile(r"<(?:!--)?(?P<number>\d{1,3}|\.)(?:--)?>[ \t]+(?P<text>\S.*)$")
_TERM = re.compile(
    r"(?!//[^/])[ \t]*(?P<term>\S(?:.*?\S)??)(?P<mark>:{2,4}|;;)(?:[ \t]+(?P<text>\S.*)|[ \t]*)$"
)
_TERM_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Marker:
    """The beginning of an item: items of a list have the same `key`.

    `term` is what an item of a description list describes.
    """

    key: str
    text: str
    number: str = ""
    term: str = ""


def marker(text: str) -> Marker | None:
    """Return how a line begins an item of a list, if it does."""
    item = _ITEM.match(text)
    if item:
        kinds = ("bullet", "dots", "digits", "letter", "roman")
        kind = next(name for name in kinds if item[name])
        key = item[kind] if kind in {"bullet", "dots"} else kind
        return Marker(key, item["text"], item[kind] if kind == "digits" else "")
    callout = _CALLOUT.match(text)
    if callout:
        return Marker("<>", callout["text"], callout["number"])
    if "::" not in text and ";;" not in text:
        return None
    term = _TERM.match(text)
    if term is None or len(term["term"]) > _TERM_CHARACTERS:
        return None
    return Marker(term["mark"], term["text"] or "", term=term["term"])


def delimiter(text: str) -> str:
    """Return the line that closes the block that this line opens; "" if it opens none."""
    match = _DELIMITER.match(text)
    if match is None:
        return ""
    return match["fence"] or text


def fence_language(text: str) -> str:
    """Return the language behind a fence as Markdown has it."""
    match = _DELIMITER.match(text)
    return (match["language"] or "").strip() if match else ""


def is_metadata(text: str) -> bool:
    """Return whether a line only says something of the block below it."""
    return ATTRIBUTES.match(text) is not None or ANCHOR.match(text) is not None
