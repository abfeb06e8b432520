"""A model hub on this machine: a folder for each model, over the hub's own protocol."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "1" * 40


class Hub(ThreadingHTTPServer):
    """Serves `models`, by id; `gated` ones are refused, `asked` lists the paths of all requests."""

    def __init__(self, models: Mapping[str, Path], gated: tuple[str, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models = models
        self.gated = gated
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def a_hub(models: Mapping[str, Path], gated: tuple[str, ...] = ()) -> Iterator[Hub]:
    """Serve a hub while this is entered."""
    with Hub(models, gated) as hub:
        serving = threading.Thread(target=hub.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            serving.join()


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        if path == "/":
            return self._send(b"A hub.")
        parts = path.removeprefix("/api/models").strip("/").split("/")
        name, rest = "/".join(parts[:2]), parts[2:]
        if name in self.server.gated:
            return self._refuse(403, "GatedRepo")
        if name not in self.server.models:
            return self._refuse(401, "RepoNotFound")
        folder = self.server.models[name]
        if path.startswith("/api/") and not rest:
            return self._send(json.dumps(_described(name, folder)).encode())
        file = folder.joinpath(*rest[2:])  # Behind `resolve` and the revision.
        if rest[:1] != ["resolve"] or not file.is_file():
            return self._refuse(404, "EntryNotFound")
        return self._send(file.read_bytes())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _described(name: str, folder: Path) -> dict[str, object]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    rows = [
        {"rfilename": path.relative_to(folder).as_posix(), "size": path.stat().st_size}
        for path in files
    ]
    return {"id": name, "sha": COMMIT, "siblings": rows, "cardData": {"license": "mit"}}
