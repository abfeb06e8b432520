"""Whatever is killed, no process of vLLM stays behind: the window, the daemon, any part of vLLM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from tests.e2e.daemon_support import User, a_user
from tests.e2e.lsp_support import eventually

from askdocs_server.generation.paths import models_directory

pytestmark = pytest.mark.timeout(600)

LIMIT = 300.0
# What multiprocessing starts beside the engine is smaller by far.
HELPER_BYTES = 100 * 2**20
CHILD = "askdocs_server.generation.vllm_child"


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    """A user whose model starts with the first window, and whose daemon leaves after the last."""
    with a_user(tmp_path) as user:
        user.configure(idle_minutes=0.02, model=True)
        config = Path(user.environment["XDG_CONFIG_HOME"]) / "askdocs" / "config.toml"
        config.write_text(f'{config.read_text()}llm.start = "open"\n')
        # The converted model is shared with other tests.
        cache = Path(user.environment["XDG_CACHE_HOME"]) / "askdocs"
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "models").symlink_to(models_directory())
        yield user


def vllm_of(user: User) -> list[psutil.Process]:
    """The guard, the server and the engine below the user's daemons; empty until all are there."""
    for daemon in user.daemons:
        with suppress(psutil.NoSuchProcess):
            guards = [one for one in psutil.Process(daemon).children() if CHILD in one.cmdline()]
            found = [one for guard in guards for one in (guard, *guard.children(recursive=True))]
            if len(found) >= 3 and engine_of(found).memory_info().rss > HELPER_BYTES:
                return found
    return []


def guard_of(running: list[psutil.Process]) -> psutil.Process:
    return running[0]


def server_of(running: list[psutil.Process]) -> psutil.Process:
    return running[1]


def engine_of(running: list[psutil.Process]) -> psutil.Process:
    """The largest below the server; multiprocessing may have a helper beside it."""
    return max(running[2:], key=lambda one: one.memory_info().rss)


def gone(ended: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in ended)


async def test_nothing_of_vllm_outlives_what_is_killed(user: User) -> None:
    editor = await user.editor(user.project())

    async def is_ready() -> bool:
        return (await editor.request("askdocs/status"))["generator"]["state"] == "ready"

    async def is_running() -> list[psutil.Process]:
        return vllm_of(user)

    async def killed(victim: psutil.Process, running: list[psutil.Process]) -> None:
        async def are_gone() -> bool:
            return gone(running)

        victim.kill()
        await eventually(are_gone, LIMIT)

    try:
        # Nobody asks anything: `llm.start` alone starts it.
        await eventually(is_ready, LIMIT)
        # Each time it is started again.
        for victim in (guard_of, server_of, engine_of):
            running = await eventually(is_running, LIMIT)
            await killed(victim(running), running)
        # After the daemon, the window finds a new one, which starts it again as well.
        running = await eventually(is_running, LIMIT)
        await killed(psutil.Process(user.pid), running)
        running = await eventually(is_running, LIMIT)
        # Without a window the daemon leaves after a second or two.
        assert editor._server is not None
        await killed(psutil.Process(editor._server.pid), running)
        user.until_gone()
    finally:
        await editor.kill()
