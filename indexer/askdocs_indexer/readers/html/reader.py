"""HTML pages: the main content's headings, text, code, lists, tables and API entries.

Menus, sidebars and scripts are left out. Definition lists that describe objects, as Sphinx and
Texinfo write them, become entries of their symbols.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.heading_symbols import heading_symbols, qualified, signature_name
from askdocs_indexer.readers.html.admonitions import admonition, is_box
from askdocs_indexer.readers.html.blocks import (
    caption,
    code,
    component_text,
    data_table,
    in_bold,
    language,
    member_row,
    numbered_code,
    paragraph,
    signature,
    verse,
)
from askdocs_indexer.readers.html.connections import connected
from askdocs_indexer.readers.html.inline import (
    FURNITURE,
    code_text,
    inline,
    is_unseen,
    lines_covered,
)
from askdocs_indexer.readers.html.objects import (
    is_described,
    is_object_list,
    term_domain,
    term_symbols,
)
from askdocs_indexer.readers.html.owners import Owner, page_owner
from askdocs_indexer.readers.html.page import main_content
from askdocs_indexer.readers.html.pdoc import declaration, declaration_lines
from askdocs_indexer.readers.html.tree import BLOCKS, Node, Text, parse_html
from askdocs_indexer.readers.markdown_writer import bulleted, fenced, led, plain
from askdocs_indexer.readers.sections import Entry, Heading, Item, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Breadcrumbs and links around the title of a page about a single symbol.
_OWNER_NOTES = ("div.sub-title", "div.subTitle", "div.summary", "div.table-header")
_SIGNATURES = ("div.member-signature", "div.memproto", "div.tsd-signature", "div.type-signature")


def read_html(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of an HTML page."""
    root = parse_html("\n".join(lines_of(text)))
    title = next((node for node in root.descendants() if node.tag == "title"), None)
    walk = _Walk(page_owner(root))
    content = main_content(root)
    items = [item for node in content for item in walk.container(node)]
    sections = sections_of(items, path, plain(inline(title.children)) if title else "")
    return connected(sections, root, content, path)


def read_fragment(markup: str, first_line: int, *, is_markdown: bool = True) -> list[Item]:
    """Return the items of a piece of HTML inside another document, from line `first_line` on.

    Its text is Markdown as in that document, or else literal.
    """
    root = parse_html(markup, first_line, keeps_components=is_markdown)
    for node in root.descendants():
        if node.tag in FURNITURE:
            node.tag = "div"
    return _Walk(Owner()).items(root.children)


class _Walk:
    """Turns elements into items, in document order."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._language = ""
        self._module = ""
        # The element of a member, or with an `id`, that was entered last, until its first heading.
        self._around: Node | None = None
        # The symbol of the entry around, for names of C++.
        self._outer = ""
        self._readers: dict[str, Callable[[Node], Iterable[Item]]] = {
            "div.colist": self._callouts,
            "div.fragment": self._fragment,
            "div.headertitle": self._page_title,
            "div.method-detail": self._ruby_method,
            "div.title": lambda node: caption(node) or self.container(node),
            "pre.content": verse,
            "table.memberdecls": self._declarations,
            **dict.fromkeys(_SIGNATURES, signature),
            **dict.fromkeys(_OWNER_NOTES, self._owner_note),
            "pre": lambda node: code(node, self._language),
            "dl": self._definitions,
            "summary": self._summary,
            **dict.fromkeys(("menu", "ol", "ul"), self._list),
            **dict.fromkeys(("table", "tbody", "thead", "tr"), self._table),
            **dict.fromkeys(_HEADINGS, self._heading),
        }

    def items(self, nodes: Sequence[Node | Text]) -> list[Item]:
        """Return the items of sibling nodes; runs of inline nodes become paragraphs."""
        items: list[Item] = []
        run: list[Node | Text] = []
        for index, node in enumerate(nodes):
            boxed = isinstance(node, Node) and is_box(node) and not _is_beside_words(nodes, index)
            shown = [] if isinstance(node, Text) or boxed else component_text(node)
            if isinstance(node, Text) or not (
                boxed or shown or node.tag in BLOCKS or node.has_blocks
            ):
                run.append(node)
                continue
            items.extend((*paragraph(run), *shown))
            run = []
            if not is_unseen(node):
                items.extend(self._reader(node)(node))
        items.extend(paragraph(run))
        return items

    def _reader(self, node: Node) -> Callable[[Node], Iterable[Item]]:
        by_class = (self._readers.get(f"{node.tag}.{name}") for name in node.classes)
        reader = next(filter(None, by_class), None)
        return reader or self._readers.get(node.tag, self.container)

    def container(self, node: Node) -> list[Item]:
        """Return the items inside an element."""
        if self._owner.is_pdoc and (declared := declaration(node)) is not None:
            return [self._box(node, declared)]
        outer = self._language
        self._language = language(node) or outer
        identity = node.attributes.get("id", "")
        name = identity.removeprefix("module-")
        if name != identity:
            self._module = name
        elif identity or "tsd-member" in node.classes:
            self._around = node
        children, label = admonition(node)
        items = self.items(children)
        self._language = outer
        if self._around is node:
            self._around = None
        return led(items, f"**{label}:**", node.start_line) if label else items

    def _heading(self, node: Node) -> list[Item]:
        title = inline(node.children)
        if not plain(title):
            return []
        symbols = qualified(heading_symbols(title), ())
        if self._module:
            symbols, self._module = (self._module, *symbols), ""
        member = self._owner.member(node, self._around, plain(title))
        self._around = None
        if not symbols and self._owner.is_titled(node, plain(title)):
            symbols = (self._owner.name,)
        start, end, level = node.start_line, node.end_line, int(node.tag[1])
        if not member:
            return [Heading(level, plain(title), start, end, symbols, self._owner.domain)]
        is_signature = "code-header" in node.classes
        shown = member if is_signature or "(" not in title.removesuffix("()") else plain(title)
        heading = Heading(level, shown, start, end, (member,), self._owner.domain)
        return [heading, *signature(node)] if is_signature else [heading]

    def _page_title(self, node: Node) -> list[Item]:
        """The title of a page of Doxygen."""
        title = plain(inline(node.children))
        symbols = (self._owner.name,) if self._owner.name else ()
        return [Heading(1, title, node.start_line, node.end_line, symbols)] if title else []

    def _owner_note(self, node: Node) -> list[Item]:
        is_note = self._owner.name and not node.has_layout
        return [] if is_note else self.container(node)

    def _fragment(self, node: Node) -> list[Item]:
        return [*numbered_code(node)] or self.container(node)

    def _declarations(self, node: Node) -> Iterator[Item]:
        """Doxygen's list of members: rows of a declaration, and below it of its description."""
        for row in node.descendants():
            if row.tag == "tr":
                yield from self.container(row) if row.has_layout else member_row(row)

    def _summary(self, node: Node) -> list[Item]:
        if node.has_layout:
            return self.container(node)
        label = plain(inline(node.children))
        return [Block(f"**{label}**", *lines_covered(node.children))] if label else []

    def _list(self, node: Node) -> Iterator[Item]:
        number = 0
        for child in node.children:
            if isinstance(child, Text) or child.tag != "li":
                yield from self.items([child])
                continue
            number += 1
            if self._owner.is_member_item(child):
                self._around = child
            items = self.items(child.children)
            if any(isinstance(item, Heading) for item in items):
                yield from items  # The list is a page's layout.
            else:
                yield from bulleted(items, f"{number}. " if node.tag == "ol" else "- ")

    def _callouts(self, node: Node) -> Iterator[Item]:
        """The notes on numbers in code by Asciidoctor, which may be rows of a table."""
        for child in node.children:
            if not isinstance(child, Node) or child.tag != "table":
                yield from self.items([child])
                continue
            for row in child.descendants():
                cells = [cell for cell in row.children if isinstance(cell, Node)]
                if row.tag == "tr" and cells:
                    number = "".join(filter(str.isdigit, code_text(cells[0])))
                    yield from bulleted(self.items(cells[-1].children), f"{number or 1}. ")

    def _definitions(self, node: Node) -> Iterator[Item]:
        describes = is_object_list(node)
        terms: list[Node] = []
        for child in _definition_parts(node):
            if child.tag == "dt":
                terms.append(child)
                continue
            yield from self._definition(terms, child, node if describes else None)
            terms = []
        if terms:
            yield from self._definition(terms, None, node if describes else None)

    def _definition(self, terms: list[Node], body: Node | None, objects: Node | None) -> list[Item]:
        """A definition; `objects` is the list around it if that describes objects."""
        if terms and (objects is not None or any(map(is_described, terms))):
            return [self._entry(terms, body, term_domain(terms[0], objects))]
        items = self.items(body.children) if body else []
        names = (inline(term.children).removesuffix(":") for term in terms)
        label = ", ".join(filter(None, names))
        if not label:
            return items
        label = f"{label}:" if re.search(r"[`*\[]", label) else f"**{label}:**"
        return bulleted(led(items, label, terms[0].start_line), "- ")

    def _entry(self, terms: list[Node], body: Node | None, domain: str) -> Entry:
        signatures = [" ".join(code_text(term).split()).removesuffix("¶") for term in terms]
        symbols = [name for term in terms for name in term_symbols(term, self._outer)]
        title = symbols[0] if symbols else signature_name(signatures[0]) or signatures[0]
        start, end = terms[0].start_line, terms[-1].end_line
        shown = Block(fenced(signatures), start, end, "signature")
        outer, self._outer = self._outer, symbols[0] if symbols else ""
        items = self.items(body.children) if body else []
        self._outer = outer
        inside = (in_bold(item) if isinstance(item, Heading) else item for item in items)
        names = tuple(dict.fromkeys(symbols))
        return Entry(title, start, end, names, (shown, *inside), domain)

    def _ruby_method(self, node: Node) -> list[Item]:
        """A method on a page of RDoc."""
        name = self._owner.ruby_method(node.attributes.get("id", ""))
        items = self.container(node)
        if not name:
            return items
        start, end = node.start_line, node.start_line
        return [Entry(name, start, end, (name,), tuple(items), self._owner.domain)]

    def _box(self, node: Node, declared: Node) -> Entry:
        """A member of pdoc's module, with those inside it."""
        name = f"{self._owner.name}.{node.attributes['id']}"
        start, end = declared.start_line, declared.end_line
        shown = Block(fenced(declaration_lines(declared)), start, end, "signature")
        items = self.items([child for child in node.children if child is not declared])
        inside = (in_bold(item) if isinstance(item, Heading) else item for item in items)
        return Entry(name, start, end, (name,), (shown, *inside), self._owner.domain)

    def _table(self, node: Node) -> Iterable[Item]:
        """A data table; a table that only lays out code or other tables is walked through."""
        return self.container(node) if node.has_layout else data_table(node)


def _is_beside_words(nodes: Sequence[Node | Text], index: int) -> bool:
    beside = (*nodes[max(index - 1, 0) : index], *nodes[index + 1 : index + 2])
    return any(isinstance(node, Text) and node.text.strip() for node in beside)


def _definition_parts(node: Node) -> Iterator[Node]:
    """Yield the `dt` and `dd` of a list; HTML allows a `div` around each group."""
    for child in node.children:
        if isinstance(child, Node) and child.tag in {"dt", "dd"}:
            yield child
        elif isinstance(child, Node) and child.tag == "div":
            yield from _definition_parts(child)
