"""What a C# file declares, under the names of its namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from askdocs_indexer.languages.csharp.syntax import EXTENSION, SYNTAX
from askdocs_indexer.languages.fact_reader import FileSymbols, captures_of, file_symbols
from askdocs_indexer.languages.facts import FileFacts, Import
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.syntax import compiled

_EXTENSIONS = """
(method_declaration name: (identifier) @name
  parameters: (parameter_list . (parameter (modifier) @this)) (#eq? @this "this"))
"""


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    symbols = file_symbols(parsed, SYNTAX, ())
    extensions = tuple(_extensions(parsed, symbols))
    return replace(symbols.facts, imports=(*symbols.facts.imports, *extensions))


def _extensions(parsed: Parsed, symbols: FileSymbols) -> Iterator[Import]:
    """Yield the extension methods as names that the namespaces around their classes give."""
    root = parsed.tree.root_node if parsed.tree is not None else None
    if b"this " not in parsed.source_bytes:
        return
    for captures in captures_of(root, compiled(parsed.language, _EXTENSIONS)):
        for name in captures["name"]:
            names = symbols.declared_at(name.start_byte)
            if names is not None:
                bound = f"{EXTENSION}{text_of(name)}"
                yield Import(bound, "", names, names[:-2], is_exported=True)
