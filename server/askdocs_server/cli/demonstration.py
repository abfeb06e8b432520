"""The whole job in a terminal: index, hover, ask, edit, ask again, each step with its time.

It works on a copy of the project's documentation and sources, so that nothing of the user's is
edited, and drives the real language server as an editor would. The copy stays in the user's cache,
so that a second run indexes only what has changed since.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.client import LanguageClient
from rich.console import Console

from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.languages.registry import language_of
from askdocs_indexer.paths import cache_folder, root_digest
from askdocs_indexer.settings import DocsSettings
from askdocs_server.errors import CommandError
from askdocs_server.settings.loader import WORKSPACE_FILES

_LIMIT_SECONDS = 1800.0
_MODEL_SECONDS = 240.0
# A server that needs longer ends by itself when this process has ended.
_END_SECONDS = 2.0
_HOVERS = 2000
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")


class Demo:
    """One run over one project."""

    def __init__(self, root: Path, question: str) -> None:
        self._root = root
        self._question = question
        self._console = Console(highlight=False, record=True)
        self._client = LanguageClient("askdocs-demo", "1")
        self._client.feature("$/progress")(partial(self._on_progress))
        self._client.feature("askdocs/statusChanged")(lambda params: None)
        self._step = 0

    async def run(self) -> None:
        """Show all steps. Raises CommandError."""
        with self._timed("Copy the project, so that nothing of yours is edited"):
            workspace = await asyncio.to_thread(copy_workspace, self._root)
        self._say(f"to {workspace}")
        async with self._server(workspace):
            with self._timed("Index its documentation"):
                index = (await self._until(_indexed, _LIMIT_SECONDS))["index"]
            self._say(f"{index['files']} files, {index['chunks']} passages")
            with self._timed("Hover over a symbol"):
                await self._hover(workspace)
            with self._timed("Start the language model, once for all windows"):
                await self._start_model()
            with self._timed("Ask"):
                cited = await self._ask()
            if not cited:
                raise CommandError("The docs do not answer this: try another --question.")
            with self._timed("Edit the passage that it cited, and save"):
                path, line = await self._edit(cited[0])
            with self._timed("Ask again: the answer follows the save"):
                followed = any(_covers(citation, path, line) for citation in await self._ask())
            self._say(f"The edited line is {'' if followed else 'NOT '}in a cited passage.")

    def picture(self, path: Path) -> None:
        """Write what was shown as an SVG."""
        svg = self._console.export_svg(title="askdocs demo")
        # A picture loads nothing from elsewhere, fonts included.
        path.write_text(_FONT_FACE.sub("", svg), "utf-8")

    # -- steps ------------------------------------------------------------------------------

    async def _hover(self, workspace: Path) -> None:
        """Hover over the identifiers of the sources until one is documented."""
        for path, line, character, name in _identifiers(workspace):
            result = await self._client.text_document_hover_async(
                lsp.HoverParams(
                    lsp.TextDocumentIdentifier(path.as_uri()), lsp.Position(line, character)
                )
            )
            if result is not None and isinstance(result.contents, lsp.MarkupContent):
                position = f"{path.relative_to(workspace)}:{line + 1}:{character + 1}"
                self._say(f"[bold]{name}[/bold] at {position}")
                self._quote(result.contents.value)
                return
        self._say("No symbol in this project's sources is documented in its documentation.")

    async def _start_model(self) -> None:
        # The first question starts the model.
        await self._request("askdocs/ask", {"question": self._question})
        generator = (await self._until(_model_settled, _MODEL_SECONDS))["generator"]
        self._say(f"{generator['model'] or 'no model'}: {generator['state']}")

    async def _ask(self) -> list[dict[str, Any]]:
        self._say(f"[bold]{self._question}[/bold]\n")
        answer = await self._request(
            "askdocs/ask", {"question": self._question, "partialResultToken": "demo"}
        )
        self._console.print("\n")
        for citation in answer["citations"]:
            line = citation["range"]["start"]["line"] + 1
            location = f"{_path(citation).name}:{line}"
            self._say(rf"\[{citation['number']}] {location}  {citation['breadcrumb']}")
        return list(answer["citations"]) if not answer["abstained"] else []

    async def _edit(self, citation: dict[str, Any]) -> tuple[Path, int]:
        """Add a sentence to the cited passage on disk, save, and wait until it can be found.

        Returns the file and the sentence's 0-based line.
        """
        topic = self._question.rstrip("?! .")
        sentence = f"{topic}: this sentence was added at {time.strftime('%H:%M:%S')}."
        path = _path(citation)
        lines = path.read_text("utf-8").split("\n")
        end = citation["range"]["end"]["line"]
        lines[end:end] = ["", sentence, ""]
        generation = (await self._status())["index"]["generation"]
        path.write_text("\n".join(lines), "utf-8")
        self._client.text_document_did_save(
            lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(path.as_uri()))
        )
        await self._until(lambda status: status["index"]["generation"] > generation, 60)
        self._say(f"{path.name}:{end + 2}  + {sentence}")
        return path, end + 1

    # -- the server -------------------------------------------------------------------------

    @asynccontextmanager
    async def _server(self, workspace: Path) -> AsyncIterator[None]:
        with self._timed("Start the language server"):
            options = await asyncio.to_thread(model_options, workspace)
            command = [sys.executable, "-m", "askdocs_server.cli.main", "lsp", "--standalone"]
            # In a session of its own, Ctrl-C does not reach it: we end it.
            await self._client.start_io(*command, *options, start_new_session=True)
            await self._client.initialize_async(
                lsp.InitializeParams(
                    capabilities=lsp.ClientCapabilities(),
                    workspace_folders=[lsp.WorkspaceFolder(workspace.as_uri(), workspace.name)],
                )
            )
            self._client.initialized(lsp.InitializedParams())
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    await self._client.shutdown_async(None)
                    self._client.exit(None)
                    await self._client.stop()  # type: ignore[no-untyped-call]

    async def _request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        result = await self._client.protocol.send_request_async(method, params)
        return dict(_plain(result))

    async def _status(self) -> dict[str, Any]:
        return await self._request("askdocs/status", {})

    async def _until(
        self, condition: Callable[[dict[str, Any]], bool], seconds: float
    ) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while not condition(status := await self._status()):
            if status["index"]["state"] == "failed":
                raise CommandError("Indexing failed. `askdocs doctor` names the reason.")
            if time.monotonic() > deadline:
                raise CommandError(f"The server was not ready within {seconds:.0f} s.")
            await asyncio.sleep(0.1)
        return status

    def _on_progress(self, params: lsp.ProgressParams) -> None:
        """Print the answer's text as it streams in."""
        value: Any = params.value
        if value["kind"] == "text":
            self._console.print(value["text"], end="", markup=False, soft_wrap=True)
        elif value["kind"] == "reset":
            self._console.print("\n\nThe model's answer, instead of these quotes:\n")

    # -- output -----------------------------------------------------------------------------

    @contextmanager
    def _timed(self, title: str) -> Iterator[None]:
        self._step += 1
        self._console.rule(f"{self._step}. {title}", align="left", style="cyan")
        started = time.monotonic()
        yield
        self._console.print(f"   {time.monotonic() - started:.2f} s", style="green")

    def _say(self, text: str) -> None:
        self._console.print(f"   {text}", soft_wrap=True)

    def _quote(self, markdown: str) -> None:
        for line in markdown.splitlines():
            self._console.print(f"   │ {line}", markup=False, soft_wrap=True)


def copy_workspace(root: Path) -> Path:
    """Copy a project's documentation, sources and settings into the user's cache; return the root.

    Files that are unchanged since the last copy are left alone; those that are gone are removed.
    """
    if not root.is_dir():
        raise CommandError(f"{root} is not a folder. Give one with ROOT=…")
    root = root.resolve()
    target = cache_folder() / "demo" / f"{root.name}-{root_digest(root)}"
    target.mkdir(parents=True, exist_ok=True)
    selection = Selection(
        root,
        DocsSettings(),
        lambda key: reader_for(key) is not None or language_of(key) is not None,
    )
    wanted = {key for key in selection.scan() if not Path(key).is_absolute()}
    wanted |= {name for name in WORKSPACE_FILES if (root / name).is_file()}
    for key in wanted:
        source, copy = root / key, target / key
        if copy.is_file() and copy.stat().st_mtime_ns == source.stat().st_mtime_ns:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy)
    for copy in target.rglob("*"):
        if copy.is_file() and copy.relative_to(target).as_posix() not in wanted:
            copy.unlink()
    return target


def model_options(root: Path) -> list[str]:
    """Return the options that have a model write where none would by itself: the bundled one."""
    from askdocs_server.generation.factory import create_generator
    from askdocs_server.settings.loader import load_settings

    llm = load_settings(root)[0].llm
    is_off = llm.mode != "off" and create_generator(llm).status.state == "off"
    return ["--set", "llm.model=bundled"] if is_off else []


def default_question(root: Path) -> str:
    """Return the question to ask where the user gives none."""
    ours = (root / "server" / "askdocs_server").is_dir()
    return "Which file formats does askdocs read?" if ours else f"What is {root.resolve().name}?"


def _identifiers(workspace: Path) -> Iterator[tuple[Path, int, int, str]]:
    """Yield (file, line, character, name) of identifiers in the sources, up to a limit."""
    seen: set[str] = set()
    sources = [path for path in sorted(workspace.rglob("*")) if language_of(path.name)]
    suffixes = Counter(path.suffix for path in sources)
    # The project's main language first.
    for path in sorted(sources, key=lambda path: -suffixes[path.suffix]):
        for line, text in enumerate(path.read_text("utf-8", errors="replace").split("\n")):
            for match in _IDENTIFIER.finditer(text):
                if match[0] not in seen and text.isascii():
                    seen.add(match[0])
                    yield path, line, match.start(), match[0]
                if len(seen) >= _HOVERS:
                    return


def _indexed(status: dict[str, Any]) -> bool:
    index = status["index"]
    ready = index["state"] == "ready" and not index["pendingFiles"] and index["generation"] > 0
    return bool(ready and status["embedder"]["state"] in ("ready", "failed"))


def _model_settled(status: dict[str, Any]) -> bool:
    return status["generator"]["state"] in ("ready", "failed", "off")


def _covers(citation: dict[str, Any], path: Path, line: int) -> bool:
    lines = citation["range"]
    return _path(citation) == path and lines["start"]["line"] <= line <= lines["end"]["line"]


def _path(citation: dict[str, Any]) -> Path:
    return Path(uris.to_fs_path(citation["uri"]) or "")


def _plain(value: Any) -> Any:
    """Turn pygls's namedtuples of custom messages into plain dicts and lists."""
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
