"""HTML pages: the main content's headings, text, code, lists, tables and API entries.

Menus, sidebars and scripts are left out. Definition lists whose terms carry a symbol's name as
their `id`, as Sphinx writes them, become entries of that symbol.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from askdocs_indexer.readers.html_inline import code_text, inline, is_unseen, lines_covered
from askdocs_indexer.readers.html_tree import BLOCKS, Node, Text, parse_html
from askdocs_indexer.readers.markup import Row, bulleted, fenced, led, plain, table
from askdocs_indexer.readers.names import heading_symbols, signature_name
from askdocs_indexer.readers.outline import Entry, Heading, Item, sections_of
from askdocs_indexer.readers.source import lines_of, words
from askdocs_indexer.types import Block, Section

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# The element that holds a page's own text: tags, roles and (with a dot) classes, best first.
_MAIN_CONTENT = (
    "main",
    "article",
    ".body",
    ".document",
    ".markdown-body",
    ".rst-content",
    ".content",
    "body",
)
_LANGUAGE = re.compile(r"^(?:language|lang|highlight|highlight-source)-([\w+#-]+)$")
_SYMBOL_ID = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$")
_DESCRIPTIONS = words(
    "attribute class classmethod data decorator exception function method property py staticmethod"
)


def read_html(text: str, path: str) -> tuple[Section, ...]:
    """Return the sections of an HTML page."""
    root = parse_html("\n".join(lines_of(text)))
    title = next((node for node in root.descendants() if node.tag == "title"), None)
    items = _Walk().items([_main_content(root)])
    return sections_of(items, path, plain(inline(title.children)) if title else "")


def read_fragment(markup: str, first_line: int) -> list[Item]:
    """Return the items of a piece of HTML inside another document, from line `first_line` on."""
    return _Walk().items(parse_html(markup, first_line).children)


def _main_content(root: Node) -> Node:
    """Return the element that holds the page's own text; a list of articles is no such element."""
    found: dict[str, Node] = {}
    articles = 0
    for node in root.descendants():
        articles += node.tag == "article"
        names = [node.tag, node.attributes.get("role", ""), *(f".{name}" for name in node.classes)]
        for name in names:
            if name in _MAIN_CONTENT and node.children:
                found.setdefault(name, node)
    if articles > 1:
        found.pop("article", None)
    return next((found[name] for name in _MAIN_CONTENT if name in found), root)


class _Walk:
    """Turns elements into items, in document order."""

    def __init__(self) -> None:
        self._language = ""
        self._module = ""
        self._readers: dict[str, Callable[[Node], Iterable[Item]]] = {
            "pre": self._code,
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
        for node in nodes:
            if isinstance(node, Text) or not (node.tag in BLOCKS or node.has_blocks):
                run.append(node)
                continue
            items.extend(_paragraph(run))
            run = []
            if not is_unseen(node):
                items.extend(self._readers.get(node.tag, self._container)(node))
        items.extend(_paragraph(run))
        return items

    def _container(self, node: Node) -> list[Item]:
        outer = self._language
        self._language = _language(node) or outer
        name = node.attributes.get("id", "").removeprefix("module-")
        if name != node.attributes.get("id", ""):
            self._module = name
        children = node.children
        label = ""
        if "admonition" in node.classes:
            children, label = _admonition_label(children)
        items = self.items(children)
        self._language = outer
        return led(items, f"**{label}:**", node.start_line) if label else items

    def _heading(self, node: Node) -> list[Item]:
        title = inline(node.children)
        if not title:
            return []
        symbols = heading_symbols(title)
        if self._module:
            symbols, self._module = (self._module, *symbols), ""
        level = int(node.tag[1])
        return [Heading(level, plain(title), node.start_line, node.end_line, symbols)]

    def _summary(self, node: Node) -> list[Item]:
        label = plain(inline(node.children))
        return [Block(f"**{label}**", *lines_covered(node.children))] if label else []

    def _code(self, node: Node) -> list[Item]:
        code = code_text(node).strip("\n").rstrip()
        if not code:
            return []
        inside = next((_language(child) for child in node.descendants() if _language(child)), "")
        language = _language(node) or inside or self._language
        text = fenced(code.split("\n"), "" if language in {"default", "none", "text"} else language)
        return [Block(text, *lines_covered(node.children), "code")]

    def _list(self, node: Node) -> Iterator[Item]:
        number = 0
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                number += 1
                marker = f"{number}. " if node.tag == "ol" else "- "
                yield from bulleted(self.items(child.children), marker)
            elif isinstance(child, Node):
                yield from self.items([child])

    def _definitions(self, node: Node) -> Iterator[Item]:
        describes = _DESCRIPTIONS.intersection(node.classes) != set()
        terms: list[Node] = []
        for child in _definition_parts(node):
            if child.tag == "dt":
                terms.append(child)
                continue
            yield from self._definition(terms, child, describes)
            terms = []
        if terms:
            yield from self._definition(terms, None, describes)

    def _definition(self, terms: list[Node], body: Node | None, describes: bool) -> list[Item]:
        described = describes or any("sig-object" in term.classes for term in terms)
        if terms and described:
            return [self._entry(terms, body)]
        items = self.items(body.children) if body else []
        label = ", ".join(filter(None, (inline(term.children) for term in terms)))
        if not label:
            return items
        label = f"{label}:" if re.search(r"[`*\[]", label) else f"**{label}:**"
        return bulleted(led(items, label, terms[0].start_line), "- ")

    def _entry(self, terms: list[Node], body: Node | None) -> Entry:
        signatures = [" ".join(code_text(term).split()).removesuffix("¶") for term in terms]
        ids = [term.attributes.get("id", "") for term in terms]
        symbols = [name.removeprefix("c.") for name in ids if _SYMBOL_ID.match(name)]
        title = symbols[0] if symbols else signature_name(signatures[0]) or signatures[0]
        start, end = terms[0].start_line, terms[-1].end_line
        shown = Block(fenced(signatures), start, end, "signature")
        items = (shown, *(self.items(body.children) if body else ()))
        return Entry(title, start, end, tuple(dict.fromkeys(symbols)), items)

    def _table(self, node: Node) -> Iterable[Item]:
        """A data table; a table that only lays out code or other tables is walked through."""
        if node.has_layout:
            return self._container(node)
        inside = node.descendants()
        rows = [node] if node.tag == "tr" else [child for child in inside if child.tag == "tr"]
        header: list[str] = []
        body: list[Row] = []
        for row in rows:
            cells = [c for c in row.children if isinstance(c, Node) and c.tag in {"td", "th"}]
            texts = [inline(cell.children) for cell in cells]
            if not header and not body and cells and all(cell.tag == "th" for cell in cells):
                header = texts
            elif any(texts):
                body.append(Row(texts, row.start_line, row.end_line))
        return table(header, body, node.start_line)


def _paragraph(run: Sequence[Node | Text]) -> Iterator[Item]:
    text = inline(run)
    if text and not _is_navigation(run):
        yield Block(text, *lines_covered(run))


def _is_navigation(run: Sequence[Node | Text]) -> bool:
    """Say whether nothing but links into the same page stands here: tabs, or a list of contents."""
    return all(
        not node.text.strip()
        if isinstance(node, Text)
        else node.tag == "br" or node.attributes.get("href", "").startswith("#")
        for node in run
    )


def _definition_parts(node: Node) -> Iterator[Node]:
    """Yield the `dt` and `dd` of a list; HTML allows a `div` around each group."""
    for child in node.children:
        if isinstance(child, Node) and child.tag in {"dt", "dd"}:
            yield child
        elif isinstance(child, Node) and child.tag == "div":
            yield from _definition_parts(child)


def _admonition_label(children: Sequence[Node | Text]) -> tuple[list[Node | Text], str]:
    """Split an admonition into its body and its title."""
    titles = [c for c in children if isinstance(c, Node) and "admonition-title" in c.classes]
    body = [child for child in children if child not in titles]
    return body, plain(inline(titles[0].children)) if titles else ""


def _language(node: Node) -> str:
    for name in node.classes:
        match = _LANGUAGE.match(name)
        if match:
            return match[1]
    return ""
