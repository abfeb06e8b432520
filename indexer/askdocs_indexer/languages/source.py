"""A source file with its syntax tree, and the declarations found in it as sections."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tree_sitter import Node, Parser

from askdocs_indexer.grammars import grammar_of
from askdocs_indexer.readers.markdown_writer import fenced
from askdocs_indexer.readers.sections import Entry, sections_of
from askdocs_indexer.types import Block, Section

# Deeper nesting than this names no symbol that anybody asks for.
DEEPEST = 30

# Recovery from damaged text can take a grammar quadratic time. Any real file of the greatest size
# parses in a second of processor time; time on the clock would depend on what else runs.
_PARSE_SECONDS = 5.0
_READ_BYTES = 65_536

# A signature up to this size is joined to one line; a longer one keeps its lines, so that it can
# be cut between them.
_LINE_CHARACTERS = 100
_SIGNATURE_CHARACTERS = 1500
# What stands between a declaration and its body or value, or behind it.
_BEFORE_BODIES = " =:;,({\\"
_LONGEST_INDENT = 200
# Comments and strings, which hide each other's marks.
_LITERAL = re.compile(
    rb"""/\*.*?(?:\*/|(?P<open>\Z))|//[^\n]*"""
    rb"""|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`(?:[^`\\]|\\.)*+`?""",
    re.DOTALL,
)
_AFTER_OPENING = re.compile(r"([(\[]) ")
_BEFORE_CLOSING = re.compile(r",? ([)\]])")
_COMMENT_MARKS = ("#", "//", "/*")


@dataclass(frozen=True, slots=True)
class Declared:
    """A documented declaration.

    `names` are the qualified names that the documentation stands for, the title first. `title`
    takes its place where the declaration goes by another one; `names` may then be empty. `doc` are
    the documentation's blocks and `signature` the declaration's, both with lines of the file.
    """

    names: tuple[str, ...]
    doc: Sequence[Block]
    signature: Block | None = None
    title: str = ""

    def entry(self) -> Entry | None:
        """Return this as an item in the order of its lines; None where the doc says nothing."""
        if not self.doc or not (self.title or self.names):
            return None
        blocks = [*([self.signature] if self.signature else []), *self.doc]
        items = _in_order(blocks)
        last = max(block.end_line for block in blocks)
        return Entry(self.title or self.names[0], items[0].start_line, last, self.names, items)


def _in_order(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Sort blocks by their lines; prose that shares a line becomes one block, so that no cut can
    part it."""
    ordered: list[Block] = []
    for block in sorted(blocks, key=lambda block: (block.start_line, block.end_line)):
        before = ordered[-1] if ordered else None
        if before and before.end_line >= block.start_line and before.kind == block.kind == "prose":
            text, end = f"{before.text}\n\n{block.text}", max(before.end_line, block.end_line)
            ordered[-1] = replace(before, text=text, end_line=end)
        else:
            ordered.append(block)
    return tuple(ordered)


class Source:
    """A file's text and tree. `path` is relative to the workspace's root."""

    def __init__(self, text: str, path: str, language: str, parsed_as: bytes | None = None) -> None:
        """Parse a file.

        `parsed_as` is what the grammar sees instead of the text, byte for byte in its place.
        """
        self.path = path
        self.language = language
        self.data = text.encode("utf-8", "replace")
        self._seen = self.data if parsed_as is None else parsed_as
        self.root = _parsed(self._seen, language)

    def text(self, node: Node) -> str:
        """Return a node's text."""
        return self.slice(node.start_byte, node.end_byte)

    def slice(self, start: int, end: int) -> str:
        """Return the text between two byte offsets."""
        return self.data[start:end].decode("utf-8", "replace")

    def signature(self, *parts: tuple[Node, int], keeps_lines: bool = False) -> Block:
        """Return the source of a declaration, each part from its node's start to a byte offset.

        A part becomes one line, unless it is too long for that or `keeps_lines`.
        """
        first_line = parts[0][0].start_point.row + 1
        spans = [(self._start(node), stop) for node, stop in parts]
        shown = [_joined(self.slice(*span)) for span in spans]
        shown[-1] = shown[-1].rstrip(_BEFORE_BODIES)
        whole = self.slice(spans[0][0], spans[-1][1]).rstrip()
        keeps_lines |= max(map(len, shown)) > _LINE_CHARACTERS
        if keeps_lines or any(mark in part for part in shown for mark in _COMMENT_MARKS):
            shown = _written(whole, self._indent(spans[0][0]))
            last_line = first_line + len(shown) - 1
        else:
            last_line = first_line + whole.count("\n")
        code = fenced(shown, self.language)
        return Block(code, first_line, last_line, "signature")

    def _start(self, node: Node) -> int:
        """Return where a node starts, with what was hidden from the grammar before it."""
        above = max(0, node.start_byte - _LONGEST_INDENT)
        line = self._seen[above : node.start_byte].rpartition(b"\n")[2]
        if line.strip():
            return node.start_byte
        written = self.data[node.start_byte - len(line) : node.start_byte]
        return node.start_byte - len(written.lstrip())

    def _indent(self, offset: int) -> int:
        """Return how far the line of a byte offset is indented."""
        line = self.data[max(0, offset - _LONGEST_INDENT) : offset].rpartition(b"\n")[2]
        return len(line) - len(line.lstrip())


def _parsed(data: bytes, language: str) -> Node | None:
    grammar = grammar_of(language)
    if grammar is None:
        return None
    deadline = time.thread_time() + _PARSE_SECONDS
    seen = data if language == "python" else _closed(data)

    def read(offset: int, point: object) -> bytes:
        return seen[offset : offset + _READ_BYTES]

    def is_late(offset: int, has_error: bool) -> bool:
        return time.thread_time() > deadline

    try:
        return Parser(grammar).parse(read, progress_callback=is_late).root_node
    except ValueError:  # What tree-sitter raises where the callback stops it.
        return None


def _closed(data: bytes) -> bytes:
    """End a comment that the file leaves open: grammars look for its end again at every byte."""
    if data.rfind(b"/*") > data.rfind(b"*/"):
        for literal in _LITERAL.finditer(data):
            if literal["open"] is not None:
                return data + b"*/"
    return data


def _joined(text: str) -> str:
    text = _AFTER_OPENING.sub(r"\1", " ".join(text.split()))
    return _BEFORE_CLOSING.sub(r"\1", text)


def _written(text: str, indent: int) -> list[str]:
    """Return lines as they stand, without the indentation of the first and what is too much."""
    first, *rest = text.rstrip().split("\n")
    common = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines = [first, *(line[min(common, indent) :] for line in rest)]
    size, fitting = 0, []
    for line in lines:
        size += len(line) + 1
        if size > _SIGNATURE_CHARACTERS:
            break
        fitting.append(line.rstrip())
    return fitting or [first[:_SIGNATURE_CHARACTERS].rpartition(" ")[0]]


def children_of(node: Node | None) -> list[Node]:
    """Return the named children of a node; none for None."""
    return node.named_children if node is not None else []


def sections_from(declared: Iterable[Declared], path: str) -> tuple[Section, ...]:
    """Return the sections of a file's documented declarations, in the order of their lines.

    Declarations that share a line share a section: no two chunks may cover the same line.
    """
    entries = [entry for declaration in declared if (entry := declaration.entry()) is not None]
    entries.sort(key=lambda entry: entry.start_line)
    return sections_of(_apart(entries), path, PurePosixPath(path).name, is_page=False)


def _apart(entries: Sequence[Entry]) -> Iterator[Entry]:
    group: list[Entry] = []
    last = 0
    for entry in entries:
        if group and entry.start_line > last:
            yield _merged(group, last)
            group = []
        group.append(entry)
        last = max(last, entry.end_line)
    if group:
        yield _merged(group, last)


def _merged(group: Sequence[Entry], last_line: int) -> Entry:
    if len(group) == 1:
        return group[0]
    symbols = dict.fromkeys(name for entry in group for name in entry.symbols)
    blocks = [item for entry in group for item in entry.items if isinstance(item, Block)]
    return replace(group[0], end_line=last_line, symbols=tuple(symbols), items=_in_order(blocks))
