"""From a file's text to its facts, and from stored facts to the graph."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from askdocs_indexer.languages.facts import FileFacts, loaded
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import (
    fact_reader_of,
    is_package_file,
    language_of,
    package_facts,
)
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.types import FileRow

log = logging.getLogger(__name__)


def facts_of(parsed: Parsed) -> FileFacts:
    """Return the facts of a document, read once for each version of it."""
    facts: FileFacts | None = parsed.memo.get("facts")
    if facts is None:
        read = fact_reader_of(parsed.language)
        is_readable = read is not None and parsed.tree is not None
        facts = read(parsed) if read and is_readable else FileFacts(parsed.language, ())
        parsed.memo["facts"] = facts
    return facts


def read_facts(path: str, text: str) -> FileFacts | None:
    """Return the facts of a file of the workspace; None for one that is not a source."""
    if is_package_file(path):
        return package_facts(path, text)
    language = language_of(path)
    return facts_of(Parsed(text, language, path)) if language is not None else None


def stored_graph(rows: Iterable[FileRow]) -> SymbolGraph:
    """Return the graph of a manifest's facts. A row whose facts cannot be read adds none."""
    graph = SymbolGraph()
    for row in rows:
        try:
            graph.put(row.path, loaded(row.facts))
        except ValueError as error:
            log.warning("the facts of %s cannot be read: %s", row.path, error)
    return graph
