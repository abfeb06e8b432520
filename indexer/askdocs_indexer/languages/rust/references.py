"""The symbol at a position of a Rust document."""

from __future__ import annotations

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, path_to
from askdocs_indexer.languages.project import Project
from askdocs_indexer.languages.rust.macros import listed, opened
from askdocs_indexer.languages.rust.syntax import SYNTAX

# Nothing in these names what the code around it means: a file's attributes, and what macros are
# made of. An item's attribute means code only where it lists traits.
_SILENT = frozenset({"inner_attribute_item", "macro_definition"})
IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    if parsed.tree is None:
        return None
    path = path_to(parsed.tree.root_node, offset)
    around = [node.type for node in path]
    if "attribute_item" in around:
        traits = listed(parsed, path[around.index("attribute_item")])
        return generic.resolve(traits, offset, project, SYNTAX) if traits is not None else None
    is_name = around[-2:-1] == ["macro_definition"]
    if not is_name and not _SILENT.isdisjoint(around):
        return None
    if "token_tree" in around:
        parsed = opened(parsed, offset)
    return generic.resolve(parsed, offset, project, SYNTAX)
