"""From syntax nodes to terms, by the tables of a language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, ELEMENT, NEW, RESULT, SELF, SUPER, Term
from askdocs_indexer.languages.syntax import Syntax, name_nodes, names_of

_DEEPEST = 40

_Reader = Callable[[Node, int], Term | None]


class TermReader:
    """Makes terms of the nodes of one language."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._readers: dict[str, _Reader] = {}
        # What comes later counts where a node is in two tables.
        self._read(syntax.wrappers, lambda node, depth: self.term(first(node), depth))
        self._read(syntax.identifiers, lambda node, depth: Term(names_of(node)))
        self._read(syntax.paths, self._path)
        self._read(syntax.lists, self._list)
        for table, step in (
            (syntax.calls, CALL),
            (syntax.constructors, NEW),
            (syntax.elements, ELEMENT),
            (syntax.waits, RESULT),
        ):
            self._read(table, self._step(table, step))
        self._read(syntax.members, self._member)
        self._read(syntax.receivers, lambda node, depth: Term((SELF, NEW)))
        self._read(syntax.parents, lambda node, depth: Term((SELF, SUPER, NEW)))
        self._read(syntax.literals, lambda node, depth: Term((f"={syntax.literals[node.type]}",)))
        self._read(syntax.special, self._special)

    def _read(self, kinds: Iterable[str], reader: _Reader) -> None:
        self._readers |= dict.fromkeys(kinds, reader)

    def term(self, node: Node | None, depth: int = 0) -> Term | None:
        """Return what a type or an expression says; None where no table reads it."""
        if node is None or depth > _DEEPEST:
            return None
        reader = self._readers.get(node.type)
        return reader(node, depth + 1) if reader is not None else None

    def types(self, node: Node | None) -> tuple[Term, ...]:
        """Return the alternatives of a declared type."""
        return tuple(
            term for alternative in self._alternatives(node, 0) if (term := self.term(alternative))
        )

    def name_nodes(self, node: Node) -> list[Node]:
        """Return the names of a path, in order."""
        return name_nodes(node, self._syntax.arguments)

    def _alternatives(self, node: Node | None, depth: int) -> Iterator[Node]:
        if node is None or depth > _DEEPEST:
            return
        if node.type in self._syntax.unions:
            for child in node.named_children:
                yield from self._alternatives(child, depth + 1)
        elif node.type in self._syntax.wrappers:
            yield from self._alternatives(first(node), depth + 1)
        else:
            yield node

    def _member(self, node: Node, depth: int) -> Term | None:
        whole, part = member_parts(node, self._syntax)
        owner, name = self.term(whole, depth), self.term(part, depth)
        if name is None or whole is None or part is None or whole.id == part.id:
            return name
        if owner is None:
            return None
        pointed = (RESULT,) if self._syntax.looks_through(node) else ()
        return Term((*owner.steps, *pointed, *name.steps))

    def _list(self, node: Node, depth: int) -> Term | None:
        element = self.term(_inner(node, self._syntax.lists[node.type]), depth)
        return Term((ELEMENT,), (element,)) if element is not None else None

    def _step(self, table: Mapping[str, str], step: str) -> _Reader:
        def read(node: Node, depth: int) -> Term | None:
            whole = self.term(_inner(node, table[node.type]), depth)
            return Term((*whole.steps, step), whole.args) if whole is not None else None

        return read

    def _path(self, node: Node, depth: int) -> Term | None:
        steps = names_of(node, self._syntax.arguments)
        lists = [
            child
            for child in _tail(node, self._syntax.arguments)
            if child.type in self._syntax.arguments
        ]
        inner = lists[-1].named_children if lists else []
        args = (
            self.term(argument, depth) or Term(()) for argument in inner if not argument.is_extra
        )
        return Term(steps, tuple(args)) if steps else None

    def _special(self, node: Node, depth: int) -> Term | None:
        return self._syntax.special[node.type](node, lambda inner: self.term(inner, depth))


def first(node: Node) -> Node | None:
    """Return the first child of a node that is not a comment."""
    return next((child for child in node.named_children if not child.is_extra), None)


def member_parts(node: Node, syntax: Syntax) -> tuple[Node | None, Node | None]:
    """Return the owner and the name of an ``a.b`` node."""
    owner_field, name_field = syntax.members[node.type]
    inner = [child for child in node.named_children if not child.is_extra]
    return (
        _inner(node, owner_field),
        node.child_by_field_name(name_field) if name_field else inner[-1] if inner else None,
    )


def _inner(node: Node, field: str) -> Node | None:
    return node.child_by_field_name(field) if field else first(node)


def _tail(node: Node, arguments: frozenset[str]) -> Iterator[Node]:
    """Yield the children along the last branch of a path, where its own type arguments stand."""
    while node.named_children and node.type not in arguments:
        yield from node.named_children
        node = node.named_children[-1]
