"""textDocument/hover: the documentation of the identifier under the cursor, or null."""

from __future__ import annotations

import asyncio
import logging

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_server.lsp.documents import (
    DocumentText,
    Positions,
    document_text,
    encoding_of,
)
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.session import Session

log = logging.getLogger(__name__)

# A popup that comes later than this is in the way.
_OPEN_SECONDS = 2.0


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    @guarded
    async def handle(params: types.HoverParams) -> types.Hover | None:
        try:
            return await hover(server, session, params)
        except TimeoutError:
            log.warning("a hover took too long and is left out")
            return None


async def hover(
    server: LanguageServer, session: Session, params: types.HoverParams
) -> types.Hover | None:
    """Return what to show at a position of a document, as the editor has it."""
    # The text first: it must be the one that the position was meant for.
    document = await document_text(server, params.text_document.uri)
    if document is None:
        return None
    folder = await session.folder_at(document.path, _OPEN_SECONDS)
    if folder is None:
        return None
    positions = Positions(document.text, encoding_of(server))
    position = positions.code_point(params.position)
    if position is None:
        return None
    from askdocs_server.hover.popup import popup  # Late: it comes with the host.

    with folder.use() as workspace:
        file = _file(document)
        result = await workspace.hover(file, document.text, *position, links_below=folder.path)
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
