"""The cells of a Jupyter notebook with their lines in its file, by tree-sitter's JSON grammar.

The grammar gives the positions of the strings and recovers from damage: all whole cells of a
notebook with conflict markers or a missing end are read.
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

# Parts of a notebook that hold no cells.
_UNREAD = frozenset({"attachments", "outputs"})
_KERNELS = (("kernelspec", "language"), ("language_info", "name"))
# A string may spell what no text holds: a null, or half of a surrogate pair.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

_Pairs = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's lines; `spans` are, for each, its first and last line in the file.

    `language` is what the cell itself names (format 3), `level` that of a heading cell (format 3).
    """

    kind: str
    lines: Sequence[str]
    spans: Sequence[tuple[int, int]]
    language: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's cells in order; its language and title are "" where it names none."""

    cells: Sequence[Cell]
    language: str
    title: str


def parse_notebook(text: str) -> Notebook:
    """Return all that can be read of a notebook in format 2 to 4.

    Raises ReadError where nothing can be read, unless the notebook just has no cells.
    """
    grammar = grammar_of("json")
    assert grammar is not None
    source = text.encode("utf-8", "replace")
    root = Parser(grammar).parse(source).root_node
    finder = _CellFinder(source)
    finder.search(root)
    if not finder.cells and not finder.has_list:
        damaged = next((node for node in _nodes(root) if node.is_error), None)
        if damaged is None:
            raise ReadError("not a Jupyter notebook: add it to docs.exclude to hide this message")
        line = damaged.start_point.row + 1
        raise ReadError(f"not valid JSON near line {line}: open it in Jupyter and save it again")
    return Notebook(finder.cells, finder.language, finder.title)


class _CellFinder:
    def __init__(self, source: bytes) -> None:
        self.cells: list[Cell] = []
        self.language = ""
        self.title = ""
        # Whether there is a list of cells, even an empty one.
        self.has_list = False
        self._source = source

    def search(self, root: Node) -> None:
        """Collect the cells, the outermost objects that name their type, and the metadata."""
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
        lines, spans = _lines(strings)
        return Cell(
            self._value(pairs, "cell_type"),
            lines,
            spans,
            self._value(pairs, "language"),
            int(level) if level is not None and level.isdigit() else 1,
        )

    # -- values -----------------------------------------------------------------------------

    def _pairs(self, node: Node) -> _Pairs:
        """Return an object's values by key, even where commas between the pairs are missing."""
        broken = [child for child in node.named_children if child.is_error]
        inside = [within for child in broken for within in child.named_children]
        children = (*node.named_children, *inside)
        pairs = (self._pair(child) for child in children if child.type == "pair")
        return {key: value for key, value in pairs if value is not None}

    def _pair(self, node: Node) -> tuple[str, Node | None]:
        key = node.child_by_field_name("key")
        return self._text(key) if key is not None else "", node.child_by_field_name("value")

    def _value(self, pairs: _Pairs, key: str) -> str:
        """Return the string at `key`, or "" if it is missing or another kind of value."""
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
    """Join strings, which mostly are a line each, to lines with their spans in the file."""
    lines: list[str] = []
    spans: list[tuple[int, int]] = []
    for text, number in strings:
        first, *others = lines_of(text)
        if lines and lines[-1]:
            lines[-1] += first
            spans[-1] = (spans[-1][0], number)
        else:
            lines[-1:], spans[-1:] = [first], [(number, number)]
        lines += others
        spans += [(number, number)] * len(others)
    return lines, spans


def _nodes(root: Node) -> Iterator[Node]:
    """Yield a tree's nodes in document order."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))
