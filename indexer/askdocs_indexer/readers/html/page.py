"""An HTML page's own text: site generators put menus and sidebars around it."""

from __future__ import annotations

from askdocs_indexer.readers.html.tree import Node

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


def main_content(root: Node) -> Node:
    """Return the element that holds the page's own text; of several articles, none counts."""
    candidates: dict[str, Node] = {}
    articles = 0
    for node in root.descendants():
        articles += node.tag == "article"
        names = [node.tag, node.attributes.get("role", ""), *(f".{name}" for name in node.classes)]
        for name in names:
            if name in _MAIN_CONTENT and node.children:
                candidates.setdefault(name, node)
    if articles > 1:
        candidates.pop("article", None)
    best = next((candidates[name] for name in _MAIN_CONTENT if name in candidates), root)
    return _inner_article(best) if best.tag == "main" else best


def _inner_article(main: Node) -> Node:
    """Themes put menus beside the article into `main`; the article then has the only title."""
    inside = list(main.descendants())
    articles = [node for node in inside if node.tag == "article"]
    if len(articles) != 1:
        return main
    titles = sum(node.tag == "h1" for node in inside)
    own = sum(node.tag == "h1" for node in articles[0].descendants())
    return articles[0] if own and own == titles else main
