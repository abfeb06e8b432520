"""The cells of a Jupyter notebook and where they stand in its file, by tree-sitter's JSON grammar.

The grammar gives the places of the strings, and goes on behind damage: of a notebook with conflict
markers or a missing end, all whole cells are found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node, Parser

from askdocs_indexer.errors import ReadError
from askdocs_indexer.grammars import grammar_of
from askdocs_indexer.readers.decoding import lines_of

# What may stand in a notebook and is never read: nothing in it is a cell.
_UNREAD = frozenset({"attachments", "outputs"})
_KERNELS = (("kernelspec", "language"), ("language_info", "name"))
# A string may spell what no text holds: a null, or half of a surrogate pair.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

_Pairs = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's lines; `places` are the first and the last line of the file that hold each.

    `language` is what the cell itself names (format 3), `level` that of a heading cell (format 3).
    """

    kind: str
    lines: Sequence[str]
    places: Sequence[tuple[int, int]]
    language: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's cells in order; its language and title are "" where it names none."""

    cells: Sequence[Cell]
    language: str
    title: str


def parse_notebook(text: str) -> Notebook:
    """Return what of a notebook in format 2 to 4 can be read.

    Raises ReadError where that is nothing and the text is no notebook without cells either.
    """
    grammar = grammar_of("json")
    assert grammar is not None
    source = text.encode("utf-8", "replace")
    root = Parser(grammar).parse(source).root_node
    found = _Finder(source)
    found.search(root)
    if not found.cells and not found.has_list:
        damaged = next((node for node in _nodes(root) if node.is_error), None)
        if damaged is None:
            raise ReadError("not a Jupyter notebook: add it to docs.exclude to hide this message")
        line = damaged.start_point.row + 1
        raise ReadError(f"not valid JSON near line {line}: open it in Jupyter and save it again")
    return Notebook(found.cells, found.language, found.title)


class _Finder:
    def __init__(self, source: bytes) -> None:
        self.cells: list[Cell] = []
        self.language = ""
        self.title = ""
        # Whether there is a list for cells, be it empty.
        self.has_list = False
        self._source = source

    def search(self, root: Node) -> None:
        """Find the cells, the outermost objects that name their type, and what describes them."""
        stack = [root]
        while stack:
            node = stack.pop()
            if node.type == "pair":
                key, value = self._pair(node)
                if value is None or key in _UNREAD:
                    continue
                self.has_list |= key in {"cells", "worksheets"} and value.type == "array"
                if key == "metadata":
                    self._describe(value)
                else:
                    stack.append(value)
                continue
            pairs = self._pairs(node) if node.type == "object" else {}
            if "cell_type" in pairs:
                self.cells.append(self._cell(pairs))
            elif node.type != "string":
                stack.extend(reversed(node.named_children))

    def _describe(self, metadata: Node) -> None:
        pairs = self._pairs(metadata)
        self.title = self.title or self._value(pairs, "title") or self._value(pairs, "name")
        for outer, inner in _KERNELS:
            if outer in pairs:
                self.language = self.language or self._value(self._pairs(pairs[outer]), inner)

    def _cell(self, pairs: _Pairs) -> Cell:
        level = pairs["level"].text if "level" in pairs else None
        source = pairs.get("source") or pairs.get("input")
        strings = self._strings(source) if source is not None else []
        lines, places = _lines(strings)
        return Cell(
            self._value(pairs, "cell_type"),
            lines,
            places,
            self._value(pairs, "language"),
            int(level) if level is not None and level.isdigit() else 1,
        )

    # -- values -----------------------------------------------------------------------------

    def _pairs(self, node: Node) -> _Pairs:
        """Return an object's values by key, also of pairs between which a comma is missing."""
        broken = [child for child in node.named_children if child.is_error]
        inside = [within for child in broken for within in child.named_children]
        children = (*node.named_children, *inside)
        pairs = (self._pair(child) for child in children if child.type == "pair")
        return {key: value for key, value in pairs if value is not None}

    def _pair(self, node: Node) -> tuple[str, Node | None]:
        key = node.child_by_field_name("key")
        return self._text(key) if key is not None else "", node.child_by_field_name("value")

    def _value(self, pairs: _Pairs, key: str) -> str:
        """Return a string among `pairs`, or "" where there is another value or none."""
        node = pairs.get(key)
        return self._text(node) if node is not None and node.type == "string" else ""

    def _strings(self, node: Node) -> list[tuple[str, int]]:
        """Return a string's or a list's strings, each with its line in the file."""
        strings = [node] if node.type == "string" else node.named_children
        return [
            (self._text(string), string.start_point.row + 1)
            for string in strings
            if string.type == "string"
        ]

    def _text(self, node: Node) -> str:
        written = self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")
        try:
            text = str(json.loads(written, strict=False))
        except ValueError:
            text = written.strip('"')
        return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _lines(strings: Sequence[tuple[str, int]]) -> tuple[list[str], list[tuple[int, int]]]:
    """Join strings, which mostly are a line each, to lines with their places in the file."""
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for text, number in strings:
        first, *others = lines_of(text)
        if lines and lines[-1]:
            lines[-1] += first
            places[-1] = (places[-1][0], number)
        else:
            lines[-1:], places[-1:] = [first], [(number, number)]
        lines += others
        places += [(number, number)] * len(others)
    return lines, places


def _nodes(root: Node) -> Iterator[Node]:
    """Yield a tree's nodes in document order."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))
