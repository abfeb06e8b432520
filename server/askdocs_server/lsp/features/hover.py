"""textDocument/hover: the documentation of the identifier under the cursor, or null.

askdocs/hover is the same for clients that know from other language servers where it is defined.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_server.lsp.documents import (
    DocumentText,
    Positions,
    document_text,
    encoding_of,
    open_text,
    path_of,
)
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.params import HoverParams, parse
from askdocs_server.lsp.protocol import HOVER
from askdocs_server.lsp.session import Session

log = logging.getLogger(__name__)

# A popup that comes later than this is in the way.
_OPEN_SECONDS = 2.0

# A file, the span of a definition in it, and the text that the editor has open, if it is open.
DefinitionText = tuple[Path, types.Range, str | None]


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    @guarded
    async def handle(params: types.HoverParams) -> types.Hover | None:
        return await timely(params.text_document.uri, params.position)

    @server.feature(HOVER)
    @guarded
    async def handle_defined(params: Any) -> types.Hover | None:
        hover_params = parse(params, HoverParams)
        uri, position = hover_params.text_document.uri, hover_params.position
        return await timely(uri, position, definitions_of(server, hover_params.definitions))

    async def timely(
        uri: str, position: types.Position, definitions: Sequence[DefinitionText] = ()
    ) -> types.Hover | None:
        try:
            return await hover(server, session, uri, position, definitions)
        except TimeoutError:
            log.warning("a hover took too long and is left out")
            return None


def definitions_of(
    server: LanguageServer, locations: Sequence[types.Location]
) -> list[DefinitionText]:
    """Return definitions in files, with their text as it is at this moment where they are open."""
    files = ((path_of(location.uri), location) for location in locations)
    return [
        (path, location.range, open_text(server, location.uri))
        for path, location in files
        if path is not None and "\0" not in str(path)
    ]


async def hover(
    server: LanguageServer,
    session: Session,
    uri: str,
    cursor: types.Position,
    definitions: Sequence[DefinitionText],
) -> types.Hover | None:
    """Return what to show at a position of a document, as the editor has it."""
    # The text first: it must be the one that the position was meant for.
    document = await document_text(server, uri)
    if document is None:
        return None
    folder = await session.folder_at(document.path, _OPEN_SECONDS)
    if folder is None:
        return None
    positions = Positions(document.text, encoding_of(server))
    position = positions.code_point(cursor)
    if position is None:
        return None
    from askdocs_server.hover.definitions import Definition  # Late: they come with the host.
    from askdocs_server.hover.popup import popup

    defined = [
        Definition(path, *_ends(span), source, encoding_of(server))
        for path, span, source in definitions
    ]
    with folder.use() as workspace:
        result = await workspace.hover(
            _file(document), document.text, *position, folder.path, defined
        )
        if result is None:
            return None
        summary, uses = await asyncio.gather(workspace.summary(result), workspace.uses(result))
    text = popup(result, folder.path, uses, summary)
    if not text:
        return None
    start, end = result.symbol.start, result.symbol.end
    return types.Hover(
        types.MarkupContent(_markup_kind(server), text),
        types.Range(positions.position(*start), positions.position(*end)),
    )


def _ends(span: types.Range) -> tuple[tuple[int, int], tuple[int, int]]:
    start, end = span.start, span.end
    return (start.line, start.character), (end.line, end.character)


def _file(document: DocumentText) -> str:
    """Return what tells the language: the path, or the editor's word if the path does not."""
    from askdocs_indexer.languages.registry import language_of

    path = str(document.path or "")
    return path if language_of(path) else document.language_id or path


def _markup_kind(server: LanguageServer) -> types.MarkupKind:
    text_document = server.client_capabilities.text_document
    formats = text_document.hover.content_format if text_document and text_document.hover else None
    if formats and types.MarkupKind.Markdown not in formats:
        return types.MarkupKind.PlainText
    return types.MarkupKind.Markdown
