"""A manual page being put together: what both families of macros do to its text.

Text is collected until a paragraph ends. Items of lists and indented parts nest; each is indented
under its mark, as Markdown has it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from askdocs_indexer.readers.man.escapes import Piece, markdown, plain_text
from askdocs_indexer.readers.markdown_writer import fenced, without_blocks
from askdocs_indexer.readers.sections import Heading, Item
from askdocs_indexer.types import OTHER_DOMAIN, Block, BlockKind

# Sections that say what the page is about: they are the text of the page's own heading.
_OPENING = frozenset({"NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION"})
_SYNOPSIS = "SYNOPSIS"
_COMMANDS = ("1", "6", "8")
_FUNCTIONS = ("2", "3")
# What begins an item of a list that was drawn by hand.
_BULLET = re.compile(r"[•·]\s*")
_BULLETS = frozenset({"•", "·", "*", "-", "–", "—", "o", "+"})
_NUMBER = re.compile(r"[(\[]?(?P<number>\d{1,9})[.)\]:]$")
_NAMES = re.compile(r"(?P<names>.{1,2000}?)(?:\s+[-–—]+\s|\s+\\-|$)", re.DOTALL)
_NAME = re.compile(r"[\w.:+@/\[-]{1,100}")
# A line right above an indented part is that part's term, unless it is a sentence.
_TERM_CHARACTERS = 120
_SENTENCE_ENDS = (".", ":", ";", "?", "!")
_DEEPEST = 12


class Page:
    """Collects the items of a page called `name` in a section of the manual."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.name = ""
        self.section = ""
        self.title = ""
        self.is_code = False
        self._kind: BlockKind = "code"
        self._pieces: list[Piece] = []
        self._code: list[str] = []
        self._first = self._last = 0
        self._glued = True
        # How far the items around each indented part, and the one that is open, are indented.
        self._around: list[int] = []
        self._in_item = 0
        self._marker = ""
        self._marker_line = self._marker_indent = 0
        self._heading = 0
        self._names: list[str] = []
        self._includes_header = False
        self._is_opening = False
        self._sections = 0

    # -- headings ---------------------------------------------------------------------------

    def begin(self, name: str, section: str, number: int) -> None:
        """Begin a page."""
        self.finish()
        self.name, self.section = name, section
        title = f"{name}({section})" if section else name
        self._heading = len(self.items)
        self._is_opening = True
        if title:
            self.items.append(Heading(1, title, number, number))

    def head(self, level: int, title: str, number: int) -> None:
        """Begin a section, or a part of one."""
        self.finish()
        if not title:
            return
        self._sections += level == 2
        self.title = title.upper() if level == 2 else self.title
        # The first section is that of the names, in whatever language.
        is_opening = self._sections == 1 or title.upper() in _OPENING
        self._is_opening = self._is_opening and level == 2 and is_opening
        if not self._is_opening:
            self.items.append(Heading(level, title, number, number))

    @property
    def in_synopsis(self) -> bool:
        """Whether what is read is the page's synopsis."""
        return self.title == _SYNOPSIS

    @property
    def documents_functions(self) -> bool:
        """Whether the page is in a section on functions."""
        return self.section.startswith(_FUNCTIONS)

    def result(self) -> list[Item]:
        """Return the page's items, with what it documents."""
        self.finish()
        if self._heading < len(self.items):
            heading = self.items[self._heading]
            if isinstance(heading, Heading) and heading.level == 1:
                self.items[self._heading] = self._documenting(heading)
        return self.items

    def _documenting(self, heading: Heading) -> Heading:
        """Return the page's heading with its name as it is spelled, and what it documents."""
        written = _letters(self.name)
        spelled = (name for name in self._names if _letters(name) == written)
        title = f"{next(spelled, self.name)}({self.section.lower()})"
        if not self.section:
            title = heading.title
        symbols = tuple(dict.fromkeys(name for name in self._names if _NAME.fullmatch(name)))
        domain = OTHER_DOMAIN
        if self.documents_functions:
            domain = "c" if self._includes_header else OTHER_DOMAIN
        elif not self.section.startswith(_COMMANDS):
            symbols, domain = (), ""
        return replace(heading, title=title, symbols=symbols, domain=domain)

    # -- text -------------------------------------------------------------------------------

    def add(self, pieces: Sequence[Piece], number: int, *, glued: bool = False) -> None:
        """Add a line of text; a line that is `glued` follows without space."""
        if not pieces:
            return
        self._flush_code()
        self._first = self._first or number
        self._last = number
        if not (glued or self._glued):
            self._pieces.append(Piece(" "))
        self._pieces += pieces
        self._glued = False

    def glue(self) -> None:
        """Let the next text follow without space."""
        self._glued = True

    def code(self, text: str, number: int, kind: BlockKind = "code") -> None:
        """Add a line of code."""
        self._flush_text()
        self._first = self._first or number
        self._last = number
        self._kind = kind
        self._code.append(text.replace("\t", "        ").rstrip())

    def line_break(self) -> None:
        """End a line of a paragraph."""
        if self._pieces and not self._glued:
            self._pieces.append(Piece("  \n", "markdown"))
            self._glued = True

    def paragraph(self) -> None:
        """End a paragraph, or a run of code."""
        self._flush_code()
        self._flush_text()

    def leave(self) -> None:
        """End a paragraph and the item around it."""
        self.paragraph()
        self._pending()
        self._in_item = 0

    def finish(self) -> None:
        """End everything that is open."""
        self.leave()
        self._around.clear()

    # -- lists and indented parts -----------------------------------------------------------

    def begin_item(self, label: Sequence[Piece], number: int, *, is_term: bool = False) -> None:
        """Begin an item behind a label: a bullet, a number or, certainly where so told, a term."""
        self.leave()
        self._marker = _term(label) if is_term else _marker(label)
        self._marker_line = number
        self._marker_indent = sum(self._around)
        self._in_item = 2 if self._marker.startswith("- ") else len(self._marker)

    def relabel(self, label: Sequence[Piece]) -> None:
        """Change the label of the item that has just begun."""
        self._marker = _term(label)

    def indent(self) -> None:
        """Begin an indented part, or a list inside an item."""
        above = plain_text(self._pieces).strip()
        if above and not self._in_item and _is_term(above):
            label, self._pieces = self._pieces, []
            self.begin_item(label, self._first, is_term=True)
            self._first = 0
            self._glued = True
        self.paragraph()
        if len(self._around) < _DEEPEST:
            self._around.append(self._in_item)
            self._in_item = 0

    def dedent(self) -> None:
        """End an indented part."""
        self.leave()
        if self._around:
            self._in_item = self._around.pop()

    def table(self, blocks: Sequence[Block]) -> None:
        """Add a table."""
        self.paragraph()
        self._pending()
        for block in blocks:
            self._put(block.text, block.start_line, block.end_line, "prose")

    # -- blocks -----------------------------------------------------------------------------

    def _flush_text(self) -> None:
        if not self._pieces:
            return
        pieces, first, last = self._pieces, self._first, self._last
        self._pieces, self._first, self._glued = [], 0, True
        if self._sections == 1 and not self._names:
            self._names += _documented(plain_text(pieces))
        text = without_blocks(markdown(pieces).strip())
        if text and not self._marker:
            text = _BULLET.sub("- ", text, count=1) if text[0] in "•·" else text
        self._put(text, first, last, "prose")

    def _flush_code(self) -> None:
        lines, first, last = self._code, self._first, self._last
        if not lines:
            return
        self._code, self._first = [], 0
        shown = textwrap.dedent("\n".join(lines)).strip("\n")
        if not shown:
            return
        self._includes_header |= self.in_synopsis and "#include" in shown
        is_declared = ";" in shown or "#include" in shown
        is_signature = self.in_synopsis and self.documents_functions and is_declared
        kind: BlockKind = "signature" if is_signature else self._kind
        self._pending()
        self._put(fenced(shown.split("\n"), "c" if is_signature else ""), first, last, kind)

    def _pending(self) -> None:
        """Write the label of an item that has no text of its own."""
        if self._marker:
            self._put("", self._marker_line, self._marker_line, "prose")

    def _put(self, text: str, first: int, last: int, kind: BlockKind) -> None:
        marker, self._marker = self._marker, ""
        inside = " " * (sum(self._around) + self._in_item)
        indent = " " * self._marker_indent
        lines = (marker + text).rstrip().replace("\n", f"\n{inside}")
        if marker:
            first = min(first, self._marker_line)
        if lines:
            shown = f"{indent if marker else inside}{lines}"
            self.items.append(Block(shown, first, last, kind))


def _marker(label: Sequence[Piece]) -> str:
    """Return the mark of an item of a list, or what stands before the text of its term."""
    text = plain_text(label).strip()
    number = _NUMBER.match(text)
    if text in _BULLETS or not text:
        return "- "
    if number:
        return f"{number['number']}. "
    return _term(label)


def _is_term(text: str) -> bool:
    """Return whether the line above an indented part is what that part is about."""
    return len(text) <= _TERM_CHARACTERS and not text.endswith(_SENTENCE_ENDS)


def _term(label: Sequence[Piece]) -> str:
    """Return what stands before the text of a term."""
    shown = markdown(label).strip()
    if not shown:
        return "- "
    if len(shown) > 1 and shown.endswith(":"):
        return f"- {shown} "
    return f"- {shown}: " if set(shown) & set("`*[") else f"- **{shown}:** "


def _documented(text: str) -> list[str]:
    """Return the names that stand before the dash of `name, other - what they do`."""
    match = _NAMES.match(text)
    written = match["names"] if match else ""
    return [part.strip().removesuffix("()") for part in written.split(",")]


def _letters(name: str) -> str:
    """Return a name without case and what its title writes for spaces."""
    return re.sub(r"[\s_-]+", "", name).casefold()
