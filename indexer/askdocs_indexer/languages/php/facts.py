"""What a PHP file declares, under the names of its namespaces, with the types of doc comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import FileSymbols, captures_of, file_symbols
from askdocs_indexer.languages.facts import Declaration, FileFacts, Kind, Names, Term
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.php.syntax import SYNTAX
from askdocs_indexer.languages.php.types import doc_types, tagged_types
from askdocs_indexer.languages.syntax import compiled

# What a doc comment is about: its next sibling.
_DOCUMENTED = """
((comment) @doc . (property_declaration (property_element name: (variable_name (name) @name))))
((comment) @doc . (method_declaration name: (name) @name))
((comment) @doc . (function_definition name: (name) @name))
((comment) @doc . (class_declaration name: (name) @name))
((comment) @doc . (interface_declaration name: (name) @name))
((comment) @doc . (trait_declaration name: (name) @name))
"""
# Members that only a doc comment declares.
_MEMBER = re.compile(
    r"@(?P<kind>property(?:-read|-write)?|method|mixin)\s+(?:static\s+)?(?P<type>[^\s$(]+)"
    r"(?:\s+(?P<name>\$?\w+)(?P<call>\s*\()?)?"
)


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    symbols = file_symbols(parsed, SYNTAX, ())
    docs = dict(_docs(parsed, symbols))
    if not docs:
        return symbols.facts
    known = {one.names for one in symbols.facts.declarations}
    declarations: list[Declaration] = []
    for one in symbols.facts.declarations:
        doc = docs.get(one.names)
        if doc is None:
            declarations.append(one)
        elif one.kind == "type":
            members = [*_members(doc, one.names)]
            declarations.append(replace(one, bases=(*one.bases, *_mixed(doc))))
            declarations += (member for member in members if member.names not in known)
        else:
            declarations.append(replace(one, types=one.types or _types(doc)))
    return replace(symbols.facts, declarations=tuple(declarations))


def _docs(parsed: Parsed, symbols: FileSymbols) -> Iterator[tuple[Names, Node]]:
    """Yield the doc comments of what the file declares."""
    root = parsed.tree.root_node if parsed.tree is not None else None
    for captures in captures_of(root, compiled(parsed.language, _DOCUMENTED)):
        doc = captures["doc"][0]
        for name in captures["name"]:
            names = symbols.declared_at(name.start_byte)
            if names is not None and (doc.text or b"").startswith(b"/**"):
                yield names, doc


def _types(doc: Node) -> tuple[Term, ...]:
    return tagged_types(text_of(doc), "return", "var")


def _mixed(doc: Node) -> Iterator[Term]:
    """Yield the types whose members a class takes over by its ``@mixin`` tags."""
    for found in _MEMBER.finditer(text_of(doc)):
        if found["kind"] == "mixin":
            yield from doc_types(found["type"])


def _members(doc: Node, owner: Names) -> Iterator[Declaration]:
    """Yield what the ``@property`` and ``@method`` tags of a class declare."""
    text = text_of(doc)
    for found in _MEMBER.finditer(text):
        name, is_method = found["name"] or "", found["kind"] == "method"
        if is_method != bool(found["call"]) or is_method == name.startswith("$") or not name:
            continue
        line = doc.start_point.row + 1 + text.count("\n", 0, found.start())
        kind: Kind = "function" if is_method else "value"
        yield Declaration((*owner, name), kind, line, doc_types(found["type"]))
