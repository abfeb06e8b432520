"""What the commands of the command line do with a project, as plain JSON.

A command works on a `Project` whichever process holds the index: its own (`LocalProject`) or the
daemon (`daemon/client.py`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from askdocs_indexer.errors import EmbedderError

if TYPE_CHECKING:
    from askdocs_indexer.types import Hit, IndexStatus, Progress
    from askdocs_server.answers.pipeline import Answer
    from askdocs_server.host.host import Workspace

Row = dict[str, Any]


class Project(Protocol):
    """An open project. All methods raise IndexerError and TimeoutError, `ask` GenerationError too.

    Hits are {path, start_line, end_line, title, score, heading, text}: paths relative to the root,
    lines 1-based and inclusive.
    """

    async def status(self) -> Row:
        """Return {state, files, chunks, pending_chunks, generation, skipped, unread, kinds,
        questions, detail, model}."""

    async def sync(self, progress: Progress, *, names_only: bool = False) -> Row:
        """Bring the index in step with the disk; returns the fields of a SyncReport.

        `names_only` is enough for what looks names up, such as hovers.
        """

    async def load_embedder(self) -> str:
        """Load the models that searches use; returns why the embedder cannot be loaded, or ""."""

    async def search(self, query: str, limit: int) -> list[Row]:
        """Return hits, best first."""

    async def document(self, name: str, limit: int) -> list[Row]:
        """Return the hits that document a symbol by its dotted name, best first."""

    async def hover(
        self,
        file: str,
        source: str,
        line: int,
        character: int,
        definitions: Sequence[Row] = (),
    ) -> list[Row]:
        """Return the hits that document a symbol (0-based line and code point), best first.

        `definitions` say where it is defined, best first: absolute {file}, {line, character} in
        UTF-16.
        The first has `shown` as well, the Markdown that an editor shows, and `symbol`, the identity
        of a symbol of the workspace as SCIP writes it.
        """

    async def start_model(self) -> bool:
        """Have the model that writes answers start; returns whether to wait for it."""

    async def wait_for_model(self, limit: float) -> str:
        """Wait up to `limit` seconds for the model; returns why it is not ready, or ""."""

    async def forget_questions(self) -> int:
        """Delete the generated questions; returns how many sections had some."""

    def ask(self, question: str, wait_for_model: float = 0.0) -> AsyncGenerator[Row, None]:
        """Yield {text} piece by piece, then {answer}: the fields of an Answer.

        A text with `reset` (true) withdraws those before it, and one with `waiting` (true) says
        that the model is awaited, for up to `wait_for_model` seconds; both are empty.
        A citation's `quotes` are {text, start_line, end_line, start_character, end_character}:
        characters are 0-based code points, null where the lines are the whole passage.
        """


class LocalProject:
    """A project whose index this process holds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def status(self) -> Row:
        return status_row(self._workspace.index.status())

    async def sync(self, progress: Progress, *, names_only: bool = False) -> Row:
        return dataclasses.asdict(await self._workspace.sync(progress, names_only=names_only))

    async def load_embedder(self) -> str:
        try:
            await self._workspace.load_models()
        except EmbedderError as error:
            return str(error)
        return ""

    async def search(self, query: str, limit: int) -> list[Row]:
        return hit_rows(await self._workspace.search(query, limit))

    async def document(self, name: str, limit: int) -> list[Row]:
        return hit_rows(await self._workspace.document(name, limit))

    async def hover(
        self,
        file: str,
        source: str,
        line: int,
        character: int,
        definitions: Sequence[Row] = (),
    ) -> list[Row]:
        from askdocs_server.hover.definitions import Definition

        positions = [(row["file"], (row["line"], row["character"])) for row in definitions]
        defined = [Definition(Path(path), start, start) for path, start in positions]
        result = await self._workspace.hover(file, source, line, character, defined)
        if result is None:
            return []
        best, *others = hit_rows(result.hits)
        return [{**best, "shown": result.text, "symbol": result.notation}, *others]

    async def start_model(self) -> bool:
        generator = self._workspace.generator
        generator.ensure_started()
        return generator.status.state not in ("off", "ready")

    async def wait_for_model(self, limit: float) -> str:
        generator = self._workspace.generator
        if await generator.ready(limit):
            return ""
        return generator.status.detail or "The model took too long to start."

    async def forget_questions(self) -> int:
        return await self._workspace.forget_questions()

    async def ask(self, question: str, wait_for_model: float = 0.0) -> AsyncGenerator[Row, None]:
        from askdocs_server.answers.pipeline import Answer, Reset, Text, Waiting
        from askdocs_server.answers.retrieval import AskRequest

        asking = self._workspace.ask(AskRequest(question), wait_for_model)
        async with aclosing(asking) as events:
            async for event in events:
                if isinstance(event, Text):
                    yield {"text": event.text}
                elif isinstance(event, Reset):
                    yield {"text": "", "reset": True}
                elif isinstance(event, Waiting):
                    yield {"text": "", "waiting": True}
                elif isinstance(event, Answer):
                    yield {"answer": _answer(event)}


def status_row(status: IndexStatus) -> Row:
    """Return an index's status as `Project` says."""
    return {
        "state": status.state,
        "files": status.files,
        "chunks": status.chunks,
        "pending_chunks": status.pending_chunks,
        "generation": status.generation,
        "skipped": [dataclasses.asdict(skipped) for skipped in status.skipped],
        "unread": [dataclasses.asdict(unread) for unread in status.unread],
        "kinds": dict(status.kinds),
        "questions": dataclasses.asdict(status.questions),
        "detail": status.detail,
        "model": status.model,
    }


def hit_rows(hits: Sequence[Hit]) -> list[Row]:
    """Return hits as `Project` says."""
    return [
        {
            "path": hit.chunk.path,
            "start_line": hit.chunk.start_line,
            "end_line": hit.chunk.end_line,
            "title": hit.chunk.title,
            "score": round(hit.score, 4),
            "heading": list(hit.chunk.heading_path),
            "text": hit.chunk.text,
        }
        for hit in hits
    ]


def _answer(answer: Answer) -> Row:
    row = dataclasses.asdict(answer)
    for citation in row["citations"]:
        del citation["text"]  # The excerpt is what is shown.
        citation["score"] = round(citation["score"], 4)
        for quote in citation["quotes"]:
            for end in ("start", "end"):
                before = quote.pop(f"before_{end}")
                quote[f"{end}_character"] = None if before is None else len(before)
    row["timings"] = {
        name: None if value is None else round(value, 1) for name, value in row["timings"].items()
    }
    return row
