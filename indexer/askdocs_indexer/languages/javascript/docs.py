"""JavaScript and TypeScript: JSDoc and TSDoc comments, wherever a public name is given.

Names are those by which a file that imports them knows them: `area`, `Circle.area`. Each is also
listed behind its module's, as in `shapes.area` after ``import * as shapes from "./shapes"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import Attached, Style, attach, doc_of
from askdocs_indexer.languages.doc_comments.dialects import JSDOC, TSDOC
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import Tag, has_tag, is_private, tags_of
from askdocs_indexer.languages.javascript.targets import FUNCTIONS, Target, targets
from askdocs_indexer.languages.source import DEEPEST, Declared, Source
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.types import Block

_STYLE = Style(re.compile(r"/\*\*(?![*/])"), skipped=frozenset({"decorator"}))
_HIDDEN = words("hidden ignore internal nodoc private")
_FILE = words("file fileoverview module overview packageDocumentation")
# Tags that document a name which no code gives.
_TYPEDEFS = frozenset({"callback", "typedef"})
_NAMING = _TYPEDEFS | words("class event func function interface method name namespace")
_NAME = re.compile(r"\s*(?:\{[^\n]*\}\s+)?(?:module:)?(?P<name>[A-Za-z$][\w$]*(?:[.#~][\w$]+)*)")

_BODIES = words("class_body enum_body interface_body object object_type statement_block")
_TRANSPARENT = words("ERROR statement_block")
_INDEXES = frozenset({"index", "main", "mod"})


@dataclass(frozen=True, slots=True)
class _Body:
    """Statements or members to look into; `is_named` where they belong to a module by its name."""

    node: Node
    names: tuple[str, ...]
    is_named: bool = False


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document; a minified file documents nothing."""
    if ".min." in PurePosixPath(path).name:
        return
    source = Source(text, path, language)
    if source.root is not None:
        yield from _Reader(source).declarations(source.root)


def module_of(path: str) -> str:
    """Return the name by which a file's module is commonly imported: its own or its folder's."""
    file = PurePosixPath(path)
    name = file.name.split(".")[0]
    return file.parent.name if name in _INDEXES and file.parent.name else name


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._module = module_of(source.path)
        self._dialect = JSDOC if source.language == "javascript" else TSDOC

    def declarations(self, root: Node) -> Iterator[Declared]:
        """Yield what is documented at any depth that a name reaches."""
        bodies = [_Body(root, ())]
        while bodies:
            body = bodies.pop()
            if len(body.names) <= DEEPEST:
                for attached in attach(self._source, body.node.named_children, _STYLE):
                    yield from self._attached(attached, body, bodies)

    def _attached(self, attached: Attached, body: _Body, bodies: list[_Body]) -> Iterator[Declared]:
        node, tags = attached.node, self._tags(attached)
        named = _named_by(tags, _TYPEDEFS if node is not None else _NAMING)
        if has_tag(tags, _FILE):
            yield self._declared((self._module,), tags, None, is_named=True)
            tags = ()
        elif named:
            yield self._declared((*body.names, *re.split("[.#~]", named)), tags, None)
            tags = ()
        if node is None or has_tag(tags, _HIDDEN) or is_private(tags):
            return
        if node.type in _TRANSPARENT:
            bodies.append(_Body(node, body.names, body.is_named))
            return
        for target in targets(self._source, node, self._module):
            if all(map(_is_public, target.names)) and not self._is_private(target.node):
                names = (*body.names, *target.names)
                is_named = body.is_named or target.is_module
                if tags and target.names:
                    yield self._declared(names, tags, self._signature(target), is_named)
                inside = names if target.inside is None else (*body.names, *target.inside)
                bodies += (_Body(holder, inside, is_named) for holder in _bodies(target))
            tags = ()

    def _tags(self, attached: Attached) -> tuple[Tag, ...]:
        doc = doc_of(self._source, attached.before)
        return () if doc is None or doc.is_copyright else tags_of(doc, self._dialect)

    def _declared(
        self,
        names: tuple[str, ...],
        tags: Sequence[Tag],
        signature: Block | None,
        is_named: bool = False,
    ) -> Declared:
        name = ".".join(names).replace(".[", "[")
        symbols = (name,) if is_named or name == self._module else (name, f"{self._module}.{name}")
        return Declared(symbols, blocks_of(tags, self._dialect), signature)

    def _signature(self, target: Target) -> Block:
        node, value = target.node, target.value
        for owner in (value, node):
            inside = owner.child_by_field_name("body") if owner is not None else None
            if inside is not None:
                return self._source.signature((node, inside.start_byte))
        if value is None or node.start_point.row == node.end_point.row:
            return self._source.signature((node, node.end_byte))
        return self._source.signature((node, max(value.start_byte, node.start_byte + 1)))

    def _is_private(self, node: Node) -> bool:
        return any(
            child.type == "accessibility_modifier" and self._source.text(child) == "private"
            for child in node.children[:4]
        )


def _is_public(name: str) -> bool:
    return not name.startswith(("_", "#"))


def _named_by(tags: Sequence[Tag], naming: frozenset[str]) -> str:
    """Return the name that a comment gives to what it documents, or ""."""
    for tag in tags:
        match = _NAME.match(tag.lines[0]) if tag.name in naming else None
        if match is not None:
            return match["name"]
    return ""


def _bodies(target: Target) -> Iterator[Node]:
    """Yield what holds the members of a target."""
    for owner in (target.node, target.value):
        if owner is not None and owner.type in _BODIES:
            yield owner
        elif owner is not None and owner.type not in FUNCTIONS:
            inside = owner.child_by_field_name("body")
            if inside is not None and inside.type in _BODIES:
                yield inside
