"""Where the documentation uses a symbol: the sections whose code does.

A name in a sample is resolved like one in a source, with the page's samples above it as the code
before; what no line of them binds is taken as the pages' own names for symbols are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile

from askdocs_indexer.grammars import is_source
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, is_code
from askdocs_indexer.languages.registry import family_of
from askdocs_indexer.readers.markdown.samples import samples
from askdocs_indexer.retrieval.copies import without_copies
from askdocs_indexer.retrieval.ranking import best_per_section
from askdocs_indexer.retrieval.standing import StandingOfStore
from askdocs_indexer.storage import Store
from askdocs_indexer.storage.symbol_table import parts_of
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.links import resolved
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_indexer.symbols.view import View
from askdocs_indexer.types import Chunk, Hit, Use

# Of so many chunks that hold a symbol's words, so many of the manual's are looked at, and of these
# the code of so many that have its name in it is read.
_RANKED = 1000
_LOOKED_AT = 60
_READ = 8
# A name that a chunk's code has many times is resolved so often.
_MOST_OCCURRENCES = 4
# So much of a page's code above a chunk's is read with it (characters), from so many chunks.
_ABOVE = 4000
_CHUNKS_ABOVE = 20

# What stands before a name that is written with its owners.
_OWNERS = re.compile(r"(?:[A-Za-z_$][\w$]*(?:\.|::|->))+$")
_JOINT = re.compile(r"::|->")


class Uses:
    """Finds the sections whose code uses a symbol. Safe to use from any thread."""

    def __init__(self, store: Store, graph: SymbolGraph, standing: StandingOfStore) -> None:
        self._store = store
        self._graph = graph
        self._standing = standing

    def of(self, symbol: Symbol, language: str, limit: int) -> list[Use]:
        """Return up to `limit` sections of the manual, the best first.

        Blocks of code without a mark are read as `language`. Raises StoreError.
        """
        name = re.compile(rf"(?<![\w$]){re.escape(symbol.name)}(?![\w$])")
        codes: dict[str, str] = {}

        def used() -> Iterator[Hit]:
            for hit in islice(self._candidates(symbol, name, language), _READ):
                if code := self._code_with(symbol, name, language, hit.chunk):
                    codes[hit.chunk.id] = code
                    yield hit

        hits = without_copies(best_per_section(used()), limit, self._store.outline.size)
        return [Use(hit.chunk, codes[hit.chunk.id]) for hit in hits]

    def _candidates(self, symbol: Symbol, name: re.Pattern[str], language: str) -> Iterator[Hit]:
        """Yield chunks of the manual whose code has a symbol's name, the best by words first."""
        names = [part for identity in symbol.identities[:1] for part in identity.names]
        names += [part for candidate in symbol.candidates[:1] for part in parts_of(candidate)]
        words = " ".join(dict.fromkeys([symbol.name, *names]))
        holders = islice(self._store.holders(symbol.name, words), _RANKED)
        manual = filter(self._is_page, holders)
        for chunk in self._store.get([*islice(manual, _LOOKED_AT)]):
            if name.search(chunk.text) and any(map(name.search, _code_in(chunk, language))):
                yield Hit(chunk, 1.0)

    def _is_page(self, chunk_id: str) -> bool:
        """Return whether a chunk is of a page of the manual."""
        path = self._store.outline.path_of(chunk_id)
        return bool(path) and not is_source(path) and self._standing.is_manual(path)

    def _code_with(self, symbol: Symbol, name: re.Pattern[str], language: str, chunk: Chunk) -> str:
        """Return the first block of a chunk's code that uses a symbol; "" where none does."""
        blocks = _code_in(chunk, language)
        matches = ((block, match) for block in blocks for match in name.finditer(block))
        occurrences = [*islice(matches, _MOST_OCCURRENCES)]
        above = self._above(chunk, language)
        parsed = Parsed("\n".join([above, *blocks]), language)
        starts = dict(zip(blocks, _starts(len(above) + 1, blocks), strict=True))
        for block, match in occurrences:
            if self._means(parsed, starts[block] + match.start(), symbol, chunk.path):
                return block
        return ""

    def _above(self, chunk: Chunk, language: str) -> str:
        """Return the end of the code that stands before a chunk on its page."""
        ids = takewhile(lambda chunk_id: chunk_id != chunk.id, self._store.outline.of(chunk.path))
        code = ""
        for other in reversed(self._store.get([*ids][-_CHUNKS_ABOVE:])):
            code = "\n".join([*_code_in(other, language), code])
            if len(code) >= _ABOVE:
                break
        return code[-_ABOVE:]

    def _means(self, parsed: Parsed, start: int, symbol: Symbol, page: str) -> bool:
        """Return whether the name at an index of a page's code uses a symbol."""
        above = parsed.source[:start]
        line, character = above.count("\n"), start - (above.rfind("\n") + 1)
        offset = parsed.offset_of(line, character)
        if parsed.tree is None or offset is None or not is_code(parsed.tree.root_node, offset):
            return False
        used = symbol_in(parsed, line, character, self._graph)
        if used is not None and (used.identities or used.candidates):
            is_same = not set(used.identities).isdisjoint(symbol.identities)
            return is_same or (
                not symbol.identities and not set(used.candidates).isdisjoint(symbol.candidates)
            )
        owners = _OWNERS.search(above)
        written = _JOINT.sub(".", f"{owners[0] if owners else ''}{symbol.name}")
        if not symbol.identities:
            return owners is not None and written in symbol.candidates
        with self._graph.lock:
            view = View(self._graph, "", family=symbol.family)
            return not resolved(view, written, page).isdisjoint(symbol.identities)


def _code_in(chunk: Chunk, language: str) -> Sequence[str]:
    """Return the different blocks of a chunk's code that may use a symbol, in order.

    An entry of a reference begins with the declaration of what it documents.
    """
    text = chunk.text
    if chunk.symbols and text.startswith("```"):
        text = text.partition("\n```\n")[2]
    return [*dict.fromkeys(_blocks(text, language))]


@lru_cache(maxsize=2048)
def _blocks(text: str, language: str) -> tuple[str, ...]:
    """Return the blocks of code of a language's family, or without a mark, in order."""
    family = family_of(language)
    return tuple(
        sample.code
        for sample in samples(text)
        if family_of(sample.language) == family or not sample.is_marked
    )


def _starts(first: int, blocks: Sequence[str]) -> Iterator[int]:
    """Yield where blocks start in a text that has a line break between them."""
    for block in blocks:
        yield first
        first += len(block) + 1
