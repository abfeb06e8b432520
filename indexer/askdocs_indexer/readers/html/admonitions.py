"""Notes, warnings and the like: the boxes that generators make of them, with their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.html.inline import code_text, inline
from askdocs_indexer.readers.html.tree import Node, Text
from askdocs_indexer.readers.markdown_writer import plain
from askdocs_indexer.readers.props import box_label

# Sphinx and Material, VitePress, GitHub, Docusaurus, Starlight, mdBook.
_BOXES = words(
    "admonition blockquote-tag custom-block markdown-alert starlight-aside theme-admonition"
)
_TITLE = re.compile(r"[\w-]+[-_]title$|admonition-?[hH]eading")


def admonition(node: Node) -> tuple[Sequence[Node | Text], str]:
    """Return an element's children; of an admonition its body and its title, else ""."""
    if "admonitionblock" in node.classes:
        return _asciidoctor(node)
    if is_box(node):
        return node.children, box_label(node.tag, node.attributes)
    if _BOXES.isdisjoint(node.classes):
        return node.children, ""
    title = next((child for child in node.children if _is_title(child)), None)
    if not isinstance(title, Node):
        return node.children, ""
    body = [child for child in node.children if child is not title]
    return body, plain(inline(title.children)).removesuffix(":")


def is_box(node: Node) -> bool:
    """Return whether an element is a component such as `<Warning>`, with words inside."""
    return node.tag[:1].isupper() and bool(node.children and box_label(node.tag, node.attributes))


def _is_title(node: Node | Text) -> bool:
    return isinstance(node, Node) and any(map(_TITLE.match, node.classes))


def _asciidoctor(node: Node) -> tuple[Sequence[Node | Text], str]:
    """A table of a cell with an icon, which has the title somehow, and a cell with the body."""
    cells = [cell for cell in node.descendants() if cell.tag == "td"]
    body = next((cell for cell in cells if "content" in cell.classes), None)
    icon = next((cell for cell in cells if "icon" in cell.classes), None)
    if body is None or icon is None:
        return node.children, ""
    named = [child.attributes for child in icon.descendants()]
    titles = (code_text(icon), *(a.get("title", "") or a.get("alt", "") for a in named))
    return body.children, " ".join(next(filter(str.strip, titles), "").split())
