"""Text with roff's escapes as pieces, each in a font, and pieces as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from askdocs_indexer.readers.man.characters import character
from askdocs_indexer.readers.markdown_writer import code_span, literal

Font = Literal["roman", "bold", "italic", "code", "markdown"]

_FONTS: dict[str, Font] = {
    **dict.fromkeys(("2", "I"), "italic"),
    **dict.fromkeys(("3", "4", "B", "BI"), "bold"),
    **dict.fromkeys(("5", "C", "CB", "CI", "CO", "CR", "CW", "L"), "code"),
}
# What pages take for granted, beside what they define.
STRINGS = {
    "''": "\\(rq", "Aq": "\\(aq", "C'": "", "C`": "", "Ba": "|", "Ge": "\\(>=", "Gt": ">",
    "L\"": "\\(lq", "Le": "\\(<=", "Lq": "\\(lq", "Lt": "<", "Ne": "\\(!=", "Pi": "\\(*p",
    "Pm": "\\(+-", "Px": "POSIX", "R": "\\(rg", "R\"": "\\(rq", "Rq": "\\(rq", "S": "",
    "Tm": "\\(tm", "``": "\\(lq", "lq": "\\(lq", "rq": "\\(rq", "lp": "(", "rp": ")", "q": '"',
    "--": "\\-", "PI": "\\(*p", "C+": "C++", ".T": "utf8",
}  # fmt: skip
_ESCAPE = re.compile(
    r"""
    \\(?:
      (?:\((?P<two>..)|\[(?P<long>[^\]\n]{0,80})\]|C'(?P<quoted>[^'\n]{0,80})')
    | \*(?:\((?P<string2>..)|\[(?P<strings>[^\]\n]{0,80})\]|(?P<string1>.))
    | f(?:\((?P<font2>..)|\[(?P<fonts>[^\]\n]{0,20})\]|(?P<font1>.))
    | [FgkmMnVY](?:\(..|\[[^\]\n]{0,80}\]|[-+]?.)
    | s(?:[-+]?(?:\(\d\d|\[[^\]\n]{0,20}\]|'[^'\n]{0,20}'|[1-3]\d|\d)|\([-+]\d|\([-+]\d\d)?
    | o(?P<over>'[^'\n]{0,40}')
    | (?P<right>h'\+?[\d.]{1,9}[a-z]?')
    | [ABbDHhLlNRSvwXxZ]'[^'\n]{0,200}'
    | (?P<space>[ ~0t])
    | (?P<sign>[-_.'`e\\+])
    | .
    )?
    """,
    re.VERBOSE,
)
_SIGNS = {"-": "-", "_": "_", ".": ".", "'": "´", "`": "`", "e": "\\", "\\": "\\", "+": "+"}
_MARKS = {"bold": "**", "italic": "*"}


class Piece(NamedTuple):
    """Text in a font; that of "markdown" is Markdown already."""

    text: str
    font: Font = "roman"


class Escapes:
    """Reads text with escapes; a font lasts until the next, also on the lines below."""

    def __init__(self, strings: Mapping[str, str]) -> None:
        self._strings = strings
        self.font: Font = "roman"
        self._previous: Font = "roman"

    def select(self, name: str) -> None:
        """Take the font of a name; "" and "P" stand for the one before."""
        font = self._previous if name in {"", "P"} else _FONTS.get(name, "roman")
        self._previous, self.font = self.font, font

    def pieces(self, text: str, *, in_string: bool = False) -> list[Piece]:
        """Return a text's pieces in their fonts. Strings hold no strings: see `Source`."""
        if "\\" not in text:
            return [Piece(text, self.font)] if text else []
        pieces: list[Piece] = []
        position = 0
        for match in _ESCAPE.finditer(text):
            if match.start() > position:
                pieces.append(Piece(text[position : match.start()], self.font))
            pieces += self._escape(match, in_string)
            position = match.end()
        if position < len(text):
            pieces.append(Piece(text[position:], self.font))
        return pieces

    def plain(self, text: str) -> str:
        """Return a text without its escapes and fonts."""
        return "".join(piece.text for piece in self.pieces(text))

    def _escape(self, match: re.Match[str], in_string: bool) -> list[Piece]:
        name = match["two"] or match["long"] or match["quoted"]
        text = ""
        if name:
            text = character(name)
        elif match["sign"]:
            text = _SIGNS[match["sign"]]
        elif match["right"]:
            text = " "
        elif match["space"]:
            text = "\t" if match["space"] == "t" else " "
        elif match["over"]:
            text = match["over"][1:2]
        elif match["font1"] is not None or match["font2"] or match["fonts"] is not None:
            self.select(match["font1"] or match["font2"] or match["fonts"] or "")
        else:
            string = match["string1"] or match["string2"] or match["strings"]
            if string and not in_string:
                return self.pieces(self._strings.get(string, ""), in_string=True)
        return [Piece(text, self.font)] if text else []


def plain_text(pieces: Iterable[Piece]) -> str:
    """Return pieces without fonts."""
    return "".join(piece.text for piece in pieces)


def markdown(pieces: Sequence[Piece]) -> str:
    """Return pieces as Markdown."""
    parts: list[str] = []
    for text, font in _merged(pieces):
        inner = text.strip()
        if font == "markdown":
            parts.append(text)
        elif font == "roman" or not inner:
            parts.append(literal(text))
        else:
            before = text[: len(text) - len(text.lstrip())]
            after = text[len(text.rstrip()) :]
            mark = _MARKS.get(font, "")
            shown = f"{mark}{literal(inner)}{mark}" if mark else code_span(inner)
            parts.append(f"{before}{shown}{after}")
    return "".join(parts)


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Join neighbours of the same font; those of emphasis also over a space."""
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1].font == piece.font:
            merged[-1] = Piece(merged[-1].text + piece.text, piece.font)
        elif len(merged) > 1 and merged[-1].text == " " and _joins(merged[-2].font, piece.font):
            merged.pop()
            merged[-1] = Piece(f"{merged[-1].text} {piece.text}", piece.font)
        else:
            merged.append(piece)
    return merged


def _joins(before: Font, after: Font) -> bool:
    return before == after and before in _MARKS
