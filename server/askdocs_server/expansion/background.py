"""The task of lowest priority: it has questions written while nobody needs model or index.

It works on the open projects of editors, one after the other, and only where a large model runs
anyway: on a GPU of this machine or, where the settings say so, at an endpoint. No model is started
for it. Use from one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.types import UnaskedSection
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.errors import GenerationError, RequestFailedError
from askdocs_server.expansion.writer import write_questions
from askdocs_server.generation.base import Generator
from askdocs_server.settings.model import GeneratedQuestions

log = logging.getLogger(__name__)

# A batch keeps a GPU busy; what of it is not finished when somebody asks is written again.
_AT_ONCE = 4
# Nobody has asked or pointed at anything for so long before it goes on.
_QUIET_SECONDS = 5.0
# How long it rests after a failure, and the time limit of a batch.
_REST_SECONDS = 60.0
_BATCH_SECONDS = 120.0

# A server that refuses one passage refuses it again, but for these: it is busy, or it wants a key.
_PASSING = frozenset({401, 403, 404, 408, 409, 425, 429})


class Expandable(Protocol):
    """An open project: its index, and what writes questions for it."""

    @property
    def index(self) -> WorkspaceIndex:
        """The index. Raises IndexerError while it is being opened."""

    @property
    def generator(self) -> Generator:
        """The model that writes this project's answers."""

    @property
    def generated_questions(self) -> GeneratedQuestions:
        """Where the user allows that questions are written."""


CurrentProject = Callable[[], Expandable | None]
"""Returns a project as it is open now, with the settings of now; None while it is not open."""


class Expansion:
    """Has the sections' questions written for all projects that were added.

    `work` runs a slow call on a thread. It pauses at once while it is `held`, and goes on once
    nothing has held it for `quiet` seconds.
    """

    def __init__(
        self,
        work: Callable[..., Awaitable[Any]],
        *,
        quiet: float = _QUIET_SECONDS,
        rest: float = _REST_SECONDS,
    ) -> None:
        self._work = work
        self._quiet = quiet
        self._rest = rest
        self._projects: list[CurrentProject] = []
        self._task: asyncio.Task[None] | None = None
        self._batch: asyncio.Task[bool] | None = None
        self._holds = 0
        self._quiet_from = 0.0
        self._changed = asyncio.Event()

    def add(self, current: CurrentProject) -> Callable[[], None]:
        """Have questions written for a project; returns what ends that."""
        self._projects.append(current)
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="write the sections' questions")

        def remove() -> None:
            self._projects = [other for other in self._projects if other is not current]
            self._interrupt()

        return remove

    def look(self) -> None:
        """Look again at what there is to do: an index or a model has changed its state."""
        self._changed.set()
        if any(map(_is_busy, self._open_projects())):
            self._interrupt()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write nothing while a user waits for an answer, and shortly after."""
        self._holds += 1
        self._interrupt()
        try:
            yield
        finally:
            self._holds -= 1
            self._stay_quiet(self._quiet)
            self._changed.set()

    async def aclose(self) -> None:
        """End what is being written."""
        for task in (self._task, self._batch):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def _open_projects(self) -> list[Expandable]:
        return [project for current in self._projects if (project := current()) is not None]

    def _stay_quiet(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        self._quiet_from = max(self._quiet_from, until)

    def _interrupt(self) -> None:
        if self._batch is not None:
            self._batch.cancel()

    async def _run(self) -> None:
        while True:
            await self._until_quiet()
            self._changed.clear()
            self._batch = asyncio.create_task(self._write_batch(), name="write a few questions")
            await asyncio.wait({self._batch})
            has_more = self._batch.cancelled() or self._batch.result()
            if not has_more:
                await self._changed.wait()

    async def _until_quiet(self) -> None:
        loop = asyncio.get_running_loop()
        while self._holds or loop.time() < self._quiet_from:
            if self._holds:
                self._changed.clear()
                await self._changed.wait()
            else:
                await asyncio.sleep(self._quiet_from - loop.time())

    async def _write_batch(self) -> bool:
        """Write the questions of a few sections; returns whether there may be more to do."""
        for project in self._open_projects():
            try:
                async with asyncio.timeout(_BATCH_SECONDS):
                    if await self._write_for(project):
                        return True
            except (GenerationError, IndexerError, TimeoutError) as error:
                log.info("No questions are written for now: %s", error or "it took too long.")
                self._stay_quiet(self._rest)
                return True
            except Exception:
                log.exception("No questions are written for now")
                self._stay_quiet(self._rest)
                return True
        return False

    async def _write_for(self, project: Expandable) -> bool:
        if project.generated_questions == "off" or _is_busy(project):
            return False
        index = project.index
        sections: list[UnaskedSection] = await self._work(index.unasked, _AT_ONCE)
        known = [section for section in sections if section.questions is not None]
        if not known and not _may_write(project):
            return False
        steps = (self._finish(index, section, project.generator) for section in known or sections)
        for failure in await asyncio.gather(*steps, return_exceptions=True):
            if failure is not None:
                raise failure
        return bool(sections)

    async def _finish(
        self, index: WorkspaceIndex, section: UnaskedSection, generator: Generator
    ) -> None:
        questions = section.questions
        if questions is None:
            questions = await _written(section, generator)
        await self._work(index.put_questions, section, questions)


async def _written(section: UnaskedSection, generator: Generator) -> tuple[str, ...]:
    """Return a section's questions; none where the server refuses just this section."""
    try:
        return tuple(await write_questions(section, generator))
    except RequestFailedError as error:
        if error.status is None or not 400 <= error.status < 500 or error.status in _PASSING:
            raise
        log.info("%s: no questions: %s", section.path, error)
        return ()


def _may_write(project: Expandable) -> bool:
    """Return whether a large model is ready that may write: one on a GPU, or at an endpoint."""
    generator = project.generator
    if project.generated_questions == "on":
        generator.connect()
    if generator.status.state != "ready" or generator.profile.small:
        return False
    is_remote = generator.status.where != "local"
    return generator.is_on_gpu or (is_remote and project.generated_questions == "on")


def _is_busy(project: Expandable) -> bool:
    """Return whether the project's documents are being read, or its index is not open."""
    try:
        status = project.index.status()
    except IndexerError:
        return True
    return status.state != "ready" or status.pending_files > 0
