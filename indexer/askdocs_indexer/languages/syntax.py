"""How a language that is resolved by tables describes itself, and what a document defines.

A language gives a `Syntax` (which node types mean what) and a tree-sitter query that captures

- ``@scope``: a node that limits where the definitions inside it are seen
- ``@definition``: the name of a local variable, parameter, function or type of the file; in the
  same pattern ``@type`` (its declared type) or ``@value`` (its first value)
- ``@member``: the name of a field or method of a class of the file, with ``@type`` or ``@value``
- ``@function``: the same for the name of a function whose own node is a ``@scope``
- ``@import``: an import or using declaration, read by `Syntax.read_import`
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tree_sitter import Node, Query, QueryCursor

from askdocs_indexer.grammars import grammar_of
from askdocs_indexer.languages.parsing import Parsed, text_of

Names = tuple[str, ...]


@dataclass(slots=True)
class Definition:
    """One local name: where it stands, and the node of its type or first value if any.

    A function's name stands inside the scope that the function opens, but is seen outside of it.
    """

    name: Node
    type: Node | None = None
    value: Node | None = None
    is_function: bool = False


class Spans:
    """The byte spans of scopes, each with the one around it."""

    def __init__(self, nodes: list[Node]) -> None:
        spans = sorted({(node.start_byte, node.end_byte) for node in nodes}, key=_outer_first)
        self._spans = spans
        self._starts = [start for start, _ in spans]
        self._parents: list[int] = []
        open_spans: list[int] = []
        for number, (start, _) in enumerate(spans):
            while open_spans and spans[open_spans[-1]][1] <= start:
                open_spans.pop()
            self._parents.append(open_spans[-1] if open_spans else -1)
            open_spans.append(number)

    def around(self, offset: int) -> list[tuple[int, int]]:
        """The spans that hold a byte offset, innermost first."""
        number = bisect_right(self._starts, offset) - 1
        found = []
        while number >= 0:
            if offset < self._spans[number][1]:
                found.append(self._spans[number])
            number = self._parents[number]
        return found


def _outer_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


@dataclass(slots=True)
class Index:
    """What a document defines and imports, read once for each version of it.

    `imports` maps a local name to the qualified names it stands for, `opened` holds namespaces
    whose names are seen without a prefix, `package` the package the file declares.
    """

    scopes: Spans = field(default_factory=lambda: Spans([]))
    definitions: dict[str, dict[int, Definition]] = field(default_factory=dict)
    members: dict[str, dict[int, Definition]] = field(default_factory=dict)
    imports: dict[str, Names] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    package: str = ""


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a language writes things; node types unless said otherwise.

    `members` maps ``a.b`` nodes to their fields for a and b; `paths` are ``a::b`` nodes made of
    names only, `skipped` what may stand inside them without being part of the name. `literals` and
    `calls` map literals to a type name and calls to the field of the function; `constructors` map
    nodes that make (or claim) an instance to the field of the class, "" for their last child.
    `wrappers` are nodes around a type or value that do not change what it stands for. `holders`
    are the last names of types and functions that stand for their type argument
    (``shared_ptr<T>``), `allocators` of functions that make an instance of their argument. Where
    `bare_members` is set, methods name their fields without a receiver. `silent` are (parent,
    field) places where a name is a key, label or member definition ("" for any field).
    `separators` join paths and members in qualified names. `unbound` gives the qualified names of a
    name that the file neither defines nor imports, `made` the type that calling a factory of this
    qualified name gives, `base` the node of a class's base, and `forms` other ways to write the
    member of an instance.
    """

    query: str
    identifiers: frozenset[str]
    members: Mapping[str, tuple[str, str]]
    paths: frozenset[str]
    separators: tuple[str, str]
    read_import: Callable[[Node, Index], None]
    unbound: Callable[[str, Index], Names]
    imports: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    literals: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, str] = field(default_factory=dict)
    constructors: Mapping[str, str] = field(default_factory=dict)
    wrappers: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    allocators: frozenset[str] = frozenset()
    bare_members: bool = False
    silent: frozenset[tuple[str, str]] = frozenset()
    receivers: frozenset[str] = frozenset()
    made: Callable[[str], str] = lambda name: ""
    base: Callable[[Node], Node | None] = lambda node: None
    forms: Callable[[str, str], Names] = lambda owner, member: ()


def read_index(parsed: Parsed, syntax: Syntax) -> Index:
    """Run the language's query over the document."""
    index = Index()
    query = _query(parsed.language, syntax.query)
    if query is None or parsed.tree is None:
        return index
    imported: list[Node] = []
    scopes: list[Node] = []
    for _, captures in QueryCursor(query).matches(parsed.tree.root_node):
        scopes.extend(captures.get("scope", ()))
        imported.extend(captures.get("import", ()))
        for capture in ("definition", "function", "member"):
            table = index.members if capture == "member" else index.definitions
            for name in captures.get(capture, ()):
                rows = table.setdefault(text_of(name), {})
                row = rows.setdefault(name.start_byte, Definition(name))
                row.type = row.type or next(iter(captures.get("type", ())), None)
                row.value = row.value or next(iter(captures.get("value", ())), None)
                row.is_function = row.is_function or capture == "function"
    index.scopes = Spans(scopes)
    for node in imported:
        syntax.read_import(node, index)
        _forget(index, node)
    return index


def _forget(index: Index, node: Node) -> None:
    """A name that an import binds (``const x = require()``) is no definition of the file."""
    for name in index.imports:
        rows = index.definitions.get(name, {})
        for start in [at for at in rows if node.start_byte <= at < node.end_byte]:
            del rows[start]


@cache
def _query(language: str, text: str) -> Query | None:
    grammar = grammar_of(language)
    return Query(grammar, text) if grammar is not None else None


def read_query(module_file: str, *names: str) -> str:
    """The text of the query files beside a language's module, joined."""
    return "\n".join(Path(module_file).with_name(name).read_text("utf-8") for name in names)


def names_in(node: Node, syntax_skipped: frozenset[str]) -> list[Node]:
    """The name leaves of a path such as ``a::b<T>::c``, in order, without what is skipped."""
    found: list[Node] = []
    stack = [node]
    while stack:
        part = stack.pop()
        if part.type in syntax_skipped:
            continue
        if part.child_count == 0 and part.is_named:
            found.append(part)
        stack.extend(reversed(part.children))
    return found
