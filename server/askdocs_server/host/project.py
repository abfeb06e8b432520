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
    from askdocs_indexer.ingest.plan import Plan
    from askdocs_indexer.types import Contents, Hit, IndexStatus, Progress, Use
    from askdocs_server.answers.pipeline import Answer
    from askdocs_server.host.host import Workspace
    from askdocs_server.hover.lookup import HoverResult

Row = dict[str, Any]

# How long a command waits for the sections that use a symbol.
_USES_SECONDS = 10.0


class Project(Protocol):
    """An open project. All methods raise IndexerError and TimeoutError, `ask` GenerationError too.

    Hits are {path, start_line, end_line, title, score, heading, text}: paths relative to the root,
    lines 1-based and inclusive.
    """

    async def status(self) -> Row:
        """Return {state, files, chunks, pending_files, pending_chunks, generation, skipped, unread,
        kinds, questions, detail, model}."""

    async def contents(self) -> Row:
        """Return {files: [{path, kind, chunks, behind}], left_out: [{path, reason}]}, by path.

        `kind` is "page" or "source", and `behind` says in words why a file ranks behind, or is
        null.
        """

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
        *,
        with_uses: bool = False,
    ) -> list[Row]:
        """Return the hits that document a symbol (0-based line and code point), best first.

        `definitions` say where it is defined, best first: absolute {file}, {line, character} in
        UTF-16. The first has `shown` as well, the Markdown that an editor shows, and `symbol`, the
        identity of a symbol of the workspace as SCIP writes it. `with_uses` adds an example to what
        is shown, and `uses`, the {path, start_line, title} of sections that use the symbol.
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
        that the model is awaited, for up to `wait_for_model` seconds until it starts or, where it
        `is_ready`, until it writes; both are empty.
        A citation's `quotes` are {text, start_line, end_line, start_character, end_character}:
        characters are 0-based code points, null where the lines are the whole passage.
        """


class LocalProject:
    """A project whose index this process holds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def status(self) -> Row:
        return status_row(self._workspace.index.status())

    async def contents(self) -> Row:
        return contents_row(await self._workspace.contents())

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
        *,
        with_uses: bool = False,
    ) -> list[Row]:
        from askdocs_server.hover.definitions import Definition

        positions = [(row["file"], (row["line"], row["character"])) for row in definitions]
        defined = [Definition(Path(path), start, start) for path, start in positions]
        workspace = self._workspace
        result = await workspace.hover(file, source, line, character, definitions=defined)
        if result is None or not result.hits:
            return []
        best, *others = hit_rows(result.hits)
        best |= {"shown": result.text, "symbol": result.notation}
        if with_uses:
            best |= _uses(result, await workspace.uses(result, _USES_SECONDS))
        return [best, *others]

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
                    yield {"text": "", "waiting": True, "is_ready": event.is_ready}
                elif isinstance(event, Answer):
                    yield {"answer": _answer(event)}


def _uses(result: HoverResult, uses: Sequence[Use]) -> Row:
    """Return what the uses of a symbol add to a hover, as `Project` says."""
    from askdocs_server.hover.popup import elsewhere, example, title_of

    chunks = elsewhere(result, uses)
    return {
        "shown": "\n\n".join(filter(None, [result.text, example(result, uses)])),
        "uses": [
            {"path": chunk.path, "start_line": chunk.start_line, "title": title_of(chunk)}
            for chunk in chunks
        ],
    }


def status_row(status: IndexStatus) -> Row:
    """Return an index's status as `Project` says."""
    return {
        "state": status.state,
        "files": status.files,
        "chunks": status.chunks,
        "pending_files": status.pending_files,
        "pending_chunks": status.pending_chunks,
        "generation": status.generation,
        "skipped": [dataclasses.asdict(skipped) for skipped in status.skipped],
        "unread": [dataclasses.asdict(unread) for unread in status.unread],
        "kinds": dict(status.kinds),
        "questions": dataclasses.asdict(status.questions),
        "detail": status.detail,
        "model": status.model,
    }


def contents_row(contents: Contents) -> Row:
    """Return what an index holds as `Project` says."""
    return {
        "files": [
            {
                "path": file.path,
                "kind": file.kind,
                "chunks": file.chunks,
                "behind": file.behind or None,
            }
            for file in contents.files
        ],
        "left_out": [dataclasses.asdict(row) for row in contents.left_out],
    }


def plan_row(plan: Plan) -> Row:
    """Return what a run of indexing would do, as plain JSON."""
    return {
        **dataclasses.asdict(plan),
        "speed": None if plan.speed is None else round(plan.speed, 1),
        "seconds": None if plan.seconds is None else round(plan.seconds, 1),
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
        del citation["text"], citation["links"]  # The excerpt is what is shown.
        citation["score"] = round(citation["score"], 4)
        for quote in citation["quotes"]:
            for end in ("start", "end"):
                before = quote.pop(f"before_{end}")
                quote[f"{end}_character"] = None if before is None else len(before)
    row["timings"] = {
        name: None if value is None else round(value, 1) for name, value in row["timings"].items()
    }
    return row
