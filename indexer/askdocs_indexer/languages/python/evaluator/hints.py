"""What an annotation says about a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator.scopes import Scope
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    OwnClass,
    OwnInstance,
    Thing,
    Value,
    Values,
    merge,
)
from askdocs_indexer.languages.python.terms import TRANSPARENT, flattened

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.infer import Engine


def values(engine: Engine, node: Node | None, scope: Scope) -> Values:
    """Instances of what the annotation `node`, written in `scope`, names."""
    return engine.guarded(lambda: _values(engine, node, scope))


def _values(engine: Engine, node: Node | None, scope: Scope) -> Values:
    kind = node.type if node is not None else ""
    instances: Values = ()
    if node is None:
        pass
    elif kind in ("type", "parenthesized_expression"):
        instances = values(engine, node.named_children[0], scope) if node.named_children else ()
    elif kind == "string":
        instances = values(engine, quoted(engine, node), scope)
    elif kind in ("union_type", "binary_operator"):
        instances = merge(*(values(engine, child, scope) for child in node.named_children))
    elif kind in ("generic_type", "subscript"):
        instances = _generic(engine, node, scope)
    elif kind in ("identifier", "attribute", "dotted_name"):
        instances = _named(engine, node, scope)
    elif kind == "call":
        instances = _bound(engine, node, scope)
    return instances


def quoted(engine: Engine, node: Node) -> Node | None:
    """The expression written inside a string annotation."""
    content = [child for child in node.named_children if child.type == "string_content"]
    if len(content) != 1 or content[0].named_children:
        return None
    tree = engine.scopes.parse_quoted(content[0])
    statement = tree.named_children[0] if tree.named_children else None
    if statement is None or not statement.named_children:
        return None
    return statement.named_children[0]


def _generic(engine: Engine, node: Node, scope: Scope) -> Values:
    base, *rest = node.named_children
    if node.type == "generic_type":
        rest = [inner for part in rest for inner in part.named_children]
    rest = [inner for part in rest for inner in flattened(part)]
    heads = [v for v in engine.infer(base, scope) if isinstance(v, (Thing, OwnClass))]
    head = heads[0] if heads else None
    if not isinstance(head, Thing):
        return (OwnInstance(head),) if head is not None else ()
    special = head.name.rpartition(".")[2]
    if special == "Literal":
        return merge(*(engine.infer(_bare(part), scope) for part in rest[:2]))
    arguments = [values(engine, part, scope) for part in rest]
    if special == "Union":
        return merge(*arguments)
    if special in TRANSPARENT:
        return merge(*arguments[:1])
    if special in ("Type", "type"):
        return tuple(_class_of(value) for group in arguments for value in group)
    return instance(engine, head.name, tuple(arguments))


def _bare(node: Node) -> Node:
    return node.named_children[0] if node.type == "type" and node.named_children else node


def _class_of(value: Value) -> Value:
    if isinstance(value, Instance):
        return Thing(value.name)
    return value.cls if isinstance(value, OwnInstance) else value


def _named(engine: Engine, node: Node, scope: Scope) -> Values:
    if text_of(node).rpartition(".")[2] == "Self":
        owner: Scope | None = scope
        while owner is not None and not owner.is_class:
            owner = owner.parent
        return (OwnInstance(OwnClass(owner)),) if owner is not None else ()
    instances = merge(*(instance_of(engine, value) for value in engine.infer(node, scope)))
    return instances if instances or node.type != "identifier" else _alias(engine, node, scope)


def _alias(engine: Engine, node: Node, scope: Scope) -> Values:
    """The meaning of ``Name = SomeType | Other`` where the file uses ``Name`` as a type."""
    bound = engine.scopes.look_up(scope, text_of(node), node.start_byte)
    if bound is None:
        return ()
    owner, rows = bound
    return merge(*(values(engine, r.source, owner) for r in rows if r.kind == "value"))


def _bound(engine: Engine, node: Node, scope: Scope) -> Values:
    """What the types that ``TypeVar("T", bound=Base)`` stands for inherit from."""
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if arguments is None or Thing("typing.TypeVar") not in engine.infer(function, scope):
        return ()
    for argument in arguments.named_children:
        name = argument.child_by_field_name("name")
        if argument.type == "keyword_argument" and name and text_of(name) == "bound":
            return values(engine, argument.child_by_field_name("value"), scope)
    return ()


def instance_of(engine: Engine, value: Value) -> Values:
    """An instance of the class that `value` is."""
    if isinstance(value, OwnClass):
        return (OwnInstance(value),)
    if isinstance(value, Thing):
        return instance(engine, value.name, ())
    return ()


def instance(engine: Engine, name: str, arguments: tuple[Values, ...]) -> Values:
    """An instance of the class with this qualified name, known by its best name."""
    return engine.sources.instances(name, arguments)
