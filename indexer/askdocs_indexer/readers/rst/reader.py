"""reStructuredText, with Sphinx's directives.

A structural reader of lines rather than docutils: docutils refuses unknown directives and does not
record the line spans of nested nodes, and a documentation index needs every line's number more
than it needs every role resolved. Titles, lists, tables, literal blocks and directives are
recognised by indentation; inline markup is then rewritten as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.heading_symbols import heading_symbols, qualified
from askdocs_indexer.readers.inclusion.expansion import expanded
from askdocs_indexer.readers.inclusion.rst import RstSyntax
from askdocs_indexer.readers.markdown_writer import bulleted, fenced, led, literal, plain, table
from askdocs_indexer.readers.rst.connections import rst_connections
from askdocs_indexer.readers.rst.directives import Directives, footnote
from askdocs_indexer.readers.rst.fields import FIELD, Field, labels
from askdocs_indexer.readers.rst.lines import BLANK, DIRECTIVE, Extent, Lines
from askdocs_indexer.readers.rst.tables import (
    GRID_BORDER,
    LONGEST,
    SIMPLE_BORDER,
    parse_table,
    table_end,
)
from askdocs_indexer.readers.sections import Heading, Item, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

# No real document nests deeper than this; the rest stays plain text, so that no input can exhaust
# the stack.
_DEEPEST = 20

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*$")
_BULLET = re.compile(r"[-*+•‣⁃](?:\s+|$)")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdm]{1,8}|[IVXLCDM]{1,8}|#)[.)](?:\s+|$)")
_OPTION = re.compile(
    r"((?:--?|\+|/)\w[^\s,]*(?:[ =]\S+)?(?:, (?:--?|\+|/)\w[^\s,]*(?:[ =]\S+)?)*)(?:\s\s+|$)"
)
_LINE_BLOCK = re.compile(r"\|(?:\s+|$)")
_FOOTNOTE = re.compile(r"\.\. \[((?:#[\w.+-]{0,60}|\d{1,6}|\*|[A-Za-z][\w.+-]{0,60}))\](?:\s+|$)")
_HIDDEN_FIELDS = frozenset({"no-search", "nocomments", "nosearch", "orphan", "tocdepth"})


_Parsed = tuple[list[Item], int]


def read_rst(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a reStructuredText document."""
    expansion = expanded(lines_of(text), path, include, RstSyntax())
    sections = sections_of(rst_items("\n".join(expansion.lines)), path)
    connections = rst_connections(expansion.lines, path)
    return expansion.in_document(connections.attached(sections))


def rst_items(text: str, first_line: int = 1) -> list[Item]:
    """Return the items of a document, or of a part of it that begins on line `first_line`."""
    return _Parser(Lines("\n" * (first_line - 1) + text)).document()


class _Parser:
    """Parses runs of lines into items. Each construct returns its items and the index behind it."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._directives = Directives(lines, self.items)
        self._styles: list[tuple[str, bool]] = []

    def document(self) -> list[Item]:
        """Parse the whole file."""
        return self.items(Extent(0, len(self._lines), "", 0))

    def items(self, extent: Extent) -> list[Item]:
        """Parse a run of lines."""
        indent = self._lines.least_indent(extent.start, extent.end)
        if indent == BLANK:
            return []
        if extent.depth > _DEEPEST:
            start = self._lines.after_blank(extent.start, extent.end)
            text = "\n".join(self._lines.dedented(start, extent.end)).rstrip()
            return [Block(text, start + 1, extent.end)]
        items: list[Item] = []
        index = extent.start
        while (index := self._lines.after_blank(index, extent.end)) < extent.end:
            rest = Extent(index, extent.end, extent.classes, extent.depth)
            parsed, index = self._construct(rest, indent)
            items.extend(parsed)
        return items

    def _construct(self, extent: Extent, indent: int) -> _Parsed:
        index = extent.start
        if self._lines.indents[index] > indent:
            end = self._lines.block_end(index, extent.end, indent)
            return self.items(self._inside(extent, index, end)), end
        text = self._lines.texts[index][indent:]
        for construct in (
            self._title,
            self._explicit,
            self._doctest,
            self._list_item,
            self._field_list,
            self._option,
            self._line_block,
            self._table,
        ):
            parsed = construct(text, extent, indent)
            if parsed is not None:
                return parsed
        return self._text(text, extent, indent)

    def _keep(self, index: int, end: int, text: str, cut: int, indent: int) -> None:
        self._lines.keep(index, end, text[cut:], indent + cut)

    def _inside(self, extent: Extent, start: int, end: int) -> Extent:
        return Extent(start, end, extent.classes, extent.depth + 1)

    # -- titles -----------------------------------------------------------------------------

    def _title(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        """A title with an underline, or with an overline too; or a transition, which is nothing."""
        index, texts = extent.start, self._lines.texts
        own = _ADORNMENT.match(text)
        below = texts[index + 1] if index + 1 < extent.end else ""
        if extent.depth or indent:
            deeper = below and self._lines.indents[index + 1] != indent
            return self._inner_title(text, "" if deeper else below.strip(), extent)
        if own:
            over = texts[index + 2] if index + 2 < extent.end else ""
            if below and over == text:
                return self._heading(below.strip(), text[0], True, index, index + 3)
            if len(text) >= 4 and not below:
                return [], index + 1
        underlined = below and below != "::" and _ADORNMENT.match(below)
        if underlined and len(below) >= min(4, len(text)) and not (own and text[0] == below[0]):
            return self._heading(text, below[0], False, index, index + 2)
        return None

    def _inner_title(self, text: str, below: str, extent: Extent) -> _Parsed | None:
        """Inside another construct a title opens no section; it stays, in bold."""
        if _ADORNMENT.match(text):
            return ([], extent.start + 1) if len(text) >= 4 and not below else None
        if len(below) < max(4, len(text)) or not _ADORNMENT.match(below):
            return None
        title = f"**{literal(plain(self._lines.markdown(text)))}**"
        return [Block(title, extent.start + 1, extent.start + 2)], extent.start + 2

    def _heading(self, text: str, mark: str, over: bool, start: int, end: int) -> _Parsed:
        if (mark, over) not in self._styles:
            self._styles.append((mark, over))
        level = self._styles.index((mark, over)) + 1
        title = self._lines.markdown(text)
        symbols = qualified(heading_symbols(title), ())
        return [Heading(level, plain(title), start + 1, end, symbols)], end

    # -- explicit markup --------------------------------------------------------------------

    def _explicit(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        index = extent.start
        if text.startswith("__ "):
            return [], index + 1
        if text != ".." and not text.startswith(".. "):
            return None
        end = self._lines.block_end(index + 1, extent.end, indent)
        inside = self._inside(extent, index, end)
        directive = DIRECTIVE.match(text)
        if directive:
            return self._directives.read(directive, inside, extent.end)
        note = _FOOTNOTE.match(text)
        if note:
            self._keep(index, end, text, note.end(), indent)
            return footnote(self.items(inside), note[1].lstrip("#")), end
        is_empty = text == ".." and self._lines.is_blank(index + 1)
        if is_empty or text.startswith((".. _", ".. __:")):
            # A target ends with its paragraph, an empty comment at once: a quote may follow.
            end = next((i for i in range(index + 1, end) if self._lines.is_blank(i)), end)
        return [], end

    # -- body elements ----------------------------------------------------------------------

    def _doctest(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        if not text.startswith(">>> "):
            return None
        end = extent.start
        while end < extent.end and not self._lines.is_blank(end):
            end += 1
        code = fenced(self._lines.dedented(extent.start, end), "python")
        return [Block(code, extent.start + 1, end, "code")], end

    def _list_item(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        bullet = _BULLET.match(text)
        number = None if bullet else _ENUMERATOR.match(text)
        match = bullet or number
        index = extent.start
        if match is None or (number and not self._is_enumerated(index, extent.end, indent)):
            return None
        end = self._lines.block_end(index + 1, extent.end, indent)
        self._keep(index, end, text, match.end(), indent)
        items = self.items(self._inside(extent, index, end))
        return bulleted(items, "- " if bullet else _marker(match[0])), end

    def _is_enumerated(self, index: int, end: int, indent: int) -> bool:
        """`A. Einstein` begins a paragraph: an item's next line is blank, deeper or an item."""
        below = index + 1
        if below >= end or self._lines.is_blank(below) or self._lines.indents[below] > indent:
            return True
        return _ENUMERATOR.match(self._lines.texts[below].strip()) is not None

    def _field_list(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        fields = list(self._fields(extent, indent))
        if not fields:
            return None
        items: list[Item] = []
        shown = [field for field in fields if field.name not in _HIDDEN_FIELDS]
        for field, label in labels(shown, self._field_text).items():
            text = self._lines.texts[field.start][field.cut :]
            self._lines.keep(field.start, field.end, text, field.cut)
            body = self.items(self._inside(extent, field.start, field.end))
            name = label or self._lines.markdown(field.name)
            items += bulleted(led(body, f"**{name}:**", field.start + 1), "- ")
        return items, fields[-1].end

    def _fields(self, extent: Extent, indent: int) -> Iterator[Field]:
        """Yield the fields from the beginning of `extent` on, up to anything else."""
        index = extent.start
        while index < extent.end and self._lines.indents[index] == indent:
            match = FIELD.match(self._lines.texts[index][indent : indent + 400])
            if match is None:
                return
            end = self._lines.block_end(index + 1, extent.end, indent)
            yield Field(match[1], index, end, indent + match.end())
            index = self._lines.after_blank(end, extent.end)

    def _field_text(self, field: Field) -> str:
        """Return a field's text on a line."""
        first, *below = self._lines.texts[field.start : field.end]
        return plain(self._lines.markdown(" ".join([first[field.cut :], *below])))

    def _option(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        match = _OPTION.match(text[:200])
        if match is None:
            return None
        index = extent.start
        end = self._lines.block_end(index + 1, extent.end, indent)
        if match.end() == len(text) and end == index + 1:
            return None
        self._keep(index, end, text, match.end(), indent)
        items = self.items(self._inside(extent, index, end))
        return bulleted(led(items, f"`{match[1]}`:", index + 1), "- "), end

    def _line_block(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        if not _LINE_BLOCK.match(text):
            return None
        end = extent.start
        while end < extent.end and self._lines.indents[end] >= indent:
            end += 1
        lines = (line.strip() for line in self._lines.texts[extent.start : end])
        verses = [line.removeprefix("|").strip() for line in lines]
        return [Block(self._lines.markdown("  \n".join(verses)), extent.start + 1, end)], end

    def _table(self, text: str, extent: Extent, indent: int) -> _Parsed | None:
        start = extent.start
        if not (GRID_BORDER.match(text) or SIMPLE_BORDER.match(text)):
            return None
        longest = extent.end if text[0] == "+" else min(extent.end, start + LONGEST)
        lines = [line[indent:] for line in self._lines.texts[start:longest]]
        lines = lines[: table_end(lines)]
        end = start + len(lines)
        parsed = parse_table(lines, start + 1)
        if parsed is None:
            return [Block(fenced(lines), start + 1, end, "code")], end
        header = list(map(self._lines.markdown, parsed.header))
        rows = [
            replace(row, cells=list(map(self._lines.markdown, row.cells))) for row in parsed.rows
        ]
        return list(table(header, rows, start + 1)), end

    def _text(self, text: str, extent: Extent, indent: int) -> _Parsed:
        """A definition, or a paragraph with the literal block that it may announce."""
        start, end, lines = extent.start, extent.start, self._lines
        while end < extent.end and lines.indents[end] == indent:
            end += 1
        deeper = end < extent.end and lines.indents[end] > indent
        announces = lines.texts[end - 1].endswith("::")
        if deeper and end == start + 1 and not announces:
            return self._definition(text, extent, indent)
        items: list[Item] = []
        paragraph = "\n".join(line[indent:] for line in lines.texts[start:end])
        if announces:
            paragraph = re.sub(r"(^|\s):$", "", paragraph[:-1])
        if paragraph:
            items.append(Block(self._lines.markdown(paragraph), start + 1, end))
        code = lines.after_blank(end, extent.end) if announces else extent.end
        if code < extent.end and lines.indents[code] > indent:
            end = lines.block_end(code, extent.end, indent)
            items.append(_literal(lines.dedented(code, end), code + 1, end))
        elif (quoted := self._quoted_end(code, extent.end, indent)) > code:
            end = quoted
            items.append(_literal(lines.dedented(code, end), code + 1, end))
        return items, end

    def _quoted_end(self, start: int, limit: int, indent: int) -> int:
        """Return the index behind the quoted lines from `start` on, which are a literal block.

        Each begins with the same sign. A directive's dots are none.
        """
        lines, end = self._lines, start
        while end < limit and lines.indents[end] == indent:
            end += 1
        quoted = [line[indent:] for line in lines.texts[start:end]]
        if not quoted or quoted[0].startswith("..") or not _ADORNMENT.match(quoted[0][0]):
            return start
        is_same = all(line[0] == quoted[0][0] for line in quoted)
        return end if is_same and (end == limit or lines.is_blank(end)) else start

    def _definition(self, text: str, extent: Extent, indent: int) -> _Parsed:
        start = extent.start
        end = self._lines.block_end(start + 1, extent.end, indent)
        items = self.items(self._inside(extent, start + 1, end))
        term = self._lines.markdown(text)
        label = f"{term}:" if re.search(r"[`*\[]", term) else f"**{term}:**"
        return bulleted(led(items, label, start + 1), "- "), end


def _literal(code: list[str], start_line: int, end_line: int) -> Block:
    language = "python" if code[0].startswith(">>>") else ""
    return Block(fenced(code, language), start_line, end_line, "code")


def _marker(enumerator: str) -> str:
    """Return the Markdown marker of an enumerated item; letters stay visible behind a bullet."""
    digits = "".join(filter(str.isdigit, enumerator))
    if not digits and "#" not in enumerator:
        return f"- {enumerator.strip()} "
    return f"{digits or 1}. "
