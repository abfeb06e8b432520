"""Which project an agent's calls are about: `--root`, else what its client has open, else the
folder that it was started in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from askdocs_server.errors import NoRootError

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp.types import CallToolRequestParams, InputRequiredResult, ListRootsResult

_KEY = "roots"
# A client that has roots lists them at once; a client that does not answer is taken to have none.
_ANSWER_SECONDS = 5.0


class Roots:
    """`given` is the folder of `--root`; `here` is the folder that we were started in."""

    def __init__(self, given: Path | None, here: Path) -> None:
        self._given = given
        self._here = here

    async def of_call(
        self, context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> Path | InputRequiredResult:
        """Return the project's folder, or what the client must answer first. Raises NoRootError."""
        if self._given is not None:
            return self._given
        capabilities = context.session.client_capabilities
        if capabilities is None or capabilities.roots is None:
            return self._started_in()
        if context.session.can_send_request:
            return self._first(await _asked_for(context))
        # Since protocol 2026-07-28, a server asks in its result and is called again with the reply.
        if params.input_responses is None:
            from mcp.types import InputRequiredResult, ListRootsRequest

            return InputRequiredResult(input_requests={_KEY: ListRootsRequest()})
        return self._first(params.input_responses.get(_KEY))

    def _first(self, listed: ListRootsResult | Any) -> Path:
        for root in getattr(listed, "roots", ()):
            parts = urlsplit(str(root.uri))
            if parts.scheme == "file":
                return _existing(Path(url2pathname(parts.path)))
        return self._started_in()

    def _started_in(self) -> Path:
        """Return our own folder, unless that is the user's home or a folder above it."""
        if self._here in (Path.home(), *Path.home().parents):
            raise NoRootError(
                f"{self._here}, where askdocs was started, is not a project. Open a folder in the "
                "client, or have it start `askdocs mcp --root DIR`."
            )
        return self._here


async def _asked_for(context: ServerRequestContext[Any]) -> ListRootsResult | None:
    from mcp.shared.exceptions import MCPError
    from mcp.types import ListRootsRequest, ListRootsResult

    try:
        return await context.session.send_request(
            ListRootsRequest(), ListRootsResult, request_read_timeout_seconds=_ANSWER_SECONDS
        )
    except (MCPError, ValueError):
        return None


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise NoRootError(f"{folder}, which the client has open, is not a folder on this machine.")
    return folder.resolve()
