"""workspace/executeCommand: askdocs's own methods for editors without custom requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import NoneType
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_server.lsp.features.ask import ask
from askdocs_server.lsp.features.contents import contents
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.features.reindex import reindex
from askdocs_server.lsp.features.search import search
from askdocs_server.lsp.features.status import status
from askdocs_server.lsp.params import invalid
from askdocs_server.lsp.session import Session

PREFIX = "askdocs.server."


def register(server: LanguageServer, session: Session) -> None:
    """Register one command per method; each takes that method's parameters as its argument."""

    def add(name: str, method: Callable[[Any], Awaitable[Any]]) -> None:
        @server.command(PREFIX + name)
        @guarded
        async def handle(params: types.ExecuteCommandParams) -> Any:
            return await method(_argument(params))

    add("ask", lambda params: ask(server, session, params))
    add("search", lambda params: search(session, params))
    add("contents", lambda params: contents(session, params))
    add("status", lambda params: status(session, params))
    add("reindex", lambda params: reindex(server, session, params))


def _argument(params: types.ExecuteCommandParams) -> Any:
    """Return the method's parameters, with the command's own progress token."""
    arguments = params.arguments or ()
    if len(arguments) > 1:
        raise invalid("arguments", f"must hold one object, not {len(arguments)} values")
    argument = arguments[0] if arguments else None
    if params.work_done_token is None or not isinstance(argument, Mapping | NoneType):
        return argument
    return {"workDoneToken": params.work_done_token, **(argument or {})}
