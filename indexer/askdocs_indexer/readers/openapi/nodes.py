"""YAML and JSON as a tree whose nodes know their lines.

PyYAML's events give the lines. The tree is built from them, not by `yaml.compose`, which recurses
and so overflows the stack on hostile nesting. JSON is read as the YAML that it nearly is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple, Protocol

import yaml

from askdocs_indexer.errors import ReadError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# JSON spells characters beyond the first 65,536 as two halves, which YAML refuses.
_HALVES = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)
_HALF = re.compile(r"(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
# YAML counts lines at these, too; no editor does.
_BREAKS = dict.fromkeys((0x85, 0x2028, 0x2029), " ")
_MERGE = "<<"
# How many values merge keys may copy, all together.
_MOST_MERGED = 100_000
# How much of an example is shown.
_DEEPEST = 12
_MOST_NODES = 1000
# What is nested deeper than any description is refused: libyaml's time grows with its square.
_MOST_NESTED = 200


@dataclass(slots=True)
class Node:
    """A scalar, list or mapping; in a mapping, `line` is that of its key.

    `text_line` is the line of a text's first line where each of its lines is a line of the file,
    and 0 elsewhere. `is_plain` says that a scalar is not quoted: it may be a number.
    """

    value: str | list[Node] | dict[str, Node]
    line: int
    end_line: int
    text_line: int = 0
    is_plain: bool = False

    @property
    def text(self) -> str:
        """The scalar's text; "" for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def pairs(self) -> dict[str, Node]:
        """The mapping's values by key; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def nodes(self) -> list[Node]:
        """The list's values; none for anything else."""
        return self.value if isinstance(self.value, list) else []

    def at(self, *keys: str) -> Node:
        """Return the value below some keys; an empty one where there is none."""
        node = self
        for key in keys:
            node = node.pairs.get(key) or Node("", self.line, self.line)
        return node

    def texts(self) -> Iterator[str]:
        """Yield the texts of a list."""
        yield from (node.text for node in self.nodes if node.text)


def parse(text: str, *, is_json: bool) -> Node:
    """Return the first document. Raises ReadError where the text is damaged."""
    text = text.translate(_BREAKS)
    if is_json:
        text = _HALF.sub(r"\1\\ufffd", _HALVES.sub(_joined, text))
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
            if isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        near = f" near line {mark.line + 1}" if mark else ""
        raise ReadError(f"not valid {'JSON' if is_json else 'YAML'}{near}") from problem
    return builder.root


def _joined(halves: re.Match[str]) -> str:
    high, low = int(halves[2], 16) - 0xD800, int(halves[3], 16) - 0xDC00
    return halves[1] + chr(0x10000 + (high << 10) + low)


class _Mark(Protocol):
    """Where an event of PyYAML begins or ends, counted from 0."""

    line: int
    column: int


class _Position(NamedTuple):
    line: int
    column: int


class _Builder:
    def __init__(self) -> None:
        self.root = Node("", 1, 1)
        self._open: list[Node] = []
        # The key that waits for its value, for each open mapping.
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}
        self._left = _MOST_MERGED

    def take(self, event: yaml.Event) -> None:
        """Add what an event says."""
        if isinstance(event, yaml.ScalarEvent):
            self._add(_scalar(event), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._alias(event), None)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            line = _position(event.start_mark).line
            value: dict[str, Node] | list[Node] = {}
            if isinstance(event, yaml.SequenceStartEvent):
                value = []
            node = Node(value, line, line)
            self._add(node, event.anchor)
            if len(self._open) == _MOST_NESTED:
                raise ReadError(f"nested more than {_MOST_NESTED} deep near line {line}")
            self._open.append(node)
            self._keys.append(None)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            node = self._open.pop()
            self._keys.pop()
            start, end = _position(event.start_mark), _position(event.end_mark)
            if start != end:  # A bracket closes it.
                node.end_line = end.line
            if isinstance(node.value, dict) and _MERGE in node.value:
                self._merge(node.value)
            self._cover(node.end_line)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        around = self._open[-1]
        if isinstance(around.value, list):
            around.value.append(node)
        elif isinstance(around.value, dict):
            key = self._keys[-1]
            if key is None:
                self._keys[-1] = node
                return
            self._keys[-1] = None
            if isinstance(key.value, str):
                node.line = min(node.line, key.line)
                around.value.pop(key.value, None)  # The order is that of the lines.
                around.value[key.value] = node
        self._cover(node.end_line)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        """Return a copy of an anchor's node, which stands on the line of the alias."""
        line = _position(event.start_mark).line
        named = self._anchors.get(event.anchor or "")
        return Node(named.value if named else "", line, line)

    def _cover(self, line: int) -> None:
        if self._open:
            self._open[-1].end_line = max(self._open[-1].end_line, line)

    def _merge(self, pairs: dict[str, Node]) -> None:
        """Add the values of the mappings that a merge key names."""
        merged = pairs.pop(_MERGE)
        for node in merged.nodes or [merged]:
            for key, value in node.pairs.items():
                if self._left and key not in pairs:
                    self._left -= 1
                    pairs[key] = replace(value, line=merged.line, end_line=merged.end_line)


def _position(mark: _Mark | None) -> _Position:
    return _Position(mark.line + 1, mark.column) if mark else _Position(1, 0)


def _scalar(event: yaml.ScalarEvent) -> Node:
    start, end = _position(event.start_mark).line, _position(event.end_mark)
    last = end.line if end.column else end.line - 1
    is_literal = event.style == "|"
    if is_literal:
        last = min(last, start + len(event.value.rstrip("\n").split("\n")))
    text = event.value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Node(text, start, max(start, last), start + 1 if is_literal else 0, not event.style)


def as_data(node: Node) -> object:
    """Return what a node stands for, to be written as JSON, with "…" for what is too much."""
    return _Data().of(node, 0)


class _Data:
    """Makes data of a node; aliases may make it larger than any file."""

    def __init__(self) -> None:
        self._left = _MOST_NODES

    def of(self, node: Node, depth: int) -> object:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return "…"
        if isinstance(node.value, dict):
            pairs = islice(node.value.items(), self._left + 1)
            return {key: self.of(value, depth + 1) for key, value in pairs}
        if isinstance(node.value, list):
            return [self.of(value, depth + 1) for value in islice(node.value, self._left + 1)]
        if node.is_plain:
            try:
                return json.loads(node.value or "null")
            except (ValueError, RecursionError):
                return node.value
        return node.value
