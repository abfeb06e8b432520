"""What a Python file declares and imports, in the module that its path says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import tree_sitter_python
from tree_sitter import Language, Node, Query, QueryCursor

from askdocs_indexer.languages.facts import (
    NEW,
    SELF,
    Declaration,
    FileFacts,
    Import,
    Kind,
    Names,
    Term,
)
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.python.decorators import (
    ACCESSORS,
    CLASS_METHODS,
    CONTEXT_MANAGERS,
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
_ATTRIBUTES = Query(
    Language(tree_sitter_python.language()),
    "(assignment left: (attribute object: (identifier) attribute: (identifier))) @assignment",
)
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
class _Method:
    """A method that may set attributes: where it stands, and what its parameters are."""

    owner: Names
    name: str
    receiver: str
    parameters: dict[str, Term | None]
    annotations: dict[str, tuple[Term, ...]]


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
        strings = [one for one in items if one.type != "comment"]
        if not is_list or any(one.type != "string" for one in strings):
            self.is_readable = False
        if not self.is_readable:
            self.names = None
            return
        names = (text_of(one).strip("\"'") for one in strings)
        self.names = tuple(dict.fromkeys((*(self.names or ()), *names)))


@dataclass(slots=True)
class _Reader:
    """Walks the statements that run with the module; in functions, what they set on `self`."""

    declarations: list[Declaration] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    exports: _Exports = field(default_factory=_Exports)
    forms: SpecialForms = field(default_factory=SpecialForms)
    terms: TermMaker = field(init=False)
    _methods: list[tuple[int, int, Node, Names, list[str]]] = field(default_factory=list)
    _left: list[tuple[Node, Names]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.terms = TermMaker(self.forms)

    def read(self, root: Node) -> None:
        """Read a file by its syntax tree."""
        first = next((one for one in root.named_children if one.type != "comment"), None)
        is_documented = first is not None and _is_string(first)
        line = first.start_point.row + 1 if first is not None and is_documented else 1
        self.declarations.append(Declaration((), "module", line))
        self._left.append((root, ()))
        while self._left:
            node, names = self._left.pop()
            self._statement(node, names)
        self._attributes(root)

    def known(self) -> Iterator[Declaration]:
        """Yield the declarations; a name that is imported or defined as well is no None."""
        bound = {(*one.scope, one.name) for one in self.imports}
        bound |= {one.names for one in self.declarations if _says_something(one)}
        for one in self.declarations:
            if one.kind != "value" or _says_something(one) or one.names not in bound:
                yield one

    def _statement(self, node: Node, names: Names) -> None:
        kind = node.type
        if kind in _TRANSPARENT:
            self._left.extend((child, names) for child in reversed(node.named_children))
        elif kind in IMPORTS:
            for _, one in imported(node):
                self.forms.add(one)
                self.imports.append(replace(one, scope=names))
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
        if names:
            self._methods.append((node.start_byte, node.end_byte, node, names, marks))
        if any(mark in ACCESSORS for mark in marks):
            return
        is_property = bool(names) and any(mark in PROPERTIES for mark in marks)
        types = self._results(node, marks)
        self._declare(inner, "value" if is_property else "function", line, types)

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

    def _results(self, node: Node, marks: list[str]) -> tuple[Term, ...]:
        """Return what a function says that it gives; `SELF` for what its receiver is."""
        annotation = node.child_by_field_name("return_type")
        types = self.terms.types(annotation)
        if annotation is not None and types == self._receiver_types(node):
            return (Term((SELF,)),)
        if any(mark in CONTEXT_MANAGERS for mark in marks):
            held = tuple(term.args[0] for term in types if term.args)
            return (Term(("=contextlib.AbstractContextManager",), held),) if held else ()
        return types

    def _receiver_types(self, node: Node) -> tuple[Term, ...]:
        parameters = node.child_by_field_name("parameters")
        first = parameters.named_children[0] if parameters and parameters.named_children else None
        annotation = first.child_by_field_name("type") if first is not None else None
        name = text_of(first).partition(":")[0].strip() if first is not None else ""
        types = self.terms.types(annotation) if name in ("self", "cls") else ()
        # `cls: type[T]` makes a `T`.
        return types[0].args if name == "cls" and types and types[0].args else types

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
        term = self.terms.value(value) if not types else None
        self._declare(inner, "value", line, types, term)

    # -- attributes that methods set --------------------------------------------------------

    def _attributes(self, root: Node) -> None:
        """Declare what methods assign to attributes of their first parameter."""
        if not self._methods:
            return
        nodes = QueryCursor(_ATTRIBUTES).captures(root).get("assignment", [])
        nodes.sort(key=lambda node: node.start_byte)
        methods = iter(sorted(self._methods, key=lambda row: row[0]))
        row = next(methods, None)
        opened: tuple[Node, _Method] | None = None
        set_names: set[Names] = set()
        for node in nodes:
            while row is not None and row[1] <= node.start_byte:
                row = next(methods, None)
            if row is None:
                break
            if row[0] > node.start_byte:
                continue
            if opened is None or opened[0].id != row[2].id:
                opened = row[2], self._method(*row[2:])
            self._attribute(node, opened[1], set_names)

    def _method(self, node: Node, owner: Names, marks: list[str]) -> _Method:
        name = node.child_by_field_name("name")
        parameters: dict[str, Term | None] = {}
        annotations: dict[str, tuple[Term, ...]] = {}
        nodes = node.child_by_field_name("parameters")
        receiver = ""
        for parameter in nodes.named_children if nodes is not None else ():
            target = parameter
            while target.type != "identifier" and target.named_children:
                target = target.named_children[0]
            key = text_of(target)
            is_plain = parameter.type in ("typed_parameter", "typed_default_parameter")
            default = parameter.child_by_field_name("value")
            if is_plain and parameter.named_children[0].type == "identifier":
                annotations[key] = self.terms.types(parameter.child_by_field_name("type"))
            parameters[key] = self.terms.value(default)
            receiver = receiver or key
        is_static = "staticmethod" in marks
        method = text_of(name) if name is not None else ""
        is_class = "classmethod" in marks or method in CLASS_METHODS
        parameters[receiver] = Term((SELF,) if is_class else (SELF, NEW))
        return _Method(owner, method, "" if is_static else receiver, parameters, annotations)

    def _attribute(self, node: Node, method: _Method, set_names: set[Names]) -> None:
        target = node.child_by_field_name("left")
        owner = target.child_by_field_name("object") if target is not None else None
        name = target.child_by_field_name("attribute") if target is not None else None
        if owner is None or name is None or text_of(owner) != method.receiver:
            return
        names = (*method.owner, text_of(name))
        if names in set_names:
            return
        right = node.child_by_field_name("right")
        types = self.terms.types(node.child_by_field_name("type"))
        if not types and right is not None and right.type == "identifier":
            types = method.annotations.get(text_of(right), ())
        value = None if types else self.terms.value(right, method.parameters)
        if types or value is not None:
            set_names.add(names)
        self._declare(names, "value", name.start_point.row + 1, types, value)

    def _declare(
        self,
        names: Names,
        kind: Kind,
        line: int,
        types: tuple[Term, ...] = (),
        value: Term | None = None,
        bases: tuple[Term, ...] = (),
    ) -> None:
        name = names[-1]
        is_public = not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
        self.declarations.append(
            Declaration(names, kind, line, types, value, bases, is_public=is_public)
        )


def _says_something(one: Declaration) -> bool:
    return one.kind != "value" or bool(one.types) or one.value is not None


def _is_string(statement: Node) -> bool:
    return statement.type == "expression_statement" and all(
        child.type in ("string", "concatenated_string") for child in statement.named_children
    )


def _inner(annotation: Node) -> Node:
    return annotation.named_children[0] if annotation.named_children else annotation
