"""How a language describes its syntax to the readers of terms, facts and references.

A language gives a `Syntax` (which node types mean what) and two query files.

`facts.scm` says what a file declares. A match captures a declaration's node as ``@module``,
``@type``, ``@function``, ``@value``, ``@alias`` or ``@extension``, with

- ``@name``: its name; a path of names (`Client::get`) declares the last of them inside the others,
  and the others too where it is a module's (`namespace a::b`)
- ``@owner``: the type or module that it belongs to, where that does not stand around it
- ``@of``: its declared type, a function's result, what an alias stands for or an extension extends
- ``@initial``: what a value is set to
- ``@base``: a type that a type inherits from, or a node with several of them
- ``@parameters``: the node with a function's parameters
- ``@import``: on its own, an import, an export from elsewhere or a using declaration

Declarations inside of a function are locals and left out, but for types and aliases where the
language's `keeps_local_types`. A ``@type`` without a name or an owner is an anonymous class.

`locals.scm` says what a name is inside of functions:

- ``@scope``: a node that limits where the definitions inside it are seen
- ``@definition``: the name of a local variable, parameter, function or type; in the same pattern
  ``@type`` (its declared type), ``@value`` (its first value), ``@element`` (what it is one of) or
  ``@result`` (what it is unwrapped from)
- ``@function``: the same for the name of a function whose own node is a ``@scope``
- ``@narrowed``: a name whose ``@type`` a ``@check`` tells, inside of ``@within`` or of what the
  check guards; a ``@denied`` check is that it is of another type
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tree_sitter import Node, Query

from askdocs_indexer.grammars import grammar_of
from askdocs_indexer.languages.facts import Import, Names, Term

if TYPE_CHECKING:
    from askdocs_indexer.languages.locals import Definition

Fields = Mapping[str, str]
# The declared type of what a function returns, and its body.
ResultParts = tuple[Node | None, Node | None]
# Makes a term of a node; the second argument does so for its parts.
Special = Callable[[Node, Callable[[Node | None], Term | None]], Term | None]


@dataclass(frozen=True, slots=True)
class LambdaPosition:
    """Where a lambda stands: as an `argument` of a `call` (-1 for the last one), or where its
    `type` is declared. `parameter` is the position of one of its own parameters, `receiver` what
    names without an owner are members of inside of it, where its call says so.
    """

    parameter: int = 0
    call: Node | None = None
    argument: int = 0
    type: Node | None = None
    receiver: Node | None = None


def result_fields(fields: Mapping[str, tuple[str, str]]) -> Callable[[Node], ResultParts | None]:
    """Return a reader of functions by their fields of the declared result and of the body."""

    def read(node: Node) -> ResultParts | None:
        names = fields.get(node.type)
        if names is None:
            return None
        result, body = (node.child_by_field_name(name) for name in names)
        return result, body

    return read


def _no_imports(node: Node) -> Iterator[Import]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a language writes things; node types unless said otherwise.

    `identifiers` are names. `members` map ``a.b`` nodes to their fields for a and b ("" for the
    first and the last child); `paths` are ``a::b`` nodes made of names only. `arguments` are the
    nodes of type arguments. `literals` map to a type name, `calls` to the field of the function,
    `constructors` (nodes that make or claim an instance) to that of the type, `elements` (``a[i]``)
    and `waits` (``await a``) to that of the whole; "" stands for the first child that is not a
    comment. `lists` map types such as ``[]T`` to the field of T. `wrappers` are nodes around a type
    or a value that do not change what it stands for, `unions` types with alternatives, `types`
    names (or nodes right around them) that can only stand for types. `receivers` are nodes for the
    instance that a method is called on, `parents` those for its base. `looks_through` says of a
    node in `members` whether it takes a member of what its owner points to (``a->b``). `special`
    makes terms of what no table says.

    `silent` are (parent, field) positions where a name stands for nothing ("" for any field).
    `keys` map a parent to its field where a name is the member of the value that `key_owner` finds:
    a key of a literal, a named argument; in `open_keys` one that is not a member is read as any
    other name. `has_local_functions` is False where a called name is never a local variable.
    `is_type` says of the nodes down to a name, where `types` do not, that only a type is meant.
    `binds` says whether a local definition in scope counts for a name at a byte; the name's node
    may not be at hand. `fits` says of the nodes down to a name whether something called so,
    declared as these kinds (none outside of the workspace), can be meant. `yields` gives the inner
    node that a block or a choice has its value from. `iterates_last` says that a loop over what has
    several type arguments goes over the last of them. `result` gives the type that a function's
    node declares for what it returns, and its body; None for other nodes. `lambda_position` says of
    which lambda a name is the parameter, `implicit` are the parameters that lambdas have without
    writing them; `lambdas_around` gives those that may have a receiver, the innermost first.

    `imports` reads an ``@import`` node; `import_nodes` are those that a name can stand in.
    `import_path` gives the names that lead to a name in an import, where any of them can be looked
    up. `is_public` judges a declaration by its node and name, `parameter` gives the type node of a
    parameter or the name of a type parameter. `own_names` gives the names that a declaration goes
    by inside of what stands around it, where they are not those of its ``@name``. `derived` gives
    the bases of a type that attributes before it name. `open_modules` hold what follows them, up to
    the next one: ``namespace a;``. `hoisted` declarations inside of a function belong to the type
    around it. `keeps_local_types` says that types inside of functions have facts; `unnamed` maps
    nodes of types to what they are called without a name.
    """

    facts: str
    locals: str
    identifiers: frozenset[str]
    members: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    paths: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    literals: Fields = field(default_factory=dict)
    calls: Fields = field(default_factory=dict)
    constructors: Fields = field(default_factory=dict)
    elements: Fields = field(default_factory=dict)
    waits: Fields = field(default_factory=dict)
    lists: Fields = field(default_factory=dict)
    wrappers: frozenset[str] = frozenset()
    unions: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    looks_through: Callable[[Node], bool] = lambda node: False
    special: Mapping[str, Special] = field(default_factory=dict)
    silent: frozenset[tuple[str, str]] = frozenset()
    keys: Fields = field(default_factory=dict)
    key_owner: Callable[[Sequence[Node]], Node | Term | None] = lambda path: None
    open_keys: frozenset[str] = frozenset()
    has_local_functions: bool = True
    keeps_local_types: bool = False
    unnamed: Mapping[str, str] = field(default_factory=dict)
    lambda_position: Callable[[Node], LambdaPosition | None] = lambda name: None
    implicit: frozenset[str] = frozenset()
    lambdas_around: Callable[[Node], Iterator[LambdaPosition]] = lambda node: iter(())
    import_nodes: frozenset[str] = frozenset()
    imports: Callable[[Node], Iterator[Import]] = _no_imports
    is_public: Callable[[Node, str], bool] = lambda node, name: True
    parameter: Callable[[Node], Node | None] = lambda node: node.child_by_field_name("type")
    own_names: Callable[[Node, Names], Names] = lambda node, names: names
    derived: Callable[[Node], tuple[Term, ...]] = lambda node: ()
    open_modules: frozenset[str] = frozenset()
    hoisted: frozenset[str] = frozenset()
    import_path: Callable[[Sequence[Node]], Names] | None = None
    yields: Callable[[Node], Node | None] = lambda node: None
    iterates_last: bool = True
    result: Callable[[Node], ResultParts | None] = lambda node: None
    is_type: Callable[[Sequence[Node]], bool] = lambda path: False
    binds: Callable[[Definition, int, Node | None], bool] = lambda definition, use, name: True
    fits: Callable[[Sequence[Node], str, frozenset[str]], bool] | None = None


@cache
def compiled(language: str, text: str) -> Query | None:
    """Return a query for a language's grammar; None where there is no such language."""
    grammar = grammar_of(language)
    return Query(grammar, text) if grammar is not None else None


def read_query(module_file: str, *names: str) -> str:
    """Return the text of the query files beside a language's module, joined."""
    return "\n".join(Path(module_file).with_name(name).read_text("utf-8") for name in names)


def name_nodes(node: Node, arguments: frozenset[str]) -> list[Node]:
    """Return the name leaves of a path such as ``a::b<T>::c``, in order, without type arguments."""
    leaves: list[Node] = []
    stack = [node]
    while stack:
        part = stack.pop()
        if part.type in arguments:
            continue
        if part.child_count == 0 and part.is_named:
            leaves.append(part)
        stack.extend(reversed(part.children))
    return leaves


def names_of(node: Node, arguments: frozenset[str] = frozenset()) -> Names:
    """Return the names of a path such as ``a::b<T>::c``, without type arguments."""
    return tuple(
        (part.text or b"").decode("utf-8", "replace") for part in name_nodes(node, arguments)
    )
