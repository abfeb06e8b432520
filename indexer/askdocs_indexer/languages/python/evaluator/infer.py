"""What an expression may stand for: a small, bounded evaluator over the syntax tree.

It follows names, attributes, calls, literals and operators as far as the file and the tables say,
and gives no value where they do not. Depth and steps are bounded, so that no code, however long or
nested, makes it slow or overflow the stack.

The modules of this package call each other in circles through the `Engine`, because values do: an
expression's depends on those of its parts, on their members, calls and operators, a name's on the
expression that it is bound to, and a call's on what the function's body returns.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.project import Project
from askdocs_indexer.languages.python.evaluator import bound, calls, members, operators
from askdocs_indexer.languages.python.evaluator.recovery import is_torn
from askdocs_indexer.languages.python.evaluator.scopes import Scope, Scopes
from askdocs_indexer.languages.python.evaluator.sources import Sources
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    OwnClass,
    Thing,
    TypeExpression,
    Value,
    Values,
    merge,
    parse_type,
)

MAX_DEPTH = 40
MAX_STEPS = 4000


class Engine:
    """Evaluates expressions of one document for one look-up.

    `narrowed` maps the text of an expression to the annotation that an ``isinstance`` check around
    the cursor gives it, for uses inside the byte span `narrowed_span`.
    """

    def __init__(self, scopes: Scopes, project: Project) -> None:
        self.scopes = scopes
        self.sources = Sources(project, self.written)
        self.owners: dict[Scope, tuple[list[OwnClass], list[str]]] = {}
        self.narrowed: dict[str, tuple[Node, Scope]] = {}
        self.narrowed_span = (0, 0)
        self._depth = 0
        self._steps = 0
        self._memo: dict[tuple[int, int], Values] = {}

    def infer(self, node: Node | None, scope: Scope) -> Values:
        """What the expression `node`, evaluated in `scope`, may stand for."""
        if node is None or self._depth >= MAX_DEPTH or self._steps >= MAX_STEPS:
            return ()
        key = (node.id, id(scope))
        if key in self._memo:
            return self._memo[key]
        self._memo[key] = ()  # What is being evaluated says nothing about itself.
        self._depth += 1
        self._steps += 1
        try:
            handler = HANDLERS.get(node.type)
            values = handler(self, node, scope) if handler is not None else ()
        finally:
            self._depth -= 1
        self._memo[key] = values
        return values

    def values(self, node: Node | None, scope: Scope) -> Values:
        """`infer`, with attributes and constants of known type replaced by their values."""
        return merge(*(self.realised(value) for value in self.infer(node, scope)))

    def realised(self, value: Value) -> Values:
        """The values that a typed attribute or constant holds; other values as they are."""
        return members.realised(self, value)

    def guarded(self, step: Callable[[], Values]) -> Values:
        """Run a step that may recurse without passing `infer`, within the same bounds."""
        if self._depth >= MAX_DEPTH or self._steps >= MAX_STEPS:
            return ()
        self._depth += 1
        self._steps += 1
        try:
            return step()
        finally:
            self._depth -= 1

    def written(
        self,
        text: str,
        receiver: Instance | None = None,
        arguments: calls.Arguments | None = None,
    ) -> Values:
        """The values of a written type; see values.py for what its names stand for."""
        return merge(*(self._written(part, receiver, arguments) for part in parse_type(text)))

    def _written(
        self,
        part: TypeExpression,
        receiver: Instance | None,
        arguments: calls.Arguments | None,
    ) -> Values:
        name = part.name
        if name == "Self":
            return (receiver,) if receiver is not None else ()
        if name[0] == "T" and name[1:].isdigit():
            index = int(name[1:])
            return receiver.args[index] if receiver and index < len(receiver.args) else ()
        if name[0] in "$@!*":
            return calls.argument(self, name, arguments)
        args = tuple(
            merge(*(self._written(inner, receiver, arguments) for inner in group))
            for group in part.args
        )
        if name == "type":
            return tuple(
                Thing(v.name) if isinstance(v, Instance) else v for group in args for v in group
            )
        return (Instance(self.sources.class_name(name), args),)


Handler = Callable[[Engine, Node, Scope], Values]


def _literal(name: str) -> Handler:
    return lambda engine, node, scope: (Instance(name),)


def _number(name: str) -> Handler:
    def handler(engine: Engine, node: Node, scope: Scope) -> Values:
        return (Instance("complex" if text_of(node)[-1:] in "jJ" else name),)

    return handler


def _string(engine: Engine, node: Node, scope: Scope) -> Values:
    start = node.children[0] if node.children else node
    if start.type == "string":  # the first of adjacent literals
        start = start.children[0]
    return (Instance("bytes" if "b" in text_of(start).lower()[:3].rstrip("'\"") else "str"),)


def _sequence(name: str) -> Handler:
    def handler(engine: Engine, node: Node, scope: Scope) -> Values:
        # The first elements stand for all: tables of data can be long.
        groups = (engine.values(child, scope) for child in node.named_children[:3])
        return (Instance(name, (merge(*groups),)),)

    return handler


def _tuple(engine: Engine, node: Node, scope: Scope) -> Values:
    return (Instance("tuple", tuple(engine.values(c, scope) for c in node.named_children[:8])),)


def _dictionary(engine: Engine, node: Node, scope: Scope) -> Values:
    pairs = [child for child in node.named_children[:4] if child.type == "pair"]
    keys = merge(*(engine.values(pair.child_by_field_name("key"), scope) for pair in pairs))
    items = merge(*(engine.values(pair.child_by_field_name("value"), scope) for pair in pairs))
    return (Instance("dict", (keys, items)),)


def _comprehension(name: str) -> Handler:
    def handler(engine: Engine, node: Node, scope: Scope) -> Values:
        inner = engine.scopes.child(node, scope)
        body = node.child_by_field_name("body")
        if body is not None and body.type == "pair":
            key, item = body.child_by_field_name("key"), body.child_by_field_name("value")
            return (Instance(name, (engine.values(key, inner), engine.values(item, inner))),)
        return (Instance(name, (engine.values(body, inner),)),)

    return handler


def _inner(engine: Engine, node: Node, scope: Scope) -> Values:
    return engine.infer(node.named_children[0], scope) if node.named_children else ()


def _value_field(engine: Engine, node: Node, scope: Scope) -> Values:
    return engine.infer(node.child_by_field_name("value"), scope)


def _right_field(engine: Engine, node: Node, scope: Scope) -> Values:
    return engine.infer(node.child_by_field_name("right"), scope)


def _conditional(engine: Engine, node: Node, scope: Scope) -> Values:
    parts = node.named_children
    return merge(engine.infer(parts[0], scope), engine.infer(parts[-1], scope)) if parts else ()


def _boolean(engine: Engine, node: Node, scope: Scope) -> Values:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type == "and":
        return engine.infer(right, scope)
    return merge(engine.infer(left, scope), engine.infer(right, scope))


def _identifier(engine: Engine, node: Node, scope: Scope) -> Values:
    checked = bound.narrowed(engine, node)
    return checked or bound.name_values(engine, text_of(node), scope, node.start_byte)


def _attribute(engine: Engine, node: Node, scope: Scope) -> Values:
    checked = bound.narrowed(engine, node)
    if checked:
        return checked
    name = node.child_by_field_name("attribute")
    if name is None:
        return ()
    if is_torn(node):
        return bound.name_values(engine, text_of(name), scope, name.start_byte)
    owners = engine.values(node.child_by_field_name("object"), scope)
    return members.attribute(engine, owners, text_of(name))


def _dotted_name(engine: Engine, node: Node, scope: Scope) -> Values:
    first, *rest = node.named_children
    values = engine.infer(first, scope)
    for part in rest:
        values = members.attribute(engine, values, text_of(part))
    return values


def _class(engine: Engine, node: Node, scope: Scope) -> Values:
    return (OwnClass(engine.scopes.child(node, scope)),)


HANDLERS: dict[str, Handler] = {
    "identifier": _identifier,
    "attribute": _attribute,
    "dotted_name": _dotted_name,
    "call": calls.call,
    "subscript": operators.subscript,
    "generic_type": operators.subscript,
    "binary_operator": operators.binary,
    "unary_operator": lambda engine, node, scope: engine.infer(
        node.child_by_field_name("argument"), scope
    ),
    "boolean_operator": _boolean,
    "comparison_operator": _literal("bool"),
    "not_operator": _literal("bool"),
    "true": _literal("bool"),
    "false": _literal("bool"),
    "integer": _number("int"),
    "float": _number("float"),
    "slice": _literal("slice"),
    "string": _string,
    "concatenated_string": _string,
    "list": _sequence("list"),
    "set": _sequence("set"),
    "tuple": _tuple,
    "expression_list": _tuple,
    "dictionary": _dictionary,
    "list_comprehension": _comprehension("list"),
    "set_comprehension": _comprehension("set"),
    "dictionary_comprehension": _comprehension("dict"),
    "generator_expression": _comprehension("generator"),
    "parenthesized_expression": _inner,
    "type": _inner,
    "await": operators.awaited,
    "yield": lambda engine, node, scope: (),
    "named_expression": _value_field,
    "assignment": _right_field,
    "conditional_expression": _conditional,
    "class_definition": _class,
}
