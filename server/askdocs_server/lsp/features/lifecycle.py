"""initialize, settings, workspace folders and shutdown."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_server.lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    """Register the handlers."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.take_options(params.initialization_options)

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        session.start()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def changed_configuration(params: types.DidChangeConfigurationParams) -> None:
        session.reload_settings(params.settings)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def changed_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        session.change_folders(
            [folder.uri for folder in params.event.added],
            [folder.uri for folder in params.event.removed],
        )

    @server.feature(types.SHUTDOWN)
    def shutdown(_params: Any = None) -> None:
        session.begin_close()
