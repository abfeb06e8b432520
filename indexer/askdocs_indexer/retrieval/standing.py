"""The standing of the files in a store, as they are now."""

from __future__ import annotations

from pathlib import PurePosixPath

from askdocs_indexer.grammars import is_source
from askdocs_indexer.retrieval.language import language_of
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.standing.standing import Reading, Standing
from askdocs_indexer.storage import Store
from askdocs_indexer.storage.symbol_table import last_part

_GENERATED_SUFFIXES = frozenset({".htm", ".html", ".xhtml"})


class StandingOfStore:
    """Keeps up with the files of a store. Safe to use from any thread."""

    def __init__(self, store: Store, docs: DocsSettings) -> None:
        self._outline = store.outline
        self._symbols = store.symbols
        self._docs = docs
        self._latest: tuple[int, Standing] | None = None

    def of(self, question: str = "") -> Reading:
        """Return the standing of the files for a question, in the language of its first line."""
        generation, latest = self._outline.generation, self._latest
        if latest is None or latest[0] != generation:
            files = self._outline.files()
            latest = generation, Standing(files, self._docs, self._headings, self._repeats)
            self._latest = latest
        return latest[1].of(question, language_of(question.partition("\n")[0]))

    def _headings(self, path: str) -> set[tuple[str, ...]]:
        return {entry.heading_path for entry in self._outline.of(path).values()}

    def _repeats(self, path: str) -> bool:
        """Return whether a page of HTML documents mostly names that sources of the index do."""
        if PurePosixPath(path).suffix.lower() not in _GENERATED_SUFFIXES:
            return False
        names = {
            last_part(documented.name)
            for chunk in self._outline.spans(path)
            for documented in self._symbols.of(chunk)
        }
        repeated = sum(
            any(is_source(documented.path) for documented in self._symbols.ending(name))
            for name in names
        )
        return 2 * repeated >= max(len(names), 1)
