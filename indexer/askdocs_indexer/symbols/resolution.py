"""The symbol under the cursor, and what it may stand for in the project around its file."""

from __future__ import annotations

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import resolver_of
from askdocs_indexer.symbols.facts import facts_of
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.view import View


def symbol_in(
    parsed: Parsed, line: int, character: int, graph: SymbolGraph | None = None
) -> Symbol | None:
    """Find and resolve the symbol at a 0-based line and character (in code points).

    `graph` holds the project around the document. Returns None where documentation has nothing to
    say: keywords, literals, strings, comments, locals, parameters, or a position beyond the text.
    """
    resolve = resolver_of(parsed.language)
    offset = parsed.offset_of(line, character)
    if resolve is None or offset is None or parsed.tree is None:
        return None
    graph = graph or SymbolGraph()
    with graph.lock:
        return resolve(parsed, offset, View(graph, parsed.path, facts_of(parsed)))


def symbol_at(source: str, language: str, line: int, character: int) -> Symbol | None:
    """Parse and look up in one call, without a project around the text."""
    return symbol_in(Parsed(source, language), line, character)
