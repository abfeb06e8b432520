"""Hover: the documentation of the symbol under the cursor, or nothing.

No LSP types here; positions are 0-based lines and characters in code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.types import Hit
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.hover_text import hover_text
from askdocs_server.safe_markdown import plain
from askdocs_server.settings import HoverSettings
from askdocs_server.symbols import Symbol, language_of, parse, symbol_in

_LIMIT = 10


@dataclass(frozen=True, slots=True)
class HoverResult:
    """What a hover shows: the symbol, its language, and `hits` that document it, best first."""

    symbol: Symbol
    language: str
    hits: tuple[Hit, ...]


def hover_at(
    index: WorkspaceIndex,
    file: str,
    source: str,
    line: int,
    character: int,
    settings: HoverSettings,
) -> HoverResult | None:
    """Return the passages that document the symbol at a position, or None for no popup.

    `file` gives the language by its suffix. Blocks; meant for an executor.
    """
    language = language_of(file)
    if language is None:
        return None
    parsed = parse(source, language, module_of(Path(file)), own_definitions=True)
    symbol = symbol_in(parsed, line, character)
    if symbol is None:
        return None
    hits = index.document(symbol.candidates, _LIMIT)
    shown = tuple(hit for hit in hits if hit.score >= settings.min_score)
    return HoverResult(symbol, language, shown) if shown else None


def hover_markdown(result: HoverResult, root: Path) -> str:
    """Render the best passage with a link to its file and line."""
    best = result.hits[0]
    chunk = best.chunk
    text = hover_text(best, result.symbol.candidates, result.language)
    target = (root / chunk.path).as_uri()
    link = f"[{plain(chunk.path)}:{chunk.start_line}]({target}#L{chunk.start_line})"
    return f"{text}\n\n---\n{link}"


def module_of(file: Path) -> str:
    """Return the dotted name that a Python file is imported by, as its packages say."""
    parts = [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts)
