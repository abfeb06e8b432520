"""C#: XML doc comments of types, methods, constructors, properties, fields and events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.csharp.mending import mended
from askdocs_indexer.languages.csharp.prose import XML, tags_of
from askdocs_indexer.languages.csharp.syntax import is_shown, modifiers
from askdocs_indexer.languages.doc_comments.attachment import Attached, Style, attach, doc_of
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import Tag
from askdocs_indexer.languages.source import DEEPEST, Declared, Source, children_of
from askdocs_indexer.readers.decoding import words

_STYLE = Style(re.compile(r"///(?!/)|/\*\*(?![*/])"))
_NAMESPACES = words("file_scoped_namespace_declaration namespace_declaration")
_TYPES = words(
    "class_declaration enum_declaration interface_declaration record_declaration struct_declaration"
)
# Their members are hidden unless they say otherwise.
_CLOSED = words("class_declaration record_declaration struct_declaration")
_FIELDS = words("event_field_declaration field_declaration")
_MEMBERS = words(
    "constructor_declaration delegate_declaration enum_member_declaration event_declaration "
    "method_declaration property_declaration"
)
_TRANSPARENT = re.compile(r"ERROR|declaration_list|preproc_(?:if|elif|else)")
_ACCESS = words("private protected public internal")


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document."""
    source = _source(text, path, language)
    bodies: list[tuple[Node, tuple[str, ...], bool]] = []
    if source.root is not None:
        bodies.append((source.root, (), False))
    while bodies:
        body, names, is_closed = bodies.pop()
        for attached in attach(source, body.named_children, _STYLE):
            node = attached.node
            if node is None or len(names) > DEEPEST:
                continue
            if node.type in _NAMESPACES:
                name = node.child_by_field_name("name")
                inside = (*names, source.text(name)) if name is not None else names
                if node.type == "namespace_declaration":
                    bodies += ((part, inside, False) for part in _bodies(node))
                else:
                    names = inside
            elif _TRANSPARENT.fullmatch(node.type):
                bodies.append((node, names, is_closed))
            elif _is_public(node, is_closed):
                own = _names(source, node)
                yield from _declared(source, attached, [".".join((*names, name)) for name in own])
                if node.type in _TYPES and own:
                    inside, hides = (*names, own[0]), node.type in _CLOSED
                    bodies += ((part, inside, hides) for part in _bodies(node))


def _source(text: str, path: str, language: str) -> Source:
    source = Source(text, path, language)
    if source.root is None or not source.root.has_error:
        return source
    return Source(text, path, language, mended(source.data))


def _bodies(node: Node) -> list[Node]:
    inside = node.child_by_field_name("body")
    return [inside] if inside is not None else []


def _is_public(node: Node, is_closed: bool) -> bool:
    """Return whether others than the assembly of a declaration can use it."""
    given = modifiers(node)
    if any(child.type == "explicit_interface_specifier" for child in node.named_children):
        return False
    return is_shown(given) and not (is_closed and not given & _ACCESS)


def _names(source: Source, node: Node) -> list[str]:
    nodes: list[Node | None] = []
    if node.type in _FIELDS:
        for variables in node.named_children:
            if variables.type == "variable_declaration":
                parts = [part for part in variables.named_children if part.type != "ERROR"]
                nodes += (part.child_by_field_name("name") for part in parts)
    elif node.type in _TYPES | _MEMBERS:
        nodes.append(node.child_by_field_name("name"))
    return [source.text(name) for name in nodes if name is not None]


def _declared(source: Source, attached: Attached, names: list[str]) -> Iterator[Declared]:
    doc = doc_of(source, attached.before)
    if doc is None or attached.node is None or doc.is_copyright or not names:
        return
    tags = tags_of(doc)
    if attached.node.type == "record_declaration":
        names = [
            *names,
            *(f"{names[0]}.{name}" for name in _properties(source, attached.node, tags)),
        ]
    signature = source.signature((_behind_attributes(attached.node), _end(attached.node)))
    yield Declared(tuple(names), blocks_of(tags, XML), signature)


def _properties(source: Source, record: Node, tags: Sequence[Tag]) -> Iterator[str]:
    """Yield the properties that a record's comment describes as its parameters."""
    described = {tag.lines[0].partition(" ")[0] for tag in tags if tag.name == "param"}
    for parameters in record.named_children:
        for parameter in parameters.named_children if parameters.type == "parameter_list" else ():
            name = parameter.child_by_field_name("name")
            if name is not None and source.text(name) in described:
                yield source.text(name)


def _end(node: Node) -> int:
    """Return where the head of a declaration ends; accessors without a body belong to it."""
    accessors = node.child_by_field_name("accessors")
    if accessors is not None:
        inside = [accessor.child_by_field_name("body") for accessor in children_of(accessors)]
        return _end_before(accessors) if any(inside) else accessors.end_byte
    inner = node.child_by_field_name("body")
    value = node.child_by_field_name("value")
    if inner is None and value is not None and value.type == "arrow_expression_clause":
        inner = value
    return _end_before(inner) if inner is not None else node.end_byte


def _end_before(node: Node) -> int:
    """Return the end of what precedes a body: conditions may stand between the two."""
    before = node.prev_sibling
    return before.end_byte if before is not None else node.start_byte


def _behind_attributes(node: Node) -> Node:
    """Return the first node of a declaration that is not an attribute."""
    parts = (child for child in node.children if child.type != "attribute_list")
    return next(parts, node)
