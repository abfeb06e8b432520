"""A parsed document: its syntax tree, its positions, and the caches that resolution fills."""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from typing import Any

from tree_sitter import Node, Parser, Query, QueryCursor, Tree

from askdocs_indexer.grammars import grammar_of
from askdocs_indexer.languages.registry import mender_of, preparation_of
from askdocs_indexer.lines import LINE_BREAK

# Above this a parse takes longer than a hover may; such files are data, not code.
MAX_BYTES = 4_000_000


def encode(text: str) -> bytes:
    """Encode as UTF-8, one byte for each lone surrogate, so that positions stay true."""
    return text.encode("utf-8", "replace")


class Parsed:
    """One version of a document, ready for any number of look-ups.

    `tree` is None where there is nothing to look up: an unknown language or a file over
    `MAX_BYTES`. `seen` is the text that it was made of, byte for byte in its place: it may hide
    what the grammar cannot read. `path` is relative to the workspace's root, "" for a text without
    one. Given a version `before` this one, only what an edit touched is parsed again. `memo`
    belongs to the language's resolver: whatever it derives from the tree once and needs again.
    """

    __slots__ = (
        "_line_starts",
        "_seen",
        "language",
        "memo",
        "path",
        "seen",
        "source",
        "source_bytes",
        "tree",
    )

    def __init__(
        self,
        source: str,
        language: str,
        path: str = "",
        before: Parsed | None = None,
    ) -> None:
        self.source = source
        self.path = path
        self.memo: dict[str, Any] = {}
        self.source_bytes = encode(source)
        self.language, self.seen = preparation_of(language)(self.source_bytes, path)
        self.tree: Tree | None = None
        self._line_starts: list[int] | None = None
        grammar = grammar_of(self.language)
        if grammar is not None and len(self.source_bytes) <= MAX_BYTES:
            parser = Parser(grammar)
            if before is None or before.tree is None or before.language != self.language:
                self.tree = parser.parse(self.seen)
            else:
                known = _edited(before.tree, before.seen, self.seen)
                self.tree = parser.parse(self.seen, known)
            if self.tree.root_node.has_error:
                self._mend(self.tree, parser)

    def _mend(self, tree: Tree, parser: Parser) -> None:
        """Take the tree of code that the grammar reads better, where the language knows some."""
        mend = mender_of(self.language)
        mended = mend(self.seen) if mend is not None else self.seen
        if mended != self.seen:
            better = parser.parse(mended)
            if _error_count(better, self.language) < _error_count(tree, self.language):
                self.tree, self.seen = better, mended

    def as_written(self) -> Parsed:
        """Return the same version with a tree of its text as it is, where nothing is hidden."""
        other = copy(self)
        other.memo = {key: made for key, made in self.memo.items() if key != "locals"}
        other.seen = self.source_bytes
        grammar = grammar_of(self.language)
        if grammar is not None and self.tree is not None:
            other.tree = Parser(grammar).parse(other.seen)
        return other

    def offset_of(self, line: int, character: int) -> int | None:
        """Byte offset of a 0-based line and code point; None beyond the text or the line."""
        starts = self._starts()
        if not 0 <= line < len(starts) or character < 0:
            return None
        end = starts[line + 1] if line + 1 < len(starts) else len(self.source)
        index = starts[line] + character
        if index > end:
            return None
        return index if self.source.isascii() else len(encode(self.source[:index]))

    def position_of(self, offset: int) -> tuple[int, int]:
        """0-based (line, code point) of a byte offset."""
        if not self.source.isascii():
            offset = len(self.source_bytes[:offset].decode("utf-8", "replace"))
        line = bisect_right(self._starts(), offset) - 1
        return line, offset - self._starts()[line]

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            self._line_starts = [0, *(m.end() for m in LINE_BREAK.finditer(self.source))]
        return self._line_starts


def _error_count(tree: Tree, language: str) -> int:
    grammar = grammar_of(language)
    if grammar is None:
        return 0
    captures = QueryCursor(Query(grammar, "(ERROR) @error")).captures(tree.root_node)
    return len(captures.get("error", ()))


def _edited(tree: Tree, old: bytes, new: bytes) -> Tree:
    """Return a copy of the tree that knows what has changed: all from the first difference of the
    texts to the last.

    An editor may have sent any number of edits since; where they lie far apart, more is parsed.
    """
    start = _common_prefix(old, new)
    same_end = _common_prefix(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - same_end, len(new) - same_end
    edited = tree.copy()
    edited.edit(
        start_byte=start,
        old_end_byte=old_end,
        new_end_byte=new_end,
        start_point=_point(old, start),
        old_end_point=_point(old, old_end),
        new_end_point=_point(new, new_end),
    )
    return edited


def _common_prefix(left: bytes, right: bytes) -> int:
    """Return how many bytes both begin with, found by halving: slices compare at memory's speed."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _point(data: bytes, offset: int) -> tuple[int, int]:
    """Return tree-sitter's row and column (in bytes) of an offset."""
    return data.count(b"\n", 0, offset), offset - (data.rfind(b"\n", 0, offset) + 1)


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def path_to(root: Node, offset: int) -> list[Node]:
    """The nodes around a byte offset, from the root down to the leaf.

    Goes down with a cursor: asking nodes for their parents costs a walk from the root each.
    """
    cursor = root.walk()
    path = [root]
    while cursor.goto_first_child_for_byte(offset) is not None:
        node = cursor.node
        if node is None or node.start_byte > offset:
            break
        path.append(node)
    return path


def is_code(root: Node, offset: int) -> bool:
    """Return whether what stands at a byte offset is neither in a comment nor in a string."""
    leaf = path_to(root, offset)[-1].type
    return "comment" not in leaf and "string" not in leaf


def identifier_path(root: Node, offset: int, types: frozenset[str]) -> list[Node] | None:
    """The path to the identifier at a byte offset, or to the one that ends right before it."""
    for at in (offset, offset - 1):
        if at < 0:
            continue
        path = path_to(root, at)
        if path[-1].type in types and path[-1].start_byte <= at < path[-1].end_byte:
            return path
    return None
