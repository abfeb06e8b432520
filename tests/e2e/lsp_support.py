"""An editor for the end-to-end tests: pytest-lsp's client over the real `askdocs lsp` process."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import converters, types
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

ASKDOCS = str(Path(sys.executable).with_name("askdocs"))
LIMIT_SECONDS = 90.0

_T = TypeVar("_T")


class Editor(LanguageClient):
    """A client that keeps what the server sends, as plain JSON where it is askdocs's own."""

    def __init__(self) -> None:
        # Without pygls's own hooks, results and parameters of unknown methods stay dictionaries.
        super().__init__(converter_factory=converters.get_converter)
        self.statuses: list[dict[str, Any]] = []
        self.progress: dict[int | str, list[Any]] = {}
        self.created: list[int | str] = []
        self._versions = itertools.count(1)

    async def launch(self, folder: Path, environment: Mapping[str, str], *options: str) -> float:
        """Start the server in `folder`; returns the time it was started at (time.monotonic)."""
        started = time.monotonic()
        await self.start_io(
            ASKDOCS, "lsp", "--standalone", *options, env=dict(environment), cwd=folder
        )
        return started

    async def open_session(
        self,
        *folders: Path,
        encodings: tuple[types.PositionEncodingKind, ...] = (types.PositionEncodingKind.Utf16,),
    ) -> types.InitializeResult:
        """Initialize with these workspace folders."""
        return await self.initialize_session(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    workspace=types.WorkspaceClientCapabilities(
                        configuration=True, workspace_folders=True
                    ),
                    window=types.WindowClientCapabilities(work_done_progress=True),
                    general=types.GeneralClientCapabilities(position_encodings=encodings),
                ),
                workspace_folders=[
                    types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders
                ],
            )
        )

    async def request(self, method: str, params: Any = None, number: str | None = None) -> Any:
        """Send a request; raises JsonRpcException where the server answers with an error."""
        return await within(self.protocol.send_request_async(method, params, number))

    async def command(self, name: str, *arguments: Any, token: str | None = None) -> Any:
        """Run a command."""
        return await within(
            self.workspace_execute_command_async(
                types.ExecuteCommandParams(name, list(arguments), token)
            )
        )

    def open_text(self, path: Path, text: str, language: str = "python") -> str:
        """Open a buffer with a text that need not be on disk; returns its URI."""
        uri = path.as_uri()
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri, language, next(self._versions), text)
            )
        )
        return uri

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        """Hover at a position."""
        position = types.Position(line, character)
        return await within(
            self.text_document_hover_async(
                types.HoverParams(types.TextDocumentIdentifier(uri), position)
            )
        )

    async def hover_text(self, uri: str, line: int, character: int) -> str:
        """Return the Markdown of a hover; empty where it shows nothing."""
        found = await self.hover(uri, line, character)
        if found is None:
            return ""
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def titles(self, query: str) -> list[str]:
        """Return the titles that a search finds."""
        result = await self.request("askdocs/search", {"query": query})
        return [hit["title"] for hit in result["hits"]]

    async def until_ready(self) -> None:
        """Wait until the index is in step with the disk and the embedder loaded."""

        async def is_ready() -> bool:
            status = await self.request("askdocs/status")
            index = status["index"]
            return bool(
                index["state"] == "ready"
                and index["files"]
                and not index["pendingFiles"]
                and status["embedder"]["state"] == "ready"
            )

        await eventually(is_ready)

    async def kill(self) -> None:
        """End the process, however it is."""
        if self._server is not None and self._server.returncode is None:
            self._server.kill()
            await self._server.wait()
        await self.stop()


def make_editor() -> Editor:
    """Return an editor that has not started its server yet."""
    editor = Editor()

    def keep_progress(params: types.ProgressParams) -> None:
        editor.progress.setdefault(params.token, []).append(params.value)

    def keep_created(params: types.WorkDoneProgressCreateParams) -> None:
        editor.created.append(params.token)

    def keep_status(params: dict[str, Any]) -> None:
        editor.statuses.append(params)

    register_lsp_features(
        editor,
        {
            **DEFAULT_CLIENT_FEATURES,
            types.PROGRESS: keep_progress,
            types.WINDOW_WORK_DONE_PROGRESS_CREATE: keep_created,
            "askdocs/statusChanged": keep_status,
        },
    )
    return editor


def own_environment(folder: Path) -> dict[str, str]:
    """Return an environment with cache, configuration and runtime folders of its own."""
    environment = dict(os.environ)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        place = folder / name.lower()
        place.mkdir(mode=0o700)
        environment[name] = str(place)
    return environment


async def within(work: Any, seconds: float = LIMIT_SECONDS) -> Any:
    """Await with a time limit."""
    async with asyncio.timeout(seconds):
        return await work


async def eventually(
    check: Callable[[], Coroutine[Any, Any, _T]], seconds: float = LIMIT_SECONDS
) -> _T:
    """Poll until `check` returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (found := await check()):
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.05)
    return found
