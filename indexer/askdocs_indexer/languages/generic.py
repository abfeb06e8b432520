"""The symbol at a position, for languages that describe themselves by tables; see `syntax.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import FileSymbols
from askdocs_indexer.languages.facts import CALL, RESULT, SELF, Import, Names, Term
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
from askdocs_indexer.languages.syntax import LambdaPosition, Syntax
from askdocs_indexer.languages.terms import TermReader, member_parts

_DEEPEST = 12
_PAIR = 2
_RETURNS = frozenset({"return_expression", "return_statement"})


def resolve(
    parsed: Parsed,
    offset: int,
    project: Project,
    syntax: Syntax,
    finder: type[Finder] | None = None,
) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; see `symbols.resolution.symbol_in`.

    `finder` is a language's own, where the tables of its syntax do not say all.
    """
    if parsed.tree is None:
        return None
    path = identifier_path(parsed.tree.root_node, offset, syntax.identifiers)
    return (finder or Finder)(parsed, project, syntax, path).symbol() if path is not None else None


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
        self._scope = project.scope = self._enclosing()
        self._lambdas: dict[LambdaPosition, Values] = {}

    def symbol(self) -> Symbol | None:
        """Return the symbol, or None where the identifier stands for nothing."""
        parent = self._path[-2]
        if (declared := self._declared()) is not None:
            return self._made(declared, is_sure=True)
        if any(
            not field or self._is(parent, field)
            for kind, field in self._syntax.silent
            if kind == parent.type
        ):
            return None
        if any(node.type in self._syntax.import_nodes for node in self._path):
            return self._made(self._imported(), is_sure=True)
        if (keyed := self._keyed(parent)) is not None:
            return self._made(self._fitting(keyed))
        if (owner := self._owner()) is not None:
            return self._made(self._fitting(self._member_of_value(owner)))
        return self._bare()

    def _owner(self) -> Node | None:
        """Return what the identifier is a member of, by itself or with type arguments behind it."""
        name = self._leaf
        for node in reversed(self._path[:-1]):
            if node.type in self._syntax.members:
                owner, part = member_parts(node, self._syntax)
                is_name = part is not None and owner is not None and part.id == name.id != owner.id
                return owner if is_name else None
            if node.type not in self._syntax.paths | self._syntax.wrappers:
                return None
            if self._terms.name_nodes(node)[-1:] != [self._leaf]:
                return None
            name = node
        return None

    def _member_of_value(self, owner: Node) -> Targets:
        """Return what the identifier stands for as a member of an expression."""
        values = self._value(owner)
        if owner.parent is not None and self._syntax.looks_through(owner.parent):
            values = self._project.follow(values, (RESULT,))
        return self._project.select(values, self._name)

    # -- where the identifier stands ----------------------------------------------------------

    def _is(self, parent: Node, name: str) -> bool:
        return any(child.id == self._leaf.id for child in parent.children_by_field_name(name))

    def _is_type(self) -> bool:
        """Return whether the identifier stands where only a type can."""
        near = {node.type for node in self._path[-2:]}
        return not near.isdisjoint(self._syntax.types) or self._syntax.is_type(self._path)

    def _is_called(self, parent: Node) -> bool:
        """Return whether the identifier is the function of a call that names no owner."""
        if parent.type not in self._syntax.members:
            return False
        name = member_parts(parent, self._syntax)[1]
        return name is not None and name.id == self._leaf.id

    def _enclosing(self) -> Names:
        """Return the names of the innermost type or module of the file around the identifier."""
        return self._symbols.scope_at(self._leaf.start_byte)

    def _declared(self) -> Targets | None:
        """Return what the file declares at the identifier; None where it declares nothing."""
        names = self._symbols.declared_at(self._leaf.start_byte)
        if names is None:
            return None
        return self._project.meant((*self._project.facts.module, *names))

    # -- what it stands for -------------------------------------------------------------------

    def _bare(self) -> Symbol | None:
        route = self._route()
        first = text_of(route[0])
        local = self._visible(first, route[0], route[0])
        steps = [text_of(node) for node in route[1:]]
        if self._is_called(self._path[-2]) and not self._syntax.has_local_functions:
            local = None
        if local is not None:
            if not steps:
                return self._made(self._renamed(local), is_sure=True)
            values = self._project.follow(self._local(local, 0), steps[:-1])
            return self._made(self._project.select(values, steps[-1]))
        received = self._received(first, route[0], 0) if not steps else ()
        term = Term((first, *steps))
        targets = received or self._project.denoted(term, self._scope, is_type=self._is_type())
        return self._made(self._fitting(targets), is_sure=not steps)

    def _fitting(self, targets: Targets) -> Targets:
        """Return the targets that the identifier can mean where it stands."""
        return tuple(target for target in targets if self._fits(target, self._path))

    def _fits(self, target: Target, path: Sequence[Node]) -> bool:
        if self._syntax.fits is None:
            return True
        kinds = frozenset(declaration.kind for declaration in self._project.declarations(target))
        name = next(iter(target.names[-1:] if isinstance(target, Identity) else target.names), "")
        return self._syntax.fits(path, name, kinds)

    def _begins(self, head: Node | None, name: str) -> bool:
        """Return whether what a name stands for can be meant where an expression begins with it."""
        if head is None or head.parent is None:
            return True
        path = [head.parent, head]
        targets = self._project.denoted(Term((name,)), self._scope)
        return not targets or any(self._fits(target, path) for target in targets)

    def _renamed(self, row: Definition) -> Targets:
        """Return what a local is another name for; nothing for one of its own."""
        return ()

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
        if self._syntax.import_path is not None:
            names = self._syntax.import_path(self._path)
            return self._project.imported(Import("", "", names, self._scope)) if names else ()
        statement = next(node for node in self._path if node.type in self._syntax.import_nodes)
        for imported in self._syntax.imports(statement):
            if self._name == imported.name or imported.target[-1:] == (self._name,):
                return self._project.imported(imported)
        return ()

    def _key_owner(self, parent: Node) -> Node | Term | None:
        """Return what the identifier is a key of, if it is one."""
        field = self._syntax.keys.get(parent.type)
        if field is None or (field and not self._is(parent, field)):
            return None
        return self._syntax.key_owner(self._path)

    def _keyed(self, parent: Node) -> Targets | None:
        """Return what the identifier stands for as a key; None where it is none."""
        owner = self._key_owner(parent)
        if owner is None:
            return None
        if isinstance(owner, Term):
            values = self._project.evaluate(owner, self._scope)
        else:
            values = self._value(owner)
        targets = self._project.select(values, self._name)
        if parent.type not in self._syntax.open_keys:
            return targets
        # What the type around has for a key is its own: a field, not what it may inherit.
        is_own = isinstance(owner, Term) and owner.steps == (SELF,)
        members = (target for target in targets if not (is_own and isinstance(target, External)))
        is_member = any(
            isinstance(member, External) or self._declares(member) for member in members
        )
        return targets if is_member else None

    def _declares(self, target: Target) -> bool:
        return bool(self._project.declarations(target))

    # -- values -------------------------------------------------------------------------------

    def value(self, node: Node) -> Values:
        """Return what an expression of the document is."""
        return self._value(node)

    def _value(self, node: Node | None, depth: int = 0) -> Values:
        while node is not None and (inner := self._syntax.yields(node)) is not None:
            node = inner
        term = self._terms.term(node)
        return self._of(term, node, depth) if term is not None and node is not None else ()

    def _of(self, term: Term, node: Node, depth: int, *, is_type: bool = False) -> Values:
        """Return what a term is at a node, where its first name may be a local."""
        if depth > _DEEPEST or not term.steps:
            return ()
        head = self._head(node, term.steps[0])
        local = self._visible(term.steps[0], node, head)
        if term.steps[1:2] == (CALL,) and not self._syntax.has_local_functions:
            local = None
        if local is None:
            if received := self._received(term.steps[0], node, depth + 1):
                return self._project.follow(self._project.values_of(received), term.steps[1:])
            if not self._begins(head, term.steps[0]):
                return ()
            return self._project.evaluate(term, self._scope, is_type=is_type)
        if term.steps[1:2] == (CALL,):
            returned = self._returned(local, depth + 1)
            if returned is not None:
                return self._project.follow(returned, term.steps[2:])
        return self._project.follow(self._local(local, depth + 1), term.steps[1:])

    def _returned(self, row: Definition, depth: int) -> Values | None:
        """Return what calling a local function gives; None where a local may be another value.

        Without a declared type that is what all its returns agree on.
        """
        function = row.name.parent if row.is_function else row.value
        parts = self._syntax.result(function) if function is not None else None
        if parts is None or depth > _DEEPEST:
            return None
        declared, body = parts
        if declared is not None:
            return instances(
                value
                for term in self._terms.types(declared)
                for value in self._of(term, declared, depth, is_type=True)
            )
        values = {self._value(node, depth) for node in self._results(body)} - {()}
        return values.pop() if len(values) == 1 else ()

    def _results(self, body: Node | None) -> Iterator[Node]:
        """Yield what a function may return: its body, as an expression, and what it says."""
        left = [body] if body is not None else []
        yield from left
        while left:
            for child in left.pop().named_children:
                if child.type in _RETURNS:
                    yield from child.named_children[:1]
                elif self._syntax.result(child) is None:
                    left.append(child)

    def _local(self, row: Definition, depth: int) -> Values:
        if row.type is not None:
            types = (
                self._of(term, row.type, depth, is_type=True)
                for term in self._terms.types(row.type)
            )
            values = tuple(value for alternative in types for value in alternative)
            if values:
                return instances(values)
        if row.value is not None and (values := self._value(row.value, depth)):
            return values
        if row.element is not None:
            held = self._value(row.element, depth)
            if not self._syntax.iterates_last:
                held = tuple(value for value in held if len(value.args) < _PAIR)
            return self._project.iterated(held)
        if row.result is not None:
            return self._project.follow(self._value(row.result, depth), (RESULT,))
        return self._given(row, depth) or self._inferred(row, depth)

    def _inferred(self, row: Definition, depth: int) -> Values:
        """Return what a local is by what stands around its definition."""
        return ()

    def _visible(self, name: str, use: Node, head: Node | None = None) -> Definition | None:
        """Return the local that a name at the beginning of a node, its `head`, stands for."""
        local = self._locals.visible(name, use.start_byte, head)
        return Definition(use) if local is None and name in self._syntax.implicit else local

    def _head(self, node: Node, name: str) -> Node | None:
        """Return the first leaf of a node that is a name, where that matters."""
        stack = [node] if self._syntax.fits is not None else []
        while stack:
            part = stack.pop()
            if part.child_count == 0 and part.text == name.encode():
                return part
            stack.extend(reversed(part.children))
        return None

    def _given(self, row: Definition, depth: int) -> Values:
        """Return what a lambda is given as one of its parameters."""
        lambda_position = self._syntax.lambda_position(row.name)
        if lambda_position is None:
            return ()
        if expected := self._expected(lambda_position, depth):
            return self._project.given(expected, lambda_position.parameter)
        call = self._terms.term(lambda_position.call)
        if lambda_position.call is None or call is None or len(call.steps) < 3:
            return ()
        *owner, method, _ = call.steps
        return self._project.handed(
            self._of(Term(tuple(owner)), lambda_position.call, depth), method
        )

    def _expected(self, lambda_position: LambdaPosition, depth: int) -> Values:
        """Return the types that a lambda may be of."""
        if lambda_position.type is not None:
            types = (
                self._of(term, lambda_position.type, depth, is_type=True)
                for term in self._terms.types(lambda_position.type)
            )
            return tuple(value for alternative in types for value in alternative)
        call = self._terms.term(lambda_position.call)
        if lambda_position.call is None or call is None or len(call.steps) < 2:
            return ()
        functions = self._of(Term(call.steps[:-1]), lambda_position.call, depth)
        return self._project.expected(functions, lambda_position.argument)

    def _received(self, name: str, use: Node, depth: int) -> Targets:
        """Return the members of a name that the receivers of the lambdas around declare."""
        for lambda_position in self._syntax.lambdas_around(use):
            if lambda_position not in self._lambdas:
                self._lambdas[lambda_position] = ()
                self._lambdas[lambda_position] = self._receiver(lambda_position, depth)
            members = self._project.select(self._lambdas[lambda_position], name)
            if declared := tuple(
                member for member in members if self._project.declarations(member)
            ):
                return declared
        return ()

    def _receiver(self, lambda_position: LambdaPosition, depth: int) -> Values:
        if lambda_position.receiver is not None:
            return instances(self._value(lambda_position.receiver, depth))
        return self._project.received(self._expected(lambda_position, depth))

    # -- the answer ---------------------------------------------------------------------------

    def _made(self, targets: Sequence[Target], *, is_sure: bool = False) -> Symbol | None:
        """Return the symbol; None for a plain name that stands for nothing."""
        if not targets and is_sure:
            return None
        position = self._parsed.position_of(self._leaf.start_byte)
        targets = tuple(
            dict.fromkeys(related for target in targets for related in self._overriding(target))
        )
        outside = (
            name for target in targets if isinstance(target, External) for name in target.names
        )
        return Symbol(
            name=self._name,
            candidates=tuple(dict.fromkeys(outside)),
            start=position,
            end=(position[0], position[1] + len(self._name)),
            family=self._project.family,
            identities=tuple(target for target in targets if isinstance(target, Identity)),
        )

    def _overriding(self, target: Target) -> Iterator[Target]:
        """Yield a symbol, and behind it those that it overrides and may leave the words to."""
        yield target
        if self._project.declarations(target):
            yield from self._project.overridden(target)
