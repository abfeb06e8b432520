"""A stand-in for a large model: what it writes, and how far, is a test's choice.

It speaks as much of OpenAI's protocol as a streamed answer needs.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "stand-in-70b"


class StandIn:
    """A model that answers everything with the same text, word by word.

    Where `may_finish` is cleared, it stops before the last word until that is set. `left` is set
    when somebody has gone while it waited.
    """

    def __init__(self) -> None:
        self.address = ""
        self.text = ""
        self.may_finish = threading.Event()
        self.left = threading.Event()

    def says(self, text: str) -> None:
        """Say this from now on, and all of it."""
        self.text = text
        self.may_finish.set()
        self.left.clear()


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Serve one on a port of its own."""
    model = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, model))
    model.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield model
    finally:
        model.may_finish.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, model: StandIn, *connection: Any) -> None:
        self._model = model
        super().__init__(*connection)

    def do_GET(self) -> None:
        """List the one model."""
        self._send(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        """Stream the answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if not self.path.endswith("/chat/completions"):
            self._send(404, {"detail": "Not Found"})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        *words, last = self._model.text.split()
        for word in words:
            self._event(json.dumps(_chunk(f"{word} ")))
        if self._may_go_on():
            self._event(json.dumps(_chunk(last)))
            self._event("[DONE]")

    def _may_go_on(self) -> bool:
        """Wait for that; False where the reader has gone."""
        while not self._model.may_finish.wait(0.05):
            try:
                gone = not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            except BlockingIOError:
                gone = False
            if gone:
                self._model.left.set()
                return False
        return True

    def _event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def _send(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: Any) -> None:
        """Nothing: requests are no news."""


def _chunk(text: str) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": MODEL,
        "choices": [choice],
    }
