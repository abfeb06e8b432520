"""An HTML page's own text: site generators put menus and sidebars around it.

Generators name the element that holds it, and themes give the same names to parts of it: what a
name promises is measured. An element is the page's content only if it holds most of the page's
words, so that a wrong choice can never lose them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from askdocs_indexer.readers.html.inline import is_unseen
from askdocs_indexer.readers.html.tree import Node, Text

# What marks the element that holds a page's own text, best first: tags and roles, ids (with a
# number sign) and classes (with a dot).
_MAIN_CONTENT = (
    "main",
    "article",
    "#main-content",
    "#content",
    "#main",
    ".body",
    ".document",
    ".markdown-body",
    ".rst-content",
    ".content",
    ".col-content",
)
# Tags and roles say what an element is. An id or a class is just a name: a long listing of the
# class `content` may hold most words, but not most of the titles.
_DECLARED = frozenset({"article", "main"})
_NO_PROSE = frozenset({"a", "pre"})
_TITLES = frozenset({"h1", "h2"})
_PAGE_TITLE = "h1"


@dataclass(slots=True)
class _Extent:
    """What is seen of an element: characters of prose, of code and of links, and titles.

    `page_titles` are those of the highest rank.
    """

    prose: int = 0
    code: int = 0
    links: int = 0
    titles: int = 0
    page_titles: int = 0

    def add(self, other: _Extent) -> None:
        self.prose += other.prose
        self.code += other.code
        self.links += other.links
        self.titles += other.titles
        self.page_titles += other.page_titles


class _Page:
    """The elements inside a page or a part of it that are seen, by what may mark its content."""

    def __init__(self, root: Node) -> None:
        self._extents: dict[int, _Extent] = {}
        self._marked: dict[str, list[Node]] = {}
        self._whole = self._measured(root, frozenset(_marks(root)), "")

    def _measured(self, node: Node, outer: frozenset[str], around: str) -> _Extent:
        """Measure an element, and note it under its marks unless an outer element has them.

        `around` is the tag of the link or of the code that it is part of, or "".
        """
        marks = frozenset(_marks(node)) - outer
        for mark in marks:
            self._marked.setdefault(mark, []).append(node)
        around = around or (node.tag if node.tag in _NO_PROSE else "")
        extent = _Extent(titles=int(node.tag in _TITLES), page_titles=int(node.tag == _PAGE_TITLE))
        for child in node.children:
            if isinstance(child, Text):
                size = len("".join(child.text.split()))
                extent.links += size if around == "a" else 0
                extent.code += size if around == "pre" else 0
                extent.prose += size if not around else 0
            elif not is_unseen(child):
                extent.add(self._measured(child, outer | marks, around))
        self._extents[id(node)] = extent
        return extent

    def content(self) -> Node | None:
        """Return the element that holds most of the page, by the best name; None if none does.

        Links, of which menus consist, count only for pages of links. An element around it that has
        the page's title as well, and no menu, is better: what stands below the title is text.
        """
        for by_links in (False, True):
            nodes = [
                node
                for mark in _MAIN_CONTENT
                if (node := self._whole_of(mark)) is not None
                and self._is_content(node, mark, by_links=by_links)
            ]
            if nodes:
                return next((n for n in nodes[1:] if self._adds_title(n, nodes[0])), nodes[0])
        return None

    def _adds_title(self, outer: Node, node: Node) -> bool:
        around, inside = self._extents[id(outer)], self._extents[id(node)]
        is_more = around.links - inside.links <= around.prose - inside.prose
        return is_more and around.page_titles > 0 == inside.page_titles

    def _whole_of(self, mark: str) -> Node | None:
        """Return the element of a name that has words; None if several have: they are parts."""
        nodes = self._marked.get(mark, [])
        extents = self._extents
        filled = [node for node in nodes if extents[id(node)].prose or extents[id(node)].code]
        nodes = filled or nodes
        return nodes[0] if len(nodes) == 1 else None

    def _is_content(self, node: Node, mark: str, *, by_links: bool) -> bool:
        inside, whole = self._extents[id(node)], self._whole
        own, all_words = inside.prose + inside.code, whole.prose + whole.code
        if by_links:
            is_most = (
                whole.links > all_words and 2 * (own + inside.links) >= all_words + whole.links
            )
        else:
            # A listing alone may hold most words.
            is_most = 0 < all_words <= 2 * own and whole.prose <= 2 * inside.prose
        return is_most and (mark in _DECLARED or 2 * inside.titles >= whole.titles)


def main_content(root: Node) -> list[Node]:
    """Return the elements that hold the page's own text: its content, and its footnotes."""
    best = _Page(root).content()
    if best is None:
        return [next((node for node in root.descendants() if node.tag == "body"), root)]
    if best.tag == "main":
        best = _inner_article(best)
    inside = {id(node) for node in best.descendants()}
    notes = (node for node in root.descendants() if node.attributes.get("id") == "footnotes")
    return [best, *(node for node in notes if id(node) not in inside)]


def _inner_article(main: Node) -> Node:
    """Themes put menus beside the article into `main`; the article then has the only title."""
    article = _Page(main).content()
    if article is None or article.tag != "article":
        return main
    titles = sum(node.tag == "h1" for node in main.descendants())
    own = sum(node.tag == "h1" for node in article.descendants())
    return article if own and own == titles else main


def _marks(node: Node) -> Iterator[str]:
    names = [node.tag, node.attributes.get("role", ""), f"#{node.attributes.get('id', '')}"]
    names += (f".{name}" for name in node.classes)
    return (name for name in names if name in _MAIN_CONTENT)
