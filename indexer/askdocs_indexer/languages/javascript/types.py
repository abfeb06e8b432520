"""Types as JavaScript files write them, where some have no name of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.facts import PARAMETER, Names, Term
from askdocs_indexer.languages.javascript.syntax import UNKNOWN, syntax_of
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Special
from askdocs_indexer.languages.terms import TermReader

# What stands behind the name of the declaration that uses a type without a name.
NAMELESS_OBJECT = "{}"
NAMELESS_FUNCTION = "=>"
_NOTHING = frozenset({"null", "undefined"})
_AROUND = frozenset(
    {"opting_type_annotation", "parenthesized_type", "readonly_type", "type_annotation"}
)

Declare = Callable[[Node, Names], None]


class TypeReader:
    """Makes terms of types, and has those without a name declared beside their owner."""

    def __init__(self, language: str, declare: Declare) -> None:
        self._declare = declare
        self._owner: Names = ()
        self._parameters: dict[str, Term] = {}
        syntax = syntax_of(language)
        nameless: dict[str, Special] = {
            "object_type": self._nameless(NAMELESS_OBJECT),
            "function_type": self._nameless(NAMELESS_FUNCTION),
            "type_identifier": self._named,
        }
        self._terms = TermReader(replace(syntax, special={**syntax.special, **nameless}))

    def term(self, node: Node | None) -> Term | None:
        """Return what an expression says."""
        return self._terms.term(node)

    def types(self, node: Node | None, owner: Names) -> tuple[Term, ...]:
        """Return the alternatives of a type; its nameless parts are called by `owner`."""
        if node is None:
            return ()
        before, self._owner = self._owner, owner
        try:
            # What is declared but has no members is not the same as what is not declared.
            return self._terms.types(node) or (UNKNOWN,)
        finally:
            self._owner = before

    @contextmanager
    def parameters_of(self, node: Node, owner: Names, *, is_type: bool = False) -> Iterator[None]:
        """Know the type parameters of a declaration; those of a type are filled where it is used.

        Those of a function stand for what they extend.
        """
        before = self._parameters
        declared = node.child_by_field_name("type_parameters")
        if declared is not None:
            self._parameters = {**before, **self._parameter_terms(declared, owner, is_type)}
        try:
            yield
        finally:
            self._parameters = before

    def _parameter_terms(self, declared: Node, owner: Names, is_type: bool) -> dict[str, Term]:
        terms: dict[str, Term] = {}
        listed = (child for child in declared.named_children if child.type == "type_parameter")
        for index, parameter in enumerate(listed):
            name = parameter.child_by_field_name("name")
            constraint = parameter.child_by_field_name("constraint")
            inner = constraint.named_children[-1] if constraint is not None else None
            extended = self.types(inner, owner)[0] if inner is not None else UNKNOWN
            if name is not None:
                position = Term((f"{PARAMETER}{index}",), (extended,))
                terms[text_of(name)] = position if is_type else extended
        return terms

    def _named(self, node: Node, term: Callable[[Node | None], Term | None]) -> Term:
        name = text_of(node)
        known = self._parameters.get(name)
        return known if known is not None else Term((name,))

    def _nameless(self, name: str) -> Special:
        def read(node: Node, term: Callable[[Node | None], Term | None]) -> Term:
            if (signature := sole_signature(node)) is not None:
                copied = copied_type(signature)
                return term(copied) or UNKNOWN if copied is not None else record(signature, term)
            if not self._owner:
                return UNKNOWN
            names = (*self._owner[:-1], f"{self._owner[-1]}{name}")
            self._declare(node, names)
            return Term(names)

        return read


def record(signature: Node, term: Callable[[Node | None], Term | None]) -> Term:
    """Return what an index signature makes of an object: ``Record<…, Kind>``."""
    return Term(("=Record",), (UNKNOWN, term(signature.named_children[-1]) or UNKNOWN))


def sole_type(node: Node | None) -> Node | None:
    """Return the only type that an annotation names, besides null and undefined.

    Of an object type without members that is its index signature, or the type that it copies.
    """
    while node is not None:
        if node.type == "union_type":
            inner = [child for child in node.named_children if not _is_nothing(child)]
        elif node.type in _AROUND:
            inner = [child for child in node.named_children if not child.is_extra]
        elif (signature := sole_signature(node)) is not None:
            inner = [copied_type(signature) or signature]
        else:
            return node
        node = inner[0] if len(inner) == 1 else None
    return None


def sole_signature(node: Node) -> Node | None:
    """Return the index signature that is all an object type has."""
    members = [member for member in node.named_children if not member.is_extra]
    is_sole = node.type == "object_type" and len(members) == 1
    return members[0] if is_sole and members[0].type == "index_signature" else None


def copied_type(signature: Node) -> Node | None:
    """Return `T` of ``{[K in …]: T[K]}``, an object type whose members are those of `T`."""
    *parts, kind = signature.named_children
    clause = next((part for part in parts if part.type == "mapped_type_clause"), None)
    key = clause.child_by_field_name("name") if clause is not None else None
    kind = sole_type(kind) or kind
    if key is None or kind.type != "lookup_type":
        return None
    copied, *keys = kind.named_children
    return copied if [text_of(part) for part in keys] == [text_of(key)] else None


def _is_nothing(node: Node) -> bool:
    return node.is_extra or (node.type == "literal_type" and text_of(node) in _NOTHING)
