"""askdocs/status. The session sends askdocs/statusChanged by itself."""

from __future__ import annotations

from typing import Any

from pygls.lsp.server import LanguageServer

from askdocs_server.lsp import wire
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.params import StatusParams, parse
from askdocs_server.lsp.protocol import STATUS
from askdocs_server.lsp.session import Session


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(STATUS)
    @guarded
    async def handle(params: Any) -> wire.StatusResult:
        return await status(session, params)


async def status(session: Session, params: Any) -> wire.StatusResult:
    """Return the status of everything."""
    parse(params, StatusParams)
    return session.status()
