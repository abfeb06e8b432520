"""The symbol at a position of a C# document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.csharp.syntax import CONSTRUCTOR, EXTENSION, SYNTAX
from askdocs_indexer.languages.facts import NEW, SELF, Import, Term
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Project,
    Target,
    Targets,
    Value,
    Values,
)
from askdocs_indexer.languages.terms import first

_ATTRIBUTE = "Attribute"
_MADE = frozenset({"implicit_object_creation_expression", "object_creation_expression"})
_DECLARING = ("field_declaration", "property_declaration", "variable_declaration")
IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    return generic.resolve(parsed, offset, project, SYNTAX, _Finder)


class _Finder(generic.Finder):
    """Adds attributes, using directives, initializers, constructors and extension methods."""

    def symbol(self) -> Symbol | None:
        parent = self._path[-2]
        if any(node.type == "using_directive" for node in self._path):
            return self._used()
        if any(_is_condition_of(self._leaf, node) for node in self._path):
            return None
        if parent.type == "argument" and self._is(parent, "name"):
            return self._made(self._argument(), is_sure=True)
        if (owners := self._initialized()) is not None:
            return self._made(self._selected(owners))
        owner = self._owner()
        if owner is None and parent.type == "member_binding_expression":
            owner = self._path[-3].child_by_field_name("condition")
        if owner is not None:
            return self._made(self._selected(self._value(owner)))
        return super().symbol()

    # -- names ----------------------------------------------------------------------------------

    def _used(self) -> Symbol | None:
        """Resolve a name of a using directive: those of the path up to it are a full name."""
        names = tuple(text_of(node) for node in self._route())
        directive = next(node for node in self._path if node.type == "using_directive")
        if directive.child_by_field_name("name") == self._leaf:
            targets = (self._project.imported(imported) for imported in SYNTAX.imports(directive))
            return self._made(next(targets, ()), is_sure=True)
        full = Import(names[-1], ".".join(names[:-1]), names[-1:])
        return self._made(self._project.imported(full))

    def _bare(self) -> Symbol | None:
        parent = self._path[-2]
        route = self._route()
        if parent.type == "attribute" or (len(route) > 1 and self._is_annotation()):
            return self._made(self._annotation(route), is_sure=True)
        if targets := self._enumeration(parent):
            return self._made(targets)
        symbol = super()._bare()
        if symbol is None or symbol.identities or len(route) > 1:
            return self._with_constructor(symbol)
        if SYNTAX.is_type(self._path):
            return symbol
        # Not a name of the workspace: a type or namespace, or inherited from outside.
        if parent.type == "member_access_expression":
            return symbol
        return self._made(self._inherited(), is_sure=True)

    def _enumeration(self, parent: Node) -> Targets:
        """Return the enumeration of a `Level.High` where a member is called `Level` as well."""
        if parent.type != "member_access_expression" or not self._is(parent, "expression"):
            return ()
        member = parent.child_by_field_name("name")
        kinds = self._project.denoted(Term((self._name,)), self._scope, is_type=True)
        values = self._project.values_of(kinds)
        if member is None or self._locals.visible(self._name, self._leaf.start_byte):
            return ()
        named = self._project.select(values, text_of(member))
        given = {value.target for value in self._project.values_of(named)}
        return kinds if given and given == {value.target for value in values} else ()

    def _inherited(self) -> Targets:
        """Return the member of an outside base that a plain name must stand for."""
        types = self._project.evaluate(Term((SELF, NEW)), self._scope)
        targets = self._project.select(types, self._name)
        return tuple(target for target in targets if isinstance(target, External))

    def _is_annotation(self) -> bool:
        return any(node.type == "attribute" for node in self._path[-4:]) and not any(
            node.type == "attribute_argument_list" for node in self._path[-4:]
        )

    def _annotation(self, route: Sequence[Node]) -> Targets:
        """Return the type of an attribute, which may leave out the end of its name."""
        *outer, last = (text_of(node) for node in route)
        outside: list[Target] = []
        for name in (f"{last}{_ATTRIBUTE}", last):
            targets = self._project.denoted(Term((*outer, name)), self._scope, is_type=True)
            declared = tuple(target for target in targets if self._project.declarations(target))
            if declared:
                return declared
            outside += (target for target in targets if isinstance(target, External))
        return tuple(outside)

    # -- members --------------------------------------------------------------------------------

    def _selected(self, values: Values) -> Targets:
        """Return the members of the name that values have, or the extension method for them."""
        targets = self._project.select(values, self._name)
        if any(self._project.declarations(target) for target in targets):
            return targets
        return self._extension(values) or targets

    def _extension(self, values: Values) -> Targets:
        bound = self._project.denoted(Term((f"{EXTENSION}{self._name}",)), self._scope)
        methods = tuple(target for target in bound if isinstance(target, Identity))
        own = {kind for value in values if value.is_instance for kind in self._types(value.target)}
        accepted = {
            value.target
            for method in methods
            for value in self._project.expected((Value(method),), 0)
        }
        return methods if own & accepted else ()

    def _types(self, target: Target) -> list[Target]:
        types = [target]
        for kind in types:
            types += (base for base in self._project.bases(kind) if base not in types)
        return types

    def _with_constructor(self, symbol: Symbol | None) -> Symbol | None:
        """Put the constructor before the type of a ``new T()``."""
        is_made = any(
            node.type == "object_creation_expression"
            and self._ends(node.child_by_field_name("type"))
            for node in self._path[-5:]
        )
        if symbol is None or not is_made:
            return symbol
        made = (
            Identity(identity.family, (*identity.names, CONSTRUCTOR))
            for identity in symbol.identities
        )
        known = tuple(target for target in made if self._project.declarations(target))
        return replace(symbol, identities=(*known, *symbol.identities))

    def _ends(self, node: Node | None) -> bool:
        return node is not None and self._terms.name_nodes(node)[-1:] == [self._leaf]

    # -- names of initializers and arguments ----------------------------------------------------

    def _argument(self) -> Targets:
        """Return the property that a named argument of a record's constructor sets."""
        call = self._path[-4] if len(self._path) > 3 else None
        if call is None or call.type not in _MADE:
            return ()
        targets = self._project.select(self._created(call, self._path[:-4]), self._name)
        return tuple(target for target in targets if self._project.declarations(target))

    def _initialized(self) -> Values | None:
        """Return what the name sets or checks a member of; None where it does neither."""
        *above, parent, leaf = self._path
        readers = {
            "assignment_expression": self._set,
            "attribute_argument": self._annotated,
            "subpattern": self._matched,
            "with_initializer": self._copied,
        }
        start = first(parent) if parent.type in readers else None
        if start == leaf and (parent.type != "attribute_argument" or self._is(parent, "name")):
            return readers[parent.type](above)
        # `{ A.B: 1 }`: both names are those of members.
        checks = (node.named_children[0] for node in above if node.type == "subpattern")
        return () if any(_is_in(leaf, node) for node in checks) else None

    def _set(self, above: Sequence[Node]) -> Values | None:
        """Return what ``new T { A = 1 }`` makes; None for any other assignment."""
        if not above or above[-1].type != "initializer_expression":
            return None
        is_made = len(above) > 1 and above[-2].type in _MADE
        return self._created(above[-2], above[:-2]) if is_made else ()

    def _annotated(self, above: Sequence[Node]) -> Values:
        attributes = [node for node in above if node.type == "attribute"]
        name = attributes[-1].child_by_field_name("name") if attributes else None
        route = self._terms.name_nodes(name) if name is not None else []
        return self._project.values_of(self._annotation(route)) if route else ()

    def _copied(self, above: Sequence[Node]) -> Values:
        return self._value(first(above[-1]) if above else None)

    def _created(self, creation: Node, above: Sequence[Node]) -> Values:
        """Return the type of a ``new T()``, or of what a ``new()`` is declared as."""
        kind = creation.child_by_field_name("type")
        if kind is None and len(above) > 1:
            near = above[-2] if above[-1].type == "variable_declarator" else above[-1]
            kind = near.child_by_field_name("type") if near.type in _DECLARING else None
        return self._value(kind)

    def _matched(self, above: Sequence[Node]) -> Values:
        """Return what a pattern with properties is matched against."""
        pattern = above[-2] if len(above) > 1 else None
        kind = pattern.child_by_field_name("type") if pattern is not None else None
        if kind is not None or len(above) < 3:
            return self._value(kind)
        outer = above[-3]
        if outer.type == "is_pattern_expression":
            return self._value(outer.child_by_field_name("expression"))
        if outer.type == "switch_expression_arm" and len(above) > 3:
            return self._value(first(above[-4]))
        return ()


def _is_condition_of(leaf: Node, node: Node) -> bool:
    """Return whether a name is a symbol of the preprocessor."""
    condition = node.child_by_field_name("condition") if node.type.startswith("preproc_") else None
    return condition is not None and _is_in(leaf, condition)


def _is_in(leaf: Node, node: Node) -> bool:
    return node.start_byte <= leaf.start_byte < node.end_byte
