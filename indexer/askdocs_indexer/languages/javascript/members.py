"""What the declarations of JavaScript and TypeScript hold: members, parameters and results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from askdocs_indexer.languages.facts import (
    NEW,
    SELF,
    TYPE,
    Declaration,
    Import,
    Kind,
    Names,
    Term,
)
from askdocs_indexer.languages.javascript.imports import WHOLE, keys_of, string_of
from askdocs_indexer.languages.javascript.nodes import (
    CLASSES,
    DECLARED_FUNCTIONS,
    FUNCTIONS,
    declared_in,
    is_parameter,
    path_of,
    pattern_of,
    set_on_this,
    unwrapped,
    value_of,
)
from askdocs_indexer.languages.javascript.syntax import TYPESCRIPT, UNKNOWN
from askdocs_indexer.languages.javascript.types import (
    NAMELESS_FUNCTION,
    TypeReader,
    record,
    sole_signature,
    sole_type,
)
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.readers.decoding import words

DEEPEST = 20
_SIGNATURES = words(
    "abstract_method_signature function_signature method_definition method_signature"
)
_HERITAGE = words("class_heritage extends_clause extends_type_clause implements_clause")
_NAME_TYPES = TYPESCRIPT.identifiers | {"string"}
_MODIFIERS = words("accessibility_modifier override_modifier readonly")
# Expressions that give an instance, never a type itself.
_MAKING = words("array as_expression call_expression new_expression number string template_string")
_CONSTRUCTOR = "constructor"


@dataclass(slots=True)
class Inside:
    """The names inside a function: what declares them, and the types of parameters."""

    declared: dict[str, Node] = field(default_factory=dict)
    parameters: dict[str, Term | None] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Return whether a name is the function's own."""
        return name in self.declared or name in self.parameters


class MemberReader:
    """Reads what one file declares; its attributes hold what it has found."""

    def __init__(self, language: str) -> None:
        self.declarations: list[Declaration] = []
        self.imports: list[Import] = []
        self.scopes: list[tuple[int, int, Names]] = []
        self.names: dict[int, Names] = {}
        self._types = TypeReader(language, self._nameless)
        # The functions around whose results are read, the innermost last.
        self._insides: list[Inside] = []
        self._declared: set[Names] = set()

    def _add(
        self,
        names: Names,
        kind: Kind,
        node: Node,
        *,
        is_public: bool = True,
        types: tuple[Term, ...] = (),
        value: Term | None = None,
        bases: tuple[Term, ...] = (),
        parameters: tuple[Term | None, ...] = (),
    ) -> None:
        line = node.start_point.row + 1
        value = value if value != UNKNOWN else None
        taken = tuple(term if term != UNKNOWN else None for term in parameters)
        row = Declaration(names, kind, line, types, value, bases, taken, is_public)
        self.declarations.append(row)
        self._declared.add(names)
        if node.type in _NAME_TYPES:
            self.names.setdefault(node.start_byte, names)

    # -- variables and values -------------------------------------------------------------------

    def _share(self, name: str, target: str, scope: Names) -> None:
        self.imports.append(Import(name, "", (target,), scope, is_exported=True))

    def _valued(
        self,
        names: Names,
        name: Node,
        value: Node | None,
        *,
        type_node: Node | None = None,
        is_public: bool = True,
    ) -> None:
        """Declare something by its type, or else by its value."""
        if len(names) > DEEPEST:
            return
        if type_node is not None:
            self._typed(names, name, type_node, is_public)
            return
        inner = unwrapped(value) if value is not None else None
        if inner is None:
            self._add(names, "value", name, is_public=is_public)
        elif inner.type in FUNCTIONS or inner.type.endswith("function_declaration"):
            self._function(inner, name, names, is_public)
        elif inner.type in CLASSES:
            self._class(inner, name, names, is_public)
        elif inner.type == "object":
            self._add(names, "value", name, is_public=is_public)
            self._members(names, inner)
        else:
            self._add(names, "value", name, value=self._term(inner), is_public=is_public)

    def _typed(self, names: Names, name: Node, type_node: Node, is_public: bool) -> None:
        sole = sole_type(type_node)
        if sole is not None and sole.type == "function_type":
            self._function(sole, name, names, is_public)
        elif sole is not None and sole.type == "object_type":
            self._add(names, "value", name, is_public=is_public)
            self._type_members(names, sole)
        else:
            types = self._types.types(type_node, names)
            self._add(names, "value", name, types=types, is_public=is_public)

    def _term(self, node: Node | None) -> Term | None:
        """Return the term of an expression; None where it begins with a function's own name."""
        term = self._types.term(node)
        if term is None or not term.steps or not self._insides:
            return term
        return None if self._insides[-1].has(term.steps[0]) else term

    def _members(self, names: Names, node: Node) -> None:
        """Read the members of an object."""
        if len(names) > DEEPEST:
            return
        self.scopes.append((node.start_byte, node.end_byte, names))
        for member in node.named_children:
            key = member.child_by_field_name("key") or member.child_by_field_name("name")
            if member.type == "shorthand_property_identifier":
                self._shorthand(names, member)
            elif key is None or key.type == "computed_property_name":
                continue
            elif member.type == "method_definition":
                self._method(member, key, (*names, string_of(key)), is_public=True)
            elif member.type == "pair":
                self._pair((*names, string_of(key)), key, member.child_by_field_name("value"))

    def _pair(self, names: Names, key: Node, value: Node | None) -> None:
        path = path_of(value) if value is not None and names[:1] == (WHOLE,) else ()
        if path and len(names) == 2:
            self.imports.append(Import(names[-1], "", path, names[:-1], is_exported=True))
        else:
            given = self._declared_inside(value)
            self._valued(names, key, value_of(given) if given is not None else value)

    def _declared_inside(self, node: Node | None) -> Node | None:
        """Return what declares a name in the function whose result is read."""
        if node is None or node.type != "identifier" or not self._insides:
            return None
        return self._insides[-1].declared.get(text_of(node))

    def _shorthand(self, names: Names, node: Node) -> None:
        name = text_of(node)
        inside = self._insides[-1] if self._insides else Inside()
        declared = inside.declared.get(name)
        if declared is not None:
            named = declared.child_by_field_name("name") or node
            kind = declared.child_by_field_name("type")
            self._valued((*names, name), named, value_of(declared), type_node=kind)
        elif name in inside.parameters:
            term = inside.parameters[name]
            self._add((*names, name), "value", node, types=(term,) if term is not None else ())
        else:
            self._share(name, name, names)

    # -- functions ------------------------------------------------------------------------------

    def _function(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        if len(names) > DEEPEST:
            return
        with self._types.parameters_of(node, names):
            inside = Inside()
            parameters = tuple(self._parameters(node, names, inside))
            types = self._result(node, names, inside)
        self._add(names, "function", name, types=types, parameters=parameters, is_public=is_public)

    def _parameters(self, node: Node, names: Names, inside: Inside) -> Iterator[Term | None]:
        formal = node.child_by_field_name("parameters")
        single = node.child_by_field_name("parameter")
        listed = formal.named_children if formal is not None else [single] if single else []
        for index, parameter in enumerate(child for child in listed if is_parameter(child)):
            pattern = pattern_of(parameter)
            is_named = pattern is not None and pattern.type == "identifier"
            label = text_of(pattern) if is_named and pattern is not None else str(index)
            type_node = parameter.child_by_field_name("type")
            term = self._parameter(parameter, pattern, type_node, (*names, label))
            if is_named:
                inside.parameters[label] = term
                if node.type == "function_type" and pattern is not None:
                    self._callback_parameter((*names, label), pattern, term)
            elif pattern is not None and pattern.type == "object_pattern":
                inside.parameters |= {
                    text_of(name): None for _, name in keys_of(pattern) if name is not None
                }
            yield term

    def _callback_parameter(self, names: Names, name: Node, term: Term | None) -> None:
        """Declare a parameter that a function type names: callbacks commonly call it the same."""
        if term is None or term.steps != names:
            self._add(names, "value", name, types=(term,) if term is not None else ())

    def _parameter(
        self, node: Node, pattern: Node | None, type_node: Node | None, names: Names
    ) -> Term | None:
        """Return a parameter's type; a nameless type is declared under the parameter's name."""
        sole = sole_type(type_node)
        if type_node is None:
            return self._keys(node, pattern, names)
        if sole is not None and sole.type == "object_type":
            self._nameless(sole, names)
            return Term(names)
        if sole is not None and sole.type == "function_type":
            self._nameless(sole, names)
            return Term(names)
        types = self._types.types(type_node, names)
        if pattern is not None and pattern.type == "rest_pattern":
            return next(iter(types[0].args), None)
        if len(types) > 1:
            self._add(names, "alias", node, types=types)
            return Term(names)
        return types[0] if types else None

    def _keys(self, node: Node, pattern: Node | None, names: Names) -> Term | None:
        """Return the type that a pattern in place of a parameter implies."""
        if pattern is None or pattern.type != "object_pattern":
            return None
        self._add(names, "type", node)
        for key, name in keys_of(pattern):
            self._add((*names, string_of(key)), "value", name or key)
        return Term(names)

    def _result(self, node: Node, names: Names, inside: Inside) -> tuple[Term, ...]:
        declared = node.child_by_field_name("return_type")
        if declared is None:
            return self._inferred(node, names, inside)
        sole = sole_type(declared)
        if sole is not None and sole.type == "object_type":
            self._type_members(names, sole)
            return (Term((*names, NEW)),)
        return self._types.types(declared, names)

    def _inferred(self, node: Node, names: Names, inside: Inside) -> tuple[Term, ...]:
        body = node.child_by_field_name("body")
        if body is None:
            return ()
        returned = [body]
        if body.type == "statement_block":
            inside.declared |= declared_in(body)
            statements = (
                child for child in body.named_children if child.type == "return_statement"
            )
            returned = [
                statement.named_children[0] for statement in statements if statement.named_children
            ]
        self._insides.append(inside)
        terms = [self._given(value, names, 0) for value in returned]
        self._insides.pop()
        return tuple(term for term in terms if term is not None)

    def _given(self, value: Node, names: Names, depth: int) -> Term | None:
        """Return the term of a returned value; what has no name outside is declared inside."""
        inner = unwrapped(value)
        if depth > DEEPEST:
            return None
        if inner.type == "object":
            self._members(names, inner)
            return Term((*names, NEW))
        if inner.type in FUNCTIONS:
            own = (*names[:-1], f"{names[-1]}{NAMELESS_FUNCTION}")
            self._function(inner, inner, own, is_public=True)
            return Term(own)
        return self._given_name(inner, names, depth)

    def _given_name(self, value: Node, names: Names, depth: int) -> Term | None:
        """Return the term of a returned name or another returned expression."""
        inside = self._insides[-1]
        declared = self._declared_inside(value)
        if declared is not None:
            return self._given_local(declared, names, depth)
        if value.type == "this":
            return Term((SELF,))
        if value.type == "identifier" and text_of(value) in inside.parameters:
            return inside.parameters[text_of(value)]
        term = self._term(value)
        if term is None or not term.steps or value.type in _MAKING:
            return term
        return Term((*term.steps, TYPE), term.args)

    def _given_local(self, declared: Node, names: Names, depth: int) -> Term | None:
        name, value = declared.child_by_field_name("name"), value_of(declared)
        kind = declared.child_by_field_name("type")
        if kind is not None and declared.type == "variable_declarator":
            return self._types.types(kind, names)[0]
        if name is None or value is None:
            return None
        if value.type in FUNCTIONS or value.type in DECLARED_FUNCTIONS:
            own = (*names, text_of(name))
            self._function(value, name, own, is_public=True)
            return Term(own)
        return self._given(value, names, depth + 1) if value.type not in CLASSES else None

    # -- types ----------------------------------------------------------------------------------

    def _nameless(self, node: Node, names: Names) -> None:
        """Declare a type that has no name of its own."""
        if len(names) > DEEPEST:
            return
        if node.type == "function_type":
            self._function(node, node, names, is_public=True)
        else:
            self._add(names, "type", node, bases=self._records(node))
            self._type_members(names, node)

    def _records(self, body: Node | None) -> tuple[Term, ...]:
        """Return what an object type is by its index signatures, beside its members."""
        members = body.named_children if body is not None else ()
        signatures = (member for member in members if member.type == "index_signature")
        return tuple(record(signature, self._types.term) for signature in signatures)

    def _type_members(self, names: Names, body: Node | None) -> None:
        """Read the members of an interface or an object type."""
        if body is None or len(names) > DEEPEST:
            return
        for member in body.named_children:
            name = member.child_by_field_name("name")
            if member.type == "call_signature":
                self._function(member, member, names, is_public=True)
            elif name is None or name.type == "computed_property_name":
                continue
            elif member.type == "property_signature":
                own = (*names, string_of(name))
                self._valued(own, name, None, type_node=member.child_by_field_name("type"))
            elif member.type == "method_signature":
                self._method(member, name, (*names, string_of(name)), is_public=True)

    def _interface(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        body = node.child_by_field_name("body")
        with self._types.parameters_of(node, names, is_type=True):
            bases = (*self._bases(node), *self._records(body))
            self._add(names, "type", name, bases=bases, is_public=is_public)
            self._type_members(names, body)
        self.scopes.append((node.start_byte, node.end_byte, names))

    def _alias(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        value = node.child_by_field_name("value")
        sole = sole_type(value)
        with self._types.parameters_of(node, names, is_type=True):
            if sole is not None and sole.type == "function_type":
                self._function(sole, name, names, is_public)
            elif sole is not None and sole.type == "object_type":
                bases = self._records(sole)
                self._add(names, "type", name, bases=bases, is_public=is_public)
                self._type_members(names, sole)
            elif sole is not None and sole.type == "intersection_type":
                self._intersection(sole, name, names, is_public)
            else:
                types = self._types.types(value, names)
                self._add(names, "alias", name, types=types, is_public=is_public)

    def _intersection(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        """Read ``type Name = Base & { … }``: a type that inherits from the named parts."""
        parts, left = [], [node]
        while left:
            part = left.pop()
            if part.type in {"intersection_type", "parenthesized_type"}:
                left += reversed(part.named_children)
            else:
                parts.append(part)
        own = [
            part for part in parts if part.type == "object_type" and sole_signature(part) is None
        ]
        others = [part for part in parts if part not in own]
        bases = tuple(term for part in others for term in self._types.types(part, names))
        bases += tuple(term for part in own for term in self._records(part))
        self._add(names, "type", name, bases=bases, is_public=is_public)
        for part in own:
            self._type_members(names, part)

    def _bases(self, node: Node) -> Iterator[Term]:
        """Yield what a class or an interface inherits from."""
        for clause in node.named_children:
            if clause.type in _HERITAGE:
                for base in clause.named_children:
                    if base.type in _HERITAGE:
                        yield from self._bases(clause)
                        break
                    term = self._types.term(base) if base.type != "type_arguments" else None
                    if term is not None and term.steps:
                        yield Term(term.steps, term.args or self._arguments(clause))

    def _arguments(self, clause: Node) -> tuple[Term, ...]:
        """Return the type arguments of a base class, which stand behind it."""
        listed = clause.child_by_field_name("type_arguments")
        inner = listed.named_children if listed is not None else []
        return tuple(
            self._types.term(argument) or UNKNOWN for argument in inner if not argument.is_extra
        )

    def _enumeration(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        self._add(names, "type", name, is_public=is_public)
        body = node.child_by_field_name("body")
        for member in body.named_children if body is not None else ():
            own = member.child_by_field_name("name") if member.type == "enum_assignment" else member
            if own is not None and own.type in {"property_identifier", "string"}:
                self._add((*names, string_of(own)), "value", own, types=(Term(names),))

    # -- classes --------------------------------------------------------------------------------

    def _class(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        if len(names) > DEEPEST:
            return
        self.scopes.append((node.start_byte, node.end_byte, names))
        with self._types.parameters_of(node, names, is_type=True):
            self._add(names, "type", name, bases=tuple(self._bases(node)), is_public=is_public)
            body = node.child_by_field_name("body")
            for member in body.named_children if body is not None else ():
                key = member.child_by_field_name("name") or member.child_by_field_name("property")
                if key is None or key.type == "computed_property_name":
                    continue
                own = (*names, string_of(key))
                if member.type in _SIGNATURES:
                    self._method(member, key, own, is_public=True)
                    if own[-1] == _CONSTRUCTOR:
                        self._constructor(member, names)
                elif member.type in {"field_definition", "public_field_definition"}:
                    value = member.child_by_field_name("value")
                    kind = member.child_by_field_name("type")
                    self._valued(own, key, value, type_node=kind)

    def _method(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        if any(child.type in {"get", "set"} for child in node.children[:4]):
            with self._types.parameters_of(node, names):
                types = self._result(node, names, Inside())
            self._add(names, "value", name, types=types, is_public=is_public)
        else:
            self._function(node, name, names, is_public)

    def _constructor(self, node: Node, names: Names) -> None:
        """Read parameters that are fields as well, and the fields that the body sets at first."""
        formal = node.child_by_field_name("parameters")
        known: dict[str, Term | None] = {}
        for parameter in formal.named_children if formal is not None else ():
            pattern, kind = pattern_of(parameter), parameter.child_by_field_name("type")
            if pattern is None or pattern.type != "identifier":
                continue
            name = text_of(pattern)
            if any(child.type in _MODIFIERS for child in parameter.children[:3]):
                self._valued((*names, name), pattern, None, type_node=kind)
            types = self._types.types(kind, (*names, _CONSTRUCTOR, name))
            known[name] = types[0] if types else None
        body = node.child_by_field_name("body")
        for path, left, value in set_on_this(body):
            own = (*names, path)
            if own in self._declared:
                continue
            name_node = left.child_by_field_name("property") or left
            if value.type == "identifier" and text_of(value) in known:
                term = known[text_of(value)]
                self._add(own, "value", name_node, types=(term,) if term is not None else ())
            else:
                self._insides.append(Inside(parameters=dict(known)))
                self._valued(own, name_node, value)
                self._insides.pop()
