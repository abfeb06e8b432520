"""What the bodies of functions say: what they give, and the attributes that they set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_python
from tree_sitter import Language, Node, Query, QueryCursor

from askdocs_indexer.languages.facts import CALL, ELEMENT, NEW, RESULT, SELF, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.decorators import CLASS_METHODS, CONTEXT_MANAGERS
from askdocs_indexer.languages.python.terms import CALLABLE, TermMaker

_QUERY = Query(
    Language(tree_sitter_python.language()),
    """
    (function_definition) @function
    (return_statement (_) @returned)
    (yield) @yielded
    (assignment left: (identifier)) @local
    (assignment left: (attribute object: (identifier))) @attribute
    (assignment left: (pattern_list (identifier) @bound))
    (assignment left: (pattern_list (attribute object: (identifier)) @bound_attribute))
    (augmented_assignment left: (identifier) @bound)
    (for_statement left: (_) @bound)
    (as_pattern_target (identifier) @bound)
    """,
)
# Different values that a function may give; more say nothing.
_MOST_RESULTS = 4


@dataclass(slots=True)
class Attribute:
    """An attribute that a function sets: its name, annotation and value."""

    name: Node
    annotation: Node | None = None
    value: Node | None = None


@dataclass(slots=True)
class Body:
    """What stands in a function, but in no function inside of it.

    `bound` are its local names, each with its value, None where that is not known.
    """

    node: Node
    returned: list[Node] = field(default_factory=list)
    yielded: list[Node] = field(default_factory=list)
    bound: dict[str, Node | None] = field(default_factory=dict)
    attributes: list[tuple[str, Attribute]] = field(default_factory=list)

    def bind(self, name: str, value: Node | None) -> None:
        """Note a value of a local name; a second one makes it unknown."""
        self.bound[name] = None if name in self.bound else value


def bodies_of(root: Node) -> dict[int, Body]:
    """Return the bodies of all functions of a file, by their first bytes."""
    captures = QueryCursor(_QUERY).captures(root)
    events = [(node.start_byte, key, node) for key, nodes in captures.items() for node in nodes]
    # A function comes before what starts where it does.
    events.sort(key=lambda event: (event[0], event[1] != "function"))
    bodies: dict[int, Body] = {}
    opened: list[Body] = []
    for start, key, node in events:
        while opened and opened[-1].node.end_byte <= start:
            opened.pop()
        if key == "function":
            bodies[start] = Body(node)
            opened.append(bodies[start])
        elif opened:
            _note(key, node, opened)
    return bodies


def _note(key: str, node: Node, opened: list[Body]) -> None:
    body = opened[-1]
    if key == "returned":
        body.returned.append(node)
    elif key == "yielded":
        body.yielded.append(node)
    elif key == "local":
        name = node.child_by_field_name("left")
        body.bind(text_of(name) if name is not None else "", node.child_by_field_name("right"))
    elif key == "bound":
        body.bind(text_of(node), None)
    else:
        target = node.child_by_field_name("left") if key == "attribute" else node
        owner = target.child_by_field_name("object") if target is not None else None
        name = target.child_by_field_name("attribute") if target is not None else None
        if owner is None or name is None:
            return
        annotation = node.child_by_field_name("type") if key == "attribute" else None
        value = node.child_by_field_name("right") if key == "attribute" else None
        receiver = text_of(owner)
        inner = next((row for row in reversed(opened) if _has_parameter(row.node, receiver)), body)
        inner.attributes.append((receiver, Attribute(name, annotation, value)))


def _has_parameter(node: Node, name: str) -> bool:
    return any(text_of(target) == name for target, _ in _parameters(node))


def _parameters(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the names of a function's parameters, each with its whole node."""
    parameters = node.child_by_field_name("parameters")
    for parameter in parameters.named_children if parameters is not None else ():
        target = parameter
        while target.type != "identifier" and target.named_children:
            target = target.named_children[0]
        if target.type == "identifier":
            yield target, parameter


def _instance(term: Term) -> Term | None:
    """Return a value of a declared type that further steps may follow."""
    is_plain = not term.args and not term.steps[0].startswith("=")
    return Term((*term.steps, NEW)) if is_plain else None


class FunctionTerms:
    """What a function says about values, as terms."""

    def __init__(self, body: Body, terms: TermMaker, marks: list[str], *, is_method: bool) -> None:
        """Read the parameters; `marks` are the names of the function's decorators."""
        self._body = body
        self._terms = terms
        self._marks = marks
        self._annotations: dict[str, tuple[Term, ...]] = {}
        self._names: dict[str, Term | None] = {}
        self._receiver = ""
        name = body.node.child_by_field_name("name")
        is_class = "classmethod" in marks or (name is not None and text_of(name) in CLASS_METHODS)
        takes_receiver = is_method and "staticmethod" not in marks
        for target, parameter in _parameters(body.node):
            self._parameter(text_of(target), parameter)
            if takes_receiver and not self._receiver:
                self._receiver = text_of(target)
                self._names[self._receiver] = Term((SELF,) if is_class else (SELF, NEW))

    def _parameter(self, name: str, node: Node) -> None:
        default = self._terms.value(node.child_by_field_name("value"))
        is_typed = node.type in ("typed_parameter", "typed_default_parameter")
        if is_typed and node.named_children[0].type == "identifier":
            types = self._annotations[name] = self._terms.types(node.child_by_field_name("type"))
            default = _instance(types[0]) if len(types) == 1 else None
        self._names[name] = default

    # -- what it gives ----------------------------------------------------------------------

    def results(self) -> tuple[Term, ...]:
        """Return the types of what a function gives; `SELF` where that is its receiver."""
        annotation = self._body.node.child_by_field_name("return_type")
        types = self._terms.types(annotation)
        if any(mark in CONTEXT_MANAGERS for mark in self._marks):
            held = tuple(term.args[0] for term in types if term.args) or self._given(True)
            return (Term(("=contextlib.AbstractContextManager",), held[:1]),) if held else ()
        if types and self._receiver and types == self._receiver_types():
            return (Term((SELF,)),)
        if annotation is not None:
            return types
        if self._body.yielded:
            held = self._given(True)
            return (Term(("=collections.abc.Iterator",), held[:1]),) if len(held) == 1 else ()
        return self._given(False)

    def taken(self) -> tuple[Term, ...]:
        """Return the type of the first parameter where that is a function, as of a decorator."""
        names = [name for name in self._names if name != self._receiver]
        types = self._annotations.get(names[0], ()) if names else ()
        return tuple(term for term in types[:1] if term.steps[-1:] == (CALLABLE,))

    def _receiver_types(self) -> tuple[Term, ...]:
        types = self._annotations.get(self._receiver, ())
        # `cls: type[T]` makes a `T`.
        return types[0].args if types and types[0].args else types

    def _given(self, is_yielded: bool) -> tuple[Term, ...]:
        """Return what the body returns or yields, as far as that is surely no class."""
        nodes = self._body.returned
        if is_yielded:
            nodes = [inner for node in self._body.yielded for inner in node.named_children[:1]]
        terms: dict[Term, None] = {}
        for node in nodes:
            if node.type == "identifier" and (types := self._annotations.get(text_of(node))):
                terms |= dict.fromkeys(types)
            elif (term := self._value(node)) is not None:
                terms[term] = None
        return tuple(terms) if len(terms) <= _MOST_RESULTS else ()

    def _value(self, node: Node) -> Term | None:
        """Return an instance that an expression of the body gives."""
        term = self._terms.value(node, self._local_names())
        if term is None:
            return None
        if term.steps in ((SELF, NEW), (SELF, CALL)):
            return Term((SELF,))
        is_literal = term.steps[0].startswith("=")
        is_instance = term.steps[-1] in (CALL, ELEMENT, NEW, RESULT)
        return term if is_instance or is_literal else None

    def _local_names(self) -> dict[str, Term | None]:
        """Return what the names of the function mean, None for those that could be anything."""
        while self._body.bound:
            name = next(iter(self._body.bound))
            value = self._body.bound.pop(name)
            is_first = name not in self._names
            self._names[name] = self._terms.value(value, self._names) if is_first else None
        return self._names

    # -- what it sets -----------------------------------------------------------------------

    def attributes(self) -> Iterator[tuple[Node, tuple[Term, ...], Term | None]]:
        """Yield the attributes of the receiver that it sets: (name, types, value)."""
        for owner, attribute in self._body.attributes:
            if owner != self._receiver or not owner:
                continue
            types = self._terms.types(attribute.annotation)
            if not types and attribute.value is not None and attribute.value.type == "identifier":
                types = self._annotations.get(text_of(attribute.value), ())
            value = self._terms.value(attribute.value, self._local_names()) if not types else None
            yield attribute.name, types, value
