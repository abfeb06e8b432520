"""Scopes and how a name is looked up in them, by Python's rules."""

from __future__ import annotations

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from askdocs_indexer.languages.facts import Names
from askdocs_indexer.languages.parsing import path_to, text_of
from askdocs_indexer.languages.python.evaluator.bindings import Binding, Bindings
from askdocs_indexer.languages.python.evaluator.knowledge import knowledge
from askdocs_indexer.languages.python.evaluator.statements import collect

COMPREHENSIONS = frozenset(
    {
        "list_comprehension",
        "set_comprehension",
        "dictionary_comprehension",
        "generator_expression",
    }
)
GRAMMAR = Language(tree_sitter_python.language())
CLASSES = Query(GRAMMAR, "(class_definition) @node")
GLOBALS = Query(GRAMMAR, "(global_statement) @node")
SCOPES = COMPREHENSIONS | {"module", "function_definition", "class_definition", "lambda"}


class Scope:
    """One scope: a module, class, function, lambda or comprehension.

    Compared by identity. `bindings` are what its statements bind, collected when first asked for.
    """

    __slots__ = ("_bindings", "node", "parent")

    def __init__(self, node: Node, parent: Scope | None) -> None:
        self.node = node
        self.parent = parent
        self._bindings: Bindings | None = None

    @property
    def bindings(self) -> Bindings:
        if self._bindings is None:
            self._bindings = collect(self.node)
        return self._bindings

    @property
    def is_class(self) -> bool:
        return self.node.type == "class_definition"

    @property
    def is_function(self) -> bool:
        return self.node.type == "function_definition"

    @property
    def name(self) -> str:
        """The name of a function or class, "" for other scopes."""
        node = self.node.child_by_field_name("name")
        return text_of(node) if node is not None else ""

    @property
    def names(self) -> Names | None:
        """The names that lead to it from its module; None for what only a function can see."""
        names: list[str] = []
        scope: Scope = self
        while scope.parent is not None:
            if not scope.name or not (scope.parent.is_class or scope.parent.parent is None):
                return None
            names.append(scope.name)
            scope = scope.parent
        return tuple(reversed(names))


class Scopes:
    """All scopes of one document, made as they are needed."""

    def __init__(self, root: Node) -> None:
        self.module = Scope(root, None)
        self._scopes: dict[int, Scope] = {root.id: self.module}
        self._subclasses: dict[str, list[Node]] | None = None
        self._assigned: dict[Scope, dict[str, list[tuple[Scope, Binding]]]] = {}
        self._quoted: dict[int, Tree] = {}
        self._late_globals: dict[str, list[tuple[Scope, Binding]]] | None = None

    def child(self, node: Node, parent: Scope) -> Scope:
        """The scope that a function, class, lambda or comprehension opens inside `parent`."""
        scope = self._scopes.get(node.id)
        if scope is None:
            scope = self._scopes[node.id] = Scope(node, parent)
        return scope

    def around(self, path: list[Node]) -> Scope:
        """The innermost scope that the last node of a path from the root is evaluated in."""
        scope = self.module
        for index, node in enumerate(path[1:-1], start=1):
            if node.type in SCOPES and _is_inside(node, path[index + 1]):
                scope = self.child(node, scope)
        return scope

    def of_definition(self, node: Node) -> Scope:
        """The scope that a class or function definition anywhere in the document opens."""
        path = path_to(self.module.node, node.start_byte)
        while path and path[-1].id != node.id:
            path.pop()
        return self.child(node, self.around(path)) if path else self.module

    def parse_quoted(self, content: Node) -> Node:
        """The syntax tree of an expression that stands in a string, parsed once."""
        if content.id not in self._quoted:
            self._quoted[content.id] = Parser(GRAMMAR).parse(content.text or b"")
        return self._quoted[content.id].root_node

    def subclasses(self, name: str) -> list[Scope]:
        """The classes of the document that name `name` as a base."""
        if self._subclasses is None:
            self._subclasses = {}
            for node in self.definitions(CLASSES):
                bases = node.child_by_field_name("superclasses")
                for base in bases.named_children if bases is not None else ():
                    key = text_of(base).rpartition(".")[2]
                    self._subclasses.setdefault(key, []).append(node)
        return [self.of_definition(node) for node in self._subclasses.get(name, ())]

    def assigned(self, cls: Scope) -> dict[str, list[tuple[Scope, Binding]]]:
        """What the methods of a class assign to attributes of their first parameter."""
        attributes = self._assigned.get(cls)
        if attributes is None:
            attributes = self._assigned[cls] = {}
            methods = [
                b for rows in cls.bindings.names.values() for b in rows if b.kind == "function"
            ]
            for method in methods:
                if method.source is not None:
                    scope = self.child(method.source, cls)
                    first = first_parameter(scope.node)
                    for (owner, name), rows in scope.bindings.attributes.items():
                        if owner == first:
                            attributes.setdefault(name, []).extend((scope, row) for row in rows)
        return attributes

    def definitions(self, query: Query) -> list[Node]:
        """The nodes captured as ``@node`` anywhere in the document, in order."""
        return QueryCursor(query).captures(self.module.node).get("node", [])

    def look_up(self, scope: Scope, name: str, use: int) -> tuple[Scope, list[Binding]] | None:
        """The scope that binds `name` for a use at byte `use`, and the bindings that may hold."""
        at: Scope | None = scope
        position: int | None = use
        later: tuple[Scope, list[Binding]] | None = None
        while at is not None:
            # A class body's names are seen only directly in it, not in its methods.
            if at is scope or not at.is_class:
                bindings = at.bindings.names.get(name)
                if bindings and bindings[0].kind == "global":
                    if bindings[0].target == "global":
                        return self.module, visible(self.module.bindings.names.get(name, []), None)
                    at = at.parent
                    continue
                if bindings and at.is_class and all(row.since > use for row in bindings):
                    # ``date: date`` in a class: what is around it is meant.
                    later = at, visible(bindings, position)
                elif bindings:
                    return at, visible(bindings, position)
            # A function's body runs later; comprehensions and class bodies run where they stand.
            if at.node.type in ("function_definition", "lambda"):
                position = None
            at = at.parent
        return None if name in knowledge().modules["builtins"] else later

    def late_globals(self, name: str) -> list[tuple[Scope, Binding]]:
        """What functions that declare `name` global assign to it, with the scope they do it in."""
        if self._late_globals is None:
            self._late_globals = {}
            for statement in self.definitions(GLOBALS):
                path = path_to(self.module.node, statement.start_byte)
                scope = self.around(path)
                for child in statement.named_children:
                    key = text_of(child)
                    rows = scope.bindings.names.get(key, [])
                    self._late_globals.setdefault(key, []).extend(
                        (scope, row) for row in rows if row.kind != "global"
                    )
        return self._late_globals.get(name, [])


def first_parameter(node: Node) -> str:
    """The name of a function's first parameter, "" where it has none."""
    first = _first_parameter(node)
    while first is not None and first.type != "identifier" and first.named_children:
        first = first.named_children[0]
    return text_of(first) if first is not None else ""


def first_annotation(node: Node) -> Node | None:
    """The annotation of a function's first parameter, None where it has none."""
    first = _first_parameter(node)
    return first.child_by_field_name("type") if first is not None else None


def _first_parameter(node: Node) -> Node | None:
    parameters = node.child_by_field_name("parameters")
    children = parameters.named_children if parameters is not None else []
    return next((child for child in children if child.type != "comment"), None)


def _is_inside(node: Node, child: Node) -> bool:
    """Whether `child` of a scope's node is evaluated inside that scope.

    Decorators, defaults, annotations and base classes belong to the scope around it.
    """
    if node.type in ("function_definition", "class_definition", "lambda"):
        body = node.child_by_field_name("body")
        # A half-typed statement may stand before a body that the parser made up.
        return child.type == "ERROR" or (body is not None and body.id == child.id)
    return True


def visible(bindings: list[Binding], use: int | None) -> list[Binding]:
    """The bindings that may hold at byte `use` of their own scope, latest first.

    `use` is None for a use in a nested scope, which may run at any later time. A binding outside
    any branch, or in a branch around the use, hides the earlier ones.
    """
    before = [b for b in bindings if use is None or b.since <= use] or bindings
    candidates: list[Binding] = []
    for binding in reversed(before):
        if binding.kind == "augmented" and len(before) > 1:
            continue
        candidates.append(binding)
        branch = binding.branch
        if branch is None or (use is not None and branch[0] <= use < branch[1]):
            break
    return candidates
