"""A real Helix in a terminal, on the configuration that docs/editors.md gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.daemon_support import User, a_user, until
from tests.e2e.editors import configuration, find_editor, with_askdocs
from tests.e2e.terminal import Terminal, terminal

pytestmark = pytest.mark.timeout(240)

# Those before take the quotes out of shell commands.
SINCE_25_07 = r"helix (25\.(07|1\d)|2[6-9]\.|[3-9]\d\.)"


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


def until_shown(window: Terminal, *words: str) -> None:
    until(lambda: all(one in window.screen for one in words), 60)


def test_helix_hovers_reindexes_asks_and_opens_a_source(user: User) -> None:
    helix = find_editor("hx", "helix", version=SINCE_25_07)
    project = user.project()
    folder = Path(user.environment["XDG_CONFIG_HOME"]) / "helix"
    folder.mkdir()
    (folder / "languages.toml").write_text(configuration("toml", "[[language]]"))
    environment = with_askdocs(user.environment)

    def generation() -> int:
        """Return how often the index has changed; 0 while it is not ready."""
        found = user.data("status", "--root", str(project))
        return int(found["generation"]) if found["files"] and found["state"] == "ready" else 0

    with terminal([helix, "app.py"], environment, project, user.runtime.parent / "tmux") as window:
        until_shown(window, "station.calibrate()")
        until(lambda: user.sessions, 60)
        before = until(generation, 90)
        window.enter("/calibrate")
        window.type(" k")
        until_shown(window, "Do this once a year, on a calm day.", "guide.md:7")
        window.enter(":lsp-workspace-command askdocs.server.reindex")
        until(lambda: generation() > before, 60)
        window.enter(':sh askdocs ask "How is the rain gauge emptied?"')
        until_shown(
            window, "> Turn the rain gauge over", "[1] guide.md:11", "> Empty the rain gauge"
        )
        window.enter(":open guide.md:11")
        until_shown(window, "# Weather station", " 11:1")
        window.enter(":quit-all")
        until(lambda: not user.sessions)
