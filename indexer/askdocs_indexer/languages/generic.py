"""The symbol at a position, for languages that describe themselves by tables; see `syntax.py`."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import FileSymbols
from askdocs_indexer.languages.facts import RESULT, SELF, Names, Term
from askdocs_indexer.languages.locals import Definition, Locals
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path, text_of
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Project,
    Target,
    Targets,
    Values,
    instances,
)
from askdocs_indexer.languages.syntax import Syntax
from askdocs_indexer.languages.terms import TermReader

_DEEPEST = 12


def resolve(parsed: Parsed, offset: int, project: Project, syntax: Syntax) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; see `symbols.resolution.symbol_in`."""
    if parsed.tree is None:
        return None
    path = identifier_path(parsed.tree.root_node, offset, syntax.identifiers)
    return Finder(parsed, project, syntax, path).symbol() if path is not None else None


class Finder:
    """One look-up: the identifier at the end of `path`."""

    def __init__(self, parsed: Parsed, project: Project, syntax: Syntax, path: list[Node]) -> None:
        if "locals" not in parsed.memo:
            parsed.memo["locals"] = Locals(path[0], parsed.language, syntax)
        self._parsed = parsed
        self._project = project
        self._syntax = syntax
        self._locals: Locals = parsed.memo["locals"]
        self._symbols: FileSymbols = parsed.memo["symbols"]
        self._terms = TermReader(syntax)
        self._path = path
        self._leaf = path[-1]
        self._name = text_of(self._leaf)
        self._scope = self._enclosing()

    def symbol(self) -> Symbol | None:
        """Return the symbol, or None where the identifier stands for nothing."""
        parent = self._path[-2]
        if (names := self._symbols.declared_at(self._leaf.start_byte)) is not None:
            declared = self._project.meant((*self._project.facts.module, *names))
            bases = (base for one in declared for base in self._project.overridden(one))
            return self._made((*declared, *bases), is_sure=True)
        if any(
            not field or self._is(parent, field)
            for kind, field in self._syntax.silent
            if kind == parent.type
        ):
            return None
        if any(node.type in self._syntax.import_nodes for node in self._path):
            return self._made(self._imported(), is_sure=True)
        if (owner := self._key_owner(parent)) is not None:
            return self._made(self._keyed(owner))
        if (member := self._member()) is not None:
            owners = self._project.follow(self._value(member[1]), self._steps(member[0]))
            return self._made(self._project.select(owners, self._name))
        return self._bare()

    # -- where the identifier stands ----------------------------------------------------------

    def _is(self, parent: Node, name: str) -> bool:
        return any(child.id == self._leaf.id for child in parent.children_by_field_name(name))

    def _member(self) -> tuple[Node, Node] | None:
        """Return the ``a.b`` node of which the identifier is the name, and its owner."""
        inner = self._leaf
        for node in reversed(self._path[:-1]):
            if node.type in self._syntax.members:
                owner_field, name_field = self._syntax.members[node.type]
                owner, name = (node.child_by_field_name(f) for f in (owner_field, name_field))
                is_name = owner is not None and name is not None and name.id == inner.id
                return (node, owner) if owner is not None and is_name else None
            if node.type not in self._syntax.paths | self._syntax.wrappers:
                return None
            if self._terms.name_nodes(node)[-1:] != [self._leaf]:
                return None
            inner = node
        return None

    def _enclosing(self) -> Names:
        """Return the names of the innermost type or module of the file around the identifier."""
        return self._symbols.scope_at(self._leaf.start_byte)

    # -- what it stands for -------------------------------------------------------------------

    def _bare(self) -> Symbol | None:
        route = self._route()
        first = text_of(route[0])
        local = self._locals.visible(first, route[0].start_byte)
        steps = [text_of(node) for node in route[1:]]
        if local is not None:
            if not steps:
                return None
            values = self._project.follow(self._local(local, 0), steps[:-1])
            return self._made(self._project.select(values, steps[-1]))
        targets = self._project.denoted(Term((first, *steps)), self._scope)
        return self._made(targets, is_sure=not steps)

    def _route(self) -> list[Node]:
        """Return the names of the path that the identifier is part of, up to it."""
        top = self._leaf
        for node in reversed(self._path[:-1]):
            if node.type not in self._syntax.paths:
                break
            top = node
        names = self._terms.name_nodes(top)
        route = [node for node in names if node.start_byte <= self._leaf.start_byte]
        return route if route and route[-1].id == self._leaf.id else [self._leaf]

    def _imported(self) -> Targets:
        """Return what a name inside an import stands for: the local name, or what it renames."""
        statement = next(node for node in self._path if node.type in self._syntax.import_nodes)
        for one in self._syntax.imports(statement):
            if self._name == one.name or one.target[-1:] == (self._name,):
                return self._project.imported(one)
        return ()

    def _key_owner(self, parent: Node) -> Node | Term | None:
        """Return what the identifier is a key of, if it is one."""
        field = self._syntax.keys.get(parent.type)
        if field is None or (field and not self._is(parent, field)):
            return None
        return self._syntax.key_owner(self._path)

    def _keyed(self, owner: Node | Term) -> Targets:
        if not isinstance(owner, Term):
            return self._project.select(self._value(owner), self._name)
        targets = self._project.select(self._project.evaluate(owner, self._scope), self._name)
        if owner.steps == (SELF,) and not any(map(self._project.declarations, targets)):
            return self._project.look_up(self._scope, self._name)  # A base that is initialised.
        return targets

    def _steps(self, member: Node) -> Names:
        """Return what is done to the owner of a member before it is selected."""
        return (RESULT,) if self._syntax.looks_through(member) else ()

    # -- values -------------------------------------------------------------------------------

    def value(self, node: Node) -> Values:
        """Return what an expression of the document is."""
        return self._value(node)

    def _value(self, node: Node | None, depth: int = 0) -> Values:
        term = self._terms.term(node)
        return self._of(term, node, depth) if term is not None and node is not None else ()

    def _of(self, term: Term, node: Node, depth: int) -> Values:
        """Return what a term is at a node, where its first name may be a local."""
        if depth > _DEEPEST or not term.steps:
            return ()
        local = self._locals.visible(term.steps[0], node.start_byte)
        if local is None:
            return self._project.evaluate(term, self._scope)
        return self._project.follow(self._local(local, depth + 1), term.steps[1:])

    def _local(self, row: Definition, depth: int) -> Values:
        if row.type is not None:
            types = (self._of(term, row.type, depth) for term in self._terms.types(row.type))
            values = tuple(value for one in types for value in one)
            if values:
                return instances(values)
        if row.value is not None and (values := self._value(row.value, depth)):
            return values
        return self._project.iterated(self._value(row.element, depth))

    # -- the answer ---------------------------------------------------------------------------

    def _made(self, targets: Sequence[Target], *, is_sure: bool = False) -> Symbol | None:
        """Return the symbol; None for a plain name that stands for nothing."""
        if not targets and is_sure:
            return None
        position = self._parsed.position_of(self._leaf.start_byte)
        outside = (name for one in targets if isinstance(one, External) for name in one.names)
        return Symbol(
            name=self._name,
            candidates=tuple(dict.fromkeys(outside)),
            start=position,
            end=(position[0], position[1] + len(self._name)),
            family=self._project.family,
            identities=tuple(one for one in targets if isinstance(one, Identity)),
        )
