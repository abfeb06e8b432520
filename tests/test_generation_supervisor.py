"""Supervision of a child, with a light server in the place of vLLM."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from askdocs_server.errors import GeneratorMissingError
from askdocs_server.generation import supervisor as supervisor_module
from askdocs_server.generation.status import GeneratorState
from askdocs_server.generation.supervisor import ChildCommand, Supervisor, Timing

SERVER = Path(__file__).with_name("guarded_server.py")
LIMIT = 20.0
FAST = Timing(stop_grace=0.5, poll=0.02, first_delay=0.05, max_failures=3)


@dataclass
class World:
    """A supervisor, the states it went through, and what it runs."""

    folder: Path
    behaviour: str = "healthy"
    timing: Timing = FAST
    start_limit: float = LIMIT
    states: list[tuple[GeneratorState, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    prepared: int = 0
    missing: str = ""
    failures: list[int] = field(default_factory=list)
    greeted: int = 0

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.prepare, self.note, self.timing)

    @property
    def state(self) -> GeneratorState:
        return self.states[-1][0] if self.states else "idle"

    @property
    def detail(self) -> str:
        return self.states[-1][1]

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    @property
    def pids(self) -> list[int]:
        return [int(pid) for pid in (self.folder / "pids").read_text().split()]

    def crash(self) -> None:
        self.socket.with_suffix(".crash").touch()

    def note(self, state: GeneratorState, detail: str) -> None:
        self.states.append((state, detail))
        self.times.append(time.monotonic())

    def count(self, state: GeneratorState) -> int:
        return sum(1 for seen, _ in self.states if seen == state)

    async def greet(self) -> None:
        assert self.state == "starting"
        self.greeted += 1

    async def prepare(self, failures: int) -> ChildCommand:
        self.prepared += 1
        self.failures.append(failures)
        if self.missing:
            raise GeneratorMissingError(self.missing)
        return ChildCommand(
            argv=command(self.folder, self.behaviour),
            env=dict(os.environ),
            socket=self.socket,
            log=self.folder / "log",
            start_limit=self.start_limit,
            progress=lambda tail: "Half way." if "half way" in tail else "",
            explain=lambda tail: tail.strip().splitlines()[-1] if tail.strip() else "nothing",
            greet=self.greet,
        )


def command(folder: Path, behaviour: str) -> tuple[str, ...]:
    pids = ("--pids", str(folder / "pids"))
    return (sys.executable, str(SERVER), "--uds", str(folder / "s"), *pids, behaviour)


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own temporary paths can be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="askdocs-test-") as name:
        yield Path(name)


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Supervisor]:
    try:
        yield world.supervisor
    finally:
        await world.supervisor.stop()


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        await asyncio.sleep(0.02)


async def assert_gone(pids: list[int]) -> None:
    await until(lambda: not any(alive(pid) for pid in pids), "the end of all processes")


async def test_many_callers_share_one_start(folder: Path) -> None:
    world = World(folder)
    async with running(world) as supervisor:
        assert world.state == "idle"
        results = await asyncio.gather(*(supervisor.wait_ready(LIMIT) for _ in range(5)))
        assert results == [True] * 5
        assert world.prepared == world.greeted == 1
        assert all(alive(pid) for pid in world.pids)
        pids = world.pids
    await assert_gone(pids)
    assert not world.socket.exists()
    assert [state for state, _ in world.states] == [
        "starting",
        "starting",
        "ready",
        "stopping",
        "idle",
    ]


async def test_waiting_has_a_limit_and_does_not_end_the_start(folder: Path) -> None:
    world = World(folder)
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(0) is False
        assert world.state == "starting"
        assert await supervisor.wait_ready(LIMIT)


async def test_a_crash_is_followed_by_a_restart(folder: Path) -> None:
    world = World(folder, "crash-later")
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT)
        first = world.pids
        world.crash()
        await until(lambda: world.count("ready") == 2, "the second start")
        await assert_gone(first)
        failed = [detail for state, detail in world.states if state == "failed"]
        assert len(failed) == 1
        assert "it fell over" in failed[0]
        assert "Trying again" in failed[0]
        assert str(folder / "log") in failed[0]


@pytest.mark.parametrize("victim", ["guard", "server"])
async def test_a_child_killed_from_outside_leaves_nothing(folder: Path, victim: str) -> None:
    world = World(folder)
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT)
        pids = world.pids
        os.kill(pids[victim == "server"], signal.SIGKILL)
        await until(lambda: world.count("ready") == 2, "the next start")
        await assert_gone(pids)
        if victim == "server":
            (detail,) = [detail for state, detail in world.states if state == "failed"]
            assert "ended by signal 9" in detail


async def test_a_child_that_never_starts_is_given_up(folder: Path) -> None:
    world = World(folder, "crash")
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT) is False
        await until(lambda: world.count("failed") == FAST.max_failures, "the last try")
        assert "the model is broken" in world.detail
        assert "Trying again" not in world.detail
        # A new need later tries again.
        world.behaviour = "healthy"
        await until(lambda: supervisor.start() or world.state == "ready", "a new start")


async def test_the_waits_between_failures_grow(folder: Path) -> None:
    world = World(folder, "crash", Timing(poll=0.02, first_delay=0.2, max_failures=3))
    async with running(world):
        world.supervisor.start()
        await until(lambda: world.count("failed") == 3, "the last try")
    failures = [n for n, (state, _) in enumerate(world.states) if state == "failed"]
    first, second = (world.times[n + 1] - world.times[n] for n in failures[:2])
    assert 0.2 <= first < LIMIT
    assert 0.4 <= second < LIMIT
    assert world.failures == [0, 1, 2]


async def test_what_is_missing_is_not_tried_over_and_over(folder: Path) -> None:
    world = World(folder, missing="Install it with `make setup`.")
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT) is False
        assert (world.state, world.detail) == ("failed", world.missing)
        assert world.prepared == 1


async def test_a_child_that_does_not_get_ready_is_killed(folder: Path) -> None:
    timing = Timing(stop_grace=0.5, poll=0.02, max_failures=1)
    world = World(folder, "slow", timing, start_limit=2.0)
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT) is False
        assert "was not ready within 2 s" in world.detail
        await assert_gone(world.pids)


async def test_the_childs_log_tells_how_far_its_start_is(folder: Path) -> None:
    world = World(folder, "slow")
    async with running(world) as supervisor:
        supervisor.start()
        await until(lambda: world.detail == "Half way.", "the progress")
        assert world.state == "starting"


async def test_a_deaf_child_is_killed_after_the_grace(folder: Path) -> None:
    world = World(folder, "deaf")
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT)
        pids = world.pids
        await supervisor.stop()
        await assert_gone(pids)
        assert world.state == "idle"


async def test_an_idle_child_is_stopped_and_started_again(folder: Path) -> None:
    timing = Timing(poll=0.02, idle=0.2)
    world = World(folder, timing=timing)
    async with running(world) as supervisor:
        assert await supervisor.wait_ready(LIMIT)
        pids = world.pids
        with supervisor.use():
            end = time.monotonic() + 3 * timing.idle
            await until(lambda: time.monotonic() > end, "several idle times")
            assert world.state == "ready"
        await until(lambda: world.state == "idle", "the idle stop")
        await assert_gone(pids)
        assert await supervisor.wait_ready(LIMIT)


async def test_the_idle_time_may_be_changed_while_it_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "_IDLE_LOOK_SECONDS", 0.05)
    world = World(folder)
    async with running(world) as supervisor:
        supervisor.idle = 0.0
        assert await supervisor.wait_ready(LIMIT)
        supervisor.idle = 0.1
        await until(lambda: world.state == "idle", "the idle stop")


OWNER = """
import asyncio, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.test_generation_supervisor import World, LIMIT

async def main():
    world = World(Path(sys.argv[1]))
    assert await world.supervisor.wait_ready(LIMIT)
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_nothing_outlives_a_killed_owner(folder: Path) -> None:
    root = Path(__file__).parent.parent
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), str(root)], stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        pids = [int(pid) for pid in (folder / "pids").read_text().split()]
        assert all(alive(pid) for pid in pids)
        owner.kill()
        asyncio.run(assert_gone(pids))
        assert not (folder / "s").exists()
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()


def test_nothing_outlives_a_lost_lease(folder: Path) -> None:
    guard = subprocess.Popen(command(folder, "deaf"), stdin=subprocess.PIPE)
    try:
        asyncio.run(until((folder / "pids").exists, "the server"))
        pids = [int(pid) for pid in (folder / "pids").read_text().split()]
        assert pids[0] == guard.pid
        assert guard.stdin is not None
        guard.stdin.close()
        guard.wait(LIMIT)
        asyncio.run(assert_gone(pids))
    finally:
        guard.kill()
        guard.wait()
