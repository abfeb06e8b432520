"""The symbol at a position of a PHP document."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.facts import Import, Names, Term
from askdocs_indexer.languages.locals import Definition
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.php.syntax import (
    ACCESSES,
    CALLS,
    NAMES,
    STATICS,
    SYNTAX,
    parts_of,
    step_of,
    written,
)
from askdocs_indexer.languages.php.types import CONSTANT, FUNCTION, class_term, parameter_types
from askdocs_indexer.languages.project import Identity, Project, Targets, Values, instances
from askdocs_indexer.languages.syntax import names_of

_IMPORTS = "namespace_use_declaration"
# A variable stands in a parameter, among parameters, of a function.
_FUNCTION_ABOVE = 3
_SILENT = frozenset({"argument", "goto_statement", "named_label_statement"})
# Where a name is that of a class.
_CLASS_PARENTS = frozenset(
    {
        "attribute",
        "base_clause",
        "class_interface_clause",
        "named_type",
        "object_creation_expression",
        "use_declaration",
        "use_instead_of_clause",
    }
)

IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    # The sign before a variable's name is a part of it.
    is_sign = parsed.source_bytes[offset : offset + 1] == b"$"
    return generic.resolve(parsed, offset + is_sign, project, SYNTAX, _Finder)


class _Finder(generic.Finder):
    """Finds a name by its role: a class, a function, a constant, or a member of one kind."""

    def symbol(self) -> Symbol | None:
        if declared := self._declared():
            return self._made(declared)
        if any(node.type == _IMPORTS for node in self._path):
            return self._made(self._used(), is_sure=True)
        whole, above = self._whole()
        parent = above[-1]
        if parent.type in ACCESSES | CALLS | STATICS:
            owner, name = parts_of(parent)
            if name == whole and owner is not None:
                return self._member(parent, owner, name)
        is_silent = parent.type in _SILENT and self._is(parent, "name")
        if whole.type == "variable_name" or is_silent:
            return None
        return self._named(whole, parent)

    def _named(self, whole: Node, parent: Node) -> Symbol | None:
        """Resolve a name, or a part of one, that is not a member."""
        if whole.type != "name" and self._leaf != whole.named_children[-1]:
            return self._made(self._namespace(whole))
        return self._made(self._project.denoted(self._role(parent, whole), self._scope))

    def _local(self, row: Definition, depth: int) -> Values:
        """Return what a variable is; for a parameter without a class, what a comment says."""
        values = super()._local(row, depth)
        if values or row.value is not None or row.element is not None:
            return values
        terms = parameter_types(_comment_above(row.name), text_of(row.name))
        evaluated = (self._project.evaluate(term, self._scope, is_type=True) for term in terms)
        return instances(value for values in evaluated for value in values)

    def _whole(self) -> tuple[Node, list[Node]]:
        """Return the variable or qualified name that the name is part of, and what is around."""
        at = len(self._path) - 1
        while self._path[at - 1].type in NAMES | {"namespace_name", "variable_name"}:
            at -= 1
        return self._path[at], self._path[:at]

    def _member(self, node: Node, owner: Node, name: Node) -> Symbol | None:
        step = step_of(node, name)
        if not step or step == "class":
            return None
        return self._made(self._project.select(self._value(owner), step))

    def _role(self, parent: Node, whole: Node) -> Term:
        """Return the term of a name that is not a member, by where it stands."""
        text = written(whole)
        if parent.type == "function_call_expression" and (
            parent.child_by_field_name("function") == whole
        ):
            return Term((f"{FUNCTION}{text}",))
        operator = parent.child_by_field_name("operator")
        is_class = parent.type in _CLASS_PARENTS | STATICS or (
            operator is not None and operator.type == "instanceof"
        )
        return class_term(text) if is_class else Term((f"{CONSTANT}{text}",))

    def _namespace(self, whole: Node) -> Targets:
        """Return the namespace that a qualified name has up to the name."""
        above = [node for node in self._terms.name_nodes(whole) if node != self._leaf]
        upto = [node for node in above if node.start_byte < self._leaf.start_byte]
        absolute = "\\" if text_of(whole).startswith("\\") else ""
        text = absolute + "\\".join([*map(text_of, upto), self._name])
        targets = self._project.denoted(class_term(text), self._scope)
        return tuple(target for target in targets if self._project.declarations(target))

    def _used(self) -> Targets:
        """Return what a name in a `use` statement stands for."""
        statement = next(node for node in self._path if node.type == _IMPORTS)
        clauses = [node for node in self._path if node.type == "namespace_use_clause"]
        for taken in SYNTAX.imports(statement):
            bound = taken.name.partition(":")[2]
            if self._name in (bound, *taken.target) and self._is_last(clauses):
                return self._project.imported(taken)
        names = self._prefix(statement)
        targets = self._project.imported(Import("", "\\".join(names[:-1]), names[-1:]))
        return tuple(target for target in targets if isinstance(target, Identity))

    def _is_last(self, clauses: list[Node]) -> bool:
        """Return whether the name ends a clause or is its alias."""
        ends = [child for clause in clauses for child in clause.named_children]
        return any(end.end_byte == self._leaf.end_byte for end in ends)

    def _prefix(self, statement: Node) -> Names:
        """Return the names of a `use` statement up to the one in hand."""
        groups = [part for part in statement.named_children if part.type == "namespace_name"]
        nodes = [*groups, *self._path]
        names: list[str] = []
        for node in nodes:
            if node.type in {"namespace_name", "name"} and node.end_byte <= self._leaf.end_byte:
                names += names_of(node)
        return tuple(names)


def _comment_above(parameter: Node) -> str:
    """Return the doc comment of the function that a parameter belongs to; "" for none."""
    node: Node | None = parameter
    for _ in range(_FUNCTION_ABOVE):
        node = node.parent if node is not None else None
    if node is None or node.type not in {"function_definition", "method_declaration"}:
        return ""
    before = node.prev_named_sibling
    return text_of(before) if before is not None and before.type == "comment" else ""
