"""The blocks of AsciiDoc: what a run of lines shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from askdocs_indexer.readers.asciidoc.attribute_lists import BlockAttributes, attribute_list
from askdocs_indexer.readers.asciidoc.attributes import Attributes, entry_at
from askdocs_indexer.readers.asciidoc.inline import Inline
from askdocs_indexer.readers.asciidoc.lines import (
    ADMONITION,
    ANCHOR,
    ATTRIBUTES,
    BREAK,
    COMMENT,
    CONTINUATION,
    MACRO,
    SECTION,
    TITLE,
    UNDERLINES,
    Marker,
    delimiter,
    fence_language,
    is_metadata,
    marker,
)
from askdocs_indexer.readers.asciidoc.preprocessor import Line
from askdocs_indexer.readers.asciidoc.tables import Cell, read_table, table_items
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.heading_symbols import Around, heading_symbols, qualified
from askdocs_indexer.readers.html.reader import read_fragment
from askdocs_indexer.readers.markdown_writer import (
    bulleted,
    code_span,
    fenced,
    led,
    literal,
    plain,
)
from askdocs_indexer.readers.sections import Heading, Item
from askdocs_indexer.types import Block

# No real document nests deeper than this; the rest stays plain text, so that no input can exhaust
# the stack.
_DEEPEST = 20

_ADMONITIONS = {
    name.upper(): name.title() for name in ("note", "tip", "important", "warning", "caution")
}
_CODE_STYLES = words("listing literal source")
_FORMULAS = words("asciimath latexmath stem")
# Descriptions of pictures, which are shown as such.
_DRAWINGS = words(
    "a2s actdiag blockdiag bpmn bytefield d2 dbml ditaa dot erd excalidraw graphviz mermaid "
    "nomnoml nwdiag packetdiag pikchr plantuml rackdiag salt seqdiag structurizr svgbob syntrax "
    "tikz umlet vega vegalite wavedrom"
)
_AUTHOR_WORDS = 8
_UNDERLINE = re.compile(r"([=\-~^+])\1+$")
_SECTION_ID = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::)\w+)+$")

_Parsed = tuple[list[Item], int]


@dataclass(slots=True)
class Document:
    """What holds for all of a document, and the headings around its current line."""

    attributes: Attributes
    inline: Inline
    parents: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)


class Blocks:
    """Parses runs of `lines`. Each construct returns its items and the index behind it.

    `title` is the document's own title, "" where it has none.
    """

    def __init__(self, document: Document, lines: Sequence[Line], depth: int = 0) -> None:
        self.title = ""
        self._document = document
        self._lines = lines
        self._texts = [line.text for line in lines]
        self._depth = depth
        # The keys of the lists around the current line, the outermost first.
        self._lists: tuple[str, ...] = ()

    def document(self) -> list[Item]:
        """Parse a whole document, with its header."""
        items, index = self._header()
        return [*items, *self.items(index, len(self._lines))]

    def items(self, start: int, end: int) -> list[Item]:
        """Parse the lines [start, end)."""
        items: list[Item] = []
        while start < end:
            parsed, start = self._block(start, end)
            items += parsed
        return items

    def _inside(self, start: int, end: int) -> list[Item]:
        """Parse the lines inside another block."""
        if self._depth >= _DEEPEST:
            return self._as_written(start, end)
        lists, self._lists = self._lists, ()
        self._depth += 1
        items = self.items(start, end)
        self._depth -= 1
        self._lists = lists
        return items

    def _as_written(self, start: int, end: int) -> list[Item]:
        text = "\n".join(self._texts[start:end]).strip("\n")
        return [Block(text, *self._span(start, end))] if text.strip() else []

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """Return the numbers of the first and the last of the lines [start, end)."""
        return self._lines[start].number, self._lines[max(start, end - 1)].number

    def _markdown(self, text: str) -> str:
        return self._document.inline.markdown(text)

    # -- the header -------------------------------------------------------------------------

    def _header(self) -> _Parsed:
        """The document's title, its author and revision, and the attributes below them."""
        index, texts = 0, self._texts
        while index < len(texts):
            entry = entry_at(texts, index)
            if entry:
                self._document.attributes.enter(entry)
                index += entry.lines
            elif not texts[index] or COMMENT.match(texts[index]):
                index += 1
            elif texts[index].startswith("////"):
                index = self._closing(index, len(texts), texts[index]) + 1
            else:
                break
        first = index
        while index < len(texts) and is_metadata(texts[index]):
            index += 1
        titled = self._section_at(index, len(texts)) if index < len(texts) else None
        if titled is None or titled[0] != 1:
            return [], first
        start, index = index, index + titled[2]
        index = self._below_title(index)
        self.title = plain(self._markdown(titled[1]))
        self._document.attributes.values.setdefault("doctitle", self.title)
        return self._heading(start, titled, BlockAttributes()), index

    def _below_title(self, index: int) -> int:
        """Enter the attributes below the title; return the index behind the header."""
        texts, people = self._texts, 0
        while index < len(texts) and texts[index]:
            entry = entry_at(texts, index)
            if entry:
                self._document.attributes.enter(entry)
                index += entry.lines
            elif texts[index].startswith("////"):
                index = self._closing(index, len(texts), texts[index]) + 1
            elif COMMENT.match(texts[index]):
                index += 1
            elif people < 2 and _is_about_people(texts[index]):
                people += 1
                index += 1
            else:
                break
        return index

    # -- blocks -----------------------------------------------------------------------------

    def _block(self, index: int, end: int) -> _Parsed:
        """Parse a block with the lines above it that say something of it."""
        block, index = self._metadata(index, end)
        if index >= end:
            return self._title_of(block), index
        text = self._texts[index]
        for construct in (
            self._section,
            self._break,
            self._delimited,
            self._macro,
            self._list,
            self._indented,
        ):
            parsed = construct(text, index, end, block)
            if parsed is not None:
                return parsed
        return self._paragraph(index, end, block)

    def _metadata(self, index: int, end: int) -> tuple[BlockAttributes, int]:
        block = BlockAttributes()
        while index < end:
            text = self._texts[index]
            entry = entry_at(self._texts, index)
            if entry:
                self._document.attributes.enter(entry)
                index += entry.lines
                continue
            if text and not self._describes(text, index, block):
                break
            index += 1
        return block, index

    def _describes(self, text: str, index: int, block: BlockAttributes) -> bool:
        """Take a line that says something of the block below; return whether it does."""
        if COMMENT.match(text):
            return True
        if anchor := ANCHOR.match(text):
            block.identity = anchor["id"]
            return True
        if attributes := ATTRIBUTES.match(text):
            block.add(self._document.attributes.resolved(attributes["inside"]))
            block.line = self._lines[index].number
            return True
        title = TITLE.match(text)
        if title is None or marker(text):
            return False
        block.title, block.title_line = title["title"], self._lines[index].number
        return True

    def _titled(self, items: list[Item], block: BlockAttributes) -> list[Item]:
        """Return a block's items under its title."""
        return [*self._title_of(block), *items] if items else []

    def _title_of(self, block: BlockAttributes) -> list[Item]:
        title = literal(plain(self._markdown(block.title)))
        line = block.title_line or block.line
        return [Block(f"**{title}**", line, line)] if title else []

    # -- sections ---------------------------------------------------------------------------

    def _section_at(self, index: int, end: int) -> tuple[int, str, int] | None:
        """Return the level, the title and the number of lines of a section's title."""
        text = self._texts[index]
        match = SECTION.match(text)
        if match:
            title = match["title"]
            mirrored = f" {match['marks']}"
            return len(match["marks"]), title.removesuffix(mirrored).strip(), 1
        below = self._texts[index + 1] if index + 1 < end else ""
        line = _UNDERLINE.match(below)
        is_title = any(map(str.isalnum, text)) and not (is_metadata(text) or TITLE.match(text))
        if line is None or abs(len(below) - len(text)) > 1 or not is_title:
            return None
        return UNDERLINES.index(line[1]) + 1, text.strip(), 2

    def _section(self, text: str, index: int, end: int, block: BlockAttributes) -> _Parsed | None:
        titled = self._section_at(index, end)
        if titled is None or (self._lists and titled[2] == 2):
            return None
        if self._depth or self._lists or block.style in {"discrete", "float"}:
            title = literal(plain(self._markdown(titled[1])))
            return [Block(f"**{title}**", *self._span(index, index + titled[2]))], index + titled[2]
        return self._heading(index, titled, block), index + titled[2]

    def _heading(
        self, index: int, titled: tuple[int, str, int], block: BlockAttributes
    ) -> list[Item]:
        level, written, count = titled
        level += self._lines[index].offset + self._document.attributes.level_offset
        level = max(1, level)
        markdown = self._markdown(written)
        title = plain(markdown)
        if not title:
            return []
        parents = self._document.parents
        while parents and parents[-1][0] >= level:
            parents.pop()
        around: list[Around] = [(symbols, above) for _, symbols, above in parents]
        symbols = heading_symbols(markdown)
        if symbols and _names(block.identity, title):
            symbols = (block.identity,)
        symbols = qualified(symbols, around)
        parents.append((level, symbols, title))
        return [Heading(level, title, *self._span(index, index + count), symbols)]

    # -- lines with a meaning ---------------------------------------------------------------

    def _break(self, text: str, index: int, end: int, block: BlockAttributes) -> _Parsed | None:
        return ([], index + 1) if BREAK.match(text) else None

    def _macro(self, text: str, index: int, end: int, block: BlockAttributes) -> _Parsed | None:
        macro = MACRO.match(text)
        if macro is None:
            return None
        inside = attribute_list(self._document.attributes.resolved(macro["inside"]))
        if macro["name"] == "image":
            caption = block.title or inside.named.get("title", "")
            shown = list(filter(None, (caption, inside.named.get("alt", "") or inside.at(0))))
            parts = [f"**{plain(self._markdown(caption))}**"] if caption else []
            parts += map(self._markdown, shown[len(parts) :])
            line = self._lines[index].number
            return [
                Block("\n".join(parts), block.title_line or line, line)
            ] if parts else [], index + 1
        if macro["name"] in {"audio", "toc", "video"}:
            return [], index + 1
        return None

    # -- delimited blocks -------------------------------------------------------------------

    def _closing(self, index: int, end: int, fence: str) -> int:
        """Return the index of the line that closes the block opened at `index`, or `end`."""
        try:
            return self._texts.index(fence, index + 1, end)
        except ValueError:
            return end

    def _delimited(self, text: str, index: int, end: int, block: BlockAttributes) -> _Parsed | None:
        fence = delimiter(text)
        if not fence:
            return None
        closing = self._closing(index, end, fence)
        below = min(closing + 1, end)
        start = index + 1
        if fence.startswith("////") or block.style == "comment":
            return [], below
        if fence[1:].startswith("=="):
            is_table = fence[0] != "="
            items = self._table(fence, start, closing, block) if is_table else None
            if items is not None:
                return self._titled(items, block), below
        return self._titled(self._enclosed(text, fence, start, closing, block), block), below

    def _enclosed(
        self, text: str, fence: str, start: int, end: int, block: BlockAttributes
    ) -> list[Item]:
        """Return what the lines [start, end) between delimiters show."""
        styled = self._styled(start, end, block)
        if styled is not None:
            return styled
        if fence.startswith("```"):
            return self._code(start, end, fence_language(text).partition(",")[0], block)
        if fence[:2] in {"..", "--"} and fence != "--":
            return self._code(start, end, self._language(block), block)
        if fence[0] == "+":
            return self._passed(start, end)
        if fence[0] == "_":
            block.style = block.style or "quote"
        line = self._lines[start - 1].number
        return self._contained(self._inside(start, end), line, block)

    def _styled(self, start: int, end: int, block: BlockAttributes) -> list[Item] | None:
        """Return what lines show whose style says how they are read; None for other styles."""
        style = block.style
        if style in _DRAWINGS or style == "comment":
            return []
        if style in _FORMULAS:
            return self._fenced(start, end, "latex")
        if style in _CODE_STYLES:
            return self._code(start, end, self._language(block), block)
        if style == "verse":
            return [*self._attribution(block), *self._verse(start, end)]
        return self._passed(start, end) if style == "pass" else None

    def _contained(self, items: list[Item], line: int, block: BlockAttributes) -> list[Item]:
        """Return what its style makes of the items of a block that begins on line `line`."""
        label = _ADMONITIONS.get(block.style)
        if label:
            items = self._titled(items, block)
            block.title = ""
            return led(items, f"**{label}:**", line)
        return [*self._attribution(block), *items] if block.style == "quote" else items

    def _attribution(self, block: BlockAttributes) -> list[Item]:
        """Who wrote a quoted text, and where: it stands above the text."""
        names = [block.named.get("attribution", block.at(1))]
        names.append(block.named.get("citetitle", block.at(2)))
        shown = ", ".join(self._markdown(name) for name in names if name)
        return [Block(f"— {shown}", block.line, block.line)] if shown else []

    def _language(self, block: BlockAttributes) -> str:
        is_source = block.style in {"", "source"} and block.positional
        named = block.language if is_source or "language" in block.named else ""
        if not named and block.style == "source":
            named = self._document.attributes.values.get("source-language", "")
        return named if re.fullmatch(r"[\w+#.-]{1,40}", named) else ""

    def _code(self, start: int, end: int, language: str, block: BlockAttributes) -> list[Item]:
        substitutions = re.split(r"[,\s]+", block.named.get("subs", ""))
        wanted = {name.strip("+") for name in substitutions}
        items = self._fenced(start, end, "" if language in {"none", "text"} else language)
        for item in items if wanted & {"attributes", "normal", "quotes", "macros"} else ():
            if isinstance(item, Block):
                inline = self._document.inline
                is_marked = wanted & {"normal", "quotes", "macros"}
                shown = inline.code if is_marked else self._document.attributes.resolved
                head, *lines, tail = item.text.split("\n")
                text = "\n".join([head, *map(shown, lines), tail])
                return [Block(text, item.start_line, item.end_line, "code")]
        return items

    def _fenced(self, start: int, end: int, language: str) -> list[Item]:
        while start < end and not self._texts[start]:
            start += 1
        while end > start and not self._texts[end - 1]:
            end -= 1
        if start >= end:
            return []
        return [Block(fenced(self._texts[start:end], language), *self._span(start, end), "code")]

    def _verse(self, start: int, end: int) -> list[Item]:
        while start < end and not self._texts[start]:
            start += 1
        while end > start and not self._texts[end - 1]:
            end -= 1
        text = "  \n".join(self._markdown(line) for line in self._texts[start:end])
        return [Block(text, *self._span(start, end))] if text.strip() else []

    def _passed(self, start: int, end: int) -> list[Item]:
        """HTML that is passed through; a heading in it opens no section."""
        if start >= end:
            return []
        first, last = self._span(start, end)
        items: list[Item] = []
        for item in read_fragment("\n".join(self._texts[start:end]), first):
            text = f"**{literal(item.title)}**" if isinstance(item, Heading) else ""
            if isinstance(item, Block | Heading):
                span = (min(item.start_line, last), min(item.end_line, last))
                kind = item.kind if isinstance(item, Block) else "prose"
                items.append(Block(text or getattr(item, "text", ""), *span, kind))
        return items

    # -- tables -----------------------------------------------------------------------------

    def _table(self, opening: str, start: int, end: int, block: BlockAttributes) -> list[Item]:
        parsed = read_table(opening, self._lines[start:end], block)
        return table_items(parsed, self._lines[start - 1].number, self._cell)

    def _cell(self, cell: Cell) -> list[Item]:
        """Return what a cell shows."""
        lines = [*cell.lines]
        while lines and not lines[-1].text.strip():
            lines.pop()
        if not lines:
            return []
        if cell.style == "a" and self._depth < _DEEPEST:
            first = replace(lines[0], text=lines[0].text.strip())
            nested = [first, *lines[1:]]
            blocks = Blocks(self._document, nested, self._depth + 1)
            return blocks.items(0, len(nested))
        text = "\n".join(line.text.strip() for line in lines)
        if cell.style in {"l", "m"}:
            shown = code_span(" ".join(self._document.inline.code(text).split()))
        else:
            shown = self._markdown(text)
        if cell.style in {"h", "s"} and shown[:1] not in {"", "*", "`"}:
            shown = f"**{shown}**"
        return [Block(shown, lines[0].number, lines[-1].number)] if shown.strip() else []

    # -- lists ------------------------------------------------------------------------------

    def _list(self, text: str, index: int, end: int, block: BlockAttributes) -> _Parsed | None:
        first = marker(text)
        if first is None or len(self._lists) >= _DEEPEST:
            return None
        lists, self._lists = self._lists, (*self._lists, first.key)
        items: list[Item] = []
        number = 0
        mark: Marker | None = first
        while mark is not None and mark.key == first.key:
            number += 1
            if mark.term:
                parsed, index = self._description(mark, index, end)
                items += parsed
            else:
                parsed, index = self._item(mark.text, index, end)
                items += bulleted(parsed, _list_mark(mark, number))
            following = self._after_blank(index, end)
            mark = marker(self._texts[following]) if following < end else None
            if mark is not None and mark.key == first.key:
                index = following
        self._lists = lists
        return self._titled(items, block), index

    def _after_blank(self, index: int, end: int) -> int:
        """Return the index of the next line that is neither blank nor a comment."""
        while index < end and (not self._texts[index] or COMMENT.match(self._texts[index])):
            index += 1
        return index

    def _description(self, mark: Marker, index: int, end: int) -> _Parsed:
        """A term, or several that share a text, and what they mean."""
        line = self._lines[index].number
        terms = [mark.term]
        while not mark.text:
            following = self._after_blank(index + 1, end)
            below = marker(self._texts[following]) if following < end else None
            if below is None or below.key != mark.key:
                break
            mark, index = below, following
            terms.append(mark.term)
        names = list(filter(None, map(self._markdown, terms)))
        items, index = self._item(mark.text, index, end)
        label = ", ".join(names)
        label = f"{label}:" if re.search(r"[`*\[]", label) else f"**{label}:**"
        return bulleted(led(items, label, line) if names else items, "- "), index

    def _item(self, text: str, start: int, end: int) -> _Parsed:
        """The text of an item and what is attached to it."""
        texts = [text] if text else []
        index = start + 1
        if not texts:
            # A description may begin below its term.
            following = self._after_blank(index, end)
            index = following if following < end and self._is_item_text(following) else index
        first = index if not texts else start
        while index < end and self._is_item_text(index):
            if not COMMENT.match(self._texts[index]):
                texts.append(self._texts[index].strip())
            index += 1
        items: list[Item] = []
        if texts and (shown := self._markdown(_checked("\n".join(texts)))):
            items.append(Block(shown, *self._span(first, index)))
        while index < end:
            attached = self._attached(index, end)
            if attached is None:
                break
            items += attached[0]
            index = attached[1]
            if not attached[0] and self._is_outer_continuation(index, end):
                break
        return items, index

    def _is_item_text(self, index: int) -> bool:
        """Return whether a line goes on with an item's text."""
        text = self._texts[index]
        if not text or text == CONTINUATION or marker(text) or delimiter(text):
            return False
        return not (is_metadata(text) or TITLE.match(text) or entry_at(self._texts, index))

    def _is_outer_continuation(self, index: int, end: int) -> bool:
        return index < end and self._texts[index] in {"", CONTINUATION} and len(self._lists) > 1

    def _attached(self, index: int, end: int) -> _Parsed | None:
        """Return what belongs to an item behind its text; None where the item ends."""
        following = self._after_blank(index, end)
        if following >= end:
            return None
        text = self._texts[following]
        is_apart = "" in self._texts[index:following]
        if text == CONTINUATION:
            # Behind a blank line, it goes on with an item of the list around.
            is_outer = is_apart and len(self._lists) > 1
            return None if is_outer else self._block(following + 1, end)
        if is_apart and text[:1] in " \t" and marker(text) is None:
            return self._indented(text, following, end, BlockAttributes())
        return self._nested_list(following, end, is_apart=is_apart)

    def _nested_list(self, index: int, end: int, *, is_apart: bool) -> _Parsed | None:
        """Return the list inside an item that begins here, or below what is said of it."""
        start = index
        while index < end and marker(self._texts[index]) is None:
            if is_apart or not (is_metadata(self._texts[index]) or TITLE.match(self._texts[index])):
                return None
            index += 1
        mark = marker(self._texts[index]) if index < end else None
        if mark is None or mark.key in self._lists:
            return None
        block, _ = self._metadata(start, index)
        return self._list(self._texts[index], index, end, block)

    # -- paragraphs -------------------------------------------------------------------------

    def _paragraph_end(self, index: int, end: int) -> int:
        """Return the index behind the last line of the paragraph that begins at `index`."""
        index += 1
        while index < end:
            text = self._texts[index]
            if not text or delimiter(text) or ATTRIBUTES.match(text) or ANCHOR.match(text):
                break
            if self._lists and (text == CONTINUATION or marker(text)):
                break
            index += 1
        return index

    def _indented(self, text: str, index: int, end: int, block: BlockAttributes) -> _Parsed | None:
        """A literal paragraph, or one whose style says what its lines are."""
        is_code = text[:1] in " \t" and block.style in {"", "listing", "literal", "source"}
        if not is_code:
            return None
        last = self._paragraph_end(index, end)
        lines = [line.expandtabs(4) for line in self._texts[index:last]]
        cut = min(len(line) - len(line.lstrip()) for line in lines)
        shown = fenced([line[cut:] for line in lines], self._language(block))
        return self._titled([Block(shown, *self._span(index, last), "code")], block), last

    def _paragraph(self, index: int, end: int, block: BlockAttributes) -> _Parsed:
        last = self._paragraph_end(index, end)
        styled = self._styled(index, last, block)
        if styled is not None:
            return self._titled(styled, block), last
        label = ADMONITION.match(self._texts[index])
        texts = [line for line in self._texts[index:last] if not COMMENT.match(line)]
        if label:
            block.style, texts[0] = label["label"], label["text"]
        shown = self._markdown("\n".join(line.strip() for line in texts))
        items: list[Item] = [Block(shown, *self._span(index, last))] if shown else []
        return self._titled(self._contained(items, self._lines[index].number, block), block), last


def _is_about_people(text: str) -> bool:
    """Return whether a line below a document's title names its author or revision."""
    is_sentence = text.endswith(".") or len(text.split()) > _AUTHOR_WORDS
    return not is_metadata(text) and not delimiter(text) and ("<" in text or not is_sentence)


def _names(identity: str, title: str) -> bool:
    """Return whether an id is the qualified name of what a title in code names."""
    if not _SECTION_ID.match(identity):
        return False
    last = re.split(r"\.|::", identity)[-1]
    return re.match(rf"(?:\w+(?:\.|::))*{re.escape(last)}\b", title) is not None


def _list_mark(mark: Marker, number: int) -> str:
    if mark.key in {"digits", "<>"}:
        digits = mark.number.rstrip(".")
        return f"{int(digits) if digits.isdecimal() else number}. "
    is_ordered = mark.key.startswith(".") or mark.key in {"letter", "roman"}
    return f"{number}. " if is_ordered else "- "


_CHECKBOX = re.compile(r"\[(?P<mark>[ x*])\][ \t]+")


def _checked(text: str) -> str:
    """Return the text of an item with its check box as Markdown writes it."""
    box = _CHECKBOX.match(text)
    if box is None:
        return text
    return f"+++[{'x' if box['mark'] in 'x*' else ' '}]+++ {text[box.end() :]}"
