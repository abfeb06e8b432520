"""Kotlin: KDoc comments of types, objects, functions, properties, constants and aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import Attached, Style, attach, doc_of
from askdocs_indexer.languages.doc_comments.dialects import KDOC
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import has_tag, tags_of
from askdocs_indexer.languages.kotlin.preprocessor import readable
from askdocs_indexer.languages.kotlin.syntax import COMPANION
from askdocs_indexer.languages.source import DEEPEST, Declared, Source, children_of
from askdocs_indexer.readers.decoding import words

_STYLE = Style(re.compile(r"/\*\*(?![*/])"))
_TYPES = words("class_declaration companion_object object_declaration")
_BODIES = words("class_body class_parameters enum_class_body primary_constructor")
_ACCESSORS = words("function_body getter property_delegate setter")
_HIDDEN = frozenset({"suppress"})
# `@param[name]` is another way to write `@param name`.
_BRACKETED = re.compile(r"^(\s*@\w+)\[(\w+)\]")


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document."""
    source = Source(text, path, language, readable(text.encode("utf-8", "replace")))
    package = _package(source)
    bodies = [(source.root, (package,) if package else ())] if source.root else []
    while bodies:
        body, names = bodies.pop()
        for attached in attach(source, body.named_children, _STYLE):
            node = attached.node
            if node is None or _is_private(source, node) or len(names) > DEEPEST:
                continue
            if node.type == "ERROR" or node.type in _BODIES:
                bodies.append((node, names))
                continue
            own = _names(source, node, names)
            if own:
                qualified = tuple(".".join((*names, name)) for name in own)
                yield from _declared(source, attached, qualified)
            if own and node.type in _TYPES:
                inside = [child for child in node.named_children if child.type in _BODIES]
                bodies += [(child, (*names, own[0])) for child in inside]


def _package(source: Source) -> str:
    for node in children_of(source.root):
        if node.type == "package_header" and node.named_children:
            return source.text(node.named_children[0])
    return ""


def _names(source: Source, node: Node, around: tuple[str, ...]) -> list[str]:
    if node.type == "secondary_constructor":
        return [around[-1].rpartition(".")[2]] if around else []
    if node.type == "class_parameter" and not _is_property(node):
        return []
    if node.type in {"class_parameter", "enum_entry"}:
        nodes = [child for child in node.named_children if child.type == "identifier"][:1]
    elif node.type == "property_declaration":
        variables = (child for child in node.named_children if child.type == "variable_declaration")
        nodes = [child.named_children[0] for child in variables if child.named_children]
    else:
        named = node.child_by_field_name("type" if node.type == "type_alias" else "name")
        nodes = [named] if named is not None else []
    if not nodes and node.type == "companion_object":
        return [COMPANION]
    return [source.text(name) for name in nodes]


def _is_property(node: Node) -> bool:
    return any(child.type in {"val", "var"} for child in node.children)


def _modifiers(node: Node) -> Node | None:
    return next((child for child in node.children[:1] if child.type == "modifiers"), None)


def _is_private(source: Source, node: Node) -> bool:
    modifiers = _modifiers(node)
    return any(
        child.type == "visibility_modifier" and source.text(child) == "private"
        for child in children_of(modifiers)
    )


def _declared(source: Source, attached: Attached, names: tuple[str, ...]) -> Iterator[Declared]:
    doc = doc_of(source, attached.before)
    node = attached.node
    if doc is None or node is None or doc.is_copyright:
        return
    lines = tuple(_BRACKETED.sub(r"\1 \2", line) for line in doc.lines)
    tags = tags_of(replace(doc, lines=lines), KDOC)
    if not has_tag(tags, _HIDDEN):
        signature = source.signature((_behind_annotations(node), _end(source, node)))
        yield Declared(names, blocks_of(tags, KDOC), signature)


def _end(source: Source, node: Node) -> int:
    """Return where a declaration's body begins, a value of several lines or documented parameters.

    Those are declarations of their own.
    """
    inner = node.named_children
    for child in inner:
        if child.type == "primary_constructor" and "/**" in source.text(child):
            return child.start_byte
        if child.type in _ACCESSORS or child.type in {"block", "class_body", "enum_class_body"}:
            return child.start_byte
    is_value = node.type == "property_declaration" and inner[-1].type != "variable_declaration"
    if is_value and "\n" in source.text(inner[-1]):
        return inner[-1].start_byte
    return node.end_byte


def _behind_annotations(node: Node) -> Node:
    """Return the first node of a declaration that is not an annotation."""
    modifiers = _modifiers(node)
    for child in children_of(modifiers):
        if child.type != "annotation":
            return child
    return node.children[1] if modifiers is not None and node.child_count > 1 else node
