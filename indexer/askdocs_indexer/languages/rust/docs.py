"""Rust: doc comments and `doc` attributes of modules, items, fields, variants and methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import (
    Attached,
    Style,
    attach,
    doc_of,
    is_comment,
)
from askdocs_indexer.languages.rust.prose import rust_blocks
from askdocs_indexer.languages.source import DEEPEST, Declared, Source
from askdocs_indexer.readers.decoding import words

# Behind a macro (`#[doc = concat!("…")]`) stands text that only the compiler knows.
_CONDITION = r"\s*cfg_attr\s*\((?:[^\"]|\"[^\"]*\")*?,"
_LITERAL = rf"(?:{_CONDITION})?\s*doc\s*=\s*r?#*\""
_STYLE = Style(
    re.compile(rf"///(?!/)|/\*\*(?![*/])|#\[{_LITERAL}"),
    skipped=frozenset({"attribute_item"}),
    joins=True,
)
_INNER = re.compile(rf"//!|/\*!|#!\[{_LITERAL}")
_ITEMS = words(
    "associated_type const_item enum_item function_item function_signature_item macro_definition "
    "mod_item static_item struct_item trait_item type_item union_item enum_variant "
    "field_declaration trait_alias"
)
# Items that hold others.
_OWNERS = words("enum_item enum_variant mod_item struct_item trait_item union_item")
# Items whose own items are as public as they are.
_SHARED = words("enum_item enum_variant trait_item")
_TYPES = words("enum_item struct_item trait_item union_item type_item")
_TRANSPARENT = words("ERROR foreign_mod_item")
_HIDDEN = re.compile(r"#\[\s*(?:doc\s*\(\s*hidden\b|cfg\s*\(\s*test\b)")
_CONDITIONAL = re.compile(r"#!?\[\s*cfg_attr\b")
_EXPORTED = re.compile(r"#\[\s*macro_export\b")
_AROUND_NAMES = words("generic_type reference_type scoped_type_identifier")
_ROOTS = frozenset({"lib", "main", "mod"})


@dataclass(frozen=True, slots=True)
class _Body:
    """Items to look into. `is_public` where items need no `pub` of their own: in a trait."""

    node: Node
    names: tuple[str, ...]
    is_public: bool = False


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document."""
    source = Source(text, path, language)
    if source.root is None:
        return
    reader = _Reader(source)
    yield from reader.inner(source.root, reader.module)
    bodies = [_Body(source.root, reader.module)]
    while bodies:
        body = bodies.pop()
        if len(body.names) > DEEPEST:
            continue
        private = reader.private_types(body.node)
        for attached in attach(source, body.node.named_children, _STYLE):
            if attached.node is not None:
                yield from reader.item(attached, body, private, bodies)


def module_of(path: str) -> tuple[tuple[str, ...], str]:
    """Return the path of a file's module below its crate, and the crate as its folder calls it."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    crate = ""
    if "src" in parts[:-1]:
        position = len(parts) - 2 - parts[-2::-1].index("src")
        crate = parts[position - 1].replace("-", "_") if position else ""
        parts = parts[position + 1 :]
        parts = [] if parts[0] == "bin" else parts
    else:
        parts = parts[-2:] if parts[-1:] == ["mod"] else parts[-1:]
    if parts and parts[-1] in _ROOTS:
        parts.pop()
    return tuple(parts), crate


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self.module, self._crate = module_of(source.path)

    def _declared(
        self, names: tuple[str, ...], comments: Sequence[Node], signature: tuple[Node, int] | None
    ) -> Iterator[Declared]:
        doc = doc_of(self._source, self._certain(comments))
        if doc is None or doc.is_copyright:
            return
        title = "::".join(names) or self._crate or "crate"
        inside = "::".join(names)
        symbols = [inside, "::".join(("crate", *names))]
        symbols += ["::".join((self._crate, *names))] if self._crate else []
        yield Declared(
            tuple(symbol for symbol in symbols if symbol),
            rust_blocks(doc),
            self._source.signature(signature) if signature else None,
            title,
        )

    def _certain(self, comments: Sequence[Node]) -> list[Node]:
        """Leave out what stands for a line under another condition: the last counts."""
        conditional = [self._has(_CONDITIONAL, comment) for comment in comments]
        return [
            comment
            for comment, is_conditional, goes_on in zip(
                comments, conditional, [*conditional[1:], False], strict=False
            )
            if not (is_conditional and goes_on)
        ]

    def inner(self, node: Node, names: tuple[str, ...]) -> Iterator[Declared]:
        """Yield what the comments inside a file or module say about it."""
        comments = []
        for child in node.named_children:
            if not is_comment(child) and child.type != "inner_attribute_item":
                break
            if _INNER.match(self._source.slice(child.start_byte, child.start_byte + 20)):
                comments.append(child)
        yield from self._declared(names, comments, None)

    def private_types(self, node: Node) -> frozenset[str]:
        """Return the types among a node's items that others cannot see."""
        return frozenset(
            self._name(child)
            for child in node.named_children
            if child.type in _TYPES and not self._is_pub(child)
        )

    def item(
        self, attached: Attached, body: _Body, private: frozenset[str], bodies: list[_Body]
    ) -> Iterator[Declared]:
        """Yield what is said about one item; add what it holds to `bodies`."""
        node = attached.node
        if node is None or any(self._has(_HIDDEN, attribute) for attribute in attached.between):
            return
        inside = node.child_by_field_name("body")
        if node.type in _TRANSPARENT:
            bodies.append(_Body(inside or node, body.names))
        elif node.type == "impl_item" and inside is not None:
            owner = self._implementing(node)
            if owner and owner not in private:
                names = (*body.names, owner)
                yield from self._declared(names, attached.before, (node, inside.start_byte))
                is_public = node.child_by_field_name("trait") is not None
                bodies.append(_Body(inside, names, is_public))
        elif node.type in _ITEMS and (body.is_public or self._is_seen(attached)):
            yield from self._item(node, attached, body, bodies)

    def _item(
        self, node: Node, attached: Attached, body: _Body, bodies: list[_Body]
    ) -> Iterator[Declared]:
        name = self._name(node)
        if not name:
            return
        if node.type == "macro_definition":
            yield from self._macro(node, attached, name)
            return
        inside = node.child_by_field_name("body")
        # The fields of a tuple have no names: they are part of the signature.
        has_body = inside is not None and not inside.type.startswith("ordered_")
        end = inside.start_byte if inside is not None and has_body else node.end_byte
        names = (*body.names, name)
        yield from self._declared(names, attached.before, (node, end))
        if inside is not None and has_body and node.type in _OWNERS:
            if node.type == "mod_item":
                yield from self.inner(inside, names)
            bodies.append(_Body(inside, names, node.type in _SHARED))

    def _macro(self, node: Node, attached: Attached, name: str) -> Iterator[Declared]:
        """An exported macro belongs to its crate, wherever it is written."""
        head = node.child_by_field_name("name")
        signature = (node, head.end_byte if head is not None else node.end_byte)
        for declared in self._declared((name,), attached.before, signature):
            yield replace(declared, title=f"{name}!")

    def _name(self, node: Node) -> str:
        name = node.child_by_field_name("name")
        return self._source.text(name) if name is not None else ""

    def _implementing(self, node: Node) -> str:
        """Return the name of the type that an `impl` is for; "" where it has none."""
        kind = node.child_by_field_name("type")
        while kind is not None and kind.type in _AROUND_NAMES:
            kind = kind.child_by_field_name("name") or kind.child_by_field_name("type")
        is_name = kind is not None and kind.type in {"primitive_type", "type_identifier"}
        return self._source.text(kind) if kind is not None and is_name else ""

    def _is_seen(self, attached: Attached) -> bool:
        node = attached.node
        if node is not None and node.type == "macro_definition":
            return any(self._has(_EXPORTED, attribute) for attribute in attached.between)
        return node is not None and self._is_pub(node)

    def _is_pub(self, node: Node) -> bool:
        return any(
            child.type == "visibility_modifier" and self._source.text(child) == "pub"
            for child in node.children[:1]
        )

    def _has(self, pattern: re.Pattern[str], attribute: Node) -> bool:
        return pattern.match(self._source.text(attribute)[:200]) is not None
