"""JSON-RPC as askdocs speaks it: its own methods, and requests that are always answered.

pygls leaves a request without an answer where its parameters do not fit or where it comes too
early or too late; an editor then waits for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import attrs
from cattrs import ClassValidationError, transform_error
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method

from askdocs_server.lsp.documents import EditorWorkspace

if TYPE_CHECKING:
    from askdocs_server.lsp.server import AskdocsServer

log = logging.getLogger(__name__)

ASK = "askdocs/ask"
SEARCH = "askdocs/search"
STATUS = "askdocs/status"
REINDEX = "askdocs/reindex"
STATUS_CHANGED = "askdocs/statusChanged"

REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value

# A client that has so many requests in flight has lost count of them.
MAX_REQUESTS = 1000


@attrs.define
class OwnRequest:
    """One of askdocs's own requests. `params` stay plain JSON; params.py checks them.

    `jsonrpc` must have no default: a default value would be left out on the wire.
    """

    id: int | str
    method: str
    jsonrpc: str
    params: Any = None


class AskdocsProtocol(LanguageServerProtocol):
    """LanguageServerProtocol with askdocs's methods and without its dead ends."""

    _server: AskdocsServer

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Return the envelope of a method's message."""
        if method in (ASK, SEARCH, STATUS, REINDEX):
            return OwnRequest
        found: type[Any] | None = super().get_message_type(method)
        return found

    def structured(self, message: Any) -> Any:
        """Return the typed form of a JSON value, or None where it is refused or of no use.

        Only the outermost object is a message, whatever those within it say.
        """
        number = message.get("id") if isinstance(message, dict) else None
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            known = number if _is_id(number) else None
            self.refuse(known, JsonRpcInvalidRequest("This is no JSON-RPC 2.0 message."))
        elif "id" in message and not _is_id(number):
            if "method" in message:
                self.refuse(None, JsonRpcInvalidRequest("id: must be text or a whole number."))
        elif "method" in message and not isinstance(message["method"], str):
            self.refuse(number, JsonRpcInvalidRequest("method: must be text."))
        elif "method" in message or "id" in message:
            return self._typed(message)
        else:
            self.refuse(None, JsonRpcInvalidRequest("A message has a method or an id."))
        return None

    def _typed(self, message: dict[str, Any]) -> Any:
        try:
            return super().structure_message(message)
        except JsonRpcException as error:
            if "id" in message and "method" in message:
                problem = _explained(error.__cause__)
                self.refuse(message["id"], JsonRpcInvalidParams(f"{message['method']}: {problem}"))
            return None

    def handle_message(self, message: Any) -> None:
        """Handle one message, unless it comes before `initialize` or after `shutdown`."""
        method, number = getattr(message, "method", None), getattr(message, "id", None)
        is_request = bool(method) and number is not None
        if is_request and self._shutdown:
            self.refuse(number, JsonRpcInvalidRequest("The server is shutting down."))
        elif is_request and self._workspace is None and method != types.INITIALIZE:
            self.refuse(number, JsonRpcServerNotInitialized(f"{method} came before initialize."))
        elif is_request and self._workspace is not None and method == types.INITIALIZE:
            self.refuse(number, JsonRpcInvalidRequest("initialize came twice."))
        elif is_request and number in self._request_futures:
            self.refuse(number, JsonRpcInvalidRequest(f"id: {number!r} is in use."))
        elif is_request and self.requests_in_flight >= MAX_REQUESTS:
            problem = f"{MAX_REQUESTS} requests are in flight. Wait for some, or cancel them."
            self.refuse(number, JsonRpcException(problem, REQUEST_FAILED))
        else:
            super().handle_message(message)

    @property
    def requests_in_flight(self) -> int:
        """How many requests are not answered yet."""
        return sum(not future.done() for future in self._request_futures.values())

    def refuse(self, number: int | str | None, error: JsonRpcException) -> None:
        """Answer a request with an error; `number` is None where it is not known."""
        log.info("refused: %s", error.message)
        body = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": number, "error": body})

    def _send_handler_result(self, future: Future[Any], *, msg_id: int | str) -> None:
        """Answer a request. The client's own mistakes are no errors of ours in the log."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, JsonRpcInvalidParams):
            self._request_futures.pop(msg_id, None)
            self.refuse(msg_id, error)
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def cancel_requests(self) -> None:
        """Cancel all requests in flight, as `shutdown` does: nobody waits for them any more."""
        for future in list(self._request_futures.values()):
            future.cancel()

    @property
    def is_shut_down(self) -> bool:
        """Whether `shutdown` was received."""
        return bool(self._shutdown)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Initialize as pygls does, with a workspace whose lines are the protocol's."""
        result = yield from super().lsp_initialize(params)
        self._workspace = EditorWorkspace.like(self.workspace)
        return result

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command as a task of its own request, so that a cancel reaches it."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            known = ", ".join(sorted(self.fm.commands))
            raise JsonRpcInvalidParams(
                f"command: there is no {params.command!r}; this server has {known}"
            )
        return await handler(params)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        """End this connection. Other sessions of the process live on."""
        self._server.leave()


def _is_id(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _explained(cause: BaseException | None) -> str:
    if isinstance(cause, ClassValidationError):
        return "; ".join(transform_error(cause, path="message"))
    return f"the message cannot be read ({cause})"
