"""A forgiving tree of an HTML page that knows each node's lines.

It adds the nesting to the lexer's tags, with the end tags that HTML lets authors leave out. No
input raises: stray end tags are ignored, open elements end with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.html.lexer import Token, lex_html

# Deeper elements lose their tags, not their text, so that no page can exhaust the stack.
_DEEPEST = 100

_VOID = words("area base br col embed hr img input link meta param source track wbr")
BLOCKS = words(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main "
    "menu nav ol p pre search section summary table tbody td tfoot th thead tr ul"
)
_LAYOUT = words("h1 h2 h3 h4 h5 h6 pre table")
# Start tag -> (the elements that it ends, the elements beyond which it ends none).
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li", "p"}), frozenset({"menu", "ol", "ul"})),
    "dt": (frozenset({"dd", "dt", "p"}), frozenset({"dl"})),
    "dd": (frozenset({"dd", "dt", "p"}), frozenset({"dl"})),
    "td": (frozenset({"p", "td", "th"}), frozenset({"table", "tr"})),
    "th": (frozenset({"p", "td", "th"}), frozenset({"table", "tr"})),
    "tr": (frozenset({"p", "td", "th", "tr"}), frozenset({"table"})),
    **dict.fromkeys(
        ("tbody", "tfoot", "thead"),
        (frozenset({"p", "tbody", "td", "tfoot", "th", "thead", "tr"}), frozenset({"table"})),
    ),
}
_ENDS_NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
_ENDS_PARAGRAPH = (frozenset({"p"}), BLOCKS - {"p"})


@dataclass(slots=True)
class Text:
    """Character data with its lines; `is_markdown` says that a page of Markdown is around it."""

    text: str
    start_line: int
    end_line: int
    is_markdown: bool = False


@dataclass(slots=True)
class Node:
    """An element with its lines.

    `has_blocks` says whether it contains block elements, `has_layout` whether any of them (code,
    tables, headings) is more than a table's cell can show.
    """

    tag: str
    attributes: dict[str, str]
    start_line: int
    end_line: int
    children: list[Node | Text] = field(default_factory=list)
    has_blocks: bool = False
    has_layout: bool = False

    @property
    def classes(self) -> list[str]:
        """The element's class names."""
        return self.attributes.get("class", "").split()

    def descendants(self) -> Iterator[Node]:
        """Yield the elements inside this one, in document order."""
        stack = [child for child in reversed(self.children) if isinstance(child, Node)]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(child for child in reversed(node.children) if isinstance(child, Node))


class _Builder:
    def __init__(self, first_line: int, *, is_markdown: bool) -> None:
        self._is_markdown = is_markdown
        self.root = Node("document", {}, first_line, first_line)
        self._stack = [self.root]
        self._too_deep = 0

    def add(self, token: Token) -> None:
        """Take the next token of the page."""
        if token.kind == "text":
            text = Text(token.value, token.start_line, token.end_line, self._is_markdown)
            self._stack[-1].children.append(text)
        elif token.kind == "start":
            self._start(token)
            # A slash closes nothing in HTML, but it does in XHTML and in the components of MDX.
            if token.closed and token.value not in _VOID:
                self._end(token)
        else:
            self._end(token)

    def _start(self, token: Token) -> None:
        tag = token.value
        self._end_implied(token)
        node = Node(tag, token.attributes, token.start_line, token.end_line)
        if tag in BLOCKS:
            for open_node in reversed(self._stack):
                if open_node.has_blocks:
                    break
                open_node.has_blocks = True
        if tag in _LAYOUT:
            for open_node in reversed(self._stack):
                if open_node.has_layout:
                    break
                open_node.has_layout = True
        if tag in _VOID:
            self._stack[-1].children.append(node)
        elif len(self._stack) >= _DEEPEST:
            self._too_deep += 1
        else:
            self._stack[-1].children.append(node)
            self._stack.append(node)

    def _end(self, token: Token) -> None:
        if self._too_deep:
            self._too_deep -= 1
            return
        for depth in range(len(self._stack) - 1, 0, -1):
            if self._stack[depth].tag == token.value:
                self._close(depth, token.end_line)
                return

    def finish(self, line: int) -> Node:
        """Close all elements that are still open, on the page's last line."""
        self._close(0, line)
        return self.root

    def _end_implied(self, token: Token) -> None:
        default = _ENDS_PARAGRAPH if token.value in BLOCKS else _ENDS_NOTHING
        ends, barriers = _ENDS.get(token.value, default)
        lowest = 0
        for depth in range(len(self._stack) - 1, 0, -1):
            if self._stack[depth].tag in ends:
                lowest = depth
            elif self._stack[depth].tag in barriers:
                break
        if lowest:
            self._close(lowest, token.start_line)

    def _close(self, depth: int, line: int) -> None:
        for node in self._stack[depth:]:
            node.end_line = line
        del self._stack[max(depth, 1) :]


def parse_html(markup: str, first_line: int = 1, keeps_components: bool = False) -> Node:
    """Return the tree of a page, or of a fragment whose first line has the given number.

    A fragment stands in Markdown; there, the tags of components keep their capitals.
    """
    builder = _Builder(first_line, is_markdown=keeps_components)
    for token in lex_html(markup, first_line, keeps_components):
        builder.add(token)
    return builder.finish(first_line + markup.count("\n"))
