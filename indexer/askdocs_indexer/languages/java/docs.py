"""Java: Javadoc comments of packages, types, methods, constructors, fields and constants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import Attached, Style, attach, doc_of
from askdocs_indexer.languages.doc_comments.dialects import JAVADOC, JAVADOC_MARKDOWN
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import has_tag, tags_of
from askdocs_indexer.languages.source import DEEPEST, Declared, Source, children_of
from askdocs_indexer.readers.decoding import words

_STYLE = Style(re.compile(r"/\*\*(?![*/])|///(?!/)"))
_TYPES = words(
    "annotation_type_declaration class_declaration enum_declaration interface_declaration "
    "record_declaration"
)
_FIELDS = frozenset({"constant_declaration", "field_declaration"})
_TRANSPARENT = frozenset({"ERROR", "enum_body_declarations"})
_ANNOTATIONS = frozenset({"annotation", "marker_annotation"})
_HIDDEN = words("hidden exclude")


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document."""
    source = Source(text, path, language)
    package = _package(source)
    bodies = [(source.root, (package,) if package else ())] if source.root else []
    while bodies:
        body, names = bodies.pop()
        for attached in attach(source, body.named_children, _STYLE):
            node = attached.node
            if node is None or _is_private(node) or len(names) > DEEPEST:
                continue
            if node.type in _TRANSPARENT:
                bodies.append((node, names))
                continue
            declared = _names(source, node)
            if node.type == "package_declaration":
                yield from _declared(source, attached, [package], node.end_byte)
            elif declared:
                inside = node.child_by_field_name("body")
                end = inside.start_byte if inside is not None else node.end_byte
                yield from _declared(
                    source, attached, [".".join((*names, name)) for name in declared], end
                )
                if node.type in _TYPES and inside is not None:
                    bodies.append((inside, (*names, declared[0])))


def _package(source: Source) -> str:
    for node in children_of(source.root):
        if node.type == "package_declaration":
            named = [child for child in node.named_children if child.type.endswith("identifier")]
            return source.text(named[0]) if named else ""
    return ""


def _names(source: Source, node: Node) -> list[str]:
    if node.type in _FIELDS:
        nodes = [
            declarator.child_by_field_name("name")
            for declarator in node.children_by_field_name("declarator")
        ]
    else:
        nodes = [node.child_by_field_name("name")]
    return [source.text(name) for name in nodes if name is not None]


def _modifiers(node: Node) -> Node | None:
    return next((child for child in node.children[:1] if child.type == "modifiers"), None)


def _is_private(node: Node) -> bool:
    modifiers = _modifiers(node)
    return modifiers is not None and any(child.type == "private" for child in modifiers.children)


def _declared(source: Source, attached: Attached, names: list[str], end: int) -> Iterator[Declared]:
    doc = doc_of(source, attached.before)
    if doc is None or attached.node is None or doc.is_copyright:
        return
    is_markdown = source.data.startswith(b"///", attached.before[0].start_byte)
    dialect = JAVADOC_MARKDOWN if is_markdown else JAVADOC
    tags = tags_of(doc, dialect)
    if not has_tag(tags, _HIDDEN):
        signature = source.signature((_behind_annotations(attached.node), end))
        yield Declared(tuple(names), blocks_of(tags, dialect), signature)


def _behind_annotations(node: Node) -> Node:
    """Return the first node of a declaration that is not an annotation."""
    modifiers = _modifiers(node)
    for child in modifiers.children if modifiers is not None else ():
        if child.type not in _ANNOTATIONS:
            return child
    return node.children[1] if modifiers is not None and node.child_count > 1 else node
