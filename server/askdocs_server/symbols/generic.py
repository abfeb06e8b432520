"""Symbol resolution by tables, for languages that need no more than imports and declared types.

A language gives a `Syntax` (which node types mean what) and a tree-sitter query that captures

- ``@scope``: a node that limits where the definitions inside it are seen
- ``@definition``: the name of a local variable, parameter, function or type of the file; in the
  same pattern ``@type`` (its declared type) or ``@value`` (its first value)
- ``@member``: the name of a field or method of a class of the file
- ``@import``: an import or using declaration, read by `Syntax.read_import`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node, Query, QueryCursor

from askdocs_server.symbols.languages import grammar_of
from askdocs_server.symbols.model import Confidence, ReturnTypes, Symbol
from askdocs_server.symbols.parsing import Parsed, identifier_path, path_to, text_of

Names = tuple[str, ...]
MAX_DEPTH = 30
MAX_EXPRESSION = 120


@dataclass(slots=True)
class Definition:
    """One local name: where it stands, and the node of its type or first value if any."""

    name: Node
    type: Node | None = None
    value: Node | None = None


@dataclass(slots=True)
class Index:
    """What a document defines and imports, read once for each version of it.

    `imports` maps a local name to the qualified names it stands for, `opened` holds namespaces
    whose names are seen without a prefix, `package` the package the file declares.
    """

    scopes: list[Node] = field(default_factory=list)
    definitions: dict[str, dict[int, Definition]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    imports: dict[str, Names] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    package: str = ""


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a language writes things; node types unless said otherwise.

    `members` maps ``a.b`` nodes to their fields for a and b; `paths` are ``a::b`` nodes made of
    names only, `skipped` what may stand inside them without being part of the name. `literals` and
    `calls` map literals to a type name and calls to the field of the function; `constructors` map
    nodes that make an instance to the field of the class. `wrappers` are nodes around a type or
    value that do not change what it stands for. `silent` are (parent, field) places where a name is
    a key, label or member definition. `separators` join paths and members in qualified names.
    `unbound` gives the qualified names of a name that the file neither defines nor imports, `made`
    the type that calling a factory of this qualified name gives, `base` the node of a class's base.
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
    silent: frozenset[tuple[str, str]] = frozenset()
    receivers: frozenset[str] = frozenset()
    made: Callable[[str], str] = lambda name: ""
    base: Callable[[Node], Node | None] = lambda node: None
    forms: Callable[[str, str], Names] = lambda owner, member: ()


def resolver(syntax: Syntax) -> Callable[[Parsed, int, ReturnTypes | None], Symbol | None]:
    """Make a language's resolve function."""

    def resolve(parsed: Parsed, offset: int, return_types: ReturnTypes | None) -> Symbol | None:
        if parsed.tree is None:
            return None
        path = identifier_path(parsed.tree.root_node, offset, syntax.identifiers)
        if path is None:
            return None
        if "index" not in parsed.memo:
            parsed.memo["index"] = read_index(parsed, syntax)
        return _Finder(parsed, syntax, parsed.memo["index"], path, return_types).symbol()

    return resolve


def read_index(parsed: Parsed, syntax: Syntax) -> Index:
    """Run the language's query over the document."""
    index = Index()
    grammar = grammar_of(parsed.language)
    if grammar is None or parsed.tree is None:
        return index
    if "query" not in _QUERIES.setdefault(parsed.language, {}):
        _QUERIES[parsed.language]["query"] = Query(grammar, syntax.query)
    cursor = QueryCursor(_QUERIES[parsed.language]["query"])
    for _, captures in cursor.matches(parsed.tree.root_node):
        index.scopes.extend(captures.get("scope", ()))
        index.members.update(text_of(node) for node in captures.get("member", ()))
        for node in captures.get("import", ()):
            syntax.read_import(node, index)
        for name in captures.get("definition", ()):
            rows = index.definitions.setdefault(text_of(name), {})
            row = rows.setdefault(name.start_byte, Definition(name))
            row.type = row.type or next(iter(captures.get("type", ())), None)
            row.value = row.value or next(iter(captures.get("value", ())), None)
    return index
