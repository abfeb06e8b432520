"""What a Go file declares, in the package of its folder."""

from __future__ import annotations

from pathlib import PurePosixPath

from askdocs_indexer.languages.fact_reader import file_symbols
from askdocs_indexer.languages.facts import FileFacts, Names
from askdocs_indexer.languages.go.syntax import SYNTAX
from askdocs_indexer.languages.parsing import Parsed, text_of

# Marks the name of a package behind those of its folder: a folder can hold a package and its tests.
PACKAGE = "#"


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    return file_symbols(parsed, SYNTAX, _module(parsed)).facts


def _module(parsed: Parsed) -> Names:
    folder = PurePosixPath(parsed.path).parts[:-1]
    root = parsed.tree.root_node if parsed.tree is not None else None
    for node in root.named_children if root is not None else ():
        if node.type == "package_clause" and node.named_children:
            return (*folder, f"{PACKAGE}{text_of(node.named_children[0])}")
    return folder
