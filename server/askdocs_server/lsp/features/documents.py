"""Opened and saved files, and file events: hints for the index. pygls keeps the documents."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_server.lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    """Register the handlers."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        session.prefer([params.text_document.uri])

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        session.touch([params.text_document.uri])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        session.touch([change.uri for change in params.changes])
