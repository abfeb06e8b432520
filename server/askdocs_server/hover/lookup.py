"""Hover: the documentation of the symbol under the cursor, or nothing.

No LSP types here; positions are 0-based lines and characters in code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.registry import language_of
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_indexer.storage.symbol_table import last_part
from askdocs_indexer.types import Hit
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.hover.definitions import Definitions
from askdocs_server.hover.parse_cache import ParsedFiles
from askdocs_server.hover.render import hover_text
from askdocs_server.settings.model import HoverSettings
from askdocs_server.text.sanitize import plain, safe_line

_LIMIT = 10


@dataclass(frozen=True, slots=True)
class HoverResult:
    """What a hover shows: the symbol, `hits` that document it, best first, and the best's text.

    `text` is Markdown that is safe to show, `notation` the symbol's identity as SCIP writes it.
    """

    symbol: Symbol
    hits: tuple[Hit, ...]
    text: str
    notation: str = ""


def hover_at(
    index: WorkspaceIndex,
    file: str,
    source: str,
    line: int,
    character: int,
    settings: HoverSettings,
    files: ParsedFiles | None = None,
    definitions: Definitions | None = None,
) -> HoverResult | None:
    """Return the passages that document the symbol at a position, or None to show nothing.

    `file` is the document's path, or the name of its language; `files` remembers what it parses.
    It blocks; run it in an executor.
    """
    language = language_of(file)
    if language is None:
        return None
    path = index.key_of(Path(file)) if Path(file).is_absolute() else ""
    with (files or ParsedFiles()).parsed(path, language, source) as parsed:
        use = index.use(parsed, line, character)
    if use is None:
        return None
    for symbol in definitions.symbols(use) if definitions is not None else (use.symbol,):
        hits = index.documentation(symbol, _LIMIT)
        shown = tuple(hit for hit in hits if hit.score >= settings.min_score)
        if shown:
            text = hover_text(shown[0], language, relation(symbol, shown[0]))
            return HoverResult(symbol, shown, text, index.notation(symbol))
    return None


def relation(symbol: Symbol, hit: Hit) -> str:
    """Say in a line how a symbol relates to the documented one, where it is not simply that."""
    if hit.is_overridden:
        return f"Overrides {code_span(hit.name)}."
    is_renamed = hit.name and symbol.identities and last_part(hit.name) != symbol.name
    return f"{code_span(symbol.name)} stands for {code_span(hit.name)}." if is_renamed else ""


def hover_markdown(result: HoverResult, root: Path, summary: str = "") -> str:
    """Render the best passage with a link to its file and line, below its summary, if any."""
    chunk = result.hits[0].chunk
    target = (root / chunk.path).as_uri()
    link = f"[{plain(chunk.path)}:{chunk.start_line}]({target}#L{chunk.start_line})"
    above = f"**In short** (generated): {safe_line(summary)}\n\n---\n\n" if summary else ""
    return f"{above}{result.text}\n\n---\n{link}"
