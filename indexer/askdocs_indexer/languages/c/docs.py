"""C and C++: Doxygen comments of types, functions, members, enumerators, macros and namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tree_sitter import Node

from askdocs_indexer.languages.c.names import Names, declared_names, type_of, unwrapped
from askdocs_indexer.languages.c.preprocessor import prepare
from askdocs_indexer.languages.doc_comments.attachment import (
    Attached,
    Style,
    attach,
    doc_of,
    is_comment,
)
from askdocs_indexer.languages.doc_comments.dialects import DOXYGEN
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import Tag, has_tag, tags_of
from askdocs_indexer.languages.source import DEEPEST, Declared, Source
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.types import Block

_TRAILING = re.compile(r"(?:/\*[*!]|//[/!])<")
_STYLE = Style(re.compile(r"/\*\*(?![*/])|/\*!|///(?!/)|//!"), _TRAILING)
_HIDDEN = words("internal private")
_TITLED = words("addtogroup defgroup mainpage page weakgroup")
_NAMING = words("class concept def enum fn interface namespace property struct typedef union var")
_NAME = re.compile(r"(?P<name>~?[A-Za-z_]\w*(?:(?:::|\.)~?[A-Za-z_]\w*)*)\s*(?:\(|=|$)")
_TRANSPARENT = words("ERROR declaration_list linkage_specification")
_GUARD = re.compile(r"\w*_(?:H|HH|HPP|HXX|H_|HPP_|INCLUDED)_*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Body:
    """Declarations to look into. `is_private` is what a class's members are at first."""

    node: Node
    names: Names
    is_private: bool = False


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document."""
    data = text.encode("utf-8", "replace")
    language, seen = prepare(language, data, path)
    source = Source(text, path, language, seen)
    if source.root is not None:
        yield from _Reader(source).declarations(source.root)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._separator = "." if source.language == "c" else "::"

    def declarations(self, root: Node) -> Iterator[Declared]:
        """Yield what is documented in the file's scopes and types."""
        bodies = [_Body(root, ())]
        while bodies:
            body = bodies.pop()
            is_private = body.is_private
            for attached in attach(self._source, body.node.named_children, _STYLE):
                if attached.node is not None and attached.node.type == "access_specifier":
                    is_private = self._source.text(attached.node).startswith("private")
                elif not is_private and len(body.names) <= DEEPEST:
                    yield from self._attached(attached, body.names, bodies)

    def _attached(
        self, attached: Attached, names: Names, bodies: list[_Body]
    ) -> Iterator[Declared]:
        node, tags = attached.node, self._tags(attached)
        inner = unwrapped(node) if node is not None else None
        declared = declared_names(self._source, inner) if inner is not None else []
        apart = self._apart(tags, node, names, declared)
        if apart is not None:
            yield apart
            tags = ()
        if node is None or inner is None or has_tag(tags, _HIDDEN):
            return
        if inner.type == "namespace_definition":
            yield from self._namespace(inner, tags, names, bodies)
        elif inner.type in _TRANSPARENT:
            bodies.append(_Body(inner.child_by_field_name("body") or inner, names))
        else:
            if node.type == "friend_declaration":
                names = names[:-1]
            qualified = [(*names, *parts) for parts in declared]
            if tags and qualified:
                yield self._declared(qualified, tags, self._signature(node, inner))
            bodies += self._members(inner, names, qualified)

    def _tags(self, attached: Attached) -> tuple[Tag, ...]:
        """Return the tags of the comments above a declaration and behind it."""
        behind = attached.behind
        if attached.node is not None and attached.node.type.startswith("preproc_"):
            inside = [child for child in attached.node.named_children if is_comment(child)]
            behind = (*(child for child in inside if self._is_trailing(child)), *behind)
        candidates = [doc_of(self._source, comments) for comments in (attached.before, behind)]
        docs = [doc for doc in candidates if doc is not None and not doc.is_copyright]
        return tuple(tag for doc in docs for tag in tags_of(doc, DOXYGEN))

    def _is_trailing(self, comment: Node) -> bool:
        return _TRAILING.match(self._source.text(comment)[:8]) is not None

    def _apart(
        self, tags: Sequence[Tag], node: Node | None, names: Names, declared: Sequence[Names]
    ) -> Declared | None:
        """Return what a comment says about something other than the declaration below it."""
        if has_tag(tags, frozenset({"file"})) or (tags and self._begins_file(node, declared)):
            name = PurePosixPath(self._source.path).name
            return Declared((), blocks_of(tags, DOXYGEN), title=name)
        for tag in tags:
            if tag.name in _TITLED:
                words_below = tag.lines[0].split(None, 0 if tag.name == "mainpage" else 1)
                title = words_below[-1].strip() if words_below else ""
                return Declared((), blocks_of(tags, DOXYGEN), title=title)
            named = _NAME.search(tag.lines[0]) if tag.name in _NAMING else None
            if named is not None:
                parts = tuple(re.split(r"::|\.", named["name"]))
                if any(own[-1] == parts[-1] for own in declared):
                    return None
                inside = parts if parts[: len(names)] == names else (*names, *parts)
                return self._declared([inside], tags, None)
        return None

    def _begins_file(self, node: Node | None, declared: Sequence[Names]) -> bool:
        """Return whether a node is an include, or the macro that guards a header."""
        if node is None:
            return False
        if node.type == "preproc_def" and node.child_by_field_name("value") is None:
            return any(_GUARD.match(own[-1]) for own in declared)
        return node.type == "preproc_include"

    def _declared(
        self, names: Sequence[Names], tags: Sequence[Tag], signature: Block | None
    ) -> Declared:
        symbols = tuple(dict.fromkeys(map(self._separator.join, names)))
        return Declared(symbols, blocks_of(tags, DOXYGEN), signature)

    def _namespace(
        self, node: Node, tags: Sequence[Tag], names: Names, bodies: list[_Body]
    ) -> Iterator[Declared]:
        """A namespace; one without a name is the file's own, an inline one adds no name."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return
        inside = (*names, *(part.strip() for part in self._source.text(name).split("::")))
        if tags:
            yield self._declared([inside], tags, self._source.signature((node, body.start_byte)))
        is_inline = any(child.type == "inline" for child in node.children[:1])
        bodies.append(_Body(body, names if is_inline else inside))

    def _members(self, node: Node, names: Names, qualified: Sequence[Names]) -> Iterator[_Body]:
        """Yield the body of the type that a declaration defines, if any.

        The members of a nameless type and the values of an old enumeration belong to its owner.
        """
        kind = type_of(node)
        body = kind.child_by_field_name("body") if kind is not None else None
        if kind is None or body is None:
            return
        inside = qualified[0] if qualified else names
        if kind.type == "enum_specifier" and not any(
            child.type in {"class", "struct"} for child in kind.children[:2]
        ):
            inside = names
        yield _Body(body, inside, kind.type == "class_specifier")

    def _signature(self, node: Node, inner: Node) -> Block:
        kind = type_of(inner)
        stop = (kind or inner).child_by_field_name("body")
        end = node.end_byte if stop is None else stop.start_byte
        for child in inner.named_children:
            if child.type == "field_initializer_list":
                end = min(end, child.start_byte)
            elif child.type == "init_declarator" and _spans_lines(node):
                value = child.child_by_field_name("value")
                end = min(end, value.start_byte) if value is not None else end
            elif inner.type.startswith("preproc_") and (
                is_comment(child) or (child.type == "preproc_arg" and _spans_lines(child))
            ):
                end = min(end, child.start_byte)
        return self._source.signature((node, end))


def _spans_lines(node: Node) -> bool:
    return node.start_point.row != node.end_point.row
