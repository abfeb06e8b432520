"""Links, labels and index words in the elements of an HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from askdocs_indexer.readers.connections import Connections, context_of, target_within
from askdocs_indexer.readers.html.inline import code_text, is_unseen
from askdocs_indexer.readers.html.tree import BLOCKS, Node, Text
from askdocs_indexer.types import Section

# What is longer is no paragraph: sentences are looked for in it for each of its links.
_PARAGRAPH_CHARACTERS = 10_000
_META = frozenset({"description", "keywords"})


def connected(
    sections: tuple[Section, ...], root: Node, content: Sequence[Node], path: str
) -> tuple[Section, ...]:
    """Return the sections of a page with what connects them, by their lines.

    Where several begin on the same line, nothing tells which of them an element belongs to.
    """
    walk = _Walk(path)
    for node in root.descendants():
        if node.tag == "meta" and node.attributes.get("name", "").lower() in _META:
            walk.connections.index(node.attributes.get("content", ""))
    for node in content:
        walk.inside(node, node)
    starts = Counter(section.start_line for section in sections)
    crowded = frozenset(line for line, count in starts.items() if count > 1)
    return _without(walk.connections, crowded).attached(sections)


def _without(connections: Connections, lines: frozenset[int]) -> Connections:
    if not lines:
        return connections
    return replace(
        connections,
        links=[each for each in connections.links if each[0] not in lines],
        labels=[each for each in connections.labels if each[0] not in lines],
        keywords=[each for each in connections.keywords if each[0] not in lines],
    )


class _Walk:
    """Visits what is seen, in document order. Labels are for the words that follow them."""

    def __init__(self, path: str) -> None:
        self.connections = Connections()
        self._path = path
        self._waiting: list[str] = []
        # The text of the block that was looked at last; "" where it is a list of links.
        self._block: Node | None = None
        self._text = ""

    def inside(self, node: Node, block: Node) -> None:
        """Visit an element in a block; the depth of a tree is bounded."""
        names = (node.attributes.get("id", ""), node.attributes.get("name", ""))
        self._waiting += filter(None, names if node.tag == "a" else names[:1])
        if is_unseen(node):
            return
        if node.tag in BLOCKS:
            block = node
        if node.tag == "img" and len(node.attributes.get("alt", "").split()) > 1:
            self.connections.index(node.attributes["alt"], node.start_line)
        if node.tag == "a" and (href := node.attributes.get("href", "")):
            self._link(node, block, target_within(self._path, href))
        for child in node.children:
            if isinstance(child, Node):
                self.inside(child, block)
            elif self._waiting and (words := child.text.strip()):
                line = child.start_line + child.text[: child.text.index(words)].count("\n")
                for name in self._waiting:
                    self.connections.label(line, name)
                self._waiting.clear()

    def _link(self, node: Node, block: Node, target: str) -> None:
        words = " ".join(code_text(node).split())
        if not target or not words:
            return
        if self._block is not block:
            self._block, self._text = block, _sentences_of(block)
        start = self._text.find(words)
        context = ""
        if start >= 0:
            context = context_of(self._text, start, start + len(words), str, str)
        self.connections.link(node.start_line, words, context, target)


def _sentences_of(block: Node) -> str:
    """Return the text of a paragraph; "" for a list of links, and for what holds paragraphs."""
    if block.has_blocks or not any(map(str.isalpha, "".join(_beside_links(block.children)))):
        return ""
    text = " ".join(code_text(block).split())
    return text if len(text) <= _PARAGRAPH_CHARACTERS else ""


def _beside_links(children: Iterable[Node | Text]) -> Iterable[str]:
    """Yield the texts of an element that are not in links."""
    for child in children:
        if isinstance(child, Text):
            yield child.text
        elif child.tag != "a":
            yield from _beside_links(child.children)
