"""The symbol at a position of a Python document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.facts import Import, Names
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path, path_to, text_of
from askdocs_indexer.languages.project import External, Identity, Project, Target
from askdocs_indexer.languages.python.decorators import ACCESSORS
from askdocs_indexer.languages.python.evaluator import bound, members, narrowing
from askdocs_indexer.languages.python.evaluator.functions import is_property
from askdocs_indexer.languages.python.evaluator.infer import Engine
from askdocs_indexer.languages.python.evaluator.recovery import is_torn
from askdocs_indexer.languages.python.evaluator.scopes import Scope, Scopes
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    OwnClass,
    OwnFunction,
    OwnInstance,
    Parent,
    Thing,
    Value,
    Values,
)
from askdocs_indexer.languages.python.evaluator.workspace import is_canonical
from askdocs_indexer.languages.python.imports import IMPORTS, import_at

IDENTIFIERS = frozenset({"identifier"})
# Where an identifier names nothing that could be documented.
NAMELESS = frozenset({"global_statement", "nonlocal_statement"})


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; see `symbols.resolution.symbol_in`."""
    if parsed.tree is None:
        return None
    root = parsed.tree.root_node
    if "scopes" not in parsed.memo:
        parsed.memo["scopes"] = Scopes(root)
    scopes: Scopes = parsed.memo["scopes"]
    engine = Engine(scopes, project)
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
        statement = next((n for n in reversed(self.path) if n.type in IMPORTS), None)
        if statement is not None:
            taken = import_at(statement, self.path)
            things = self.engine.sources.workspace.imported(taken) if taken is not None else ()
            return self._imported(things, [taken]) if things and taken is not None else None
        parent = self.path[-2]
        symbol: Symbol | None = None
        if self._is_field(parent, "attribute", "attribute") and not is_torn(parent):
            symbol = self._attribute(parent)
        elif parent.type == "dotted_name" and parent.named_children[0].id != self.leaf.id:
            symbol = self._dotted(parent)
        elif self._is_field(parent, "function_definition", "name"):
            symbol = self._definition(parent)
        elif self._is_field(parent, "class_definition", "name"):
            symbol = self._own(self.engine.scopes.of_definition(parent).names)
        elif self._is_field(parent, "keyword_argument", "name"):
            symbol = self._keyword()
        elif parent.type == "keyword_pattern" and parent.named_children[0].id == self.leaf.id:
            symbol = self._pattern()
        elif parent.type not in NAMELESS:
            symbol = self._bare()
        return symbol

    def _is_field(self, parent: Node, kind: str, field: str) -> bool:
        child = parent.child_by_field_name(field) if parent.type == kind else None
        return child is not None and child.id == self.leaf.id

    # -- where the identifier stands ----------------------------------------------------------

    def _bare(self) -> Symbol | None:
        if self._is_parameter():
            return None
        use = self.leaf.start_byte + self.shift
        lookup = self.engine.scopes.look_up(self.scope, self.name, use)
        if lookup is None:
            things = bound.outside(self.engine, self.name)
            return self._made(self._targets(things)) if things else None
        owner, rows = lookup
        if any(row.name_start == use for row in owner.bindings.names.get(self.name, ())):
            rows = [row for row in rows if row.name_start == use and row.kind == "import"] or rows
        things = bound.imported(self.engine, rows)
        if things:
            return self._imported(things, [row.taken for row in rows if row.taken is not None])
        return self._own((*(owner.names or ()), self.name)) if owner.names is not None else None

    def _imported(self, things: Values, imports: list[Import]) -> Symbol | None:
        """What a name stands for that is imported, or that one of several imports gives.

        Where the workspace has one of them, only one can be meant.
        """
        names = {thing.name for thing in things if isinstance(thing, Thing)}
        if len(names) > 1 and any(map(is_canonical, names)):
            return self._made(())
        written = [".".join((taken.module, *taken.target)) for taken in imports]
        return self._made(self._known_as(self._targets(things), written))

    def _known_as(self, targets: Sequence[Target], written: Iterable[str]) -> list[Target]:
        """Add the names by which a package hands on what is outside of the workspace."""
        names = tuple(name for name in written if not name.startswith("."))
        if any(isinstance(target, External) for target in targets):
            return [*targets, External(names)]
        return list(targets)

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
        if self.name in ACCESSORS and self._is_of_property(owner):
            return self._made((External((f"property.{self.name}",)),))
        self.engine.narrowed, self.engine.narrowed_span = narrowing.checks(self.path, self.scope)
        owners = self.engine.values(owner, self.scope)
        values = members.attribute(self.engine, owners, self.name)
        return self._members(owners, values)

    def _is_of_property(self, owner: Node | None) -> bool:
        values = self.engine.infer(owner, self.scope) if self.path[-3].type == "decorator" else ()
        own = [value.scope.node for value in values if isinstance(value, OwnFunction)]
        return any(map(is_property, own))

    def _dotted(self, node: Node) -> Symbol | None:
        """A dotted name outside imports, as in ``case package.Class()``."""
        owners: Values = self.engine.infer(node.named_children[0], self.scope)
        for part in node.named_children[1:]:
            if part.id == self.leaf.id:
                break
            owners = members.attribute(self.engine, owners, text_of(part))
        return self._members(owners, members.attribute(self.engine, owners, self.name))

    def _definition(self, node: Node) -> Symbol | None:
        scope = self.engine.scopes.of_definition(node)
        own = self._own_targets(scope.names)
        if self.scope.is_class:
            own += self._overridden(OwnClass(self.scope))
            if self.name.startswith("__") and self.name.endswith("__"):
                own += (External((f"object.{self.name}",)),)
        return self._made(own) if own else None

    def _keyword(self) -> Symbol | None:
        """A keyword argument of a class whose fields are what it is made with."""
        call = self.path[-4] if len(self.path) > 3 else self.path[0]
        function = call.child_by_field_name("function") if call.type == "call" else None
        classes = self.engine.infer(function, self.scope)
        return self._fields(classes, is_made=True)

    def _pattern(self) -> Symbol | None:
        """A keyword of a class pattern: an attribute of the class."""
        pattern = next((n for n in reversed(self.path) if n.type == "class_pattern"), None)
        classes = self.engine.infer(pattern.named_children[0], self.scope) if pattern else ()
        return self._fields(classes, is_made=False)

    def _fields(self, classes: Values, *, is_made: bool) -> Symbol | None:
        sources = self.engine.sources
        targets: list[Target] = []
        for value in classes:
            name = self._class_name(value)
            if not is_canonical(name) or (is_made and sources.workspace.has_initializer(name)):
                continue
            if sources.has_member(name, self.name):
                targets += sources.member_targets(Member(Instance(name), self.name))
        return self._made(targets) if targets else None

    def _class_name(self, value: Value) -> str:
        """Return the canonical name of a class of the workspace, "" for anything else."""
        if isinstance(value, OwnClass):
            return self.engine.sources.workspace.own_name(value.scope.names)
        name = self.engine.sources.class_name(value.name) if isinstance(value, Thing) else ""
        return name if is_canonical(name) and self.engine.sources.is_class(name) else ""

    # -- what it stands for -------------------------------------------------------------------

    def _members(self, owners: Values, values: Values) -> Symbol | None:
        if self.name == "__class__":
            return self._made((External(("object.__class__",)),))
        workspace = self.engine.sources.workspace
        own = [owner for owner in owners if members.is_own(self.engine, owner, self.name)]
        external = [value for value in values if isinstance(value, (Thing, Member))]
        if own and (len(own) == len(owners) or not external):
            targets = [target for owner in own for target in self._own_member(owner)]
            return self._made(targets) if targets else None
        if external:
            written = [
                workspace.written(owner.name, self.name)
                for owner in owners
                if isinstance(owner, Thing) and workspace.is_module(owner.name)
            ]
            return self._made(self._known_as(self._targets(external), written))
        return self._made([t for owner in owners for t in self._missing(owner)])

    def _own_member(self, owner: Value) -> Iterator[Target]:
        """Yield what an attribute that a class of the file binds stands for."""
        cls = _class_of(owner)
        if cls is None:
            return
        classes = members.owners_of(self.engine, cls)[0]
        for candidate in classes[1:] if isinstance(owner, Parent) else classes:
            if members.own_bindings(self.engine, candidate, self.name):
                names = candidate.scope.names
                yield from self._own_targets((*names, self.name) if names is not None else None)
                break
        yield from self._overridden(cls)

    def _missing(self, owner: Value) -> Iterator[Target]:
        """Yield the attribute under the name that a page may document it by."""
        cls = _class_of(owner)
        if cls is not None and cls.scope.names is not None:
            yield self.engine.sources.workspace.member_of_own(cls.scope.names, self.name)

    def _overridden(self, cls: OwnClass) -> tuple[Target, ...]:
        """Return what bases outside of the file have under the name of a member."""
        sources = self.engine.sources
        targets: list[Target] = []
        for base in members.owners_of(self.engine, cls)[1]:
            if sources.has_member(base, self.name):
                targets += sources.member_targets(Member(Instance(base), self.name))
        return tuple(targets)

    def _own(self, names: Names | None) -> Symbol | None:
        targets = self._own_targets(names)
        return self._made(targets) if targets else None

    def _own_targets(self, names: Names | None) -> tuple[Target, ...]:
        """Return what a name of the file that others can use stands for."""
        workspace = self.engine.sources.workspace
        own = workspace.own(names) if names is not None else None
        return workspace.meant((own,)) if own is not None else ()

    def _targets(self, values: Iterable[Value]) -> list[Target]:
        """Return what values stand for, members that are known to exist first."""
        sources = self.engine.sources
        known: list[Target] = []
        others: list[Target] = []
        for value in values:
            if isinstance(value, Thing):
                known += sources.targets(value.name)
            elif isinstance(value, Member):
                has = sources.has_member(value.owner.name, value.name)
                (known if has else others).extend(sources.member_targets(value))
        return known + others

    def _made(self, targets: Iterable[Target]) -> Symbol:
        targets = tuple(targets)
        start, end = self.leaf.start_byte + self.shift, self.leaf.end_byte + self.shift
        position = self.parsed.position_of(start)
        outside = (
            name for target in targets if isinstance(target, External) for name in target.names
        )
        identities = (target for target in targets if isinstance(target, Identity))
        return Symbol(
            name=self.name,
            candidates=tuple(dict.fromkeys(outside)),
            start=position,
            end=(position[0], position[1] + len(self.parsed.source_bytes[start:end].decode())),
            family=self.engine.sources.workspace.family,
            identities=tuple(dict.fromkeys(identities)),
        )


def _class_of(owner: Value) -> OwnClass | None:
    """Return the class of the file that a value is, or is an instance of."""
    if isinstance(owner, OwnClass):
        return owner
    return owner.cls if isinstance(owner, (OwnInstance, Parent)) else None
