"""Summaries of documented symbols: kept for all sessions, and prepared in the background.

Use from one event loop.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from askdocs_server.errors import GenerationError
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.summaries.subject import Subject
from askdocs_server.summaries.summarizer import PROMPT_VERSION, summarise

log = logging.getLogger(__name__)

_LIMIT = 1000
_AT_ONCE = 2
_WAITING = 8
_SECONDS = 60.0
# How long a generator is left alone after a failure.
_REST_SECONDS = 30.0


# Where a model runs and what it is called.
_Model = tuple[str, str]
# A symbol, the section that documents it, and the model that summarises it.
_SectionKey = tuple[str, tuple[str, ...], _Model]


@dataclass(frozen=True, slots=True)
class _Key:
    """What a summary depends on. The same text in two sections has one summary."""

    name: str
    contents: tuple[str, ...]
    model: _Model
    version: int = PROMPT_VERSION


@dataclass(frozen=True, slots=True)
class _Job:
    """A summary to be written; `done` is set whatever the outcome."""

    key: _Key
    subject: Subject
    generator: Generator
    sampling: Sampling
    done: asyncio.Event

    @property
    def section_key(self) -> _SectionKey:
        """What has one summary at a time, whatever the section's contents."""
        return self.key.name, self.subject.section, self.key.model


class Summaries:
    """Keeps the last `limit` summaries that were asked for, and writes `at_once` at a time.

    Of the jobs that wait, only the newest `waiting` stay, and the newest comes first: what a user
    looked at earlier is no longer of interest. A generator that does not run is not started, and a
    generator that fails is left alone for `rest` seconds.
    """

    def __init__(
        self,
        *,
        limit: int = _LIMIT,
        at_once: int = _AT_ONCE,
        waiting: int = _WAITING,
        rest: float = _REST_SECONDS,
    ) -> None:
        self._limit = limit
        self._at_once = at_once
        self._most_waiting = waiting
        self._rest = rest
        # Least recently asked for first; "" where there is nothing worth showing.
        self._known: OrderedDict[_Key, str] = OrderedDict()
        self._latest: dict[_SectionKey, _Key] = {}
        # Newest last.
        self._waiting: OrderedDict[_Key, _Job] = OrderedDict()
        self._running: dict[_Key, tuple[_Job, asyncio.Task[None]]] = {}
        self._resting: dict[_Model, float] = {}
        self._holds = 0

    async def get(
        self,
        subject: Subject,
        generator: Generator,
        budget: float,
        sampling: Sampling = OWN_SAMPLING,
    ) -> str:
        """Return the summary if it is known or ready within `budget` seconds, else "".

        A summary that is not ready is prepared further, even after a cancel.
        """
        generator.connect()
        if generator.status.state != "ready":
            return ""
        model = (generator.status.where, generator.profile.name)
        key = _Key(subject.name, subject.contents, model)
        job = _Job(key, subject, generator, sampling, asyncio.Event())
        self._forget_older(job)
        if job.key not in self._known and not self._is_resting(model):
            done = self._queued(job).done
            if budget > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(done.wait(), budget)
        if job.key in self._known:
            self._known.move_to_end(job.key)
        return self._known.get(job.key, "")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write nothing while a question is being answered, as its answer is more urgent."""
        self._holds += 1
        self._cancel()
        try:
            yield
        finally:
            self._holds -= 1
            self._start()

    async def aclose(self) -> None:
        """End what is being prepared."""
        self._holds += 1
        await asyncio.gather(*self._cancel(), return_exceptions=True)

    def _cancel(self) -> list[asyncio.Task[None]]:
        ended, self._running = list(self._running.values()), {}
        for job, task in ended:
            task.cancel()
            job.done.set()
        return [task for _, task in ended]

    def _queued(self, job: _Job) -> _Job:
        """Return the job that writes this summary: an existing job, or `job` itself."""
        if job.key in self._running:
            return self._running[job.key][0]
        job = self._waiting.pop(job.key, job)
        self._waiting[job.key] = job
        if len(self._waiting) > self._most_waiting:
            _, oldest = self._waiting.popitem(last=False)
            oldest.done.set()
        self._start()
        return job

    def _start(self) -> None:
        while self._waiting and not self._holds and len(self._running) < self._at_once:
            key, job = self._waiting.popitem()
            task = asyncio.create_task(self._prepare(job), name=f"summarise {key.name}")
            self._running[key] = job, task
            task.add_done_callback(functools.partial(self._ended, job))

    async def _prepare(self, job: _Job) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                self._keep(job, await summarise(job.subject, job.generator, job.sampling))
        except (GenerationError, TimeoutError) as error:
            log.warning("No summary of %s: %s", job.key.name, error or "it took too long.")
            self._resting[job.key.model] = asyncio.get_running_loop().time() + self._rest
        except Exception:
            log.exception("No summary of %s", job.key.name)

    def _ended(self, job: _Job, task: asyncio.Task[None]) -> None:
        job.done.set()
        if self._running.get(job.key) == (job, task):
            del self._running[job.key]
            self._start()

    def _keep(self, job: _Job, summary: str) -> None:
        self._known[job.key] = summary
        self._latest[job.section_key] = job.key
        while len(self._known) > self._limit:
            oldest, _ = self._known.popitem(last=False)
            self._latest = {section: key for section, key in self._latest.items() if key != oldest}

    def _forget_older(self, job: _Job) -> None:
        """Drop the written and the waiting summaries of the section's other contents."""
        before = self._latest.get(job.section_key)
        if before is not None and before != job.key:
            del self._latest[job.section_key]
            self._known.pop(before, None)
        for waiting in list(self._waiting.values()):
            if waiting.section_key == job.section_key and waiting.key != job.key:
                self._waiting.pop(waiting.key).done.set()

    def _is_resting(self, model: _Model) -> bool:
        return asyncio.get_running_loop().time() < self._resting.get(model, 0.0)
