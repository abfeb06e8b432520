"""PHP: PHPDoc comments of classes, functions, methods, properties and constants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.attachment import Attached, Style, attach, doc_of
from askdocs_indexer.languages.doc_comments.tag_blocks import blocks_of
from askdocs_indexer.languages.doc_comments.tags import has_tag, is_private, tags_of
from askdocs_indexer.languages.php.prose import PHPDOC, typed
from askdocs_indexer.languages.source import DEEPEST, Declared, Source, children_of
from askdocs_indexer.readers.decoding import words

_STYLE = Style(re.compile(r"/\*\*(?![*/])"))
_TYPES = words("class_declaration enum_declaration interface_declaration trait_declaration")
_NAMED = _TYPES | words("enum_case function_definition method_declaration")
_TRANSPARENT = words("ERROR compound_statement else_clause if_statement")
_HIDDEN = words("ignore internal")
_DEFINED = re.compile(r"""\s*define\s*\(\s*(?P<quote>["'])(?P<name>\w+)(?P=quote)""")


def declarations(text: str, path: str, language: str) -> Iterator[Declared]:
    """Yield what the doc comments of a file document."""
    source = Source(text, path, language)
    reader = _Reader(source)
    bodies: list[tuple[Node, str, bool]] = []
    if source.root is not None:
        bodies.append((source.root, "", False))
    while bodies:
        body, owner, is_type = bodies.pop()
        for attached in attach(source, body.named_children, _STYLE):
            node = attached.node
            if node is None or owner.count("\\") > DEEPEST:
                continue
            if node.type == "namespace_definition":
                name, inside = node.child_by_field_name("name"), node.child_by_field_name("body")
                prefix = f"{source.text(name)}\\" if name is not None else ""
                if inside is not None:
                    bodies.append((inside, prefix, False))
                else:
                    owner = prefix
            elif node.type in _TRANSPARENT:
                bodies.append((node, owner, is_type))
            else:
                names = [f"{owner}{name}" for name in reader.names(node)]
                yield from reader.declared(attached, names)
                inside = node.child_by_field_name("body")
                if node.type in _TYPES and inside is not None and names:
                    bodies.append((inside, f"{names[0]}::", True))


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source

    def names(self, node: Node) -> list[str]:
        """Return what a statement or member declares; a property with its dollar."""
        if node.type in _NAMED:
            nodes = [node.child_by_field_name("name")]
        elif node.type == "property_declaration":
            parts = [part for part in node.named_children if part.type == "property_element"]
            nodes = [part.child_by_field_name("name") for part in parts]
        elif node.type == "const_declaration":
            parts = [part for part in node.named_children if part.type == "const_element"]
            nodes = [part.named_children[0] for part in parts if part.named_children]
        elif node.type == "expression_statement":
            defined = _DEFINED.match(self._source.text(node))
            return [defined["name"]] if defined is not None else []
        else:
            nodes = []
        return [self._source.text(name) for name in nodes if name is not None]

    def declared(self, attached: Attached, names: list[str]) -> Iterator[Declared]:
        """Yield what a comment says about names that others can use."""
        doc = doc_of(self._source, attached.before)
        if doc is None or attached.node is None or doc.is_copyright or not names:
            return
        tags = typed(tags_of(doc, PHPDOC))
        if self._is_private(attached.node) or has_tag(tags, _HIDDEN) or is_private(tags):
            return
        inside = attached.node.child_by_field_name("body")
        end = inside.start_byte if inside is not None else attached.node.end_byte
        signature = self._source.signature((_behind_attributes(attached.node), end))
        yield Declared(tuple(names), blocks_of(tags, PHPDOC), signature)

    def _is_private(self, node: Node) -> bool:
        return any(
            child.type == "visibility_modifier" and self._source.text(child).startswith("private")
            for child in children_of(node)
        )


def _behind_attributes(node: Node) -> Node:
    """Return the first node of a declaration that is not an attribute."""
    parts = (child for child in node.children if child.type != "attribute_list")
    return next(parts, node)
