"""The symbol at a position of a Kotlin document."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.java.constructors import constructed
from askdocs_indexer.languages.kotlin.syntax import SYNTAX
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path
from askdocs_indexer.languages.project import Project

IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; none for the keyword in ``Type::class``."""
    symbol = generic.resolve(parsed, offset, project, SYNTAX)
    if symbol is None or symbol.name == "class":
        return None
    root = parsed.tree.root_node if parsed.tree is not None else None
    path = identifier_path(root, offset, SYNTAX.identifiers) if root is not None else None
    if symbol.identities and path is not None and _is_called(path):
        return constructed(symbol, project)
    return symbol


def _is_called(path: list[Node]) -> bool:
    """Return whether a path leads to the last name of what a call calls."""
    if path[-2].type == "navigation_expression" and path[-2].named_children[-1].id == path[-1].id:
        path = path[:-1]
    return path[-2].type == "call_expression" and path[-2].named_children[0].id == path[-1].id
