"""Markdown and MDX, by markdown-it's block structure; the text stays the source's own lines.

Rewritten are only HTML blocks and MyST's directives, whose tags and fences would hide the words
from both indexes, the indentation of admonitions, the padding of tables, images that are written
into the text, and links whose target stands elsewhere; the further paragraphs of definitions and
footnotes are unindented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from askdocs_indexer.lines import dedented
from askdocs_indexer.readers.connections import Connections
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.heading_symbols import anchored, heading_symbols, qualified
from askdocs_indexer.readers.html.reader import read_fragment
from askdocs_indexer.readers.inclusion.expansion import expanded
from askdocs_indexer.readers.inclusion.markdown import MarkdownSyntax
from askdocs_indexer.readers.markdown.colons import AUTODOC
from askdocs_indexer.readers.markdown.connections import (
    add_front_matter,
    markdown_connections,
)
from askdocs_indexer.readers.markdown.declared import declarations
from askdocs_indexer.readers.markdown.front_matter import FrontMatter
from askdocs_indexer.readers.markdown.generated import (
    Generated,
    anchor_above,
    anchored_names,
    generated,
)
from askdocs_indexer.readers.markdown.inline import Inline
from askdocs_indexer.readers.markdown.links import Links
from askdocs_indexer.readers.markdown.mdx import (
    COMPONENT,
    WHOLE_COMPONENT,
    string_fields,
    string_props,
)
from askdocs_indexer.readers.markdown.myst import DIRECTIVE, MystDirectives, is_myst
from askdocs_indexer.readers.markdown.rules import block_parser
from askdocs_indexer.readers.markdown.tables import table_blocks
from askdocs_indexer.readers.markdown.tabs import Tabs, is_tab
from askdocs_indexer.readers.markdown.templates import line_texts
from askdocs_indexer.readers.markdown.titles import heading_title
from askdocs_indexer.readers.markdown_writer import fenced, led, literal, plain
from askdocs_indexer.readers.props import LABELS, box_label, shown_texts
from askdocs_indexer.readers.sections import (
    TITLE_CHARACTERS,
    Documents,
    Heading,
    Item,
    SectionsEnd,
    sections_of,
)
from askdocs_indexer.types import Block, Include, Section, nothing_included

# A list item, quote or admonition above this size is split into the blocks inside it, so that a
# chunk can end between them and need not cut their code.
_CONTAINER_CHARACTERS = 600
# No real document nests deeper than this; the rest is left as it was written, so that no input can
# exhaust the stack.
_DEEPEST = 10

_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_CONTAINERS = frozenset({"blockquote_open", "list_item_open"})
# What is not shown as it is written, in containers neither.
_REWRITTEN = frozenset({"code", "directive", "jsx", "tags", "unseen"})
_COLONS = {"colon_open": 1, "colon_close": -1}

# A heading that says so has no members, at whatever level those behind it are.
_FUNCTION = re.compile(r"(?:(?:async|class|static)[ ]?)?(?:function|method) \w+(?:\(.*\))?$")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_ATTRIBUTES = re.compile(r"[\s:]*\{[#.][^{}]*\}$")
_EMBEDDED_IMAGE = re.compile(r"data:[\w/+.-]{1,60};base64,[\w+/=%]{40,}")


def read_markdown(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a Markdown or MDX document."""
    expansion = expanded(lines_of(text), path, include, MarkdownSyntax())
    reader = MarkdownReader(is_mdx=path.lower().endswith(".mdx"))
    items = reader.items(expansion.lines, opens_document=True)
    sections = sections_of(items, path, reader.title)
    connections = reader.connections(expansion.lines, path)
    return expansion.in_document(connections.attached(sections))


class MarkdownReader:
    """Reads a document, whole or in pieces: a heading qualifies the symbols of those below it.

    `title` is what the document's front matter calls it, or ""; `page` says which generator wrote
    it. `matter` is that front matter.
    """

    def __init__(self, is_mdx: bool = False) -> None:
        self.title = ""
        self.matter: FrontMatter | None = None
        self.page = Generated()
        self.links = Links()
        self.inline = Inline(is_mdx=is_mdx)
        self.directives = MystDirectives(self.inside)
        # Symbols by heading level, to qualify `connect()` below `Client`.
        self.parents: list[tuple[int, tuple[str, ...], str]] = []
        self.tabs = Tabs()
        self.is_mdx = is_mdx
        self._parser = block_parser(is_mdx=is_mdx)
        self._depth = 0

    def items(self, lines: Sequence[str], *, opens_document: bool = False) -> list[Item]:
        """Return the items of a piece, whose first line has the number 1."""
        parser = self._parser
        self.links = Links()
        self.matter = None
        if opens_document:
            self.page = generated(lines)
            dialect = {"is_mdx": self.is_mdx, "is_myst": not self.is_mdx and is_myst(lines)}
            self.inline = Inline.of(lines, **dialect)
            self._parser = block_parser(**dialect)
            parser = block_parser(**dialect, opens_document=True)
        return _Piece(self, parser, lines).items()

    def connections(self, lines: Sequence[str], path: str) -> Connections:
        """Return what connects the document at `path`, whose lines were read."""
        first = self.matter.lines if self.matter else 0
        connections = markdown_connections(lines, path, is_myst=self.inline.is_myst, first=first)
        if self.matter:
            add_front_matter(connections, self.matter, path)
        return connections

    def inside(self, lines: Sequence[str], first_line: int) -> list[Item]:
        """Return the items inside a container: blocks and entries, no headings."""
        if self._depth >= _DEEPEST:
            text = "\n".join(lines).strip("\n")
            return [Block(text, first_line, first_line + len(lines) - 1)] if text.strip() else []
        self._depth += 1
        items = _Piece(self, self._parser, lines, first_line, is_inside=True).items()
        self._depth -= 1
        return items


class _Piece:
    """Turns the block tokens of a run of lines into items."""

    def __init__(
        self,
        reader: MarkdownReader,
        parser: MarkdownIt,
        lines: Sequence[str],
        first_line: int = 1,
        is_inside: bool = False,
    ) -> None:
        self._reader = reader
        self._lines = lines
        self._first_line = first_line
        self._is_inside = is_inside
        self._tokens = parser.parse("\n".join(lines), reader.links.environment)
        # By their identity: a label is a block like others.
        self._labels: dict[int, Block] = {}
        rules = (i for i, token in enumerate(self._tokens) if token.type == "hr")
        self._last_rule = max(rules, default=-1)
        self._declared = {} if is_inside else declarations(self._tokens, lines)
        self._family = next((d.family for d in self._declared.values()), "")
        self._readers: dict[str, Callable[[int], Iterable[Item]]] = {
            "admonition": self._admonition,
            "autodoc": self._autodoc,
            "code": self._enclosed_code,
            "code_block": self._code,
            "colon_open": self._container_head,
            "continued": self._continued,
            "directive": self._directive,
            "fence": self._fence,
            "front_matter": self._front_matter,
            "heading_open": self._heading,
            "html_block": self._html,
            "jsx": self._jsx,
            "paragraph_open": self._paragraph,
            "hr": self._rule,
            "table_open": self._table,
            "tags": self._tags,
            **dict.fromkeys(("colon_close", "unseen"), self._skip),
        }

    def items(self) -> list[Item]:
        """Return the piece's items."""
        return list(self._led(self._items(0, len(self._tokens))))

    def _led(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield items, those at the beginning of a box with its label."""
        label: Block | None = None
        for item in items:
            if isinstance(item, Block) and id(item) in self._labels:
                if label is not None:
                    yield _alone(label)
                label = item
            elif label is not None:
                yield from _led_by(item, label)
                label = None
            else:
                yield item
        if label is not None:
            yield _alone(label)

    def _label(self, name: str, index: int) -> list[Item]:
        """Return the label of a box that begins at a token; none if the name is ""."""
        start, end = (self._first_line + line for line in self._span(index))
        label = Block(f"**{name}:**", start, end - 1)
        self._labels[id(label)] = label
        return [label] if name else []

    def _items(self, start: int, stop: int) -> Iterator[Item]:
        """Yield the items of the tokens [start, stop), which are siblings and their contents."""
        index = start
        while index < stop:
            end = self._closing(index)
            if self._tokens[index].type == "colon_open":
                small = self._small_container(index, stop)
                if small:
                    yield small[0]
                    index = small[1] + 1
                    continue
            yield from self._item(index, end)
            index = end + 1

    def _closing(self, index: int) -> int:
        """Return the index of the token that closes the token at `index`."""
        level = self._tokens[index].level
        while self._tokens[index].nesting == 1 or self._tokens[index].level > level:
            index += 1
            if self._tokens[index].level == level and self._tokens[index].nesting == -1:
                break
        return index

    def _small_container(self, index: int, stop: int) -> tuple[Block, int] | None:
        """Return a small container between colons as a block, with its last token's index."""
        depth = 0
        for last in range(index, min(stop, index + _CONTAINER_CHARACTERS)):
            kind = self._tokens[last].type
            depth += _COLONS.get(kind, 0)
            if kind == "heading_open":
                return None
            if depth == 0:
                break
        else:
            return None
        start, end = self._span(index)[0], self._span(last)[1]
        block = self._between(start, end)
        return (block, last) if len(block.text) <= _CONTAINER_CHARACTERS else None

    def _item(self, index: int, end: int) -> Iterable[Item]:
        token = self._tokens[index]
        if token.type == "heading_open" and (token.level or self._is_inside):
            return [self._block(index)]
        if token.type in _LISTS:
            return self._items(index + 1, end)
        if token.type in _CONTAINERS:
            return self._contents(index, end)
        return self._readers.get(token.type, self._verbatim)(index)

    def _contents(self, index: int, end: int) -> Iterable[Item]:
        block = self._block(index)
        is_rewritten = any(map(_is_rewritten, self._tokens[index + 1 : end]))
        if is_rewritten or len(block.text) > _CONTAINER_CHARACTERS:
            return self._items(index + 1, end)
        return [block] if block.text else []

    # -- blocks of lines --------------------------------------------------------------------

    def _between(self, start: int, end: int) -> Block:
        """Return the lines [start, end) as a single block, with the targets of its links."""
        block = self._written(start, end)
        text = self._reader.inline.shown(block.text)
        return replace(block, text=self._reader.links.resolved(text))

    def _written(self, start: int, end: int) -> Block:
        """Return the lines [start, end) as a single block as they were written."""
        lines = self._lines[start:end]
        if self._reader.is_mdx:  # The contents of components are indented, but not code.
            lines = _dedented(lines)
        text = "\n".join(line.rstrip() for line in lines)
        if "base64," in text:
            text = _EMBEDDED_IMAGE.sub("…", text)
        return Block(text, self._first_line + start, self._first_line + max(end - 1, start))

    def _block(self, index: int) -> Block:
        return self._between(*self._span(index))

    def _span(self, index: int) -> tuple[int, int]:
        """Return a token's lines [start, end), 0-based, without blank lines at the end."""
        start, end = self._tokens[index].map or (0, 0)
        end = min(end, len(self._lines))
        while end > start and not self._lines[end - 1].strip():
            end -= 1
        return start, end

    def _skip(self, index: int) -> Iterable[Item]:
        return []

    def _verbatim(self, index: int) -> Iterable[Item]:
        return [self._block(index)]

    def _paragraph(self, index: int) -> Iterable[Item]:
        """A paragraph; in MDX it may be a component with words inside."""
        start, end = self._span(index)
        text = "\n".join(self._lines[start:end]).lstrip()
        is_component = self._reader.is_mdx and WHOLE_COMPONENT.match(text) is not None
        return self._html(index) if is_component else self._verbatim(index)

    def _container_head(self, index: int) -> Iterable[Item]:
        block = self._block(index)
        return [] if _ATTRIBUTES.match(block.text) else [block]

    def _code(self, index: int) -> Iterable[Item]:
        return [replace(self._written(*self._span(index)), kind="code")]

    def _enclosed_code(self, index: int) -> list[Item]:
        """Code that a template's tags or an expression of MDX enclose, as a fenced block."""
        token = self._tokens[index]
        if not token.content.strip():
            return []
        shown = fenced(_dedented(token.content.strip("\n").split("\n")), token.info)
        return [replace(self._block(index), text=shown, kind="code")]

    def _fence(self, index: int) -> Iterable[Item]:
        """A code block, or a directive of MyST."""
        start, end = self._span(index)
        token = self._tokens[index]
        directive = DIRECTIVE.match(token.info.strip())
        if directive is None or not self._lines[start].lstrip().startswith(token.markup):
            return self._code(index)
        closes = end > start + 1 and self._lines[end - 1].strip().startswith(token.markup)
        body = _dedented(self._lines[start + 1 : end - closes])
        items = self._reader.directives.read(directive, body, self._first_line + start)
        return self._code(index) if items is None else items

    def _directive(self, index: int) -> Iterable[Item]:
        """A directive of MyST between colons, which hold prose where backticks hold code."""
        start, end = self._span(index)
        token = self._tokens[index]
        directive = DIRECTIVE.match(token.info)
        if directive is None or not self._lines[start].lstrip().startswith(token.markup):
            return [self._block(index)]  # A list's or a quote's mark is before it.
        body = _dedented(self._lines[start + 1 : end - 1])
        line = self._first_line + start
        directives = self._reader.directives
        items = directives.read(directive, body, line)
        return directives.prose(directive, body, line) if items is None else items

    def _admonition(self, index: int) -> Iterable[Item]:
        start, end = self._span(index)
        block = self._between(start, end)
        head = block.text.split("\n", 1)[0].strip()
        if not head.startswith(("!", "?", "=")):
            return [block]  # A list's or a quote's mark is before it.
        body = _dedented(self._lines[start + 1 : end])
        if len(block.text) <= _CONTAINER_CHARACTERS:
            body = _dedented(block.text.split("\n")[1:])
            return [replace(block, text="\n".join([head, *body]).rstrip())]
        inside = self._reader.inside(body, block.start_line + 1)
        return [Block(head, block.start_line, block.start_line), *inside]

    def _continued(self, index: int) -> Iterable[Item]:
        """Markdown would take it for code if it stayed indented."""
        start, end = self._span(index)
        indent = self._tokens[index].meta["indent"]
        body = [_cut(line, indent) for line in self._lines[start:end]]
        return self._reader.inside(body, self._first_line + start)

    # -- blocks with a meaning --------------------------------------------------------------

    def _front_matter(self, index: int) -> Iterable[Item]:
        matter: FrontMatter = self._tokens[index].meta["matter"]
        self._reader.title = matter.title
        self._reader.matter = matter
        keywords = f"Keywords: {matter.keywords}" if matter.keywords else ""
        text = "\n\n".join(filter(None, [matter.description, *matter.texts, keywords]))
        return [Block(text, self._first_line, self._first_line + matter.lines - 1)] if text else []

    def _heading(self, index: int) -> Iterable[Item]:
        token = self._tokens[index]
        start, end = self._span(index)
        written = self._tokens[index + 1].content
        title = heading_title(self._reader.links.resolved(written))
        if not plain(title):
            return []
        if token.markup in {"=", "-"} and len(plain(title)) > TITLE_CHARACTERS:
            return [self._between(start, end - 1)]  # A paragraph above a rule.
        parents = self._reader.parents
        enclosing = parents[-1][0] if parents else 0
        level = self._reader.tabs.level_of(
            written, int(token.tag[1]), enclosing, is_closed=index < self._last_rule
        )
        while parents and parents[-1][0] >= level:
            parents.pop()
        around = [(s, above) for _, s, above in parents if not _FUNCTION.match(above)]
        declared = self._declared.get(index)
        symbols = anchored(written) or self._anchored(start, plain(title))
        names = heading_symbols(title) or ((declared.name,) if declared else ())
        symbols = symbols or qualified(names or self._reader.page.titled(plain(title)), around)
        if not is_tab(written):
            parents.append((level, symbols, plain(title)))
        first, page = self._first_line, self._reader.page
        return [
            Heading(
                level=level,
                title=plain(title),
                start_line=first + start,
                end_line=first + end - 1,
                symbols=page.qualified(symbols, plain(title)),
                domain=page.domain or self._family,
            )
        ]

    def _anchored(self, start: int, title: str) -> tuple[str, ...]:
        """Return the names that an anchor above a heading gives to what it documents."""
        anchor = anchor_above(self._lines, start) if self._reader.page.domain else ""
        names = anchored_names(anchor)
        last = names[0].rpartition(".")[2]
        return names if last and last in re.split(r"[^\w]+", title) else ()

    def _rule(self, index: int) -> Iterable[Item]:
        """A line across the page, which ends tabs."""
        is_inside = self._is_inside or self._tokens[index].level > 0
        level = 0 if is_inside else self._reader.tabs.end()
        if not level:
            return []
        parents = self._reader.parents
        while parents and parents[-1][0] >= level:
            parents.pop()
        return [SectionsEnd(level)]

    def _autodoc(self, index: int) -> Iterable[Item]:
        match = AUTODOC.match(self._lines[self._span(index)[0]].strip())
        return [Documents((match["name"],), "python")] if match else []

    def _html(self, index: int) -> Iterator[Item]:
        start, end = self._span(index)
        is_inside = self._is_inside or self._tokens[index].level > 0
        markup = "\n".join(self._lines[start:end])
        for item in read_fragment(markup, self._first_line + start):
            if isinstance(item, Heading) and is_inside:
                yield Block(f"**{literal(item.title)}**", item.start_line, item.end_line)
            elif isinstance(item, Block) and item.kind == "prose":
                yield replace(item, text=self._reader.links.resolved(item.text))
            else:
                yield item

    def _jsx(self, index: int) -> Iterable[Item]:
        """Tags of components: what they show as text, or their code where that takes lines."""
        block = self._written(*self._span(index))
        markup = self._tokens[index].meta["markup"]
        props = list(string_props(markup))
        box = COMPONENT.match(markup)
        label = box_label(box["name"], dict(props)) if box else ""
        if label:
            props = [prop for prop in props if prop[0] not in LABELS]
        fields = list(string_fields(markup))
        texts = shown_texts([*props, *fields])
        shown: list[Item] = [replace(block, text="\n".join(texts))] if texts else []
        shown += self._label(label, index)
        if self._tokens[index].content:
            return [*shown, *self._enclosed_code(index)]
        has_title = any(name in LABELS for name, _ in props)
        has_sentences = any(" " in text for text in shown_texts(fields))
        if not (has_title or has_sentences) and re.search(r"[{(`\[]\s*\n", block.text):
            return [replace(block, kind="code")]
        return shown

    def _tags(self, index: int) -> Iterable[Item]:
        token = self._tokens[index]
        label: str = token.meta.get("label", "")
        texts: list[str] = []
        if token.content:
            label, texts = line_texts(token.content)
        shown = "\n".join(texts)
        text: list[Item] = [replace(self._block(index), text=shown)] if shown else []
        return [*text, *self._label(label, index)]

    def _table(self, index: int) -> Iterable[Item]:
        return table_blocks(self._block(index))


def _led_by(item: Item, label: Block) -> list[Item]:
    """Return an item with a box's label before its first words, in a quote behind its mark."""
    quote = _QUOTE.match(item.text) if isinstance(item, Block) else None
    if quote is None or not isinstance(item, Block):
        return led([item], label.text, label.start_line)
    text = f"{quote[0]}{label.text} {item.text[quote.end() :]}"
    return [replace(item, text=text, start_line=label.start_line)]


def _alone(label: Block) -> Block:
    """Return the label of a box whose contents are no text."""
    return replace(label, text=label.text.replace(":**", "**"))


def _is_rewritten(token: Token) -> bool:
    return token.type in _REWRITTEN or (token.type == "fence" and token.info[:1] == "{")


def _cut(line: str, columns: int) -> str:
    """Return a line without so much of its indentation, which may be tabs."""
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].expandtabs(4)[columns:] + text


def _dedented(lines: Sequence[str]) -> list[str]:
    """Return lines without the indentation that all of them share, and without blanks behind."""
    return [line.rstrip() for line in dedented(lines)]
