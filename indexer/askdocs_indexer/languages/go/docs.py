"""Go: comments right above packages, types, functions, methods, constants and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import Attached, Style, attach, doc_of
from askdocs_indexer.languages.go.prose import go_blocks
from askdocs_indexer.languages.source import Declared, Source, children_of
from askdocs_indexer.readers.decoding import words

# A comment such as `//go:build` or `//nolint:all` is an order to a tool.
_COMMENT = re.compile(r"/\*|//(?![a-z0-9]+:[a-z0-9]|export |extern |line | \+build)")
_STYLE = Style(_COMMENT, adjoins=True)
# A constant, variable or field can have its comment behind it.
_MEMBERS = Style(_COMMENT, trailing=_COMMENT, adjoins=True, aligns=True)
_GROUPS = words("const_declaration type_declaration var_declaration var_spec_list")
_SPECS = words("const_spec type_alias type_spec var_spec")
_LONGEST_GROUP = 200


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the comments of a file document; tests are not part of a package's interface."""
    if path.endswith("_test.go"):
        return
    source = Source(text, path, language)
    package = _package(source)
    bodies = [source.root] if source.root is not None and package else []
    while bodies:
        for attached in attach(source, bodies.pop().named_children, _STYLE):
            node = attached.node
            if node is None:
                continue
            if node.type == "ERROR":
                bodies.append(node)
            elif node.type == "package_clause":
                yield from _declared(source, attached, [package], node, node.end_byte)
            elif node.type in _GROUPS:
                yield from _group(source, attached, package)
            elif node.type in {"function_declaration", "method_declaration"}:
                yield from _function(source, attached, package)


def _package(source: Source) -> str:
    for node in children_of(source.root):
        if node.type == "package_clause" and node.named_children:
            return source.text(node.named_children[0])
    return ""


def _is_exported(name: str) -> bool:
    return name[:1].isupper()


def _names(source: Source, node: Node) -> list[str]:
    """Return the exported names that a specification, field or method declares."""
    named = (source.text(name) for name in node.children_by_field_name("name"))
    return [name for name in named if _is_exported(name)]


def _function(source: Source, attached: Attached, package: str) -> Iterator[Declared]:
    if attached.node is None:
        return
    owner = [package]
    receiver = attached.node.child_by_field_name("receiver")
    if receiver is not None:
        receiver_type = _first_type(source, receiver)
        if not _is_exported(receiver_type):
            return
        owner.append(receiver_type)
    body = attached.node.child_by_field_name("body")
    end = body.start_byte if body is not None else attached.node.end_byte
    names = [".".join((*owner, name)) for name in _names(source, attached.node)]
    yield from _declared(source, attached, names, attached.node, end)


def _first_type(source: Source, node: Node) -> str:
    nodes = [node]
    while nodes:
        child = nodes.pop()
        if child.type == "type_identifier":
            return source.text(child)
        nodes.extend(reversed(child.named_children))
    return ""


def _group(source: Source, attached: Attached, package: str) -> Iterator[Declared]:
    """One specification, or several in brackets: the comment above is for those without one."""
    group = attached.node
    if group is None:
        return
    lists = [child for child in group.named_children if child.type == "var_spec_list"]
    holder = lists[0] if lists else group
    members = attach(source, holder.named_children, _MEMBERS)
    specs = [spec for spec in members if spec.node is not None]
    is_grouped = any(child.type == "(" for child in holder.children)
    if not is_grouped:
        specs = [Attached(spec.node, attached.before) for spec in specs]
    elif attached.before:
        bare = [spec.node for spec in specs if spec.node is not None and not _is_documented(spec)]
        names = [f"{package}.{name}" for node in bare for name in _names(source, node)]
        # Lines of members that have comments of their own, or may hold some that do, are not shown.
        is_plain = len(bare) == len(specs) and group.type != "type_declaration"
        shown = group if is_plain else None
        yield from _declared(source, attached, names[:_LONGEST_GROUP], shown, group.end_byte)
    for spec in specs:
        if spec.node is not None and spec.node.type in _SPECS:
            yield from _spec(source, spec, spec.node if is_grouped else group, package)


def _is_documented(spec: Attached) -> bool:
    return bool(spec.before or spec.behind)


def _spec(source: Source, spec: Attached, shown: Node, package: str) -> Iterator[Declared]:
    if spec.node is None:
        return
    kind = spec.node.child_by_field_name("type")
    body = None
    if kind is not None and kind.type in {"interface_type", "struct_type"}:
        body = kind.children[1] if kind.type == "struct_type" and kind.child_count > 1 else kind
    end = spec.node.end_byte
    if body is not None and kind is not None:
        end = kind.children[0].end_byte
    names = [f"{package}.{name}" for name in _names(source, spec.node)]
    yield from _declared(source, spec, names, shown, end)
    if body is not None and names:
        for member in attach(source, body.named_children, _MEMBERS):
            if member.node is not None:
                inside = [f"{names[0]}.{name}" for name in _names(source, member.node)]
                yield from _declared(source, member, inside, member.node, member.node.end_byte)


def _declared(
    source: Source, attached: Attached, names: Sequence[str], shown: Node | None, end: int
) -> Iterator[Declared]:
    doc = doc_of(source, attached.before or attached.behind)
    if doc is None or not names or doc.is_copyright:
        return
    signature = None
    if shown is not None:
        signature = source.signature((shown, end), keeps_lines=shown.type in _GROUPS)
    yield Declared(tuple(names), go_blocks(doc), signature)
