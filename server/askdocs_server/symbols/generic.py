"""Symbol resolution by tables, for languages that need no more than imports and declared types.

See `syntax.py` for what a language gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from askdocs_server.symbols.model import Confidence, ReturnTypes, Symbol
from askdocs_server.symbols.parsing import Parsed, identifier_path, text_of
from askdocs_server.symbols.syntax import Definition, Index, Names, Syntax, names_in, read_index

MAX_DEPTH = 30
MAX_EXPRESSION = 120


@dataclass(frozen=True, slots=True)
class Value:
    """Qualified names of what an expression is, or of its class for an instance."""

    names: Names = ()
    is_instance: bool = False


UNKNOWN = Value()


def resolver(syntax: Syntax) -> Callable[[Parsed, int, ReturnTypes | None], Symbol | None]:
    """Make a language's resolve function."""

    def resolve(parsed: Parsed, offset: int, return_types: ReturnTypes | None) -> Symbol | None:
        if parsed.tree is None:
            return None
        path = identifier_path(parsed.tree.root_node, offset, syntax.identifiers)
        if path is None:
            return None
        if "index" not in parsed.memo:
            parsed.memo["index"] = read_index(parsed, syntax)
        return _Finder(parsed, syntax, path, return_types).symbol()

    return resolve


class _Finder:
    """One look-up: the identifier at the end of `path`."""

    def __init__(
        self, parsed: Parsed, syntax: Syntax, path: list[Node], return_types: ReturnTypes | None
    ) -> None:
        self.parsed = parsed
        self.syntax = syntax
        self.index: Index = parsed.memo["index"]
        self.path = path
        self.leaf = path[-1]
        self.name = text_of(self.leaf)
        self.return_types = return_types

    def symbol(self) -> Symbol | None:
        parent = self.path[-2]
        fields = [f for p, f in self.syntax.silent if p == parent.type]
        if any(not name or self._is(parent, name) for name in fields):
            return None
        if any(node.type in self.syntax.imports for node in self.path):
            names = self._imported()
            return self._made(names, "resolved") if names else None
        if parent.type in self.syntax.members:
            owner_field, name_field = self.syntax.members[parent.type]
            if self._is(parent, name_field):
                owner = parent.child_by_field_name(owner_field)
                return self._member(owner) if owner is not None else self._bare()
        route = self._route()
        if len(route) > 1:
            value = self._routed([text_of(node) for node in route], route[0])
            return self._made(value.names, "resolved") if value.names else None
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
        rows = self._visible(self.name, self.leaf.start_byte)
        if rows:
            return self._own(rows[0]) if self.parsed.own_definitions else None
        names = self.index.imports.get(self.name)
        if names:
            return self._made(names, "resolved")
        names = self.syntax.unbound(self.name, self.index)
        return self._made(names, "inferred") if names else None

    def _own(self, row: Definition) -> Symbol | None:
        """A definition of the file itself, if it is no local of a function."""
        if self._scope_of(row) is not None:
            return None
        owners = [name for name in (self.parsed.module, self.index.package) if name]
        qualified = [f"{owner}{self.syntax.separators[0]}{self.name}" for owner in owners]
        return self._made((*qualified, self.name), "resolved")

    def _member(self, owner: Node) -> Symbol | None:
        value = self._value(owner, 0)
        if owner.type in self.syntax.receivers:
            if self.name in self.index.members:
                return None
            value = self._receiver()
        if not value.names:
            return self._made((), "unknown")
        return self._made(self._joined(value, self.name), self._confidence(value))

    def _confidence(self, value: Value) -> Confidence:
        return "inferred" if value.is_instance else "resolved"

    def _joined(self, value: Value, name: str) -> Names:
        separator = self.syntax.separators[1]
        found = [f"{owner}{separator}{name}" for owner in value.names]
        if value.is_instance:
            found += [form for owner in value.names for form in self.syntax.forms(owner, name)]
        return tuple(dict.fromkeys(found))

    def _routed(self, names: list[str], first: Node) -> Value:
        """What a path of names stands for; its first name is looked up."""
        if self._visible(names[0], first.start_byte):
            return UNKNOWN
        # Only a name that stands alone can come from an opened namespace.
        index = self.index if len(names) == 1 else Index()
        heads = self.index.imports.get(names[0]) or self.syntax.unbound(names[0], index)
        heads = heads or (names[0],)
        tail = names[1:]
        return Value(tuple(self.syntax.separators[0].join([head, *tail]) for head in heads))

    def _visible(self, name: str, use: int) -> list[Definition]:
        """The file's definitions of a name that are seen at a byte, innermost and latest first."""
        ranked = []
        for start, row in self.index.definitions.get(name, {}).items():
            scope = self._scope_of(row)
            if scope is None or scope[0] <= use < scope[1]:
                size = scope[1] - scope[0] if scope is not None else len(self.parsed.source_bytes)
                ranked.append(((size, start > use, -start), row))
        return [row for _, row in sorted(ranked, key=lambda item: item[0])]

    def _scope_of(self, row: Definition) -> tuple[int, int] | None:
        """The span of the smallest scope around a definition; None for the whole file."""
        around = self.index.scopes.around(row.name.start_byte)
        if row.is_function:
            around = around[1:]
        return around[0] if around else None

    def _value(self, node: Node | None, depth: int) -> Value:
        """What an expression or a type is."""
        if node is None or depth > MAX_DEPTH:
            return UNKNOWN
        syntax, kind = self.syntax, node.type
        found = UNKNOWN
        if kind in syntax.literals:
            found = Value((syntax.literals[kind],), is_instance=True)
        elif kind in syntax.constructors:
            made = self._value(node.child_by_field_name(syntax.constructors[kind]), depth + 1)
            found = Value(made.names, is_instance=True)
        elif kind in syntax.calls:
            found = self._called(node, depth)
        elif kind in syntax.members:
            found = self._of_member(node, depth)
        elif kind in syntax.paths:
            names = names_in(node, syntax.skipped)
            found = self._routed([text_of(n) for n in names], names[0]) if names else UNKNOWN
        elif kind in syntax.wrappers:
            inner = [c for c in node.named_children if c.type not in syntax.skipped]
            found = self._value(inner[0], depth + 1) if inner else UNKNOWN
        elif kind in syntax.identifiers:
            found = self._named(node, depth)
        return found

    def _named(self, node: Node, depth: int) -> Value:
        name = text_of(node)
        rows = self._visible(name, node.start_byte)
        for row in rows[:1]:
            if row.type is not None:
                found = Value(self._value(row.type, depth + 1).names, is_instance=True)
                if found.names:
                    return found
            return self._value(row.value, depth + 1)
        return Value(self.index.imports.get(name) or self.syntax.unbound(name, self.index))

    def _of_member(self, node: Node, depth: int) -> Value:
        owner_field, name_field = self.syntax.members[node.type]
        owner, name = node.child_by_field_name(owner_field), node.child_by_field_name(name_field)
        if name is None:
            return UNKNOWN
        if owner is None:
            return self._named(name, depth)
        if owner.type in self.syntax.receivers:
            return self._field(text_of(name), depth)
        value = self._value(owner, depth + 1)
        if value.is_instance:
            return self._documented(self._joined(value, text_of(name)))
        return Value(self._joined(value, text_of(name)))

    def _field(self, name: str, depth: int) -> Value:
        """The declared type of a field of the file's own classes."""
        for row in self.index.members.get(name, {}).values():
            if row.type is not None:
                return Value(self._value(row.type, depth + 1).names, is_instance=True)
            return self._value(row.value, depth + 1)
        return UNKNOWN

    def _called(self, node: Node, depth: int) -> Value:
        function = node.child_by_field_name(self.syntax.calls[node.type])
        if function is None or function.id == node.id:
            return UNKNOWN
        value = self._value(function, depth + 1)
        documented = self._documented(value.names)
        if documented.names:
            return documented
        made = tuple(name for name in map(self.syntax.made, value.names) if name)
        return Value(made, is_instance=True)

    def _documented(self, names: Names) -> Value:
        """The documented type of what the names stand for."""
        for name in names:
            written = self.return_types(name) if self.return_types is not None else None
            if written:
                return Value((written.strip("*&? "),), is_instance=True)
        return UNKNOWN

    def _receiver(self) -> Value:
        """What ``this`` inherits from: the base of the class around the cursor."""
        for node in reversed(self.path):
            base = self.syntax.base(node)
            if base is not None:
                return Value(self._value(base, 0).names, is_instance=True)
        return UNKNOWN

    def _made(self, candidates: Names, confidence: Confidence) -> Symbol:
        start, end = self.leaf.start_byte, self.leaf.end_byte
        position = self.parsed.position_of(start)
        parent = self.path[-2]
        whole = parent if parent.type in self.syntax.members else self.leaf
        route = self._route()
        first = route[0] if len(route) > 1 else whole
        written = self.parsed.source_bytes[first.start_byte : end].decode("utf-8", "replace")
        return Symbol(
            name=self.name,
            expression=" ".join(written.split())[-MAX_EXPRESSION:],
            candidates=tuple(dict.fromkeys(candidates)),
            confidence=confidence,
            start=position,
            end=(position[0], position[1] + len(self.name)),
        )
