"""The symbol at a position of a Python document."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path, path_to, text_of
from askdocs_indexer.languages.python.evaluator import bound, imports, members, narrowing
from askdocs_indexer.languages.python.evaluator.infer import Engine
from askdocs_indexer.languages.python.evaluator.recovery import is_torn
from askdocs_indexer.languages.python.evaluator.scopes import Scope, Scopes
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    OwnClass,
    OwnFunction,
    Thing,
    Value,
    Values,
)

IDENTIFIERS = frozenset({"identifier"})
# Where an identifier names nothing that could be documented.
NAMELESS = frozenset({"keyword_pattern", "global_statement", "nonlocal_statement"})


def resolve(parsed: Parsed, offset: int) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; see `symbols.symbol_in`."""
    if parsed.tree is None:
        return None
    root = parsed.tree.root_node
    if "scopes" not in parsed.memo:
        parsed.memo["scopes"] = Scopes(root, parsed.module)
    scopes: Scopes = parsed.memo["scopes"]
    engine = Engine(scopes)
    path = identifier_path(root, offset, IDENTIFIERS)
    if path is None:
        return _quoted(parsed, engine, path_to(root, offset), offset)
    return _Finder(parsed, engine, path, scopes.around(path), 0).symbol()


def _quoted(parsed: Parsed, engine: Engine, path: list[Node], offset: int) -> Symbol | None:
    """The symbol inside a string annotation such as ``-> "list[Path]"``."""
    content = path[-1]
    if content.type != "string_content" or not _is_annotation(path):
        return None
    inner = engine.scopes.parse_quoted(content)
    inner_path = identifier_path(inner, offset - content.start_byte, IDENTIFIERS)
    if inner_path is None:
        return None
    scope = engine.scopes.around(path)
    return _Finder(parsed, engine, inner_path, scope, content.start_byte).symbol()


def _is_annotation(path: list[Node]) -> bool:
    string = path[-2]
    if len(string.named_children) != 3 or len(path) < 3:
        return False
    heads = [n.named_children[0] for n in path if n.type in ("generic_type", "subscript")]
    if any(text_of(head).endswith("Literal") for head in heads):
        return False
    for index in range(len(path) - 3, -1, -1):
        node = path[index]
        if node.type == "type":
            return True
        if node.type == "argument_list":
            call = path[index - 1]
            function = call.child_by_field_name("function")
            first = node.named_children[0] if node.named_children else None
            is_cast = function is not None and text_of(function).rpartition(".")[2] == "cast"
            return is_cast and first is not None and first.id == path[index + 1].id
        if node.type not in ("type_parameter", "union_type", "generic_type", "subscript"):
            return False
    return False


class _Finder:
    """One look-up: the identifier at the end of `path`, evaluated in `scope`.

    `shift` is added to the path's byte offsets, for an expression parsed out of a string.
    """

    def __init__(
        self, parsed: Parsed, engine: Engine, path: list[Node], scope: Scope, shift: int
    ) -> None:
        self.parsed = parsed
        self.engine = engine
        self.path = path
        self.scope = scope
        self.shift = shift
        self.leaf = path[-1]
        self.name = text_of(self.leaf)

    def symbol(self) -> Symbol | None:
        statement = next((n for n in reversed(self.path) if n.type in imports.IMPORTS), None)
        if statement is not None:
            target = imports.target_at(statement, self.path, self.scope.module)
            return self._made(self._names([Thing(target)])) if target else None
        parent = self.path[-2]
        symbol: Symbol | None = None
        if self._is_field(parent, "attribute", "attribute") and not is_torn(parent):
            symbol = self._attribute(parent)
        elif parent.type == "dotted_name" and parent.named_children[0].id != self.leaf.id:
            symbol = self._dotted(parent)
        elif self._is_field(parent, "function_definition", "name"):
            symbol = self._definition(parent)
        elif self._is_field(parent, "class_definition", "name"):
            symbol = self._own(self.engine.scopes.of_definition(parent))
        elif parent.type not in NAMELESS and not self._is_field(parent, "keyword_argument", "name"):
            symbol = self._bare()
        return symbol

    def _is_field(self, parent: Node, kind: str, field: str) -> bool:
        child = parent.child_by_field_name(field) if parent.type == kind else None
        return child is not None and child.id == self.leaf.id

    def _bare(self) -> Symbol | None:
        if self._is_parameter():
            return None
        use = self.leaf.start_byte + self.shift
        found = self.engine.scopes.look_up(self.scope, self.name, use)
        if found is None:
            outside = bound.outside_name(self.engine, self.name)
            return self._made(self._names([Thing(outside)])) if outside else None
        owner, rows = found
        if any(row.name_start == use for row in owner.found.names.get(self.name, ())):
            rows = [row for row in rows if row.name_start == use and row.kind == "import"]
        things = [Thing(row.target) for row in rows if row.kind == "import" and row.target]
        if things:
            return self._made(self._names(things))
        for row in rows:
            if row.kind in ("class", "function") and row.source is not None:
                return self._own(self.engine.scopes.child(row.source, owner))
        return None

    def _is_parameter(self) -> bool:
        """Whether the identifier is a parameter's own name, which its function's scope binds."""
        parent = self.path[-2]
        if parent.type in ("list_splat_pattern", "dictionary_splat_pattern", "typed_parameter"):
            return True
        if parent.type in ("default_parameter", "typed_default_parameter"):
            return self._is_field(parent, parent.type, "name")
        return parent.type in ("parameters", "lambda_parameters")

    def _attribute(self, node: Node) -> Symbol | None:
        owner = node.child_by_field_name("object")
        self.engine.narrowed, self.engine.narrowed_span = narrowing.checks(self.path, self.scope)
        owners = self.engine.values(owner, self.scope)
        values = members.attribute(self.engine, owners, self.name)
        return self._members(owners, values)

    def _dotted(self, node: Node) -> Symbol | None:
        """A dotted name outside imports, as in ``case package.Class()``."""
        owners: Values = self.engine.infer(node.named_children[0], self.scope)
        for part in node.named_children[1:]:
            if part.id == self.leaf.id:
                break
            owners = members.attribute(self.engine, owners, text_of(part))
        return self._members(owners, members.attribute(self.engine, owners, self.name))

    def _members(self, owners: Values, values: Values) -> Symbol | None:
        if self.name == "__class__":
            return self._made(("object.__class__",))
        own = [owner for owner in owners if members.is_own(self.engine, owner, self.name)]
        external = [value for value in values if isinstance(value, (Thing, Member))]
        if own and (len(own) == len(owners) or not external):
            return self._overriding(own) or self._own_member(values)
        if external:
            return self._made(self._names(external))
        return self._made(())

    def _own_member(self, values: Values) -> Symbol | None:
        for value in values:
            if isinstance(value, (OwnFunction, OwnClass)):
                return self._own(value.scope)
        return None

    def _overriding(self, owners: Iterable[Value]) -> Symbol | None:
        """A member of the file's own class that documented bases have too: their entry helps."""
        inherited: list[Value] = []
        for owner in owners:
            cls = owner if isinstance(owner, OwnClass) else getattr(owner, "cls", None)
            if not isinstance(cls, OwnClass):
                continue
            for base in members.owners_of(self.engine, cls)[1]:
                if self.engine.knowledge.has_member(base, self.name):
                    inherited.append(Member(Instance(base), self.name))
        return self._made(self._names(inherited)) if inherited else None

    def _definition(self, node: Node) -> Symbol | None:
        if not self.scope.is_class:
            return self._own(self.engine.scopes.of_definition(node))
        overriding = self._overriding([OwnClass(self.scope)])
        if overriding is None and self.name.startswith("__") and self.name.endswith("__"):
            return self._made((f"object.{self.name}",))
        return overriding or self._own(self.engine.scopes.of_definition(node))

    def _own(self, scope: Scope) -> Symbol | None:
        """A definition of the file itself has a qualified name only where the module's is known."""
        qualified = scope.qualified_name if self.parsed.own_definitions else ""
        return self._made((qualified,)) if qualified else None

    def _names(self, values: Iterable[Value]) -> tuple[str, ...]:
        known = self.engine.knowledge
        members_first: list[str] = []
        others: list[str] = []
        for value in values:
            if isinstance(value, Thing):
                members_first += known.candidates(value.name)
            elif isinstance(value, Member):
                names = known.member_candidates(value.owner.name, value.name)
                has = known.has_member(value.owner.name, value.name)
                (members_first if has else others).extend(names)
        return tuple(dict.fromkeys(members_first + others))

    def _made(self, candidates: tuple[str, ...]) -> Symbol:
        start, end = self.leaf.start_byte + self.shift, self.leaf.end_byte + self.shift
        position = self.parsed.position_of(start)
        return Symbol(
            name=self.name,
            candidates=candidates,
            start=position,
            end=(position[0], position[1] + len(self.parsed.source_bytes[start:end].decode())),
        )
