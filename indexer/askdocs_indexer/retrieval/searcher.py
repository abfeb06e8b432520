"""Search: which chunks answer a question, and which document a symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.familiarity import familiarity
from askdocs_indexer.grammars import is_source
from askdocs_indexer.joining import text_of
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.rules import ReadFacts
from askdocs_indexer.questions.questions import SectionQuestions
from askdocs_indexer.readers.heading_symbols import heading_symbols
from askdocs_indexer.reranking.reranker import RERANKED, Reranker
from askdocs_indexer.retrieval.candidates import Candidates, Gatherer
from askdocs_indexer.retrieval.copies import without_copies
from askdocs_indexer.retrieval.evidence import Evidence, evidence_for
from askdocs_indexer.retrieval.ranking import best_per_section, only_manual, ranked, scores
from askdocs_indexer.retrieval.standing import StandingOfStore
from askdocs_indexer.retrieval.sureness import Signs, sureness
from askdocs_indexer.retrieval.uses import Uses
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.storage import Store
from askdocs_indexer.storage.outline_table import OutlineEntry
from askdocs_indexer.storage.symbol_table import last_part, parts_of
from askdocs_indexer.storage.word_index import MOST_OF_A_WORD
from askdocs_indexer.symbols.definitions import DefinitionSpan, Occurrence, defined, occurrence_in
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.links import API_PAGE, Link, Links
from askdocs_indexer.symbols.notation import scip
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_indexer.symbols.view import View
from askdocs_indexer.types import Chunk, Destination, Hit, Passages, SectionId, Use

# How deep the index is read for candidates.
_DEPTH = 100
# Where variants and copies leave too few, it is read so much deeper, and no deeper than that.
_DEEPER = 4
_DEEPEST = 3200
# So many of the best hits tell whether there is an answer at all.
_SIGNIFICANT_HITS = 5
# Upper size of a widened passage (characters of its chunks' text).
PASSAGE_CHARACTERS = 2400

_Specificity = tuple[bool, bool, bool, bool, bool, int, str, int]

# Scores of the two ways to find a symbol's documentation by name.
EXACT = 1.0
UNAMBIGUOUS_ENDING = 0.7


@dataclass(frozen=True, slots=True)
class Results:
    """The hits of a query, best first, with the candidates that they were chosen from.

    `handicaps` are the shares of their scores that the standing of the candidates' files costs.
    """

    hits: list[Hit]
    candidates: Candidates
    evidence: Evidence
    handicaps: list[float]
    familiarity: float


class Searcher:
    """Searches one store; every method may be called from any thread and blocks it.

    A store whose vectors come from another model is searched by words and symbols alone.
    """

    def __init__(
        self,
        store: Store,
        docs: DocsSettings,
        embedder: Embedder,
        graph: SymbolGraph,
        questions: SectionQuestions | None = None,
    ) -> None:
        self._store = store
        self._questions = questions
        self._graph = graph
        self._links = Links(graph, store.symbols, store.outline)
        self._embedder = embedder
        self._standing = StandingOfStore(store, docs)
        self._uses = Uses(store, graph, self._standing)
        self._same_model = store.fingerprint.model == embedder.identity

    def search(self, query: str, limit: int, reranker: Reranker | None = None) -> list[Hit]:
        """Return the best chunk of each of the best sections, scores in 0..1, best first.

        While the embedder is not ready, lexical search alone answers.
        """
        results = self.results(query, limit, deeper=_depth(reranker))
        return self._reranked(query, results.hits, reranker)[:limit]

    def passages(self, query: str, limit: int, reranker: Reranker | None = None) -> Passages:
        """Like `search`, with each hit widened by its neighbours in the same section.

        A chunk is cut to fit the embedder; whoever reads or quotes it needs its surroundings. Where
        the best hit is in the manual, files that rank behind it have no say in the answer. How
        relevant the hits are is judged before they are re-ranked.
        """
        least, deeper = max(limit, _SIGNIFICANT_HITS), _depth(reranker)
        results = self.results(query, least, deeper=deeper, for_answer=True)
        signs = self.signs(query, results)
        hits = self._reranked(query, results.hits, reranker)
        return Passages(
            hits=tuple(self._widened(hits[:limit])),
            relevance=0.0 if signs is None else sureness(signs, results.familiarity),
        )

    def results(
        self, query: str, limit: int, *, deeper: int = 0, for_answer: bool = False
    ) -> Results:
        """Return what `search` does, or `passages` where it is `for_answer`, with what speaks for
        each candidate, before any re-ranking.

        There are at least `limit` hits where the index has so many, and up to `deeper`.
        """
        reading = self._standing.of(query)
        known = self._familiarity(query)
        depth = max(_DEPTH, limit)
        # Most of the embedding's time passes outside of Python: the words are looked up meanwhile.
        with ThreadPoolExecutor(1) as embedding:
            is_known = self._knows_meaning
            embedded = embedding.submit(self._embedder.encode_query, query) if is_known else None
            gatherer = Gatherer(self._store, query, embedded, reading.counts, self._questions)
            while True:
                candidates = gatherer.gather(depth)
                evidence = evidence_for(query, candidates, self._embedder.unrelated)
                handicaps = [reading.handicap(chunk.path) for chunk in candidates.chunks]
                hits = ranked(candidates.chunks, scores(evidence, known), handicaps)
                ordered = only_manual(hits) if for_answer else hits
                best = without_copies(
                    best_per_section(ordered), max(limit, deeper), self._store.outline.size
                )
                if len(best) >= limit or candidates.are_all or depth >= _DEEPEST:
                    return Results(best, candidates, evidence, handicaps, known)
                depth *= _DEEPER

    def signs(self, query: str, results: Results) -> Signs | None:
        """Return what tells whether the results of a query answer it; None where there are none."""
        if not results.hits:
            return None
        best = results.hits[0]
        row = results.candidates.chunks.index(best.chunk)
        rarities = results.candidates.rarities.sum()
        words = results.candidates.word_scores[row].sum()
        first = [hit.chunk for hit in results.hits[:_SIGNIFICANT_HITS]]
        return Signs(
            score=best.score + best.handicap,
            meaning=float(results.evidence.meaning[row]),
            words=float(words / (rarities * MOST_OF_A_WORD)) if rarities else 0.0,
            held=self._store.coverage(query, first),
            held_by_best=self._store.coverage(query, first[:1]),
            unknown=self._store.unknown(query),
            asked=len(results.candidates.rarities),
            chunks=self._store.words.documents,
        )

    def document(self, names: Sequence[str], limit: int) -> list[Hit]:
        """Return the sections that document the first of these qualified names that any does.

        A name of several parts may also be the ending of a single documented name; a bare name is
        too weak for that.
        """
        return self._linked(self._links.named(names), limit)

    def is_manual(self, path: str) -> bool:
        """Return whether a file counts and does not rank behind the manual."""
        return self._standing.is_manual(path)

    def behind(self, paths: Iterable[str]) -> dict[str, str]:
        """Return which of some files rank behind the manual, each with the reason in words."""
        return self._standing.behind(paths)

    def destination(self, page: str, target: str) -> Destination | None:
        """Return where the section begins that a link on a page leads to, if it leads to any."""
        return self._store.connections.destination(page, target)

    def symbol(self, parsed: Parsed, line: int, character: int) -> Symbol | None:
        """Find the symbol at a 0-based position (in code points) of a document."""
        return symbol_in(parsed, line, character, self._graph)

    def occurrence(self, parsed: Parsed, line: int, character: int) -> Occurrence | None:
        """Find the identifier at a 0-based position (in code points), resolved or not."""
        return occurrence_in(parsed, line, character, self._graph)

    def defined(
        self, occurrence: Occurrence, definition: DefinitionSpan, read: ReadFacts
    ) -> Symbol | None:
        """Return what an identifier stands for by a definition."""
        return defined(occurrence, definition, self._graph, read)

    def documentation(self, symbol: Symbol, limit: int) -> list[Hit]:
        """Return the sections that document the first that a symbol stands for, the best first."""
        return self._linked(self._links.of(symbol), limit)

    def uses(self, symbol: Symbol, language: str, limit: int) -> list[Use]:
        """Return sections of the manual whose code uses a symbol, as `Uses.of` says."""
        return self._uses.of(symbol, language, limit)

    def notation(self, symbol: Symbol) -> str:
        """Return the first identity of a symbol as SCIP writes it; "" where it has none."""
        with self._graph.lock:
            view = View(self._graph, "", family=symbol.family)
            return next((scip(view, identity) for identity in symbol.identities), "")

    def _linked(self, link: Link | None, limit: int) -> list[Hit]:
        if link is None:
            return []
        score = EXACT if link.is_exact else UNAMBIGUOUS_ENDING
        hits = self._sections(link.chunk_ids, link.name, score)[:limit]
        return [replace(hit, is_overridden=link.is_overridden) for hit in hits]

    def _reranked(self, query: str, hits: list[Hit], reranker: Reranker | None) -> list[Hit]:
        if reranker is None:
            return hits
        return reranker.rerank(query, hits, self._store.language(query))

    @property
    def _knows_meaning(self) -> bool:
        is_ready = self._embedder.state == "ready" and self._store.knows_meaning
        return self._same_model and is_ready

    def _familiarity(self, query: str) -> float:
        """Return how well the embedder knows the words of a query, 0 to 1; 0 while it is not
        ready, or another model made the vectors."""
        if not self._knows_meaning:
            return 0.0
        return familiarity(query, self._store.language(query), self._embedder.window)

    def _widened(self, hits: Sequence[Hit]) -> list[Hit]:
        ids_of_hits = [
            _neighbours(hit.chunk.id, self._store.outline.of(hit.chunk.path)) for hit in hits
        ]
        chunks = {chunk.id: chunk for chunk in self._store.get([*chain(*ids_of_hits)])}
        widened = []
        for hit, ids in zip(hits, ids_of_hits, strict=True):
            neighbours = [chunks[chunk_id] for chunk_id in ids if chunk_id in chunks]
            widened.append(replace(hit, chunk=_joined(hit.chunk, neighbours)))
        return widened

    def _sections(self, ids: Iterable[str], name: str, score: float) -> list[Hit]:
        """Return one hit per section, its first chunk, the most specific section first."""
        chunks = sorted(
            self._store.get(sorted(ids)),
            key=lambda chunk: (chunk.path, chunk.position, chunk.start_line),
        )
        sections: dict[SectionId, list[Chunk]] = {}
        for chunk in chunks:
            sections.setdefault(chunk.section, []).append(chunk)
        ranked = self._in_order([*map(self._filled, sections.values())], name)
        return [
            Hit(first, score - 0.001 * rank, tuple(rest), _own_name(first, name))
            for rank, (first, *rest) in enumerate(ranked)
        ]

    def _filled(self, section: list[Chunk]) -> list[Chunk]:
        """Return a section or, where a page has only a heading there, what stands first below it
        under that heading."""
        first, *_ = section
        if not _is_bare(section) or is_source(first.path):
            return section
        outline, path = self._store.outline.of(first.path), first.heading_path
        inside = (entry.heading_path for entry in outline.values())
        below = next((each for each in inside if each != path and each[: len(path)] == path), None)
        ids = [chunk_id for chunk_id, entry in outline.items() if entry.heading_path == below]
        chunks = self._store.get(ids)
        if not chunks:
            return section
        head, *rest = chunks
        shown = replace(
            head,
            title=first.title,
            heading_path=path,
            symbols=first.symbols,
            domain=first.domain,
            start_line=first.start_line,
        )
        return [shown, *rest]

    def _in_order(self, sections: list[list[Chunk]], name: str) -> list[list[Chunk]]:
        """Order a symbol's sections: those that say nothing but its name last, before them those
        that only mention it, and before these those of files that rank behind, or whose place
        another variant takes."""
        if len(sections) < 2:
            return sections
        reading = self._standing.of()

        def order(section: list[Chunk]) -> tuple[bool, bool, bool, _Specificity]:
            first = section[0]
            is_second_choice = reading.handicap(first.path) > 0 or not reading.counts(first.path)
            return (
                _is_bare(section),
                _is_mention(first, name),
                is_second_choice,
                _specificity(first, name),
            )

        return sorted(sections, key=order)


def _depth(reranker: Reranker | None) -> int:
    """Return how many hits a re-ranker reads."""
    return RERANKED if reranker is not None and reranker.state == "ready" else 0


def _neighbours(chunk_id: str, outline: Mapping[str, OutlineEntry]) -> list[str]:
    """Return the ids of a chunk and its neighbours in the section, up to a passage's size.

    `outline` holds the chunks of its file in reading order.
    """
    if chunk_id not in outline:  # It was removed meanwhile.
        return [chunk_id]
    ids, entries = list(outline), list(outline.values())
    first = last = ids.index(chunk_id)
    section, size = entries[first].heading_path, entries[first].characters

    def fits(index: int) -> bool:
        return (
            0 <= index < len(entries)
            and entries[index].heading_path == section
            and size + entries[index].characters <= PASSAGE_CHARACTERS
        )

    while True:
        if fits(first - 1):
            first -= 1
            size += entries[first].characters
        elif fits(last + 1):
            last += 1
            size += entries[last].characters
        else:
            return ids[first : last + 1]


def _joined(chunk: Chunk, neighbours: Sequence[Chunk]) -> Chunk:
    """Return `chunk` with the text and the span of `neighbours`, in order and itself among them."""
    if len(neighbours) < 2:
        return chunk
    return replace(
        chunk,
        text=text_of(neighbours),
        terms=" ".join(neighbour.terms for neighbour in neighbours),
        start_line=neighbours[0].start_line,
        end_line=max(neighbour.end_line for neighbour in neighbours),
    )


def _own_name(chunk: Chunk, name: str) -> str:
    """Return the one of a chunk's names that a name stands for."""
    if name in chunk.symbols:
        return name
    last = last_part(name)
    return next((symbol for symbol in chunk.symbols if last_part(symbol) == last), name)


def _is_bare(section: Sequence[Chunk]) -> bool:
    """Return whether a section has no text but its title, which then stands for it."""
    return len(section) == 1 and section[0].text == section[0].title


def _is_mention(chunk: Chunk, name: str) -> bool:
    """Return whether a page's section is about something else, or about a symbol in other words."""
    is_entry = chunk.text.startswith("```") or is_source(chunk.path)
    return not is_entry and last_part(name) not in chunk.title


def _is_aside(chunk: Chunk, name: str) -> bool:
    """Return whether a page about something else has a heading with the bare name of a symbol, or
    with the name among other words."""
    if chunk.domain or API_PAGE.search(chunk.path):
        return False
    if not _is_titled(chunk.title, name):
        return True
    is_entry = chunk.text.startswith("```") or len(parts_of(name)) > 1
    return not is_entry and len(chunk.heading_path) > 1


def _is_titled(title: str, name: str) -> bool:
    """Return whether a title begins with a symbol's name, or declares it."""
    last = last_part(name)
    if re.match(rf"(?:{re.escape(name)}|{re.escape(last)})(?!\w)", title):
        return True
    declared = (*heading_symbols(title), *heading_symbols(f"`{title}`"))
    return last in map(last_part, declared)


def _specificity(chunk: Chunk, name: str) -> _Specificity:
    """Order sections of a symbol alike in standing: pages before docstrings before guides that have
    a heading for it, then its own entry before a section that is titled by it, before a section
    that names it among others, and an entry before a section that describes the symbol again."""
    is_own_entry = chunk.heading_path[-1:] == (name,) or chunk.title == last_part(name)
    is_titled = chunk.title.startswith(name)
    repeats = chunk.title.startswith("`")
    return (
        is_source(chunk.path) or _is_aside(chunk, name),
        not is_source(chunk.path),
        not is_own_entry,
        not is_titled,
        repeats,
        len(chunk.symbols),
        chunk.path,
        chunk.start_line,
    )
