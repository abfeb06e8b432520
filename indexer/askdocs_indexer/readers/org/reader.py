"""Org mode: headlines, lists, tables, blocks and what its export shows of the rest.

A structural reader of lines. Of the libraries, orgparse reads headlines and properties but no
lists, tables or blocks, and the grammar of tree-sitter-org, which has line spans, loses text to
syntax errors in a third of real documents, Org's own manual among them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from askdocs_indexer.readers.heading_symbols import heading_symbols, qualified
from askdocs_indexer.readers.html.blocks import in_bold
from askdocs_indexer.readers.html.reader import read_fragment
from askdocs_indexer.readers.markdown_writer import bulleted, code_span, fenced, led, plain
from askdocs_indexer.readers.org.connections import org_connections
from askdocs_indexer.readers.org.inline import Inline
from askdocs_indexer.readers.org.lines import HEADLINE, KEYWORD, Line, settings_of, source_lines
from askdocs_indexer.readers.org.tables import table_items
from askdocs_indexer.readers.sections import Heading, Item, SectionsEnd, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

# No real document nests deeper than this; the rest stays plain text, so that no input can exhaust
# the stack.
_DEEPEST = 20

_PRIORITY = re.compile(r"\[#[A-Za-z0-9]{1,2}\][ \t]*")
_COOKIE = re.compile(r"[ \t]*\[(?:\d{0,6}/\d{0,6}|\d{0,3}%)\]")
_TAGS = re.compile(r"(?:^|[ \t]+):(?P<tags>[\w@#%:]{1,400}):[ \t]*$")
_PLANNING = re.compile(r"[ \t]*(?:CLOSED|DEADLINE|SCHEDULED):")
_CLOCK = re.compile(r"[ \t]*CLOCK:")
_DRAWER = re.compile(r"[ \t]*:(?P<name>[\w-]{1,60}):[ \t]*$")
_HIDDEN_DRAWERS = frozenset({"logbook", "properties"})
_COMMENT = re.compile(r"[ \t]*#(?:[ \t]|$)")
_FIXED = re.compile(r"[ \t]*:(?:[ \t]|$)")
_BLOCK = re.compile(r"[ \t]*#\+begin(?:_(?P<kind>\S{1,60})|:)(?P<rest>.*)$", re.IGNORECASE)
_CLOSING = re.compile(
    r"[ \t]*(?:#\+end(?:_(?P<kind>\S{1,60})|(?P<dynamic>:?))|:(?P<drawer>end):"
    r"|\\end\{(?P<environment>[\w*]{1,60})\})[ \t]*$",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"[ \t]*\\begin\{(?P<name>[\w*]{1,60})\}")
_ITEM = re.compile(
    r"(?P<indent>[ ]*)(?P<bullet>[-+]|(?<=[ ])\*|\d{1,9}[.)])(?:[ ]+|$)"
    r"(?:\[@\d{1,6}\][ ]*)?(?P<box>\[[ Xx-]\](?:[ ]+|$))?"
)
_TERM = re.compile(r"(?P<term>.{0,400}?\S)[ \t]+::(?:[ \t]+|$)")
_NOTE = re.compile(r"\[fn:(?P<label>[\w-]{1,60})\][ \t]*")
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*$")
_LANGUAGE = re.compile(r"[ \t]*(?P<language>[\w+#.-]{1,40})")
_EXPORTS = re.compile(r":exports[ \t]+(?:none|results)\b")
_QUOTED = re.compile(r"^([ \t]*),(?=,*(?:\*|#\+))")
# Keywords whose text is shown.
_SHOWN = frozenset({"caption", "description", "subtitle"})
_ADMONITIONS = frozenset({"attention", "caution", "danger", "hint", "important", "note", "tip"})
_ADMONITIONS |= {"info", "warning"}
_CODE = frozenset({"example", "src"})
_DIARY = re.compile(r"%%\(")
_ROW = re.compile(r"[ \t]*\|")
_GRID = re.compile(r"[ \t]*[|+]")
_GRID_BORDER = re.compile(r"[ \t]*\+(?:[-=]+\+)+[ \t]*$")

_Parsed = tuple[list[Item], int]


def read_org(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of an Org document."""
    lines = source_lines(text, path, include)
    document = _Document(lines)
    sections = sections_of(document.items(), path)
    return org_connections(lines, path, document.settings.links).attached(sections)


class _Document:
    """Turns a document's lines into items: headlines here, what is between them in `_Body`."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self.settings = settings_of(lines)
        self._inline = Inline(self.settings)
        self._body = _Body(self._inline)
        # Symbols by heading level, to qualify `connect()` below `Client`.
        self._parents: list[tuple[int, tuple[str, ...], str]] = []

    def items(self) -> Iterator[Item]:
        """Yield the document's items; its title is above all headlines."""
        starts = [
            (index, head)
            for index, line in enumerate(self._lines)
            if line.text.startswith("*") and (head := HEADLINE.match(line.text))
        ]
        bounds = [*(index for index, _ in starts), len(self._lines)]
        above = self._lines[: bounds[0]]
        title = self._title(above)
        if title:
            yield title
        yield from self._body.items(above)
        hidden = 0
        for (index, head), end in zip(starts, bounds[1:], strict=True):
            level = len(head["stars"])
            if hidden and level > hidden:
                continue
            hidden = 0
            heading = self._heading(head["title"], level + (title is not None), index)
            if heading is None:
                hidden = level
                continue
            yield heading
            yield from self._body.items(self._after_planning(index + 1, end))

    def _title(self, lines: Sequence[Line]) -> Heading | None:
        named = (
            line.number
            for line in lines
            if (key := KEYWORD.match(line.text)) and key["name"].lower() == "title"
        )
        number = next(named, 0)
        title = plain(self._inline.markdown(self.settings.macros.get("title", "")))
        # Text may stand above it, but belongs to it.
        return Heading(1, title, lines[0].number, number) if number and title else None

    def _heading(self, written: str, level: int, index: int) -> Item | None:
        """Return a headline without its keyword, priority and tags; None if it is not exported."""
        tags = _TAGS.search(written)
        if tags:
            written = written[: tags.start()]
            if not self.settings.excluded.isdisjoint(tags["tags"].split(":")):
                return None
        word, _, rest = written.strip().partition(" ")
        written = rest if word in self.settings.todo else written
        written = _PRIORITY.sub("", written.strip(), count=1)
        if written.partition(" ")[0] == "COMMENT":
            return None
        title = self._inline.markdown(_COOKIE.sub("", written))
        if not plain(title):
            return SectionsEnd(level)
        while self._parents and self._parents[-1][0] >= level:
            self._parents.pop()
        around = [(symbols, above) for _, symbols, above in self._parents]
        symbols = qualified(heading_symbols(title), around)
        self._parents.append((level, symbols, plain(title)))
        number = self._lines[index].number
        return Heading(level, plain(title), number, number, symbols)

    def _after_planning(self, start: int, end: int) -> Sequence[Line]:
        while start < end and _PLANNING.match(self._lines[start].text):
            start += 1
        return self._lines[start:end]


class _Body:
    """Turns runs of lines without headlines into items.

    Each construct takes a run and an index and returns its items and the index behind it, or None.
    """

    def __init__(self, inline: Inline) -> None:
        self._inline = inline

    def items(self, lines: Sequence[Line], depth: int = 0) -> list[Item]:
        """Return the items of a run of lines."""
        if depth > _DEEPEST:
            return self._plain(lines)
        return _Run(self, self._inline, lines, depth).items()

    def _plain(self, lines: Sequence[Line]) -> list[Item]:
        text = "\n".join(line.text for line in lines).strip()
        return [Block(text, lines[0].number, lines[-1].number)] if text else []


class _Run:
    """A run of lines at one depth of nesting."""

    def __init__(self, body: _Body, inline: Inline, lines: Sequence[Line], depth: int) -> None:
        self._body = body
        self._inline = inline
        self._lines = lines
        self._depth = depth
        # The last line that closes each kind of block: none is sought where there is none.
        self._closings = {
            key: index for index, line in enumerate(lines) if (key := _closing(line.text))
        }
        self._constructs: dict[str, Sequence[Callable[[int], _Parsed | None]]] = {
            "#": (self._block, self._keyword, self._comment),
            "1": (self._item,),
            "*": (self._item,),
            "%": (self._diary,),
            "+": (self._grid, self._item),
            "-": (self._rule, self._item),
            ":": (self._drawer, self._fixed),
            "C": (self._clock,),
            "[": (self._note,),
            "\\": (self._environment,),
            "|": (self._table,),
        }

    def items(self) -> list[Item]:
        """Return the run's items; lines that begin no construct are paragraphs."""
        items: list[Item] = []
        index = start = 0
        while index < len(self._lines):
            parsed = self._construct(index)
            if parsed is None:
                index += 1
                continue
            items += (*self._text(self._lines[start:index]), *parsed[0])
            index = start = parsed[1]
        return [*items, *self._text(self._lines[start:])]

    def _construct(self, index: int) -> _Parsed | None:
        sign = self._lines[index].text.lstrip(" \t")[:1]
        if not sign:
            return [], index + 1
        constructs = self._constructs.get("1" if sign.isdigit() else sign, ())
        results = (construct(index) for construct in constructs)
        # A construct that takes no line is none, or reading would never end.
        return next((parsed for parsed in results if parsed and parsed[1] > index), None)

    def _text(self, lines: Sequence[Line]) -> list[Item]:
        text = self._inline.markdown("\n".join(line.text.strip() for line in lines))
        return [Block(text, lines[0].number, lines[-1].number)] if text.strip() else []

    def _inside(self, lines: Sequence[Line]) -> list[Item]:
        return self._body.items(lines, self._depth + 1)

    def _skip(self, index: int, mark: re.Pattern[str]) -> _Parsed | None:
        return ([], index + 1) if mark.match(self._lines[index].text) else None

    def _while(self, index: int, mark: re.Pattern[str]) -> int:
        while index < len(self._lines) and mark.match(self._lines[index].text):
            index += 1
        return index

    def _closed(self, index: int, key: str) -> int | None:
        """Return the index of the next line behind `index` that closes `key`, if any."""
        if self._closings.get(key, -1) <= index:
            return None
        rest = range(index + 1, len(self._lines))
        return next(i for i in rest if _closing(self._lines[i].text) == key)

    # -- what is not shown ------------------------------------------------------------------

    def _comment(self, index: int) -> _Parsed | None:
        return self._skip(index, _COMMENT)

    def _diary(self, index: int) -> _Parsed | None:
        return self._skip(index, _DIARY)

    def _clock(self, index: int) -> _Parsed | None:
        return self._skip(index, _CLOCK)

    def _rule(self, index: int) -> _Parsed | None:
        return self._skip(index, _RULE)

    def _keyword(self, index: int) -> _Parsed | None:
        keyword = KEYWORD.match(self._lines[index].text)
        if keyword is None:
            return None
        is_shown = keyword["name"].lower() in _SHOWN
        text = self._inline.markdown(keyword["value"].strip()) if is_shown else ""
        number = self._lines[index].number
        return [Block(text, number, number)] if text else [], index + 1

    def _drawer(self, index: int) -> _Parsed | None:
        drawer = _DRAWER.match(self._lines[index].text)
        end = self._closed(index, ":end") if drawer else None
        if drawer is None or end is None:
            return None
        hidden = drawer["name"].lower() in _HIDDEN_DRAWERS
        return [] if hidden else self._inside(self._lines[index + 1 : end]), end + 1

    # -- blocks -----------------------------------------------------------------------------

    def _block(self, index: int) -> _Parsed | None:
        block = _BLOCK.match(self._lines[index].text)
        kind = (block["kind"] or ":").lower() if block else ""
        end = self._closed(index, f"#{kind}") if block else None
        if block is None or end is None:
            return None
        inner, argument = self._lines[index + 1 : end], block["rest"].strip()
        if kind in _CODE:
            language = _LANGUAGE.match(argument) if kind == "src" else None
            is_shown = not _EXPORTS.search(argument)
            name = language["language"].lower() if language else ""
            return self._code(inner, name) if is_shown else [], end + 1
        if kind == "export":
            return _exported(inner) if argument.lower() == "html" else [], end + 1
        if kind == "comment":
            return [], end + 1
        items = self._inside(inner)
        number = self._lines[index].number
        if kind in _ADMONITIONS:
            title = self._inline.markdown(argument) or kind.capitalize()
            return led(items, f"**{title}:**", number), end + 1
        if argument and kind.startswith("def"):
            items.insert(0, Block(code_span(argument), number, number))
        return items, end + 1

    def _code(self, lines: Sequence[Line], language: str = "") -> list[Item]:
        written = textwrap.dedent("\n".join(line.text.rstrip() for line in lines))
        code = [_QUOTED.sub(r"\1", text) for text in written.split("\n")]
        if not written.strip():
            return []
        return [Block(fenced(code, language), lines[0].number, lines[-1].number, "code")]

    def _fixed(self, index: int) -> _Parsed | None:
        end = self._while(index, _FIXED)
        lines = (line._replace(text=line.text.lstrip()[2:]) for line in self._lines[index:end])
        return (self._code([*lines]), end) if end > index else None

    def _environment(self, index: int) -> _Parsed | None:
        """An environment of LaTeX, as it was written."""
        environment = _ENVIRONMENT.match(self._lines[index].text)
        end = self._closed(index, f"\\{environment['name'].lower()}") if environment else None
        return (self._code(self._lines[index : end + 1], "latex"), end + 1) if end else None

    def _table(self, index: int) -> _Parsed | None:
        end = self._while(index, _ROW)
        return [*table_items(self._lines[index:end], self._inline.markdown)], end

    def _grid(self, index: int) -> _Parsed | None:
        """A table as table.el draws it."""
        if not _GRID_BORDER.match(self._lines[index].text):
            return None
        end = self._while(index, _GRID)
        return self._code(self._lines[index:end]), end

    # -- lists ------------------------------------------------------------------------------

    def _item(self, index: int) -> _Parsed | None:
        text = self._lines[index].text
        item = _ITEM.match(text)
        if item is None:
            return None
        end = self._item_end(index, len(item["indent"]))
        cut, label = item.end(), ""
        is_numbered = item["bullet"][0].isdigit()
        term = None if is_numbered else _TERM.match(text, cut)
        if term:
            cut, label = term.end(), self._inline.markdown(term["term"])
            label = f"{label}:" if set(label) & set("`*[") else f"**{label}:**"
        first = self._lines[index]._replace(text=" " * cut + text[cut:])
        items = self._inside([first, *self._lines[index + 1 : end]])
        number = first.number
        if label:
            items = led(items, label, number)
        if item["box"]:
            items = led(items, item["box"].strip().replace("X", "x"), number)
        return bulleted(items, f"{item['bullet'][:-1]}. " if is_numbered else "- "), end

    def _item_end(self, index: int, indent: int) -> int:
        """Return where an item ends: at a line that is not deeper, or at two blank lines."""
        blank = 0
        for end in range(index + 1, len(self._lines)):
            text = self._lines[end].text
            stripped = text.lstrip()
            blank = 0 if stripped else blank + 1
            if blank == 2 or (stripped and len(text) - len(stripped) <= indent):
                return end
        return len(self._lines)

    def _note(self, index: int) -> _Parsed | None:
        """The text of a footnote, up to two blank lines or the next one's."""
        note = _NOTE.match(self._lines[index].text)
        if note is None:
            return None
        end = index + 1
        while end < len(self._lines) and not _NOTE.match(self._lines[end].text):
            if not any(line.text.strip() for line in self._lines[end : end + 2]):
                break
            end += 1
        line = self._lines[index]
        first = line._replace(text=" " * note.end() + line.text[note.end() :])
        items = self._inside([first, *self._lines[index + 1 : end]])
        return [*bulleted(items[:1], f"\\[{note['label']}] "), *items[1:]], end


def _closing(text: str) -> str:
    """Return what a line closes, "" for nothing: `#src`, `#:` (dynamic), `:end`, `\\align`."""
    closing = _CLOSING.match(text) if text.lstrip()[:1] in {"#", ":", "\\"} else None
    if closing is None:
        return ""
    if closing["environment"]:
        return f"\\{closing['environment'].lower()}"
    return ":end" if closing["drawer"] else f"#{(closing['kind'] or ':').lower()}"


def _exported(lines: Sequence[Line]) -> list[Item]:
    """HTML that is written into the document."""
    items: list[Item] = []
    for item in read_fragment("\n".join(line.text for line in lines), 1):
        block = in_bold(item) if isinstance(item, Heading) else item
        if isinstance(block, Block):
            first, last = lines[block.start_line - 1].number, lines[block.end_line - 1].number
            items.append(replace(block, start_line=first, end_line=last))
    return items
