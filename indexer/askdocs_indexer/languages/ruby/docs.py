"""Ruby: comments above modules, classes, methods, attributes and constants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import (
    Attached,
    Style,
    attach,
    doc_of,
    is_comment,
)
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import is_private, tags_of
from askdocs_indexer.languages.ruby.facts import symbol_name
from askdocs_indexer.languages.ruby.prose import YARD, is_hidden, shown, typed
from askdocs_indexer.languages.ruby.syntax import CONSTRUCTOR
from askdocs_indexer.languages.source import DEEPEST, Declared, Source, children_of
from askdocs_indexer.readers.decoding import words

_STYLE = Style(re.compile(r"#(?!!)|=begin"), adjoins=True)
_TYPES = frozenset({"class", "module"})
_ATTRIBUTES = words("attr attr_accessor attr_reader attr_writer")
_HIDING = frozenset({"private", "protected"})
_VISIBILITIES = _HIDING | {"module_function", "public"}
_NO_DOC = re.compile(r"[^\n]*#\s*:nodoc:")


@dataclass(slots=True)
class _Body:
    """Statements to look into, of the class or module of a name.

    `mark` stands between the name and a method's: "." inside of ``class << self``. `hidden` are
    methods that a call makes private.
    """

    nodes: Sequence[Node]
    owner: str = ""
    mark: str = "#"
    hidden: set[str] = field(default_factory=set)


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the comments of a file document."""
    source = Source(text, path, language)
    if source.root is None:
        return
    reader = _Reader(source)
    bodies = [_Body(source.root.named_children)]
    while bodies:
        body = bodies.pop()
        if body.owner.count("::") <= DEEPEST:
            yield from reader.declarations(body, bodies)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source

    def declarations(self, body: _Body, bodies: list[_Body]) -> Iterator[Declared]:
        """Yield what is documented among statements; add what they hold to `bodies`."""
        visibility = "public"
        nodes = list(_leading(body.nodes))
        body.hidden.update(name for node in nodes for name in self._hides(node))
        for attached in attach(self._source, nodes, _STYLE):
            node = attached.node
            if node is None:
                continue
            if node.type == "identifier" and self._source.text(node) in _VISIBILITIES:
                visibility = self._source.text(node)
            elif node.type in _TYPES or node.type == "singleton_class":
                yield from self._type(attached, node, body, bodies)
            else:
                yield from self._member(attached, node, body, visibility)

    def _type(
        self, attached: Attached, node: Node, body: _Body, bodies: list[_Body]
    ) -> Iterator[Declared]:
        nodes = [*node.named_children, *children_of(node.child_by_field_name("body"))]
        inside = [child for child in nodes if child.type != "body_statement"]
        if node.type == "singleton_class":
            bodies.append(_Body(inside, body.owner, "."))
            return
        head = node.child_by_field_name("superclass") or node.child_by_field_name("name")
        name = node.child_by_field_name("name")
        if name is None or head is None or self._is_undocumented(node):
            return
        written = self._source.text(name)
        owner = written.removeprefix("::") if body.owner == "" else f"{body.owner}::{written}"
        bodies.append(_Body([child for child in inside if child not in (name, head)], owner))
        yield from self._declared(attached, [owner], head.end_byte)

    def _member(
        self, attached: Attached, node: Node, body: _Body, visibility: str
    ) -> Iterator[Declared]:
        inner, visibility = self._unwrapped(node, visibility)
        is_open = visibility not in _HIDING or inner.type == "singleton_method"
        if not is_open or self._is_undocumented(node):
            return
        mark = "." if inner.type == "singleton_method" else body.mark
        marks = [".", mark] if visibility == "module_function" and mark == "#" else [mark]
        if inner.type == "assignment":
            marks = ["::"]
        names = [
            f"{body.owner}{mark}{name}" if body.owner else name
            for mark in marks
            for name in self._names(inner)
            if name not in body.hidden
        ]
        if names and names[0].endswith(f"#{CONSTRUCTOR}"):
            names.insert(0, f"{body.owner}.new")
        yield from self._declared(attached, names, _head_end(inner))

    def _unwrapped(self, node: Node, visibility: str) -> tuple[Node, str]:
        """Return the method of a ``private def a``, with its visibility."""
        method = self._called(node)
        arguments = children_of(node.child_by_field_name("arguments"))
        if method not in _VISIBILITIES | {"private_class_method"} or not arguments:
            return node, visibility
        if arguments[0].type not in {"method", "singleton_method"}:
            return node, visibility
        return arguments[0], method if method in _VISIBILITIES else "private"

    def _called(self, node: Node) -> str:
        method = node.child_by_field_name("method") if node.type == "call" else None
        is_plain = method is not None and node.child_by_field_name("receiver") is None
        return self._source.text(method) if method is not None and is_plain else ""

    def _names(self, node: Node) -> list[str]:
        """Return the names that a statement declares."""
        if node.type in {"alias", "method", "singleton_method"}:
            name = node.child_by_field_name("name")
            return [symbol_name(name)] if name is not None else []
        if node.type == "assignment":
            left = node.child_by_field_name("left")
            is_constant = left is not None and left.type == "constant"
            return [self._source.text(left)] if left is not None and is_constant else []
        called = self._called(node)
        arguments = children_of(node.child_by_field_name("arguments"))
        literals = [literal for literal in arguments if literal.type in {"simple_symbol", "string"}]
        if called in {"alias_method", "define_method"}:
            literals = literals[:1]
        elif called not in _ATTRIBUTES:
            return []
        return [symbol_name(literal) for literal in literals]

    def _hides(self, node: Node) -> Iterator[str]:
        """Yield the methods that a ``private :a, :b`` hides."""
        if self._called(node) in _HIDING | {"private_class_method", "private_constant"}:
            for literal in children_of(node.child_by_field_name("arguments")):
                if literal.type in {"simple_symbol", "string"}:
                    yield symbol_name(literal)

    def _is_undocumented(self, node: Node) -> bool:
        """Return whether the first line of a declaration excludes it from the documentation."""
        return _NO_DOC.match(self._source.slice(node.start_byte, node.start_byte + 400)) is not None

    def _declared(self, attached: Attached, names: list[str], end: int) -> Iterator[Declared]:
        doc = doc_of(self._source, attached.before)
        if doc is None or attached.node is None or doc.is_copyright or not names:
            return
        written = tags_of(shown(doc), YARD)
        if is_hidden(written) or is_private(written):
            return
        tags = typed(written)
        signature = self._source.signature((attached.node, end))
        yield Declared(tuple(names), blocks_of(tags, YARD), signature)


def _leading(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield nodes without the comments that stand behind code on its line."""
    row = -1
    for node in nodes:
        if not is_comment(node):
            row = node.end_point.row
            yield node
        elif node.start_point.row != row:
            yield node


def _head_end(node: Node) -> int:
    """Return where the head of a method ends; other statements are shown whole."""
    if node.type not in {"method", "singleton_method"}:
        return node.end_byte
    head = node.child_by_field_name("parameters") or node.child_by_field_name("name")
    return head.end_byte if head is not None else node.end_byte
