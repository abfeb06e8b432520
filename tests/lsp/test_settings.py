"""Settings from files, with initialize, and while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.lsp.harness import Connection, FakeHost, connected, until

from askdocs_server.lsp import session as session_module


async def test_settings_come_from_all_places(folder: Path) -> None:
    (folder / "askdocs.toml").write_text("[ask]\npassages = 2\nmax_tokens = 1\n")
    async with connected(folder) as connection:
        host = connection.host
        await until(lambda: host.opened)
        assert host.opened[0][1].ask.passages == 2
        warnings = connection.notifications("window/showMessage")
        assert len(warnings) == 1
        assert "ask.max_tokens" in warnings[0]["message"]
        pushed: dict[str, Any] = {"settings": {"askdocs": {"docs": {"exclude": ["old/**"]}}}}
        connection.notify("workspace/didChangeConfiguration", pushed)
        await until(lambda: len(host.opened) == 2)
        assert host.closed == [folder]
        assert host.opened[1][1].docs.exclude == ("old/**",)
        pushed = {
            "settings": {"askdocs": {"docs": {"exclude": ["old/**"]}, "ask": {"passages": 9}}}
        }
        connection.notify("workspace/didChangeConfiguration", pushed)
        session = connection.server.session
        await until(lambda: session.folders[folder].settings.ask.passages == 9)
        workspace = session.folders[folder].workspace
        assert workspace is not None
        assert workspace.settings.ask.passages == 9
        assert len(host.opened) == 2
        assert len(connection.notifications("window/showMessage")) == 1


@pytest.mark.parametrize(
    ("options", "passages"),
    [
        ({"askdocs": {"ask": {"passages": 7}}}, 7),
        ({"ask": {"passages": 7}, "python": {"path": "x"}}, 7),
        ({"ask.passages": 7}, 7),
        ({"python": {"path": "x"}}, 4),
        (["nonsense"], 4),
        (None, 4),
        ({"defaults": {"ask.passages": 7}}, 7),
        ({"defaults": {"ask.passages": 7}, "ask.passages": 8}, 8),
        ({"defaults": "nonsense"}, 4),
    ],
)
async def test_settings_may_come_with_initialize(folder: Path, options: Any, passages: int) -> None:
    connection = Connection(FakeHost())
    params = {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}
    await connection.result("initialize", {**params, "initializationOptions": options})
    connection.notify("initialized", {})
    await until(lambda: connection.host.opened)
    assert connection.host.opened[0][1].ask.passages == passages
    assert connection.notifications("window/showMessage") == []
    connection.reader.feed_eof()
    await connection.task


async def test_the_users_own_settings_are_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(session_module, "_FOLLOW_SECONDS", 0.02)
    config = tmp_path / "config" / "askdocs" / "config.toml"
    config.parent.mkdir(parents=True)
    async with connected(folder) as connection:
        host = connection.host
        await until(lambda: host.opened)
        config.write_text('embedding.model = "a/b"\n')
        await until(lambda: len(host.opened) == 2)
        assert host.opened[1][1].embedding.model == "a/b"
        config.unlink()
        await until(lambda: len(host.opened) == 3)
        assert host.opened[2][1].embedding.model == "auto"
