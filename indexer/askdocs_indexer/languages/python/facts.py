"""What a Python file declares and imports, in the module that its path says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tree_sitter import Node

from askdocs_indexer.languages.facts import (
    Declaration,
    FileFacts,
    Import,
    Kind,
    Names,
    Term,
)
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.python.bodies import Body, FunctionTerms, bodies_of
from askdocs_indexer.languages.python.decorators import (
    ACCESSORS,
    PROPERTIES,
    decorator_names,
)
from askdocs_indexer.languages.python.imports import IMPORTS, imported
from askdocs_indexer.languages.python.terms import SpecialForms, TermMaker
from askdocs_indexer.readers.decoding import words

_DEEPEST = 30
# Nodes whose statements run when the module or class around them does.
_TRANSPARENT = words(
    "ERROR block case_clause elif_clause else_clause except_clause except_group_clause "
    "finally_clause for_statement if_statement match_statement module try_statement "
    "while_statement with_statement"
)
_TARGET_LISTS = frozenset({"pattern_list", "tuple_pattern", "list_pattern"})
# Classes that say how others behave and have no members of their own.
_PLAIN_BASES = frozenset({"Generic", "Protocol"})


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    module = module_names(parsed.path)
    if parsed.tree is None:
        return FileFacts(parsed.language, module)
    reader = _Reader()
    reader.read(parsed.tree.root_node)
    return FileFacts(
        parsed.language,
        module,
        tuple(reader.known()),
        tuple(dict.fromkeys(reader.imports)),
        reader.exports.names,
    )


def module_names(path: str) -> Names:
    """Return the names of the file at a path in the workspace: those of folders, then its own."""
    parts = PurePosixPath(path).parts
    if not parts:
        return ()
    stem = PurePosixPath(path).stem
    return parts[:-1] if stem == "__init__" else (*parts[:-1], stem)


@dataclass(slots=True)
class _Exports:
    """What `__all__` says; `names` is None where there is none that can be read."""

    names: Names | None = None
    is_readable: bool = True

    def add(self, node: Node | None) -> None:
        """Take the strings of a list."""
        listed = node.named_children if node is not None else []
        is_list = node is not None and node.type in ("list", "tuple", "string")
        items = [node] if node is not None and node.type == "string" else listed
        strings = [item for item in items if item.type != "comment"]
        if not is_list or any(string.type != "string" for string in strings):
            self.is_readable = False
        if not self.is_readable:
            self.names = None
            return
        names = (text_of(string).strip("\"'") for string in strings)
        self.names = tuple(dict.fromkeys((*(self.names or ()), *names)))


@dataclass(slots=True)
class _Reader:
    """Walks the statements that run with the module, and asks the functions' bodies."""

    declarations: list[Declaration] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    exports: _Exports = field(default_factory=_Exports)
    forms: SpecialForms = field(default_factory=SpecialForms)
    terms: TermMaker = field(init=False)
    _bodies: dict[int, Body] = field(default_factory=dict)
    _set: set[Names] = field(default_factory=set)
    _left: list[tuple[Node, Names]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.terms = TermMaker(self.forms)

    def read(self, root: Node) -> None:
        """Read a file by its syntax tree."""
        first = next((node for node in root.named_children if node.type != "comment"), None)
        is_documented = first is not None and _is_string(first)
        line = first.start_point.row + 1 if first is not None and is_documented else 1
        self.declarations.append(Declaration((), "module", line))
        self._bodies = bodies_of(root)
        self._left.append((root, ()))
        while self._left:
            node, names = self._left.pop()
            self._statement(node, names)

    def known(self) -> Iterator[Declaration]:
        """Yield the declarations, except empty ones of names that are also imported or defined."""
        bound = {(*taken.scope, taken.name) for taken in self.imports}
        bound |= {row.names for row in self.declarations if _says_something(row)}
        for row in self.declarations:
            if _says_something(row) or row.names not in bound:
                yield row

    def _statement(self, node: Node, names: Names) -> None:
        kind = node.type
        if kind in _TRANSPARENT:
            self._left.extend((child, names) for child in reversed(node.named_children))
        elif kind in IMPORTS:
            for _, taken in imported(node):
                self.forms.add(taken)
                self.imports.append(replace(taken, scope=names))
        elif kind == "decorated_definition":
            definition = node.child_by_field_name("definition")
            if definition is not None:
                self._definition(definition, names, decorator_names(node))
        elif kind in ("class_definition", "function_definition"):
            self._definition(node, names, [])
        elif kind == "type_alias_statement":
            self._type_alias(node, names)
        elif kind == "expression_statement":
            for child in node.named_children:
                self._expression(child, names)

    # -- definitions ------------------------------------------------------------------------

    def _definition(self, node: Node, names: Names, marks: list[str]) -> None:
        name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name_node is None or len(names) >= _DEEPEST:
            return
        name = text_of(name_node)
        inner = (*names, name)
        line = name_node.start_point.row + 1
        if node.type == "class_definition":
            bases = tuple(self._bases(node))
            self._declare(inner, "type", line, bases=bases)
            if body is not None:
                self._left.append((body, inner))
            return
        known = self._bodies.get(node.start_byte) or Body(node)
        function = FunctionTerms(known, self.terms, marks, is_method=bool(names))
        self._attributes(names, function)
        if not any(mark in ACCESSORS for mark in marks):
            is_property = bool(names) and any(mark in PROPERTIES for mark in marks)
            kind: Kind = "value" if is_property else "function"
            self._declare(inner, kind, line, function.results(), parameters=function.taken())

    def _bases(self, node: Node) -> Iterator[Term]:
        superclasses = node.child_by_field_name("superclasses")
        for base in superclasses.named_children if superclasses is not None else ():
            if base.type in ("identifier", "attribute", "subscript"):
                head = base.child_by_field_name("value") if base.type == "subscript" else base
                is_plain = head is not None and self.forms.of(head) in _PLAIN_BASES
                if not is_plain and text_of(base) != "object":
                    yield from self.terms.types(base)
            elif base.type == "call" and (term := self.terms.value(base)) is not None:
                yield term

    def _type_alias(self, node: Node, names: Names) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        while left is not None and left.type != "identifier" and left.named_children:
            left = left.named_children[0]
        if left is not None and left.type == "identifier":
            inner = (*names, text_of(left))
            self._declare(inner, "alias", left.start_point.row + 1, self.terms.types(right))

    # -- assignments ------------------------------------------------------------------------

    def _expression(self, node: Node, names: Names) -> None:
        if node.type == "assignment":
            self._assignment(node, names)
        elif node.type == "augmented_assignment":
            left = node.child_by_field_name("left")
            if not names and left is not None and text_of(left) == "__all__":
                self.exports.add(node.child_by_field_name("right"))
        elif node.type == "call" and not names:
            function = node.child_by_field_name("function")
            arguments = node.child_by_field_name("arguments")
            called = text_of(function) if function is not None else ""
            if called in ("__all__.extend", "__all__.append") and arguments is not None:
                self.exports.add(arguments.named_children[0] if arguments.named_children else None)

    def _assignment(self, node: Node, names: Names) -> None:
        right, targets = node.child_by_field_name("right"), []
        part: Node | None = node
        while part is not None and part.type == "assignment":
            targets.append(part.child_by_field_name("left"))
            right = part.child_by_field_name("right")
            part = right
        annotation = node.child_by_field_name("type")
        for target in targets:
            if target is None:
                continue
            if target.type in _TARGET_LISTS:
                for inner in target.named_children:
                    self._variable(inner, names, None, None)
            elif target.type == "identifier" and text_of(target) == "__all__" and not names:
                self.exports.add(right)
            else:
                self._variable(target, names, annotation, right)

    def _variable(
        self, target: Node, names: Names, annotation: Node | None, value: Node | None
    ) -> None:
        if target.type != "identifier":
            return
        inner, line = (*names, text_of(target)), target.start_point.row + 1
        is_alias = annotation is not None and self.forms.of(_inner(annotation)) == "TypeAlias"
        if value is not None and (is_alias or (annotation is None and self.terms.is_alias(value))):
            self._declare(inner, "alias", line, self.terms.types(value))
            return
        types = self.terms.types(annotation)
        if value is not None and not types:
            types = self.terms.bound(value)
        term = self.terms.value(value) if not types else None
        self._declare(inner, "value", line, types, term)

    def _attributes(self, owner: Names, function: FunctionTerms) -> None:
        """Declare what a method sets, until something is known of it."""
        for name, types, value in function.attributes():
            names = (*owner, text_of(name))
            if names in self._set:
                continue
            if types or value is not None:
                self._set.add(names)
            self._declare(names, "value", name.start_point.row + 1, types, value)

    def _declare(
        self,
        names: Names,
        kind: Kind,
        line: int,
        types: tuple[Term, ...] = (),
        value: Term | None = None,
        bases: tuple[Term, ...] = (),
        parameters: tuple[Term, ...] = (),
    ) -> None:
        name = names[-1]
        is_public = not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
        self.declarations.append(
            Declaration(names, kind, line, types, value, bases, parameters, is_public=is_public)
        )


def _says_something(declaration: Declaration) -> bool:
    is_known = bool(declaration.types) or declaration.value is not None
    return is_known or declaration.kind != "value"


def _is_string(statement: Node) -> bool:
    return statement.type == "expression_statement" and all(
        child.type in ("string", "concatenated_string") for child in statement.named_children
    )


def _inner(annotation: Node) -> Node:
    return annotation.named_children[0] if annotation.named_children else annotation
