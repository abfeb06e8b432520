"""The text of any document: the editor's buffer first, the file on disk behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pygls.lsp.server import LanguageServer

from askdocs_server.lsp.documents import EditorDocument, encoding_name, path_of, read_text


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document's text; `language_id` is the editor's name of its language, "" if not open."""

    text: str
    language_id: str = ""


async def document_text(server: LanguageServer, uri: str) -> DocumentText | None:
    """Return a document's text; None where it is neither open nor a readable file, or too long."""
    document = server.workspace.get_text_document(uri)
    if isinstance(document, EditorDocument) and document.is_too_long:
        return None
    if document.version is not None:
        return DocumentText(document.source, document.language_id or "")
    path = path_of(uri)
    text = await asyncio.to_thread(read_text, path) if path else None
    return None if text is None else DocumentText(text)


def encoding_of(server: LanguageServer) -> str:
    """Return the negotiated position encoding: "utf-8", "utf-16" or "utf-32"."""
    return encoding_name(server.workspace.position_encoding)
