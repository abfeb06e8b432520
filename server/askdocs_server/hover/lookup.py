"""Hover: the documentation of the symbol under the cursor, or nothing.

No LSP types here; positions are 0-based lines and characters in code points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from askdocs_indexer.grammars import is_source
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
from askdocs_server.text.links import Locate

_LIMIT = 10


@dataclass(frozen=True, slots=True)
class HoverResult:
    """What a hover shows: the symbol, `hits` that document it, best first, and the best's text.

    There are none where only docstrings document it, and those are not to be shown. `text` is
    Markdown that is safe to show, `notation` the symbol's identity as SCIP writes it, `language`
    that of the file.
    """

    symbol: Symbol
    hits: tuple[Hit, ...]
    text: str
    notation: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class HoverContext:
    """What an editor's hovers have besides the text: `files` remembers what is parsed, links of the
    documentation lead to where `locate` says, and `definitions` decide what the symbol is."""

    files: ParsedFiles = field(default_factory=ParsedFiles)
    locate: Locate | None = None
    definitions: Definitions | None = None


def hover_at(
    index: WorkspaceIndex,
    file: str,
    source: str,
    line: int,
    character: int,
    settings: HoverSettings,
    context: HoverContext | None = None,
) -> HoverResult | None:
    """Return the passages that document the symbol at a position, or None to show nothing.

    `file` is the document's path, or the name of its language. It blocks; run it in an executor.
    """
    language = language_of(file)
    if language is None:
        return None
    path = index.key_of(Path(file)) if Path(file).is_absolute() else ""
    context = context or HoverContext()
    with context.files.parsed(path, language, source) as parsed:
        occurrence = index.occurrence(parsed, line, character)
    if occurrence is None:
        return None
    defined = context.definitions or Definitions(index)
    for symbol in defined.symbols(occurrence):
        hits = index.documentation(symbol, _LIMIT)
        documented = [hit for hit in hits if hit.score >= settings.min_score]
        if documented:
            is_shown_elsewhere = settings.docstrings == "auto" and defined
            if is_shown_elsewhere or settings.docstrings == "never":
                documented = [*filter(_is_page, documented)]
            text = _text(symbol, documented, language, context.locate)
            return HoverResult(symbol, tuple(documented), text, index.notation(symbol), language)
    return None


def _text(symbol: Symbol, hits: Sequence[Hit], language: str, locate: Locate | None) -> str:
    return hover_text(hits[0], language, relation(symbol, hits[0]), locate) if hits else ""


def _is_page(hit: Hit) -> bool:
    return not is_source(hit.chunk.path)


def relation(symbol: Symbol, hit: Hit) -> str:
    """Say in a line how a symbol relates to the documented one, where it is not simply that."""
    if hit.is_overridden:
        return f"Overrides {code_span(hit.name)}."
    is_renamed = hit.name and symbol.identities and last_part(hit.name) != symbol.name
    return f"{code_span(symbol.name)} stands for {code_span(hit.name)}." if is_renamed else ""
