"""A forgiving tree of an HTML page that knows each node's lines.

html.parser does the lexing; this adds the nesting, with the end tags that HTML lets authors leave
out. No input raises: stray end tags are ignored, open elements end with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from askdocs_indexer.readers.source import words

# Deeper elements lose their tags, not their text, so that no page can exhaust the stack.
_DEEPEST = 100

_VOID = words("area base br col embed hr img input link meta param source track wbr")
BLOCKS = words(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul"
)
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
_ENDS_PARAGRAPH = (frozenset({"p"}), BLOCKS - {"p"})


@dataclass(slots=True)
class Text:
    """Character data with its lines."""

    text: str
    start_line: int
    end_line: int


@dataclass(slots=True)
class Node:
    """An element with its lines; `has_blocks` says whether block elements stand inside it."""

    tag: str
    attributes: dict[str, str]
    start_line: int
    end_line: int
    children: list[Node | Text] = field(default_factory=list)
    has_blocks: bool = False

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


class _Builder(HTMLParser):
    def __init__(self, first_line: int) -> None:
        super().__init__(convert_charrefs=True)
        self._offset = first_line - 1
        self.root = Node("document", {}, first_line, first_line)
        self._stack = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_implied(tag)
        line = self._line()
        node = Node(tag, {name: value or "" for name, value in attrs}, line, line)
        if tag in BLOCKS:
            for open_node in reversed(self._stack):
                if open_node.has_blocks:
                    break
                open_node.has_blocks = True
        if tag in _VOID:
            self._stack[-1].children.append(node)
        elif len(self._stack) >= _DEEPEST:
            self._too_deep += 1
        else:
            self._stack[-1].children.append(node)
            self._stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        # A slash closes nothing in HTML, but it does in XHTML and in the components of MDX.
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
            return
        for depth in range(len(self._stack) - 1, 0, -1):
            if self._stack[depth].tag == tag:
                self._close(depth)
                return

    def handle_data(self, data: str) -> None:
        line = self._line()
        last = line + data.count("\n")
        self._stack[-1].children.append(Text(data, line, last))

    def finish(self) -> Node:
        """End what is still open."""
        self._close(0)
        return self.root

    def _end_implied(self, tag: str) -> None:
        ends, barriers = _ENDS.get(tag, _ENDS_PARAGRAPH if tag in BLOCKS else ((), ()))
        lowest = 0
        for depth in range(len(self._stack) - 1, 0, -1):
            if self._stack[depth].tag in ends:
                lowest = depth
            elif self._stack[depth].tag in barriers:
                break
        if lowest:
            self._close(lowest)

    def _close(self, depth: int) -> None:
        line = self._line()
        for node in self._stack[depth:]:
            node.end_line = line
        del self._stack[max(depth, 1) :]

    def _line(self) -> int:
        return self.getpos()[0] + self._offset


def parse_html(markup: str, first_line: int = 1) -> Node:
    """Return the tree of a page, or of a fragment whose first line has the given number."""
    builder = _Builder(first_line)
    builder.feed(markup)
    builder.close()
    return builder.finish()
