"""Keeps one child server running while it is needed: start, readiness, restarts, idle stop.

Knows the child only as a command that serves HTTP with `/health` on a Unix socket, and that ends
when its stdin closes (process_guard.py). All methods belong to one event loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from askdocs_server.errors import (
    ChildFailedError,
    GenerationError,
    GeneratorMissingError,
)
from askdocs_server.generation.health import is_healthy
from askdocs_server.generation.process_guard import kill_group
from askdocs_server.generation.status import GeneratorState

log = logging.getLogger(__name__)

_LOG_TAIL_BYTES = 65_536
_PROGRESS_SECONDS = 0.5
# The idle time may be changed meanwhile.
_IDLE_LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ChildCommand:
    """What to run.

    `start_limit` is how long it may take to become healthy (seconds). `progress` and `explain`
    turn the end of the child's log into words for the user: how far the start is ("" where that is
    not known), and what went wrong. `greet` is done once the child is healthy, before it is ready.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    socket: Path
    log: Path
    start_limit: float
    progress: Callable[[str], str]
    explain: Callable[[str], str]
    greet: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timing:
    """All in seconds, except `max_failures`: failures in a row after which it waits to be needed.

    The wait after the n-th failure is `first_delay` * 2**(n-1), at most `max_delay`. A child that
    was ready for `stable` seconds starts the count again. `idle` 0: never stop.
    """

    stop_grace: float = 5.0
    poll: float = 0.1
    first_delay: float = 1.0
    max_delay: float = 60.0
    max_failures: int = 5
    stable: float = 60.0
    idle: float = 1800.0


OnState = Callable[[GeneratorState, str], None]


class Supervisor:
    """Runs the child that `prepare` describes, given the number of failures in a row before.

    `on_state` hears each state with its detail. `idle` may be changed at any time.
    """

    def __init__(
        self,
        prepare: Callable[[int], Awaitable[ChildCommand]],
        on_state: OnState,
        timing: Timing | None = None,
    ) -> None:
        self._prepare = prepare
        self._on_state = on_state
        self._timing = timing or Timing()
        self.idle = self._timing.idle
        self._state: GeneratorState = "idle"
        self._detail = ""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._users = 0
        self._last_use = 0.0

    @property
    def in_use(self) -> bool:
        """Whether somebody uses the child right now."""
        return self._users > 0

    def start(self) -> None:
        """Start the child if it is not running. Returns at once; any number of calls share it."""
        now = asyncio.get_running_loop().time()
        self._last_use = now
        if (self._task is None or self._task.done()) and now >= self._not_before:
            self._set("starting", "Preparing the model.")
            self._task = asyncio.create_task(self._supervise(), name="generator supervisor")

    async def wait_ready(self, limit: float) -> bool:
        """Start if needed and wait up to `limit` seconds; False where it is not ready by then.

        It does not wait for a child that failed and is to be started again later.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                self.start()
                while self._state not in ("ready", "failed"):
                    await self._changed.wait()
                    self.start()
        return self._state == "ready"

    @contextmanager
    def use(self) -> Iterator[None]:
        """Keep the child from being idle for as long as this is entered."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._last_use = asyncio.get_running_loop().time()

    async def stop(self) -> None:
        """Stop the child and wait until all of it is gone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        self._set("idle")

    def _set(self, state: GeneratorState, detail: str = "") -> None:
        self._state, self._detail = state, detail
        self._on_state(state, detail)
        self._changed.set()
        self._changed = asyncio.Event()

    async def _supervise(self) -> None:
        loop, timing = asyncio.get_running_loop(), self._timing
        failures = 0
        while True:
            ready_at: float | None = None
            try:
                command = await self._prepare(failures)
                self._set("starting", "Starting vLLM.")
                async with self._child(command) as child:
                    await self._wait_healthy(child, command)
                    await command.greet()
                    ready_at = loop.time()
                    self._set("ready")
                    await self._serve_until_idle(child, command)
                self._set("idle")
                return
            except Exception as error:
                stable = ready_at is not None and loop.time() - ready_at >= timing.stable
                failures = 1 if stable else failures + 1
                delay = min(timing.first_delay * 2 ** (failures - 1), timing.max_delay)
                if not isinstance(error, GenerationError):
                    log.exception("The generator's supervisor failed.")
                self._not_before = loop.time() + delay
                if isinstance(error, GeneratorMissingError) or failures >= timing.max_failures:
                    self._set("failed", str(error))
                    return
                self._set("failed", f"{error} Trying again in {delay:.0f} s.")
            await asyncio.sleep(delay)
            self._set("starting", "Starting again.")

    async def _serve_until_idle(
        self, child: asyncio.subprocess.Process, command: ChildCommand
    ) -> None:
        """Return when nobody has used the child for the idle time; raise if it ends before."""
        loop = asyncio.get_running_loop()
        self._last_use = loop.time()
        ended = asyncio.create_task(child.wait())
        try:
            while True:
                since = 0.0 if self._users else loop.time() - self._last_use
                if self.idle and since >= self.idle:
                    return
                left = self.idle - since if self.idle else _IDLE_LOOK_SECONDS
                done, _ = await asyncio.wait({ended}, timeout=min(left, _IDLE_LOOK_SECONDS))
                if done:
                    raise await self._failure(command, "ended on its own")
        finally:
            ended.cancel()

    @asynccontextmanager
    async def _child(self, command: ChildCommand) -> AsyncIterator[asyncio.subprocess.Process]:
        command.socket.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # What a crash left is worth reading after the restart.
            command.log.replace(command.log.with_suffix(".previous.log"))
        with command.log.open("wb") as log_file:
            # Its own session makes the whole group killable; the pipe is its lease on life.
            child = await asyncio.create_subprocess_exec(
                *command.argv,
                env=command.env,
                stdin=asyncio.subprocess.PIPE,
                stdout=log_file,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield child
        finally:
            if child.returncode is None:
                self._set("stopping")
            await self._end(child)
            command.socket.unlink(missing_ok=True)

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        """Terminate politely, then kill what is left of the child's process group."""
        try:
            if child.returncode is None:
                child.terminate()
                async with asyncio.timeout(self._timing.stop_grace):
                    await child.wait()
        except TimeoutError:
            log.warning("The local vLLM did not end on request; killing it.")
        finally:
            kill_group(child.pid)
        await child.wait()

    async def _wait_healthy(self, child: asyncio.subprocess.Process, command: ChildCommand) -> None:
        progress = asyncio.create_task(self._tell_progress(command))
        try:
            async with asyncio.timeout(command.start_limit):
                while child.returncode is None:
                    if command.socket.exists() and await is_healthy(command.socket):
                        return
                    await asyncio.sleep(self._timing.poll)
        except TimeoutError:
            limit = f"was not ready within {command.start_limit:.0f} s"
            raise await self._failure(command, limit) from None
        finally:
            progress.cancel()
        raise await self._failure(command, "did not start")

    async def _tell_progress(self, command: ChildCommand) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            progress = command.progress(await asyncio.to_thread(_tail, command.log))
            if progress and progress != self._detail:
                self._set("starting", progress)

    async def _failure(self, command: ChildCommand, what: str) -> ChildFailedError:
        tail = await asyncio.to_thread(_tail, command.log)
        reason = command.explain(tail).rstrip(".")
        return ChildFailedError(f"The local vLLM {what}: {reason}. Its log: {command.log}")


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _LOG_TAIL_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
