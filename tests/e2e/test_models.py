"""Choosing an embedding model as users do, with two real ones: MiniLM, and its first two layers."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.daemon_support import User, a_user, until
from tests.e2e.lsp_support import ASKDOCS, Editor, eventually, within
from tests.e2e.model_hub import a_hub

from askdocs_indexer.embedding.loading import locate_model
from askdocs_server.daemon.client import remote_project
from askdocs_server.daemon.connect import join
from askdocs_server.daemon.handshake import Hello
from askdocs_server.daemon.paths import DaemonPaths

pytestmark = pytest.mark.timeout(300)

BUNDLED = "all-MiniLM-L6-v2"
CONFIG = '# My settings.\nllm.mode = "off" # no prose\ndaemon.idleMinutes = 5\n'
PAGES = 140  # A group of files, and a part of the next.


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in a folder: the first two of MiniLM's six layers."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(locate_model("bundled")[0], device="cpu")
    transformer = model[0].model
    transformer.encoder.layer = transformer.encoder.layer[:2]
    transformer.config.num_hidden_layers = 2
    folder = tmp_path_factory.mktemp("models") / "short"
    model.save(str(folder))
    return folder


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        _config(user).write_text(CONFIG)
        yield user


def _config(user: User) -> Path:
    return Path(user.environment["XDG_CONFIG_HOME"]) / "askdocs" / "config.toml"


def _refused(user: User, *arguments: str) -> str:
    """Return what `askdocs model use` says as it fails."""
    given = [ASKDOCS, "model", "use", *arguments]
    done = subprocess.run(
        given, env=user.environment, cwd=user.top, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def _killed_while_embedding(user: User, project: Path) -> None:
    """Start indexing, and kill it once vectors of the first group of files are noted."""
    indexes = Path(user.environment["XDG_CACHE_HOME"]) / "askdocs" / "indexes"

    def has_begun() -> bool:
        return any(log.stat().st_size > 100_000 for log in indexes.glob("*/vectors.sqlite-wal"))

    given = [ASKDOCS, "index", "--root", str(project)]
    with subprocess.Popen(given, env=user.environment, stderr=subprocess.DEVNULL) as indexing:
        until(has_begun, 60)
        indexing.send_signal(signal.SIGKILL)
    assert indexing.returncode == -signal.SIGKILL


def test_a_model_is_chosen_embeds_anew_and_the_old_one_comes_back(user: User, short: Path) -> None:
    project = user.project()
    for number in range(PAGES):
        (project / f"page{number}.md").write_text(f"# Part {number}\n\nAbout wheel {number}.\n")
    root = ("--root", str(project))
    count = user.data("index", *root)["embedded"]
    user.environment |= {"HF_HOME": str(user.top / "hf"), "HF_HUB_OFFLINE": "0"}
    with a_hub({"some/short": short}) as hub:
        user.environment["HF_ENDPOINT"] = hub.url
        used = user.data("model", "use", "some/short", *root)
        assert (used["setting"], used["licence"]) == ("some/short", "apache-2.0")
        assert (used["dimension"], used["tokens"]) == (384, 256)
        assert (used["passages"], used["cached"], used["changed"]) == (count, 0, True)
        assert used["seconds"] == pytest.approx(count / used["speed"], rel=0.1)
        assert _config(user).read_text().startswith(CONFIG)
        assert 'model = "some/short"' in _config(user).read_text()

        hub.asked.clear()
        _killed_while_embedding(user, project)
        report = user.data("index", *root)
        assert report["embedded"] + report["reused"] == count
        assert report["embedded"] > 0
        assert report["reused"] > 0
        assert hub.asked == []  # The model is here: nothing is asked.
    assert user.data("status", *root)["model"] == "some/short"
    listed = user.data("model", "list", *root)
    assert f"The hub at {hub.url} cannot be reached" in listed["hub"]
    assert [listed["models"][0][key] for key in ("model", "where", "in_use", "speed_is")] == [
        *("some/short", "downloaded", True, "measured")
    ]

    _config(user).write_text(CONFIG)
    report = user.data("index", *root)
    assert (report["embedded"], report["reused"]) == (0, count)


async def test_windows_and_agents_of_a_daemon_follow(user: User, short: Path) -> None:
    project = user.project()
    first, second = editors = [await user.editor(project) for _ in range(2)]
    joined = join(DaemonPaths(user.runtime, _suffix(user)), Hello("command", joins=True))
    assert joined is not None
    async with remote_project(joined[0], project) as (agent, _):
        assert await _model_of(first) == (await agent.status())["model"] == BUNDLED
        arguments = ("model", "use", str(short), "--now", "--root", str(project))
        used = await asyncio.to_thread(user.data, *arguments)
        assert used["report"]["files"] == 1
        await first.until_ready()
        assert await _model_of(first) == await _model_of(second) == "short"
        assert (await agent.status())["model"] == "short"
        assert (await agent.search("empty the rain gauge", 1))[0]["path"] == "guide.md"

        _config(user).write_text(CONFIG)  # By hand.
        await eventually(lambda: _uses(first, BUNDLED))
        for editor in editors:
            await within(editor.shutdown_session())
            await editor.kill()
        until(lambda: user.sessions == 0)

        # Nobody but an agent that asks nothing holds the index.
        _config(user).write_text(f'{CONFIG}embedding.model = "{short}"\n')
        assert await asyncio.to_thread(_next_model, user, project) == "short"


async def _model_of(editor: Editor) -> str:
    status = await editor.request("askdocs/status")
    return str(status["embedder"]["model"]) if status["index"]["state"] == "ready" else ""


async def _uses(editor: Editor, model: str) -> bool:
    return await _model_of(editor) == model


def _next_model(user: User, project: Path) -> str:
    """Return the model of an open index, once that is not the bundled one any more."""

    def model() -> str:
        return str(user.data("status", "--root", str(project))["model"])

    until(lambda: model() != BUNDLED)
    return model()


def _suffix(user: User) -> str:
    """Return what the names of the daemon's files have behind `daemon`."""
    (lock,) = user.runtime.glob("daemon*.lock")
    return lock.stem.removeprefix("daemon")


def test_what_a_hub_does_not_give(user: User, short: Path) -> None:
    user.environment |= {"HF_HOME": str(user.top / "hf"), "HF_HUB_OFFLINE": "0"}
    with a_hub({"some/short": short}, gated=("some/gated",)) as hub:
        user.environment["HF_ENDPOINT"] = hub.url
        assert "Accept them at" in _refused(user, "some/gated")
        assert "has no model some/other" in _refused(user, "some/other")
        assert "Did you mean BAAI/bge-m3" in _refused(user, "someone/bge-m3")
    refused = _refused(user, "BAAI/bge-m3")
    assert f"The hub at {hub.url} cannot be reached" in refused
    assert "HF_ENDPOINT" in refused
    assert _config(user).read_text() == CONFIG
