"""What a call gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator import functions, hints, members, operators
from askdocs_indexer.languages.python.evaluator.scopes import Scope, first_annotation
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    OwnClass,
    OwnFunction,
    OwnInstance,
    Parent,
    Thing,
    Value,
    Values,
    merge,
)
from askdocs_indexer.languages.python.evaluator.workspace import is_canonical
from askdocs_indexer.languages.python.terms import CALLABLE

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.infer import Engine

# Functions that import the module their first argument names.
IMPORTERS = frozenset({"import_module", "import_fresh_module", "importorskip", "__import__"})
# Functions whose mode is their first argument; for the others it is the second.
MODE_FIRST = ("Path.open", "Traversable.open", "TemporaryFile")
TEXT_KEYWORDS = ("text", "universal_newlines", "encoding", "errors")


@dataclass(frozen=True, slots=True)
class Arguments:
    """A call's arguments, as nodes with the scope they are evaluated in."""

    positional: tuple[Node, ...]
    keywords: dict[str, Node]
    scope: Scope


def arguments_of(node: Node, scope: Scope) -> Arguments:
    """Read a call node's arguments."""
    written = node.child_by_field_name("arguments")
    if written is not None and written.type == "generator_expression":
        return Arguments((written,), {}, scope)
    positional, keywords = [], {}
    for child in written.named_children if written is not None else ():
        if child.type == "keyword_argument":
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if name is not None and value is not None:
                keywords[text_of(name)] = value
        elif child.type != "comment":
            positional.append(child)
    return Arguments(tuple(positional), keywords, scope)


def argument(engine: Engine, code: str, arguments: Arguments | None) -> Values:
    """The value of ``$0``, ``@0``, ``!0`` or ``*0`` in a written type; see values.py."""
    index = int(code[1:])
    if arguments is None or index >= len(arguments.positional):
        return ()
    node = arguments.positional[index]
    if code[0] == "!":
        nodes = node.named_children if node.type == "tuple" else [node]
        return merge(*(hints.values(engine, n, arguments.scope) for n in nodes))
    values = engine.values(node, arguments.scope)
    if code[0] == "*":
        return merge(*(result(engine, value, arguments) for value in values))
    return operators.elements(engine, values) if code[0] == "@" else values


def call(engine: Engine, node: Node, scope: Scope) -> Values:
    """What the call `node` gives, for each thing its function may be."""
    function = node.child_by_field_name("function")
    arguments = arguments_of(node, scope)
    if function is not None and function.type == "identifier" and text_of(function) == "super":
        return _super(engine, arguments)
    callees = engine.infer(function, scope)
    return merge(*(result(engine, value, arguments) for value in callees))


def result(engine: Engine, function: Value, arguments: Arguments) -> Values:
    """What calling `function` gives."""
    return engine.guarded(lambda: _result(engine, function, arguments))


def handed(engine: Engine, scope: Scope, index: int) -> Values:
    """What the call around a lambda hands to the lambda's `index`-th parameter."""
    node = scope.node.parent
    if node is not None and node.type == "keyword_argument":
        node = node.parent
    node = node.parent if node is not None and node.type == "argument_list" else None
    if node is None or index or scope.parent is None:
        return ()
    arguments = arguments_of(node, scope.parent)
    groups: list[Values] = []
    for value in engine.infer(node.child_by_field_name("function"), scope.parent):
        if isinstance(value, (Thing, Member)):
            groups.append(engine.sources.handed(value, arguments))
    return merge(*groups)


def taken(engine: Engine, function: Value) -> Values:
    """What calling `function` takes first, where that is a function itself: a decorator's."""
    if isinstance(function, Thing) and is_canonical(function.name):
        return engine.sources.workspace.taken(function.name)
    if isinstance(function, Member) and is_canonical(function.owner.name):
        return engine.sources.workspace.member_taken(function.owner, function.name)
    if isinstance(function, Instance) and function.name.endswith(CALLABLE):
        return function.args[0] if len(function.args) > 1 else ()
    if isinstance(function, OwnFunction):
        annotation = first_annotation(function.scope.node)
        return hints.values(engine, annotation, function.scope.parent or function.scope)
    return ()


def _result(engine: Engine, function: Value, arguments: Arguments) -> Values:
    values: Values = ()
    if isinstance(function, Thing):
        values = _thing(engine, function.name, arguments)
    elif isinstance(function, Member):
        values = _member(engine, function, arguments)
    elif isinstance(function, OwnClass):
        values = (OwnInstance(function),)
    elif isinstance(function, OwnFunction):
        values = functions.returned(engine, function)
    elif isinstance(function, Instance) and function.name.endswith(CALLABLE):
        values = function.args[-1] if function.args else ()
    elif isinstance(function, (Instance, OwnInstance)):
        values = operators.special(engine, function, "__call__") or ()
    return values


def _thing(engine: Engine, name: str, arguments: Arguments) -> Values:
    if is_canonical(name):
        return _shared(engine, name, arguments)
    known = engine.sources.tables
    if name.rpartition(".")[2] in IMPORTERS:
        return _imported(arguments)
    if name == "type" and len(arguments.positional) == 1:
        return members.attribute(engine, argument(engine, "$0", arguments), "__class__")
    is_class = known.is_class(name)
    owner, _, method = name.rpartition(".")
    if not is_class and owner and known.is_class(owner):
        return _member(engine, Member(Instance(known.class_name(owner)), method), arguments)
    written = known.type_of(f"{name}()")
    if written:
        return _as_opened(engine.written(written, None, arguments), name, arguments)
    return hints.instance(engine, name, ()) if known.is_type(name) else ()


def _shared(engine: Engine, name: str, arguments: Arguments) -> Values:
    """What calling something of another file gives."""
    if called := engine.sources.workspace.called(name):
        return called
    values = members.realised(engine, Thing(name))
    return merge(*(result(engine, value, arguments) for value in values if value != Thing(name)))


def _member(engine: Engine, member: Member, arguments: Arguments) -> Values:
    called = engine.sources.member_called(member, arguments)
    if called is not None:
        return _as_opened(called, f"{member.owner.name}.{member.name}", arguments)
    values = members.realised(engine, member)
    if values == (member,):
        return ()
    return merge(*(result(engine, value, arguments) for value in values))


def _imported(arguments: Arguments) -> Values:
    if not arguments.positional or arguments.positional[0].type != "string":
        return ()
    name = text_of(arguments.positional[0]).strip("\"'")
    return (Thing(name),) if name.replace(".", "").isidentifier() else ()


def _super(engine: Engine, arguments: Arguments) -> Values:
    scope: Scope | None = arguments.scope
    while scope is not None and not scope.is_class:
        scope = scope.parent
    return (Parent(OwnClass(scope)),) if scope is not None else ()


def _as_opened(values: Values, name: str, arguments: Arguments) -> Values:
    """Choose between text and binary by the call's mode or keywords, where a type has both."""
    if len(values) != 2:
        return _with_text(values, arguments) if name.startswith("subprocess.") else values
    if not all(isinstance(value, Instance) and value.name.startswith("io.") for value in values):
        return values
    index = 0 if name.endswith(MODE_FIRST) else 1
    mode = arguments.keywords.get("mode")
    if mode is None and len(arguments.positional) > index:
        mode = arguments.positional[index]
    if mode is None or mode.type != "string":
        # The first alternative is the one that the function gives by default.
        return values[:1]
    written = text_of(mode).strip("'\"")
    if "b" not in written:
        return tuple(value for value in values if value == Instance("io.TextIOWrapper"))
    if "+" in written:
        return (Instance("io.BufferedRandom"),)
    reads = written.strip("b") in ("", "r")
    return (Instance("io.BufferedReader" if reads else "io.BufferedWriter"),)


def _with_text(values: Values, arguments: Arguments) -> Values:
    """`subprocess.Popen[bytes]` and its kind hold text where the keywords ask for it."""
    if not any(keyword in arguments.keywords for keyword in TEXT_KEYWORDS):
        return values
    binary, text = Instance("bytes"), Instance("str")
    swapped: list[Value] = []
    for value in values:
        if value == binary:
            swapped.append(text)
        elif isinstance(value, Instance) and value.args == ((binary,),):
            swapped.append(Instance(value.name, ((text,),)))
        else:
            swapped.append(value)
    return tuple(swapped)
