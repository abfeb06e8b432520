"""What a Java file declares, in its package."""

from __future__ import annotations

from askdocs_indexer.languages.fact_reader import file_symbols
from askdocs_indexer.languages.facts import FileFacts, Names
from askdocs_indexer.languages.java.syntax import SYNTAX
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.syntax import names_of


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    return file_symbols(parsed, SYNTAX, _package(parsed)).facts


def _package(parsed: Parsed) -> Names:
    root = parsed.tree.root_node if parsed.tree is not None else None
    for node in root.named_children if root is not None else ():
        if node.type == "package_declaration":
            names = [child for child in node.named_children if child.type.endswith("identifier")]
            return names_of(names[0]) if names else ()
    return ()
