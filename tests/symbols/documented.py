"""Projects of several files with their documentation, and what documents a name in them."""

from __future__ import annotations

from tests.languages.projects import look_up

from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.storage.outline_table import OutlineEntry, OutlineTable
from askdocs_indexer.storage.symbol_table import SymbolTable
from askdocs_indexer.symbols.links import Link, Links
from askdocs_indexer.types import Chunk

CHUNK_CHARACTERS = 1000


def chunks_in(files: dict[str, str]) -> dict[str, Chunk]:
    """Return the chunks of all documents and sources, by id."""
    chunks: dict[str, Chunk] = {}
    for path, text in files.items():
        reader = reader_for(path)
        if reader is not None:
            found = chunks_of(path, reader(text, path), CHUNK_CHARACTERS)
            chunks |= {chunk.id: chunk for chunk in found}
    return chunks


def link_at(marked: dict[str, str]) -> tuple[Link | None, dict[str, Chunk]]:
    """Return what documents the name at ¦."""
    symbol, graph = look_up(marked)
    chunks = chunks_in({path: text.replace("¦", "") for path, text in marked.items()})
    symbols, outline = SymbolTable(), OutlineTable()
    for one in chunks.values():
        entry = OutlineEntry(one.heading_path, one.start_line, one.end_line, len(one.text))
        outline.add(one.path, one.id, entry)
        symbols.add(one.id, one.symbols, one.path, one.domain)
    link = Links(graph, symbols, outline).of(symbol) if symbol is not None else None
    return link, chunks


def documented(marked: dict[str, str]) -> list[str]:
    """Return where the name at ¦ is documented, as `path:first line` in order."""
    link, chunks = link_at(marked)
    found = [chunks[one] for one in link.chunk_ids] if link is not None else []
    return sorted({f"{chunk.path}:{chunk.start_line}" for chunk in found})
