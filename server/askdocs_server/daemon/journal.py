"""What an editor has told its daemon and what is unanswered, for the daemon that takes over.

A pipe lives as long as its editor; a daemon may be killed or replaced before. The journal keeps the
editor's open documents, folders and settings, and the requests in flight. From these the next
daemon's session is rebuilt, and no request stays without a reply.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from askdocs_server.daemon.edits import edited
from askdocs_server.daemon.handshake import LEAVING_METHOD
from askdocs_server.ipc.framing import Id, is_id

Message = dict[str, Any]

_REQUEST_CANCELLED = -32800
_REQUEST_FAILED = -32803
# A request that was pending when this many daemons ended may be what ended them.
_MAX_TRIES = 3
_BROKE_OFF = "askdocs ended while it worked on this, again and again. Its log says why."
# Of the first, the last notification is replayed; of the second, all of them in order.
_SETTINGS_METHOD = "workspace/didChangeConfiguration"
_FOLDERS_METHOD = "workspace/didChangeWorkspaceFolders"
_STATUS_METHOD = "askdocs/statusChanged"
_NOTHING_PENDING = {"pendingFiles": 0, "pendingReads": 0, "pendingChunks": 0}
_STOPPED = "askdocs was stopped. The next request starts it again."


@dataclass(slots=True)
class _Request:
    message: Message
    tries: int = 0
    is_cancelled: bool = False
    used_tokens: set[Id] = field(default_factory=set)


class Journal:
    """Fed with every message in both directions, from any thread.

    `is_shut_down` and `is_over`: whether the editor has sent `shutdown` and `exit`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._initialize: Message | None = None
        self._is_initialized = False
        self._was_answered = False
        self._encoding = "utf-16"
        self._settings: Message | None = None
        self._folders: list[Message] = []
        self._documents: dict[str, Message] = {}
        self._pending: dict[Id, _Request] = {}
        self._progress: set[Id] = set()
        self._status: Message | None = None
        self.is_shut_down = False
        self.is_over = False

    def from_editor(self, message: Any) -> None:
        """Take note of a message on its way to the daemon."""
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            return  # An answer to a daemon that is gone neither helps nor harms the next.
        with self._lock:
            method, number, params = message["method"], message.get("id"), message.get("params")
            if is_id(number):
                self._asks(method, number, message)
            else:
                self._notifies(method, params if isinstance(params, dict) else {}, message)

    def from_daemon(self, message: Any) -> bool:
        """Take note of a message on its way to the editor; False where it must not go there."""
        if not isinstance(message, dict):
            return True
        with self._lock:
            if isinstance(message.get("method"), str):
                return self._heard(message["method"], message.get("params"))
            return self._was_replied(message.get("id"), message)

    def lost(self, *, is_final: bool = False, is_stopped: bool = False) -> list[Message]:
        """Return what to tell the editor now that the daemon is gone.

        After a final loss no other daemon comes; one that was stopped comes when it is needed.
        """
        with self._lock:
            ends = [
                {"token": token, "value": {"kind": "end"}}
                for token in sorted(self._progress, key=str)
            ]
            self._progress.clear()
            messages = [notification("$/progress", params) for params in ends]
            if self._status is not None and not is_final:
                status = _without_daemon(self._status, is_stopped=is_stopped)
                messages.append(notification(_STATUS_METHOD, status))
                self._status = None
            for number, request in list(self._pending.items()):
                request.tries += 1
                is_initialize = request.message["method"] == "initialize"
                if request.is_cancelled:
                    messages.append(_error(number, _REQUEST_CANCELLED, "Request Cancelled"))
                elif self.is_shut_down:
                    messages.append({"jsonrpc": "2.0", "id": number, "result": None})
                elif is_final or (request.tries >= _MAX_TRIES and not is_initialize):
                    messages.append(_error(number, _REQUEST_FAILED, _BROKE_OFF))
                else:
                    continue
                del self._pending[number]
            return messages

    def replay(self) -> list[Message]:
        """Return what to send to a new daemon, in order."""
        with self._lock:
            return list(self._replayed())

    @property
    def has_pending(self) -> bool:
        """Whether a request has no reply yet."""
        return bool(self._pending)

    # -- inside -----------------------------------------------------------------------------

    def _replayed(self) -> Iterator[Message]:
        if self._initialize is None:
            return
        yield self._initialize
        if self._is_initialized:
            yield notification("initialized", {})
        if self._settings is not None:
            yield self._settings
        yield from self._folders
        for document in self._documents.values():
            yield notification("textDocument/didOpen", {"textDocument": document})
        for request in self._pending.values():
            if request.message is not self._initialize:
                yield _without_tokens(request.message, request.used_tokens)
                if request.is_cancelled:
                    yield notification("$/cancelRequest", {"id": request.message["id"]})

    def _asks(self, method: str, number: Id, message: Message) -> None:
        if method == "initialize" and self._initialize is None:
            self._initialize = message
        elif method == "shutdown":
            self.is_shut_down = True
        self._pending.setdefault(number, _Request(message))

    def _notifies(self, method: str, params: Message, message: Message) -> None:
        if method == "initialized":
            self._is_initialized = True
        elif method == "exit":
            self.is_over = True
        elif method == _SETTINGS_METHOD:
            self._settings = message
        elif method == _FOLDERS_METHOD:
            self._folders.append(message)
        elif method == "$/cancelRequest":
            number = params.get("id")
            if is_id(number) and number in self._pending:
                self._pending[number].is_cancelled = True
        elif method.startswith("textDocument/did"):
            self._follows(method, params)

    def _follows(self, method: str, params: Message) -> None:
        """Keep the text of the open documents as the editor has it."""
        identifier = params.get("textDocument")
        uri = identifier.get("uri") if isinstance(identifier, dict) else None
        if not isinstance(identifier, dict) or not isinstance(uri, str):
            return
        if method == "textDocument/didOpen":
            self._documents[uri] = dict(identifier)
        elif method == "textDocument/didClose":
            self._documents.pop(uri, None)
        elif method == "textDocument/didChange" and (document := self._documents.get(uri)):
            try:
                for change in params["contentChanges"]:
                    document["text"] = edited(document["text"], change, self._encoding)
                document["version"] = identifier.get("version", document.get("version"))
            except (KeyError, TypeError, ValueError, AttributeError):
                # The text cannot be followed; without it, the file on disk counts.
                del self._documents[uri]

    def _heard(self, method: str, params: Any) -> bool:
        if method == LEAVING_METHOD:
            return False
        if method == "$/progress" and isinstance(params, dict):
            self._progressed(params.get("token"), params.get("value"))
        if method == _STATUS_METHOD and isinstance(params, dict):
            self._status = params
        return True

    def _progressed(self, token: Any, value: Any) -> None:
        if not is_id(token):
            return
        kind = value.get("kind") if isinstance(value, dict) else None
        if kind == "begin":
            self._progress.add(token)
        elif kind == "end":
            self._progress.discard(token)
        for request in self._pending.values():
            params = request.message.get("params")
            if isinstance(params, dict) and token in _tokens(params):
                request.used_tokens.add(token)

    def _was_replied(self, number: Any, message: Message) -> bool:
        if not is_id(number):
            return True
        self._pending.pop(number, None)
        if self._initialize is not None and number == self._initialize.get("id"):
            return self._was_initialized(message)
        return True

    def _was_initialized(self, message: Message) -> bool:
        """Return whether this is the first answer; the editor must not see a second daemon's."""
        is_first, self._was_answered = not self._was_answered, True
        result = message.get("result")
        capabilities = result.get("capabilities") if isinstance(result, dict) else None
        if isinstance(capabilities, dict):
            self._encoding = str(capabilities.get("positionEncoding") or "utf-16")
        return is_first


def _without_daemon(status: Message, *, is_stopped: bool) -> Message:
    """Return a status as it is once its daemon is gone: nothing goes on, and nothing is loaded."""
    state, detail = ("closed", _STOPPED) if is_stopped else ("opening", "")
    index = {"state": state, "detail": detail, **_NOTHING_PENDING}
    changed: Message = {
        name: {**part, "state": "idle", "detail": ""} if isinstance(part, dict) else part
        for name, part in status.items()
    }
    changed["index"] = {**status.get("index", {}), **index}
    changed["workspaceFolders"] = [
        {**folder, "index": {**folder["index"], **index}}
        for folder in status.get("workspaceFolders", [])
    ]
    return changed


def _tokens(params: Mapping[str, Any]) -> Iterator[Id]:
    """Yield the progress tokens of a request, also those of a command's arguments."""
    for name in ("partialResultToken", "workDoneToken"):
        if is_id(params.get(name)):
            yield params[name]
    arguments = params.get("arguments")
    for argument in arguments if isinstance(arguments, list) else []:
        if isinstance(argument, dict):
            yield from _tokens(argument)


def _without_tokens(message: Message, used: set[Id]) -> Message:
    """Return a request that reports under none of these tokens: the editor has seen them begin."""
    if not used:
        return message
    copy: Message = json.loads(json.dumps(message))
    params = copy["params"]
    arguments = params.get("arguments")
    for holder in [params, *(arguments if isinstance(arguments, list) else [])]:
        for name in ("partialResultToken", "workDoneToken"):
            if isinstance(holder, dict) and holder.get(name) in used:
                del holder[name]
    return copy


def notification(method: str, params: Message) -> Message:
    """Return a notification."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def _error(number: Id, code: int, text: str) -> Message:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": text}}
