"""Symbol resolution by tables, for languages that need no more than imports and declared types.

See `syntax.py` for what a language gives.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from askdocs_indexer.languages.evaluation import UNKNOWN, Evaluator, Value
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path, text_of
from askdocs_indexer.languages.syntax import Definition, Index, Names, Syntax, names_in, read_index


def resolver(syntax: Syntax) -> Callable[[Parsed, int], Symbol | None]:
    """Make a language's resolve function."""

    def resolve(parsed: Parsed, offset: int) -> Symbol | None:
        if parsed.tree is None:
            return None
        path = identifier_path(parsed.tree.root_node, offset, syntax.identifiers)
        if path is None:
            return None
        if "index" not in parsed.memo:
            parsed.memo["index"] = read_index(parsed, syntax)
        return _Finder(parsed, syntax, path).symbol()

    return resolve


class _Finder:
    """One look-up: the identifier at the end of `path`."""

    def __init__(self, parsed: Parsed, syntax: Syntax, path: list[Node]) -> None:
        self.parsed = parsed
        self.syntax = syntax
        self.index: Index = parsed.memo["index"]
        self.path = path
        self.leaf = path[-1]
        self.name = text_of(self.leaf)
        self.values = Evaluator(parsed, syntax, self.index)

    def symbol(self) -> Symbol | None:
        parent = self.path[-2]
        fields = [f for p, f in self.syntax.silent if p == parent.type]
        if any(not name or self._is(parent, name) for name in fields):
            return None
        if any(node.type in self.syntax.imports for node in self.path):
            names = self._imported()
            return self._made(names) if names else None
        if parent.type in self.syntax.members:
            owner_field, name_field = self.syntax.members[parent.type]
            if self._is(parent, name_field):
                owner = parent.child_by_field_name(owner_field)
                return self._member(owner) if owner is not None else self._bare()
        route = self._route()
        if len(route) > 1:
            value = self.values.routed([text_of(node) for node in route], route[0])
            return self._made(value.names) if value.names else None
        return self._bare()

    def _imported(self) -> Names:
        """What a name inside an import stands for: the local name, or the one it renames."""
        if self.name in self.index.imports:
            return self.index.imports[self.name]
        end = f"{self.syntax.separators[0]}{self.name}"
        return next((names for names in self.index.imports.values() if names[0].endswith(end)), ())

    def _is(self, parent: Node, name: str) -> bool:
        return any(child.id == self.leaf.id for child in parent.children_by_field_name(name))

    def _route(self) -> list[Node]:
        """The names of the path that the leaf is part of, up to the leaf."""
        top = self.leaf
        for node in reversed(self.path[:-1]):
            if node.type not in self.syntax.paths:
                break
            top = node
        names = names_in(top, self.syntax.skipped)
        return [node for node in names if node.start_byte <= self.leaf.start_byte]

    def _bare(self) -> Symbol | None:
        rows = self.values.visible(self.name, self.leaf.start_byte)
        if rows:
            return self._own(rows[0]) if self.parsed.own_definitions else None
        if self.syntax.bare_members and self.name in self.index.members:
            return None
        names = self.index.imports.get(self.name)
        if names:
            return self._made(names)
        names = self.syntax.unbound(self.name, self.index)
        return self._made(names) if names else None

    def _own(self, row: Definition) -> Symbol | None:
        """A definition of the file itself, if it is no local of a function."""
        if self.values.scope_of(row) is not None:
            return None
        owners = [name for name in (self.parsed.module, self.index.package) if name]
        qualified = [f"{owner}{self.syntax.separators[0]}{self.name}" for owner in owners]
        return self._made((*qualified, self.name))

    def _member(self, owner: Node) -> Symbol | None:
        value = self.values.value(owner, 0)
        if owner.type in self.syntax.receivers:
            if self.name in self.index.members:
                return None
            value = self._receiver()
        if not value.names:
            return self._made(())
        return self._made(self.values.joined(value, self.name))

    def _receiver(self) -> Value:
        """What ``this`` inherits from: the base of the class around the cursor."""
        for node in reversed(self.path):
            base = self.syntax.base(node)
            if base is not None:
                return Value(self.values.value(base, 0).names, is_instance=True)
        return UNKNOWN

    def _made(self, candidates: Names) -> Symbol:
        position = self.parsed.position_of(self.leaf.start_byte)
        return Symbol(
            name=self.name,
            candidates=tuple(dict.fromkeys(candidates)),
            start=position,
            end=(position[0], position[1] + len(self.name)),
        )
