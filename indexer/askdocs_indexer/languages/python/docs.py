"""Python: docstrings of modules, classes, functions, methods and, right below them, attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import (
    Attached,
    Style,
    attach,
    doc_of,
    is_comment,
)
from askdocs_indexer.languages.python.docstrings import docstring_blocks, string_lines
from askdocs_indexer.languages.source import DEEPEST, Declared, Source, children_of
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_indexer.types import Block

# What Sphinx takes for the documentation of the assignment below it.
_STYLE = Style(re.compile("#:"), adjoins=True)
# Nodes whose statements run when the module or class around them does.
_TRANSPARENT = words(
    "ERROR block case_clause elif_clause else_clause except_clause except_group_clause "
    "finally_clause for_statement if_statement match_statement module try_statement "
    "while_statement with_statement"
)
_DEFINITIONS = words("class_definition decorated_definition function_definition")
_ASSIGNMENTS = frozenset({"assignment", "type_alias_statement"})
_ANNOTATED = ("Annotated", "t.Annotated", "typing.Annotated", "typing_extensions.Annotated")
# Nodes between `Annotated` and its `Doc`.
_AROUND_NOTES = words("generic_type subscript type type_parameter")
_SOURCE_FOLDERS = frozenset({"lib", "src"})


@dataclass(frozen=True, slots=True)
class _Scope:
    """A body to look into: of a module or class, or of an initializer, which sets attributes."""

    node: Node
    names: tuple[str, ...]
    receiver: str = ""


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the docstrings of a file document."""
    source = Source(text, path, language)
    if source.root is None:
        return
    module = module_of(source.path)
    statements = _statements(source.root)
    if module and statements:
        blocks = _docstring(source, statements[0])
        yield Declared((module,), blocks)
    scopes = [_Scope(source.root, (module,) if module else ())]
    while scopes:
        scope = scopes.pop()
        siblings = [*attach(source, scope.node.named_children, _STYLE)]
        for attached, below in zip(siblings, [*siblings, Attached(None)][1:], strict=True):
            if attached.node is None:
                continue
            if attached.node.type in _DEFINITIONS:
                yield from _definition(source, attached.node, scope, scopes)
            elif attached.node.type in _TRANSPARENT and not scope.receiver:
                scopes.append(_Scope(attached.node, scope.names))
            else:
                yield from _attribute(source, attached, below.node, scope)


def module_of(path: str) -> str:
    """Return the dotted name by which the file at a path is imported, as its folders say."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts and parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    if len(parts) > 1 and parts[0].lower() in _SOURCE_FOLDERS:
        parts.pop(0)
    return ".".join(parts)


def _statements(node: Node) -> list[Node]:
    return [child for child in node.named_children if not is_comment(child)]


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _definition(
    source: Source, statement: Node, scope: _Scope, scopes: list[_Scope]
) -> Iterator[Declared]:
    definition = statement.child_by_field_name("definition") or statement
    name_node, body = (definition.child_by_field_name(field) for field in ("name", "body"))
    if name_node is None or body is None or scope.receiver or len(scope.names) > DEEPEST:
        return
    name = source.text(name_node)
    if not _is_public(name):
        return
    names = (*scope.names, name)
    below = _statements(body)
    if below:
        parameters = children_of(definition.child_by_field_name("parameters"))
        noted = (_noted(source, parameter) for parameter in parameters)
        blocks = [*_docstring(source, below[0]), *(block for block in noted if block)]
        yield Declared((".".join(names),), blocks, _signature(source, statement, definition, body))
    if definition.type == "class_definition":
        scopes.append(_Scope(body, names))
    elif name == "__init__" and len(scope.names) > 1:
        first = next(iter(children_of(definition.child_by_field_name("parameters"))), None)
        receiver = source.text(first) if first is not None else ""
        scopes.append(_Scope(body, scope.names, receiver or " "))


def _signature(source: Source, statement: Node, definition: Node, body: Node) -> Block:
    colons = [child for child in definition.children if child.type == ":"]
    end = colons[-1].start_byte if colons else body.start_byte
    parts = [
        (child, child.end_byte) for child in children_of(statement) if child.type == "decorator"
    ]
    return source.signature(*(parts if definition is not statement else ()), (definition, end))


def _docstring(source: Source, statement: Node) -> Sequence[Block]:
    """Return the blocks of a statement that is a docstring; none of any other."""
    if statement.type != "expression_statement" or statement.named_child_count != 1:
        return ()
    lines = string_lines(source, statement.named_children[0])
    return docstring_blocks(lines, statement.start_point.row + 1) if lines else ()


def _noted(source: Source, parameter: Node) -> Block | None:
    """Return the note in a parameter's type: `Annotated[int, Doc("How many.")]` (PEP 727)."""
    name = parameter.child_by_field_name("name") or next(iter(parameter.named_children), None)
    note = _note(source, parameter.child_by_field_name("type"))
    if name is None or note is None:
        return None
    lines = string_lines(source, note)
    text = "\n".join(lines).strip().replace("\n", "\n  ")
    first, last = note.start_point.row + 1, note.end_point.row + 1
    return Block(f"- {code_span(source.text(name))}: {text}", first, last) if text else None


def _note(source: Source, annotation: Node | None) -> Node | None:
    """Return the string in the `Doc(…)` of an annotation."""
    inner = next(iter(children_of(annotation)), None)
    if inner is None or not source.text(inner).startswith(_ANNOTATED):
        return None
    nodes = [inner]
    while nodes:
        node = nodes.pop(0)
        function = node.child_by_field_name("function") if node.type == "call" else None
        if function is not None and source.text(function).rpartition(".")[2] == "Doc":
            arguments = children_of(node.child_by_field_name("arguments"))
            return arguments[0] if arguments and arguments[0].type.endswith("string") else None
        nodes += children_of(node) if node.type in _AROUND_NOTES else ()
    return None


def _attribute(
    source: Source, attached: Attached, below: Node | None, scope: _Scope
) -> Iterator[Declared]:
    """Yield what an assignment says about itself: in a comment above, in a string right below."""
    statement = inner = attached.node
    if statement is not None and statement.type == "expression_statement":
        inner = next(iter(statement.named_children), None)
    if statement is None or inner is None or inner.type not in _ASSIGNMENTS:
        return
    target = inner.child_by_field_name("left")
    name = source.text(target) if target is not None else ""
    if scope.receiver:
        owner, _, name = name.partition(".")
        name = name if owner == scope.receiver else ""
    if target is None or not name.isidentifier() or not _is_public(name):
        return
    doc = doc_of(source, attached.before)
    blocks = [
        *(docstring_blocks(doc.lines, doc.first_line) if doc is not None else ()),
        *(_docstring(source, below) if below is not None else ()),
    ]
    kind = inner.child_by_field_name("type") or target
    short = statement.start_point.row == statement.end_point.row
    signature = source.signature((statement, statement.end_byte if short else kind.end_byte))
    yield Declared((".".join((*scope.names, name)),), blocks, signature)
