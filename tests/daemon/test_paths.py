"""Where the daemon is found, and where it writes its log."""

from __future__ import annotations

import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from askdocs_server.daemon.connect import log_path
from askdocs_server.daemon.paths import DaemonPaths


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def test_other_folders_have_a_daemon_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {DaemonPaths.of_this_user()}
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, "/elsewhere")
        places.add(DaemonPaths.of_this_user())
    assert len({paths.socket for paths in places}) == 4


def test_a_user_without_an_entry_has_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> None:
        raise KeyError("no such user")

    expected = DaemonPaths.of_this_user()
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert DaemonPaths.of_this_user() == expected


def test_the_log_does_not_grow_without_end() -> None:
    code = (
        "import logging\nfrom askdocs_server.daemon import daemon\n"
        "daemon._MAX_LOG_BYTES = 2000\ndaemon._configure_logging(False)\n"
        "for number in range(1000): logging.getLogger('askdocs_server').info('line %d', number)\n"
    )
    log_path().parent.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", code], check=True)
    logs = list(log_path().parent.iterdir())
    assert len(logs) == 2
    assert sum(log.stat().st_size for log in logs) < 5000
    assert "line 999" in log_path().read_text()
