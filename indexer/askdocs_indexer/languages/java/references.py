"""The symbol at a position of a Java document."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.java.constructors import constructed
from askdocs_indexer.languages.java.syntax import SYNTAX
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path
from askdocs_indexer.languages.project import Identity, Project
from askdocs_indexer.languages.syntax import name_nodes
from askdocs_indexer.languages.terms import member_parts

IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; of a type in ``new Type()`` its constructor."""
    symbol = generic.resolve(parsed, offset, project, SYNTAX)
    if symbol is None or not symbol.identities or parsed.tree is None:
        return symbol
    path = identifier_path(parsed.tree.root_node, offset, SYNTAX.identifiers) or []
    first = symbol.identities[0]
    if _is_bare(path) and _is_of_kotlin_file(first, project):
        return None
    if not (_is_made(path) or _is_constructor(path)):
        return symbol
    if _is_constructor(path):
        return replace(symbol, identities=(first, Identity(first.family, first.names[:-1])))
    return constructed(symbol, project)


def _is_bare(path: list[Node]) -> bool:
    """Return whether a path leads to a name without an owner that is called or read."""
    if len(path) < 2 or path[-2].type in SYNTAX.paths:
        return False
    if path[-2].type not in SYNTAX.members:
        return True
    owner, name = member_parts(path[-2], SYNTAX)
    return owner is None or name is None or name.id != path[-1].id or owner.id == name.id


def _is_of_kotlin_file(identity: Identity, project: Project) -> bool:
    """Return whether a symbol stands in a Kotlin file outside of its classes.

    Java reaches it by the class of the file alone, or by a static import of its members.
    """
    declared = project.declarations(identity)
    is_member = project.declarations(Identity(identity.family, identity.names[:-1]))
    kinds = {declaration.kind for declaration in declared}
    if is_member or not kinds or kinds & {"type", "alias"}:
        return False
    static = (imported for imported in project.facts.imports if imported.target)
    return all(imported.name not in ("*", identity.names[-1]) for imported in static)


def _is_made(path: list[Node]) -> bool:
    """Return whether a path leads to the last name of the type in ``new Type()``."""
    for parent, child in zip(reversed(path[:-1]), reversed(path), strict=False):
        if parent.type == "object_creation_expression":
            made = parent.child_by_field_name("type")
            is_type = made is not None and made.id == child.id and _is_last(made, path[-1])
            # With a body it is a nameless class that extends the type.
            return is_type and all(part.type != "class_body" for part in parent.named_children)
        if parent.type not in SYNTAX.paths:
            return False
    return False


def _is_last(made: Node, leaf: Node) -> bool:
    return name_nodes(made, SYNTAX.arguments)[-1].id == leaf.id


def _is_constructor(path: list[Node]) -> bool:
    parent = path[-2]
    return parent.type in {"compact_constructor_declaration", "constructor_declaration"}
