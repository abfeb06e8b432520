"""The standing of the files in a store, as they are now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from askdocs_indexer.grammars import is_source
from askdocs_indexer.retrieval.copies import copied_files
from askdocs_indexer.retrieval.language import is_certain, language_of
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.standing.standing import Reading, Standing
from askdocs_indexer.storage import Store
from askdocs_indexer.storage.symbol_table import last_part

# So many chunks tell in which of a project's languages a question's words are.
_TELLING = 50
_GENERATED_SUFFIXES = frozenset({".htm", ".html", ".xhtml"})


class StandingOfStore:
    """Keeps up with the files of a store. Safe to use from any thread."""

    def __init__(self, store: Store, docs: DocsSettings) -> None:
        self._store = store
        self._outline = store.outline
        self._symbols = store.symbols
        self._docs = docs
        self._latest: tuple[int, Standing] | None = None
        # Whether files are of the manual, for one state of the outline.
        self._manual: tuple[tuple[int, int], dict[str, bool]] = (-1, -1), {}

    def of(self, question: str = "") -> Reading:
        """Return the standing of the files for a question, in the language of its first line."""
        generation, latest = self._outline.generation, self._latest
        if latest is None or latest[0] != generation:
            files = self._outline.files()
            latest = generation, Standing(files, self._docs, self._outline.headings, self._repeats)
            self._latest = latest
        return latest[1].of(question, self._language(question, latest[1]))

    def is_manual(self, path: str) -> bool:
        """Return whether a file counts and does not rank behind the manual."""
        state = self._outline.generation, self._outline.titles
        latest = self._manual
        if latest[0] != state:
            latest = self._manual = state, {}
        known = latest[1]
        if path not in known:
            reading = self.of()
            known[path] = reading.counts(path) and not reading.handicap(path)
        return known[path]

    def behind(self, paths: Iterable[str]) -> dict[str, str]:
        """Return which of some files rank behind the manual, each with the reason in words."""
        reading, outline = self.of(), self._outline
        reasons = {path: reading.why_behind(path) for path in paths}
        hashes = {
            path: frozenset(each.content_hash for each in outline.of(path).values())
            for path in reasons
            if outline.size(path)
        }
        copies = copied_files(hashes, outline.size)
        copied = {path: f"copy of {copies[path]}" for path in copies if not reasons[path]}
        return {path: reason for path, reason in {**reasons, **copied}.items() if reason}

    def _language(self, question: str, standing: Standing) -> str:
        """Return the language of a question; "" where nothing tells another than the project's own.

        Of words that do not tell it themselves, it is that of the pages that hold them: of
        translations, where these hold twice as much of them as the pages do that come first else.
        """
        line = question.partition("\n")[0]
        told = language_of(line)
        if not line or not standing.has_translations:
            return told
        if told in standing.languages and is_certain(line, told):
            return told
        held = self._held(question, standing)
        language = max(sorted(held), key=held.__getitem__, default="")
        first = told if told in held else ""
        return language if held.get(language, 0.0) >= 2 * held.get(first, 0.0) else first

    def _held(self, question: str, standing: Standing) -> dict[str, float]:
        """Return the most that a chunk holds of a question's words, rare ones counting for more,
        in each language into which pages are translated, and "" for the project's own."""
        chunks = [hit.chunk for hit in self._store.search_lexical(question, _TELLING)]
        scores, rarities = self._store.word_scores(question, chunks), self._store.rarities(question)
        held: dict[str, float] = {}
        for chunk, share in zip(chunks, ((scores > 0) @ rarities).tolist(), strict=True):
            language = standing.translation(chunk.path)
            held[language] = max(share, held.get(language, 0.0))
        return held

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
