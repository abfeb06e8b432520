"""What a PHP file declares, under the names of its namespaces, with the types of doc comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import FileSymbols, captures_of, file_symbols
from askdocs_indexer.languages.facts import Declaration, FileFacts, Import, Kind, Names, Term
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.php.syntax import SYNTAX, parts_of, written
from askdocs_indexer.languages.php.types import class_term, doc_types, tagged_types
from askdocs_indexer.languages.syntax import compiled, names_of

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
# Traits come before the class that theirs inherits from, and may give their methods other names.
_TRAITS = """
(_ name: (name) @name body: (_ (use_declaration [(name) (qualified_name)] @trait)))
(_ name: (name) @name body: (_ (use_declaration (use_list
  (use_as_clause . [(name) (class_constant_access_expression)] @method (name) @alias .)))))
"""
_MEMBER = re.compile(
    r"@(?P<kind>property(?:-read|-write)?|method|mixin)\s+(?:static\s+)?(?P<type>[^\s$(]+)"
    r"(?:\s+(?P<name>\$?\w+)(?P<call>\s*\()?)?"
)


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    symbols = file_symbols(parsed, SYNTAX, ())
    facts = _with_traits(parsed, symbols)
    docs = dict(_docs(parsed, symbols))
    return _with_docs(facts, docs) if docs else facts


def _with_docs(facts: FileFacts, docs: dict[Names, Node]) -> FileFacts:
    """Add what doc comments declare and what they say of types."""
    known = {declaration.names for declaration in facts.declarations}
    declarations: list[Declaration] = []
    for declaration in facts.declarations:
        doc = docs.get(declaration.names)
        if doc is None:
            declarations.append(declaration)
        elif declaration.kind == "type":
            members = [*_members(doc, declaration.names)]
            declarations.append(replace(declaration, bases=(*declaration.bases, *_mixed(doc))))
            declarations += (member for member in members if member.names not in known)
        else:
            declarations.append(replace(declaration, types=declaration.types or _types(doc)))
    return replace(facts, declarations=tuple(declarations))


def _with_traits(parsed: Parsed, symbols: FileSymbols) -> FileFacts:
    """Put the traits of classes first among their bases, and take in what they are renamed to."""
    root = parsed.tree.root_node if parsed.tree is not None else None
    traits: dict[Names, dict[Term, None]] = {}
    renamed: list[Import] = []
    for captures in captures_of(root, compiled(parsed.language, _TRAITS)):
        names = symbols.declared_at(captures["name"][0].start_byte)
        if names is None:
            continue
        if "trait" in captures:
            traits.setdefault(names, {})[class_term(written(captures["trait"][0]))] = None
            continue
        owner, method = parts_of(captures["method"][0])
        target = (text_of(method),) if method is not None else names_of(captures["method"][0])
        if owner is not None:
            target = (*class_term(written(owner)).steps, *target)
        alias = text_of(captures["alias"][0])
        renamed.append(Import(alias, "", target, names, is_exported=True))
    declarations = (
        _ordered(declaration, traits.get(declaration.names, {}))
        for declaration in symbols.facts.declarations
    )
    imports = (*symbols.facts.imports, *renamed)
    return replace(symbols.facts, declarations=tuple(declarations), imports=imports)


def _ordered(declaration: Declaration, traits: dict[Term, None]) -> Declaration:
    if not traits:
        return declaration
    return replace(declaration, bases=tuple(dict.fromkeys((*traits, *declaration.bases))))


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
    for match in _MEMBER.finditer(text_of(doc)):
        if match["kind"] == "mixin":
            yield from doc_types(match["type"])


def _members(doc: Node, owner: Names) -> Iterator[Declaration]:
    """Yield what the ``@property`` and ``@method`` tags of a class declare."""
    text = text_of(doc)
    for match in _MEMBER.finditer(text):
        name, is_method = match["name"] or "", match["kind"] == "method"
        if is_method != bool(match["call"]) or is_method == name.startswith("$") or not name:
            continue
        line = doc.start_point.row + 1 + text.count("\n", 0, match.start())
        kind: Kind = "function" if is_method else "value"
        yield Declaration((*owner, name), kind, line, doc_types(match["type"]))
