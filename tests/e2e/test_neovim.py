"""Different editors on one project: a real Neovim, a generic client and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.daemon_support import GUIDE, User, a_user, until
from tests.e2e.lsp_support import ASKDOCS, eventually, within
from tests.e2e.neovim import Neovim, neovim

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


def attached(window: Neovim, project: Path) -> None:
    window.attach([ASKDOCS, "lsp"], project)

    def is_ready() -> bool:
        status = window.request("askdocs/status", {})
        index = status["index"]
        return bool(index["state"] == "ready" and index["files"] and not index["pendingFiles"])

    until(is_ready, 90)


def test_neovim_hovers_asks_and_follows_the_disk(user: User) -> None:
    project = user.project()
    with neovim(project / "app.py", user.environment, user.runtime.parent) as window:
        attached(window, project)
        assert "once a year" in window.hover(3, 10)
        assert window.hover(1, 1) == ""
        # Below an edit, behind a character of two UTF-16 units and four bytes.
        window.insert(1, "x = '\U0001f327'; station.calibrate()")
        assert "once a year" in window.hover(2, 22)
        answer = window.request(
            "workspace/executeCommand",
            {
                "command": "askdocs.server.ask",
                "arguments": [{"question": "How is the rain gauge emptied?"}],
            },
        )
        assert "Turn the rain gauge over" in answer["answer"]
        (project / "guide.md").write_text(GUIDE.replace("once a year", "twice a month"))
        until(lambda: "twice a month" in window.hover(4, 10), 60)
        window.command("write")
    until(lambda: user.data("status", "--root", str(project))["daemon"]["sessions"] == 0)


async def test_all_kinds_of_windows_see_the_same_state(user: User) -> None:
    project = user.project()
    editor = await user.editor(project)
    with neovim(project / "app.py", user.environment, user.runtime.parent) as window:
        attached(window, project)
        (project / "more.md").write_text("# More\n\n## Oil the wind vane\n\nA drop is enough.\n")

        async def is_found() -> bool:
            return "Oil the wind vane" in await editor.titles("oil the wind vane")

        await eventually(is_found)
        mine = await editor.request("askdocs/search", {"query": "oil the wind vane"})
        theirs = window.request("askdocs/search", {"query": "oil the wind vane"})
        shell = user.data("search", "oil the wind vane", "--root", str(project))
        assert mine["hits"] == theirs["hits"]
        assert mine["index"] == theirs["index"]
        assert [hit["title"] for hit in shell["hits"]] == [hit["title"] for hit in mine["hits"]]
        assert user.daemons == [user.pid]
        assert not [one for one in editor.messages if "process" in one.message]
    await within(editor.shutdown_session())
    await editor.kill()
