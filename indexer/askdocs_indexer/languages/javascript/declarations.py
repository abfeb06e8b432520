"""What the statements of a JavaScript or TypeScript file declare and export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.facts import Import, Names, Term
from askdocs_indexer.languages.javascript.imports import (
    DEFAULT,
    WHOLE,
    bound_by,
    imports_of,
    required,
    required_module,
    string_of,
)
from askdocs_indexer.languages.javascript.members import DEEPEST, MemberReader
from askdocs_indexer.languages.javascript.nodes import (
    CLASSES,
    FUNCTIONS,
    leaves_of,
    path_of,
    unwrapped,
)
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import names_of
from askdocs_indexer.readers.decoding import words

_BLOCKS = words(
    "ERROR else_clause finally_clause if_statement program statement_block try_statement"
)


class DeclarationReader(MemberReader):
    """Reads the statements of one file."""

    def __init__(self, root: Node | None, language: str, *, is_ambient: bool) -> None:
        super().__init__(language)
        self._assigned: list[tuple[Names, Node, Node]] = []
        self._is_ambient = is_ambient
        self._depth = 0
        if root is not None:
            self._statements(root, (), is_ambient)
            self._assignments()

    # -- statements -----------------------------------------------------------------------------

    def _statements(self, block: Node, names: Names, is_public: bool) -> None:
        if self._depth > DEEPEST:
            return
        self._depth += 1
        for statement in block.named_children:
            self._statement(statement, names, is_public)
        self._depth -= 1

    def _statement(self, node: Node, names: Names, is_public: bool) -> None:
        kind = node.type
        if kind == "export_statement":
            self._export(node, names)
        elif kind == "import_statement":
            self.imports += [replace(imported, scope=names) for imported in imports_of(node)]
        elif kind in {"lexical_declaration", "variable_declaration"}:
            for declarator in node.named_children:
                if declarator.type == "variable_declarator":
                    self._variable(declarator, names, is_public)
        elif kind == "ambient_declaration":
            self._ambient(node, names, is_public)
        elif kind == "expression_statement" and node.named_children:
            self._expression(node.named_children[0], names, is_public)
        elif kind == "import_alias":
            self._alias_of_namespace(node, names, is_public)
        elif kind in _BLOCKS:
            self._block(node, names, is_public)
        else:
            self._declaration(node, names, is_public)

    def _declaration(self, node: Node, names: Names, is_public: bool) -> None:
        name = node.child_by_field_name("name")
        reader = _DECLARED.get(node.type)
        if reader is not None and name is not None:
            reader(self, node, name, (*names, string_of(name)), is_public)

    def _block(self, node: Node, names: Names, is_public: bool) -> None:
        """Read what a block of the file's own statements says; its variables are its own."""
        if node.type == "ERROR":
            self._statements(node, names, is_public)
            return
        left = [node]
        while left:
            for child in left.pop().named_children:
                if child.type in _BLOCKS:
                    left.append(child)
                elif child.type == "expression_statement" and child.named_children:
                    self._expression(child.named_children[0], names, is_public)

    def _ambient(self, node: Node, names: Names, is_public: bool) -> None:
        before, self._is_ambient = self._is_ambient, True
        for child in node.named_children:
            if child.type == "statement_block":  # declare global { … }
                self._statements(child, (*names, "global"), is_public=True)
            else:
                self._statement(child, names, is_public)
        self._is_ambient = before

    def _expression(self, node: Node, names: Names, is_public: bool) -> None:
        if node.type == "internal_module":
            self._declaration(node, names, is_public)
        assigned: list[Node] = []
        while node.type == "assignment_expression" and len(assigned) < DEEPEST:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None:
                return
            assigned.append(left)
            node = right
        if not names:
            self._assigned += [(path_of(left), left, node) for left in assigned]

    def _alias_of_namespace(self, node: Node, names: Names, is_public: bool) -> None:
        """Read ``import name = Outer.Inner``."""
        if len(node.named_children) < 2:
            return
        name, target = text_of(node.named_children[0]), names_of(node.named_children[1])
        self.imports.append(Import(name, "", target, names))
        if is_public:
            self.imports.append(Import(name, "", target, names, is_exported=True))

    # -- exports --------------------------------------------------------------------------------

    def _export(self, node: Node, names: Names) -> None:
        declaration = node.child_by_field_name("declaration")
        value = node.child_by_field_name("value")
        is_default = any(child.type == "default" for child in node.children)
        if declaration is not None:
            name = declaration.child_by_field_name("name")
            if is_default and name is None:
                self._valued((*names, DEFAULT), declaration, declaration, is_public=True)
                return
            self._statement(declaration, names, is_public=True)
            if is_default and name is not None:
                self._share(DEFAULT, text_of(name), names)
        elif value is not None:
            self._export_value(DEFAULT, value, names)
        elif any(child.type == "=" for child in node.children):
            self._export_value(WHOLE, node.named_children[-1], names)
        else:
            self.imports += [replace(imported, scope=names) for imported in imports_of(node)]

    def _export_value(self, name: str, value: Node, names: Names) -> None:
        """Read what a module exports as its default or its whole."""
        inner = unwrapped(value)
        path = path_of(inner)
        module = required_module(inner)
        own = inner.child_by_field_name("name") if inner.type in FUNCTIONS | CLASSES else None
        if path:
            self.imports.append(Import(name, "", path, names, is_exported=True))
        elif module:
            self.imports.append(Import(name, module, (), names, is_exported=True))
        elif own is not None:
            self._valued((*names, text_of(own)), own, inner, is_public=False)
            self._share(name, text_of(own), names)
        elif inner.type == "object":
            self._add((*names, name), "module", inner)
            self._members((*names, name), inner)
        else:
            self._valued((*names, name), inner, inner, is_public=True)

    def _assignments(self) -> None:
        """Read assignments to what the file declares or exports, once all of that is known."""
        exported: list[tuple[Names, Node, Node]] = []
        for path, left, value in self._assigned:
            if path in {("module", "exports"), ("exports",)}:
                if text_of(value) not in {"exports", "module.exports", "{}"}:
                    self._export_value(WHOLE, value, ())
            elif path[:2] == ("module", "exports"):
                exported.append((path[2:], left, value))
            elif path[:1] == ("exports",):
                exported.append((path[1:], left, value))
            else:
                self._attach(path, left, value)
        whole = {
            imported.target
            for imported in self.imports
            if imported.name == WHOLE and not imported.module
        }
        owner = next(iter(whole)) if len(whole) == 1 else (WHOLE,)
        if exported and owner == (WHOLE,) and owner not in self._declared:
            self._add(owner, "module", exported[0][1])
        for path, left, value in exported:
            if len(path) == 1:
                self._member(owner, path[0], left, value, is_renaming=True)
        if (exported or (WHOLE,) in self._declared or whole) and not self._binds(DEFAULT):
            self._share(DEFAULT, WHOLE, ())

    def _binds(self, name: str) -> bool:
        return any(imported.name == name and imported.is_exported for imported in self.imports)

    def _attach(self, path: Names, left: Node, value: Node) -> None:
        """Read ``Owner.name = …``, ``Owner.prototype.name = …``, ``Owner.prototype = {…}``."""
        owner, *rest = path or ("",)
        inner = [name for name in rest if name != "prototype"]
        if len(rest) - len(inner) > 1 or len(inner) > 1 or (owner,) not in self._declared:
            return
        if inner:
            if len(rest) > len(inner):
                self.scopes.append((value.start_byte, value.end_byte, (owner,)))
            self._member((owner,), inner[0], left, value)
        elif rest and value.type == "object":
            self._members((owner,), value)

    def _member(
        self, owner: Names, name: str, left: Node, value: Node, *, is_renaming: bool = False
    ) -> None:
        """Read a member that is assigned; exported, a name is only given to something known."""
        node = left.child_by_field_name("property") or left
        inner = unwrapped(value)
        path = path_of(inner)
        module = required_module(inner)
        if is_renaming and (path or module):
            self.imports.append(Import(name, module, path, owner, is_exported=True))
        else:
            self._valued((*owner, name), node, inner)

    # -- variables and namespaces -----------------------------------------------------------------

    def _variable(self, node: Node, names: Names, is_public: bool) -> None:
        pattern, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        taken = list(required(node))
        self.imports += [replace(imported, scope=names) for imported in taken]
        if is_public:
            self.imports += [replace(imported, scope=names, is_exported=True) for imported in taken]
        if taken or pattern is None:
            return
        if pattern.type == "identifier":
            kind = node.child_by_field_name("type")
            own = (*names, text_of(pattern))
            self._valued(own, pattern, value, type_node=kind, is_public=is_public)
        else:
            self._taken_apart(pattern, self._term(value), names, is_public)

    def _taken_apart(
        self, pattern: Node, whole: Term | None, names: Names, is_public: bool
    ) -> None:
        """Declare the names that a pattern binds, by what they are members of."""
        for name, keys in bound_by(pattern):
            part = Term((*whole.steps, *keys)) if whole and keys else None
            own = (*names, text_of(name))
            self._add(own, "value", name, value=part, is_public=is_public)

    def _namespace(self, node: Node, name: Node, names: Names, is_public: bool) -> None:
        inner = (text_of(name),) if name.type == "string" else names_of(name)
        outer = names[:-1]
        leaves = [name] if name.type == "string" else leaves_of(name)
        for end, leaf in zip(range(1, len(inner) + 1), leaves, strict=False):
            self._add((*outer, *inner[:end]), "module", leaf, is_public=is_public)
        body = node.child_by_field_name("body")
        own = (*outer, *inner)
        if body is not None and len(own) <= DEEPEST:
            self.scopes.append((node.start_byte, node.end_byte, own))
            self._statements(body, own, self._is_ambient)


_Read = Callable[[DeclarationReader, Node, Node, Names, bool], None]
_DECLARED: dict[str, _Read] = {
    "abstract_class_declaration": DeclarationReader._class,
    "class_declaration": DeclarationReader._class,
    "enum_declaration": DeclarationReader._enumeration,
    "function_declaration": DeclarationReader._function,
    "function_signature": DeclarationReader._function,
    "generator_function_declaration": DeclarationReader._function,
    "interface_declaration": DeclarationReader._interface,
    "internal_module": DeclarationReader._namespace,
    "module": DeclarationReader._namespace,
    "type_alias_declaration": DeclarationReader._alias,
}
