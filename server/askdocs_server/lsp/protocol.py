"""JSON-RPC as askdocs speaks it: its own methods, and requests that are always answered.

pygls leaves a request without an answer where its parameters do not fit or where it comes too
early or too late; an editor then waits forever.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import suppress
from itertools import islice
from typing import Any

import attrs
from cattrs import BaseValidationError, transform_error
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method

from askdocs_server.errors import AskdocsError
from askdocs_server.ipc.framing import is_id
from askdocs_server.lsp.documents import EditorWorkspace

log = logging.getLogger(__name__)

ASK = "askdocs/ask"
HOVER = "askdocs/hover"
SEARCH = "askdocs/search"
CONTENTS = "askdocs/contents"
STATUS = "askdocs/status"
REINDEX = "askdocs/reindex"
STATUS_CHANGED = "askdocs/statusChanged"

REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value

# A client with this many requests in flight has lost count of them.
MAX_REQUESTS = 1000
# A message of more parts would take too long to read, and too much memory. Parts are JSON's strings
# and the marks between its values.
MAX_PARTS = 400_000
_PART = re.compile(rb'[,:]|"[^"]*"?')


@attrs.define
class OwnRequest:
    """One of askdocs's own requests. `params` stay plain JSON; params.py checks them.

    `jsonrpc` must have no default: a default value would be left out on the wire.
    """

    id: int | str
    method: str
    jsonrpc: str
    params: Any = None


class RefusedError(AskdocsError):
    """A message is answered with an `error`; `message_id` is None where it is not known."""

    def __init__(self, message_id: int | str | None, error: JsonRpcException) -> None:
        super().__init__(error.message)
        self.message_id = message_id
        self.error = error


class AskdocsProtocol(LanguageServerProtocol):
    """LanguageServerProtocol with askdocs's methods and without its dead ends.

    `on_exit` is called when the client sends `exit`. The server sets it: pygls leaves no room for
    it among the arguments of a protocol.
    """

    on_exit: Callable[[], None]

    # pygls caches the two below for all protocols together, which would keep ended sessions alive.

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Return the envelope of a method's message."""
        if method in (ASK, HOVER, SEARCH, CONTENTS, STATUS, REINDEX):
            return OwnRequest
        return types.METHOD_TO_TYPES.get(method, (None,))[0]

    def get_result_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Return the envelope of a method's response."""
        return types.METHOD_TO_TYPES.get(method, (None, None))[1]

    def decoded(self, body: bytes) -> Any:
        """Return the typed form of a message, or None where it is to be ignored. For any thread.

        Only the outermost object is a message, whatever those within it say. Raises RefusedError.
        """
        if _has_too_many_parts(body):
            problem = "The message holds too many values; it was skipped."
            raise RefusedError(None, JsonRpcInvalidRequest(problem))
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            problem = f"The message is not JSON: {error}"
            raise RefusedError(None, JsonRpcParseError(problem)) from None
        return self._typed(_checked(message))

    def _typed(self, message: dict[str, Any]) -> Any:
        method, message_id = message.get("method"), message.get("id")
        if method is None or (message_id is not None and "error" in message):
            return self._typed_response(message)
        envelope = self.get_message_type(method) if self._is_handled(method) else None
        if envelope is None and message_id is None:
            return None
        if envelope is None:
            raise RefusedError(message_id, JsonRpcMethodNotFound.of(method))
        try:
            return self._converter.structure(message, envelope)
        except Exception as error:
            if message_id is None:
                return None
            problem = JsonRpcInvalidParams(f"{method}: {_explained(error)}")
            raise RefusedError(message_id, problem) from None

    def _typed_response(self, message: dict[str, Any]) -> Any:
        """Return the typed form of an answer to what was asked; None for others."""
        message_id = message.get("id")
        envelope = self._result_types.pop(message_id, None) if is_id(message_id) else None
        if envelope is None:
            return None
        with suppress(Exception):
            return self._converter.structure(
                message, types.ResponseErrorMessage if "error" in message else envelope
            )
        return None

    def _is_handled(self, method: str) -> bool:
        """Return whether a method does anything here. Cells of notebooks are not followed."""
        if method.startswith("notebookDocument/"):
            return False
        features = (self.fm.features, self.fm.builtin_features, (types.CANCEL_REQUEST,))
        return any(method in registered for registered in features)

    async def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Follow an editor's changes of a document, giving others a turn between them."""
        for change in params.content_changes:
            if self._workspace is not None and not self._shutdown:
                with suppress(KeyError):  # One that is not open.
                    self._workspace.update_text_document(params.text_document, change)
            await asyncio.sleep(0)

    def handle_message(self, message: Any) -> None:
        """Handle one message, unless it comes before `initialize` or after `shutdown`."""
        method, message_id = getattr(message, "method", None), getattr(message, "id", None)
        is_request = bool(method) and message_id is not None
        if is_request and self._shutdown:
            self.refuse(message_id, JsonRpcInvalidRequest("The server is shutting down."))
        elif is_request and self._workspace is None and method != types.INITIALIZE:
            self.refuse(
                message_id, JsonRpcServerNotInitialized(f"{method} came before initialize.")
            )
        elif is_request and self._workspace is not None and method == types.INITIALIZE:
            self.refuse(message_id, JsonRpcInvalidRequest("initialize came twice."))
        elif is_request and message_id in self._request_futures:
            self.refuse(message_id, JsonRpcInvalidRequest(f"id: {message_id!r} is in use."))
        elif is_request and self.requests_in_flight >= MAX_REQUESTS:
            problem = f"{MAX_REQUESTS} requests are in flight. Wait for some, or cancel them."
            self.refuse(message_id, JsonRpcException(problem, REQUEST_FAILED))
        else:
            super().handle_message(message)

    @property
    def requests_in_flight(self) -> int:
        """How many requests have not been answered yet."""
        return sum(not future.done() for future in self._request_futures.values())

    def refuse(self, message_id: int | str | None, error: JsonRpcException) -> None:
        """Answer a request with an error; `message_id` is None where it is not known."""
        log.info("refused: %s", error.message)
        body = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": message_id, "error": body})

    def _send_handler_result(self, future: Future[Any], *, msg_id: int | str) -> None:
        """Answer a request. The client's own mistakes are not logged as errors."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, JsonRpcInvalidParams):
            self._request_futures.pop(msg_id, None)
            self.refuse(msg_id, error)
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def cancel_requests(self) -> None:
        """Cancel all requests in flight, as `shutdown` does: nobody waits for their answers."""
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
        # Clients that have other language servers ask whether their definitions are wanted.
        result.capabilities.experimental = {"askdocsHover": True}
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
        self.on_exit()


def _has_too_many_parts(body: bytes) -> bool:
    if sum(map(body.count, (b",", b":", b'"'))) <= MAX_PARTS:
        return False  # Also where all of these are parts, not text.
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"")
    return next(islice(_PART.finditer(bare), MAX_PARTS, None), None) is not None


def _checked(message: Any) -> dict[str, Any]:
    """Return a JSON value that is a message. Raises RefusedError."""
    message_id = message.get("id") if isinstance(message, dict) else None
    valid_id = message_id if is_id(message_id) else None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RefusedError(valid_id, JsonRpcInvalidRequest("This is not a JSON-RPC 2.0 message."))
    if "method" not in message and "id" not in message:
        raise RefusedError(None, JsonRpcInvalidRequest("A message has a method or an id."))
    if "method" in message and "id" in message and valid_id is None:
        raise RefusedError(None, JsonRpcInvalidRequest("id: must be text or a whole number."))
    if "method" in message and not isinstance(message["method"], str):
        raise RefusedError(valid_id, JsonRpcInvalidRequest("method: must be text."))
    return message


def _explained(error: Exception) -> str:
    if isinstance(error, BaseValidationError):
        return "; ".join(transform_error(error, path="message"))
    return f"the message cannot be read ({error})"
