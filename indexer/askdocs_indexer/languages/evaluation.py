"""What the expressions and types of a document stand for, for languages resolved by tables."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.syntax import Definition, Index, Names, Syntax, names_in

MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Value:
    """Qualified names of what an expression is, or of its class for an instance."""

    names: Names = ()
    is_instance: bool = False


UNKNOWN = Value()


class Evaluator:
    """Follows the names, members, calls and types of one document as far as `syntax` says."""

    def __init__(self, parsed: Parsed, syntax: Syntax, index: Index) -> None:
        self._length = len(parsed.source_bytes)
        self._syntax = syntax
        self._index = index

    def visible(self, name: str, use: int) -> list[Definition]:
        """The file's definitions of a name that are seen at a byte, innermost and latest first."""
        ranked = []
        for start, row in self._index.definitions.get(name, {}).items():
            scope = self.scope_of(row)
            if scope is None or scope[0] <= use < scope[1]:
                size = scope[1] - scope[0] if scope is not None else self._length
                ranked.append(((size, start > use, -start), row))
        return [row for _, row in sorted(ranked, key=lambda item: item[0])]

    def scope_of(self, row: Definition) -> tuple[int, int] | None:
        """The span of the smallest scope around a definition; None for the whole file."""
        around = self._index.scopes.around(row.name.start_byte)
        if row.is_function:
            around = around[1:]
        return around[0] if around else None

    def value(self, node: Node | None, depth: int) -> Value:
        """What an expression or a type is."""
        if node is None or depth > MAX_DEPTH:
            return UNKNOWN
        syntax, kind = self._syntax, node.type
        result = UNKNOWN
        if kind in syntax.literals:
            result = Value((syntax.literals[kind],), is_instance=True)
        elif kind in syntax.constructors:
            field = syntax.constructors[kind]
            last = node.named_children[-1] if node.named_children else None
            made = self.value(node.child_by_field_name(field) if field else last, depth + 1)
            result = Value(made.names, is_instance=True)
        elif syntax.holders and (held := self._held(node, depth)).names:
            result = held
        elif kind in syntax.calls:
            result = self._called(node, depth)
        elif kind in syntax.members:
            result = self._of_member(node, depth)
        elif kind in syntax.paths:
            names = names_in(node, syntax.skipped)
            written = [text_of(name) for name in names]
            result = self.routed(written, names[0], depth) if names else UNKNOWN
        elif kind in syntax.wrappers:
            inner = [c for c in node.named_children if c.type not in syntax.skipped]
            result = self.value(inner[0], depth + 1) if inner else UNKNOWN
        elif kind in syntax.identifiers:
            result = self._named(node, depth)
        return result

    def _named(self, node: Node, depth: int) -> Value:
        name = text_of(node)
        rows = self.visible(name, node.start_byte)
        for row in rows[:1]:
            if row.type is not None:
                value = Value(self.value(row.type, depth + 1).names, is_instance=True)
                if value.names:
                    return value
            return self.value(row.value, depth + 1)
        if self._syntax.bare_members and name in self._index.members:
            return self._field(name, depth)
        return Value(self._index.imports.get(name) or self._syntax.unbound(name, self._index))

    def routed(self, names: list[str], first: Node, depth: int = 0) -> Value:
        """What a path of names stands for; its first name is looked up."""
        rows = self.visible(names[0], first.start_byte)
        if rows:
            alias = self.value(rows[0].value, depth + 1)
            return UNKNOWN if alias.is_instance else self._continued(alias.names, names[1:])
        # Only a name that stands alone can come from an opened namespace.
        index = self._index if len(names) == 1 else Index()
        heads = self._index.imports.get(names[0]) or self._syntax.unbound(names[0], index)
        return self._continued(heads or (names[0],), names[1:])

    def _continued(self, heads: Names, tail: list[str]) -> Value:
        return Value(tuple(self._syntax.separators[0].join([head, *tail]) for head in heads))

    def _of_member(self, node: Node, depth: int) -> Value:
        owner_field, name_field = self._syntax.members[node.type]
        owner, name = node.child_by_field_name(owner_field), node.child_by_field_name(name_field)
        if name is None:
            return UNKNOWN
        if owner is None:
            return self._named(name, depth)
        if owner.type in self._syntax.receivers:
            return self._field(text_of(name), depth)
        value = self.value(owner, depth + 1)
        if not value.names and self._is_own_instance(owner):
            return self._field(text_of(name), depth)
        return UNKNOWN if value.is_instance else Value(self.joined(value, text_of(name)))

    def joined(self, value: Value, name: str) -> Names:
        separator = self._syntax.separators[1]
        names = [f"{owner}{separator}{name}" for owner in value.names]
        if value.is_instance:
            names += [form for owner in value.names for form in self._syntax.forms(owner, name)]
        return tuple(dict.fromkeys(names))

    def _is_own_instance(self, node: Node) -> bool:
        """Whether a name is declared with a type that the file itself defines."""
        rows = self.visible(text_of(node), node.start_byte) if not node.child_count else []
        types = names_in(rows[0].type, self._syntax.skipped) if rows and rows[0].type else []
        return any(self.visible(text_of(name), node.start_byte) for name in types)

    def _field(self, name: str, depth: int) -> Value:
        """The declared type of a field of the file's own classes."""
        for row in self._index.members.get(name, {}).values():
            if row.type is not None:
                return Value(self.value(row.type, depth + 1).names, is_instance=True)
            return self.value(row.value, depth + 1)
        return UNKNOWN

    def _held(self, node: Node, depth: int) -> Value:
        """What a holder such as ``shared_ptr<T>`` gives access to: a T, and its own members."""
        if node.type not in self._syntax.paths and node.type not in self._syntax.wrappers:
            return UNKNOWN
        names = names_in(node, self._syntax.skipped)
        if not names or text_of(names[-1]) not in self._syntax.holders:
            return UNKNOWN
        arguments = next((n for n in _behind(node) if n.type in self._syntax.skipped), None)
        if arguments is None or not arguments.named_children:
            return UNKNOWN
        inner = self.value(arguments.named_children[0], depth + 1)
        own = self.routed([text_of(name) for name in names], names[0], depth)
        return Value((*inner.names, *own.names))

    def _called(self, node: Node, depth: int) -> Value:
        function = node.child_by_field_name(self._syntax.calls[node.type])
        if function is None or function.id == node.id:
            return UNKNOWN
        if text_of(function) in self._syntax.allocators:
            arguments = node.child_by_field_name("arguments")
            parts = arguments.named_children if arguments is not None else []
            return Value(self.value(parts[0], depth + 1).names if parts else (), is_instance=True)
        held = self._held(function, depth) if self._syntax.holders else UNKNOWN
        if held.names:
            return Value(held.names, is_instance=True)
        value = self.value(function, depth + 1)
        made = tuple(name for name in map(self._syntax.made, value.names) if name)
        return Value(made, is_instance=True)


def _behind(node: Node) -> list[Node]:
    """The nodes of a path without its names' own parts: the last part's children come first."""
    found: list[Node] = []
    while node.named_children:
        found = [*node.named_children, *found]
        node = node.named_children[-1]
    return found
