"""A real Emacs with eglot, on the configuration that docs/editors.md gives."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.daemon_support import User, a_user, until
from tests.e2e.editors import configuration, find_editor, with_askdocs

pytestmark = pytest.mark.timeout(240)

SCRIPT = Path(__file__).with_name("emacs.el")


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


def test_emacs_hovers_asks_and_opens_a_source(user: User, tmp_path: Path) -> None:
    emacs = find_editor("emacs", version="GNU Emacs ")
    project = user.project()
    init = tmp_path / "init.el"
    init.write_text(configuration("lisp"))
    environment = {
        **with_askdocs(user.environment),
        "ASKDOCS_CONFIGURATION": str(init),
    }
    done = subprocess.run(
        [emacs, "--batch", "--no-init-file", "--load", str(SCRIPT)],
        env=environment,
        cwd=project,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "once a year" in found["hover"]
    assert "Turn the rain gauge over" in found["command"]
    assert found["answer"].startswith(found["command"])
    assert f"{project}/guide.md:11: [1] Empty the rain gauge" in found["answer"]
    assert found["place"] == ["guide.md", 11]
    until(lambda: user.data("status", "--root", str(project))["daemon"]["sessions"] == 0)
