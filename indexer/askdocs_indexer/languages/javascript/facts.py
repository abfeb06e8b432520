"""What a JavaScript or TypeScript file declares and exports, in the module of its path."""

from __future__ import annotations

from pathlib import PurePosixPath

from askdocs_indexer.languages.fact_reader import FileSymbols
from askdocs_indexer.languages.facts import FileFacts, Names
from askdocs_indexer.languages.javascript.declarations import DeclarationReader
from askdocs_indexer.languages.parsing import Parsed

_AMBIENT = ".d"


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    return symbols_of(parsed).facts


def symbols_of(parsed: Parsed) -> FileSymbols:
    """Return what a file declares and where, read once for each version of it."""
    if "symbols" not in parsed.memo:
        root = parsed.tree.root_node if parsed.tree is not None else None
        is_ambient = PurePosixPath(parsed.path).stem.endswith(_AMBIENT)
        reader = DeclarationReader(root, parsed.language, is_ambient=is_ambient)
        facts = FileFacts(
            parsed.language,
            module_names(PurePosixPath(parsed.path)),
            tuple(reader.declarations),
            tuple(dict.fromkeys(reader.imports)),
        )
        parsed.memo["symbols"] = FileSymbols(facts, sorted(reader.scopes), reader.names)
    symbols: FileSymbols = parsed.memo["symbols"]
    return symbols


def module_names(path: PurePosixPath) -> Names:
    """Return the names of the module in a file: its path without the suffix."""
    if not path.name:
        return ()
    return (*path.parts[:-1], path.stem.removesuffix(_AMBIENT))
