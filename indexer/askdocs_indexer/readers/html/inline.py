"""Inline HTML as Markdown, and the plain text of code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.html.tree import BLOCKS, Node, Text
from askdocs_indexer.readers.markdown_writer import code_span, literal, without_blocks

_CODE = frozenset({"code", "kbd", "samp", "tt", "var"})
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*", "cite": "*"}
_HEADINGS = words("h1 h2 h3 h4 h5 h6")
_UNSEEN_TAGS = words(
    "base button canvas datalist head iframe input link meta noscript object script search select "
    "style svg template textarea title video"
)
# Around a page's text these hold menus; inside another document's they are just boxes.
FURNITURE = words("aside dialog footer form header menu nav")
# What text consists of, and menus.
_PROSE = words("blockquote dd p pre td")
_CONTROLS = words("a button form label nav select summary")
_UNSEEN_ROLES = words("banner complementary navigation search")
_UNSEEN_CLASSES = words(
    "anchor anchor-link back-to-top boring bottomNav breadcrumb breadcrumbs col-menu col-sidebar "
    "footer hash-link headerlink hideme legalCopy linenos lineno md-content__button menu nav "
    "nav-panel navbar navfooter navheader navigation navpath out-of-band overload pagination "
    "pagination-nav prev-next-area prev-next-footer related related-pages rightside "
    "rst-footer-buttons rustdoc-breadcrumbs search-results sidebar sidenav skip-link skipNav "
    "sphinxsidebar subNav table-of-contents theme-doc-breadcrumbs "
    "theme-doc-footer toc topNav tsd-breadcrumb tsd-index-panel tsd-sources ttc "
    "view-source-button viewcode-link"
)
# What API generators show of a symbol's source, as elements with a class, or folded below a title.
_SOURCES = words("div.method-source-code div.pdoc-code section.source-code table.source_code")
_SOURCE_TITLE = re.compile(r"(?:Expand source code|Source code in\b|View Source)")
_UNSEEN_IDS = words(
    "blanket-implementations blanket-implementations-list footer-text main-nav nav-path side-nav "
    "synthetic-implementations synthetic-implementations-list titlearea"
)
# TypeDoc's marks of a member, such as `Static`, beside its name without a blank between.
_FLAGS = words("tsd-flag tsd-tag")
_UNSEEN_LINKS = words("back-to-top edit-page-link md-icon source-link src srclink")
# An aside of one of these classes is part of the text.
_TEXT_ASIDES = words(
    "admonition callout caution citation danger footnote footnote-list important info note "
    "notecard notice sidenote starlight-aside tip topic warning"
)
_SPACE = re.compile(r"\s+")
_AROUND_BREAK = re.compile(r" *\n *")
_MANY_SPACES = re.compile(r" {2,}")
_WEB = re.compile(r"https?://[^\s()<>]+$")


def inline(nodes: Sequence[Node | Text]) -> str:
    """Return nodes as a single paragraph of Markdown; `br` is its only line break."""
    text = _MANY_SPACES.sub(" ", "".join(map(_piece, nodes)))
    shown = _AROUND_BREAK.sub("\n", text).strip()
    return shown if _holds_markdown(nodes) else without_blocks(shown)


def _holds_markdown(nodes: Iterable[Node | Text]) -> bool:
    """Return whether the text inside of nodes is Markdown, as all of a page's is or is not."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Text):
            return node.is_markdown
        stack.extend(node.children)
    return False


def code_text(node: Node) -> str:
    """Return the text inside an element as it stands, line breaks included."""
    parts: list[str] = []
    stack: list[Node | Text] = list(reversed(node.children))
    while stack:
        child = stack.pop()
        if isinstance(child, Text):
            parts.append(child.text)
        elif child.tag == "br":
            parts.append("\n")
        elif not is_unseen(child):
            stack.extend(reversed(child.children))
    return "".join(parts)


def lines_covered(nodes: Sequence[Node | Text]) -> tuple[int, int]:
    """Return the first and the last line that hold words of these nodes; (0, 0) for none."""
    first = last = 0
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Node):
            stack.extend(node.children)
        elif stripped := node.text.strip():
            start = node.start_line + node.text[: node.text.index(stripped[0])].count("\n")
            end = start + stripped.count("\n")
            first = min(first, start) if first else start
            last = max(last, end)
    return first, last


def is_unseen(node: Node) -> bool:
    """Return whether an element is not part of the page's text: menus, scripts, hidden elements."""
    attributes = node.attributes
    if node.tag == "header":
        return not any(inside.tag in _HEADINGS for inside in node.descendants())
    if node.tag == "aside" and _holds_prose(node):
        return False
    return (
        node.tag in _UNSEEN_TAGS
        or node.tag in FURNITURE
        or (node.tag == "a" and _is_mark(node))
        or "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or attributes.get("role") in _UNSEEN_ROLES
        or attributes.get("id") in _UNSEEN_IDS
        or not (node.tag in _HEADINGS or _UNSEEN_CLASSES.isdisjoint(node.classes))
        or (node.tag == "span" and "lang" in node.classes)  # VitePress' label of code
        or _shows_source(node)
    )


def _holds_prose(aside: Node) -> bool:
    """Return whether an aside is a part of the text, such as a note, rather than a menu."""
    classes = set(aside.classes)
    if not _TEXT_ASIDES.isdisjoint(classes):
        return True
    # What any aside may be called tells nothing. A menu has few words that are not its links.
    if aside.attributes.keys() & {"hidden", "aria-hidden"} or classes & _UNSEEN_CLASSES - {
        "sidebar"
    }:
        return False
    prose = 0
    # The weights of characters: those outside of paragraphs and links count nothing.
    stack: list[tuple[Node | Text, int]] = [(aside, 0)]
    while stack:
        node, weight = stack.pop()
        if isinstance(node, Text):
            prose += len("".join(node.text.split())) * weight
        elif node.tag not in _UNSEEN_TAGS:
            if node.tag in _CONTROLS:
                weight = -2
            elif node.tag in _PROSE and not weight:
                weight = 1
            stack.extend((child, weight) for child in node.children)
    return prose > 0


def _shows_source(node: Node) -> bool:
    if node.tag == "details":
        first = next((child for child in node.children if isinstance(child, Node)), None)
        if first is None or first.tag != "summary":
            return False
        return _SOURCE_TITLE.match(code_text(first).strip()) is not None
    return not _SOURCES.isdisjoint(f"{node.tag}.{name}" for name in node.classes)


def _is_mark(link: Node) -> bool:
    """Return whether a link is only an anchor's mark (`¶`, `#`) or leads to the page's source."""
    if not _UNSEEN_LINKS.isdisjoint(link.classes):
        return True
    words = "".join(child.text for child in link.children if isinstance(child, Text)).strip()
    has_text = any(map(str.isalnum, words)) or any(isinstance(c, Node) for c in link.children)
    return link.attributes.get("href", "").startswith("#") and bool(words) and not has_text


def _piece(node: Node | Text) -> str:
    if isinstance(node, Text):
        text = _SPACE.sub(" ", node.text)
        return text if node.is_markdown else literal(text)
    if node.tag == "br":
        return "\n"
    return "" if is_unseen(node) else _element(node)


def _element(node: Node) -> str:
    if not _FLAGS.isdisjoint(node.classes):
        return f" {code_text(node).strip()} "
    if node.tag in _CODE:
        return code_span(" ".join(code_text(node).split()))
    text = "".join(map(_piece, node.children))
    if node.tag in BLOCKS:
        return f" {text} "
    words = text.strip()
    if node.tag in _MARKS and words and not words.startswith(("*", "`")):
        mark = _MARKS[node.tag]
        return text.replace(words, f"{mark}{words}{mark}", 1)
    target = node.attributes.get("href", "")
    if node.tag == "a" and words and _WEB.match(target):
        return text.replace(words, f"[{words}]({target})", 1)
    return text
