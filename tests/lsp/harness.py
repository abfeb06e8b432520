"""An in-process connection to the server over fake parts: no process, no index, no model."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.fakes import make_hit

from askdocs_indexer.types import Contents, Hit, IndexStatus, Progress, SyncReport
from askdocs_server.answers.passages import cite
from askdocs_server.answers.pipeline import Answer, AskEvent, Citations, Text, Timings
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.hover.definitions import Definition
from askdocs_server.hover.lookup import HoverResult
from askdocs_server.lsp.connection import serve_connection
from askdocs_server.lsp.server import create_server
from askdocs_server.settings.model import Settings

LIMIT_SECONDS = 10.0


@dataclass
class FakeIndex:
    """An index with a status that tests set; records what was touched."""

    current: IndexStatus = field(default_factory=lambda: IndexStatus("ready", files=2, chunks=5))
    touched: list[Path] = field(default_factory=list)

    def status(self) -> IndexStatus:
        return self.current

    def touch(self, path: Path) -> None:
        self.touched.append(path)


@dataclass
class FakeWorkspace:
    """Answers at once, fails with `failure`, or waits forever where `hang` is set."""

    root: Path
    settings: Settings
    index: FakeIndex
    record: SimpleNamespace
    embedder: SimpleNamespace
    reranker: SimpleNamespace
    entailment: SimpleNamespace
    generator: SimpleNamespace
    closed: list[Path]
    has_own_settings: bool = True

    async def close(self) -> None:
        self.closed.append(self.root)

    async def search(self, query: str, limit: int) -> list[Hit]:
        await self._maybe()
        self.record.queries.append(query)
        path = self.record.paths.get(self.root, "guide.md")
        return [make_hit(f"About {query}.", score=0.9, path=path)][:limit]

    async def hover(
        self,
        file: str,
        source: str,
        line: int,
        character: int,
        links_below: Path | None = None,
        definitions: Sequence[Definition] = (),
    ) -> HoverResult | None:
        await self._maybe()
        self.record.hovers.append((file, source, line, character))
        return None

    async def ask(
        self, request: AskRequest, wait_for_model: float = 0.0, links_below: Path | None = None
    ) -> AsyncGenerator[AskEvent, None]:
        self.record.requests.append(request)
        citations = cite([make_hit("A passage.")])
        try:
            yield Citations(citations)
            yield Text("One ")
            await self._maybe()
            yield Text("answer.")
            yield Answer("One answer.", citations, False, None, Timings(1.0, None, 2.0))
        finally:
            self.record.closed_answers += 1

    async def contents(self) -> Contents:
        await self._maybe()
        return self.record.contents

    async def reindex(self, path: Path | None, progress: Progress) -> SyncReport:
        await self._maybe()
        await asyncio.to_thread(progress, 1, 2, "reading")
        return SyncReport(files=2, chunks=5, seconds=0.5)

    async def _maybe(self) -> None:
        if self.record.failure is not None:
            raise self.record.failure
        if self.record.hang:
            self.record.waiting += 1
            await asyncio.Event().wait()


class FakeHost:
    """Opens fake workspaces. `open_failures` are raised by `open`, one after the other."""

    def __init__(self) -> None:
        self.embedder = SimpleNamespace(state="loading", model="mini", device="cpu", detail="")
        self.reranker = SimpleNamespace(state="off", model="", device="auto", detail="")
        self.entailment = SimpleNamespace(state="off", model="", device="auto", detail="")
        self.generator = SimpleNamespace(
            status=SimpleNamespace(state="off", model="", where="", detail="")
        )
        self.index = FakeIndex()
        self.record = SimpleNamespace(
            queries=[],
            paths={},
            contents=Contents(),
            hovers=[],
            requests=[],
            closed_answers=0,
            waiting=0,
            failure=None,
            hang=False,
        )
        self.open_failures: list[Exception] = []
        self.opened: list[tuple[Path, Settings]] = []
        self.insisted: list[bool] = []
        self.slots: list[asyncio.Semaphore] = []
        self.closed: list[Path] = []
        self.may_open = asyncio.Event()
        self.may_open.set()
        self.changed: Callable[[], None] = lambda: None

    def expand(self, current: Callable[[], object]) -> Callable[[], None]:
        return lambda: None

    def query_slots(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(2)

    async def open(
        self, root: Path, settings: Settings, *, insist: bool, slots: asyncio.Semaphore
    ) -> FakeWorkspace:
        await self.may_open.wait()
        if self.open_failures:
            raise self.open_failures.pop(0)
        self.opened.append((root, settings))
        self.insisted.append(insist)
        self.slots.append(slots)
        return FakeWorkspace(
            root,
            settings,
            self.index,
            self.record,
            self.embedder,
            self.reranker,
            self.entailment,
            self.generator,
            self.closed,
        )

    def subscribe(self, changed: Callable[[Path | None], None]) -> Callable[[], None]:
        self.changed = lambda: changed(None)
        return lambda: None


class FakeHosts:
    """Gives the same host to everybody."""

    def __init__(self, host: FakeHost) -> None:
        self.host = host
        self.released = 0

    def configure(self, settings: Any) -> None:
        self.configured = settings

    async def acquire(self) -> Any:
        return self.host

    async def release(self, host: Any) -> None:
        assert host is self.host
        self.released += 1


class Connection:
    """The client's side: raw JSON-RPC, so that tests can send what no library would."""

    def __init__(self, host: FakeHost, root: Path | None = None) -> None:
        self.host = host
        self.hosts = FakeHosts(host)
        self.server = create_server(self.hosts, root=root)
        self.sent: list[dict[str, Any]] = []
        self.reader = asyncio.StreamReader()
        self.task = asyncio.create_task(serve_connection(self.server, self.reader, self))
        self._numbers = iter(range(1, 1_000_000))

    def write(self, data: bytes) -> None:
        """Take a message of the server."""
        _, _, body = data.partition(b"\r\n\r\n")
        self.sent.append(json.loads(body))

    def close(self) -> None:
        """pygls asks for it."""

    def raw(self, body: bytes) -> None:
        """Send a body as it is."""
        self.reader.feed_data(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send(method=method, params=params)

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request without waiting; returns its number."""
        number = next(self._numbers)
        self.send(id=number, method=method, params=params)
        return number

    async def answer(self, number: int | None) -> dict[str, Any]:
        """Wait for the response to a request."""
        return await until(
            lambda: next((one for one in self.sent if "id" in one and one["id"] == number), None)
        )

    async def result(self, method: str, params: Any = None) -> Any:
        """Send a request and return its result."""
        response = await self.answer(self.ask(method, params))
        assert "error" not in response, response
        return response["result"]

    async def error(self, method: str, params: Any = None) -> dict[str, Any]:
        """Send a request and return its error."""
        error: dict[str, Any] = (await self.answer(self.ask(method, params)))["error"]
        return error

    def notifications(self, method: str) -> list[Any]:
        """Return the parameters of the notifications of a method so far."""
        return [one["params"] for one in self.sent if one.get("method") == method]

    async def initialize(self, *folders: Path, **capabilities: Any) -> Any:
        """Initialize and say so."""
        result = await self.result(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": capabilities,
                "workspaceFolders": [{"uri": one.as_uri(), "name": one.name} for one in folders],
            },
        )
        self.notify("initialized", {})
        return result

    def open_text(self, uri: str, text: str, language: str = "python") -> None:
        """Open a buffer."""
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})


async def until(found: Callable[[], Any], seconds: float = LIMIT_SECONDS) -> Any:
    """Poll until `found` returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.005)
    return value


@asynccontextmanager
async def connected(
    *folders: Path, host: FakeHost | None = None, root: Path | None = None, **capabilities: Any
) -> AsyncIterator[Connection]:
    """Connect and initialize with these folders; in the end the stream closes."""
    connection = Connection(host or FakeHost(), root)
    try:
        await connection.initialize(*folders, **capabilities)
        yield connection
    finally:
        connection.reader.feed_eof()
        async with asyncio.timeout(LIMIT_SECONDS):
            await connection.task
