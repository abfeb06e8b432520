"""`askdocs model` without loading a model: what it lists, says, checks and writes."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from askdocs_indexer.embedding import hub, offers
from askdocs_indexer.embedding.choice import Choice
from askdocs_indexer.embedding.hub import HubModel
from askdocs_indexer.embedding.inspection import FolderFacts
from askdocs_indexer.embedding.offers import Trial
from askdocs_indexer.embedding.speed import Speeds
from askdocs_indexer.embedding.vector_cache import VectorCache
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.paths import index_folder
from askdocs_indexer.record import IndexRecord, Recorder
from askdocs_indexer.types import IndexStatus
from askdocs_server.cli import model
from askdocs_server.cli.main import run
from askdocs_server.generation import proposals
from askdocs_server.settings import loader

QWEN = "Qwen/Qwen2.5-1.5B-Instruct"
BGE = "BAAI/bge-small-en-v1.5"
NO_HUB = "The hub is away."


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "root").mkdir()
    monkeypatch.chdir(tmp_path / "root")
    monkeypatch.setattr(hub, "unreachable", lambda: NO_HUB)
    monkeypatch.setattr(hub, "downloaded", lambda name: None)
    monkeypatch.setattr("askdocs_indexer.embedding.choice.downloaded", lambda name: None)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "XDG_CONFIG_HOME" / "askdocs" / "config.toml"


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were tried out, each of 40 passages per second."""
    tried: list[str] = []

    def try_out(choice: Choice, device: str, speeds: Speeds) -> Trial:
        tried.append(choice.name)
        if choice.name == "bad/model":
            raise EmbedderError("bad/model cannot be used: it is bad.")
        speeds.put(choice.name, device, 40.0)
        facts = FolderFacts("mit", 384, 512, 1, "ask: ", "", "It is odd.")
        return Trial(choice.name, 384, "cpu", 40.0, facts)

    monkeypatch.setattr(offers, "try_out", try_out)
    asked = lambda name: HubModel(name, "mit", 133_000_000)  # noqa: E731
    monkeypatch.setattr(hub, "ask_hub", asked)
    return tried


def index_of(root: Path, chunks: int) -> Path:
    """Have an index recorded; returns its folder."""
    folder = index_folder(root)
    folder.mkdir(parents=True)
    Recorder(folder, root).finish(IndexStatus("ready", files=3, chunks=chunks), is_complete=True)
    return folder


def called(capfd: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert run(["model", *arguments]) == code
    return capfd.readouterr()


def data(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    row = json.loads(called(capfd, *arguments, "--json")[0].splitlines()[-1])
    assert isinstance(row, dict)
    return row


# -- list ----------------------------------------------------------------------------------------


def test_list_says_what_is_measured_and_what_is_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text, _ = called(capfd, "list")
    assert "* all-MiniLM-L6-v2: bundled, in use\n" in text
    assert "English · 384 dimensions · reads 256 tokens · 92 MB · Apache-2.0\n" in text
    assert "MTEB retrieval in English 41.95 · speed unknown\n" in text
    assert f"  {BGE}: hub not reachable\n" in text
    assert NO_HUB in text
    assert "--measure" in text
    Speeds().put("all-MiniLM-L6-v2", "auto", 80.0)
    index_of(tmp_path / "root", 2400)
    text, _ = called(capfd, "list")
    assert "80 passages/s (measured), 30 s for the 2,400 passages here\n" in text
    assert "about 40 passages/s (estimated), about 60 s for the 2,400 passages here\n" in text
    assert "--measure" not in text


def test_list_gives_rows(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "unreachable", lambda: "")
    found = data(capfd, "list", "--set", f"embedding.model={BGE}")
    assert (found["setting"], found["hub"], found["passages"]) == (BGE, "", None)
    bundled, small = found["models"][:2]
    assert (bundled["where"], bundled["in_use"], bundled["tokens"]) == ("bundled", False, 256)
    assert (small["model"], small["where"], small["in_use"]) == (BGE, "hub", True)
    assert (small["licence"], small["english"], small["speed_is"]) == ("MIT", 51.68, "unknown")
    text, _ = called(capfd, "list", "--set", f"embedding.model={BGE}")
    assert f"* {BGE}: must be downloaded, in use\n" in text


def test_list_measures_what_is_here(capfd: pytest.CaptureFixture[str], trials: list[str]) -> None:
    rows = data(capfd, "list", "--measure")["models"]
    assert trials == ["all-MiniLM-L6-v2"]
    assert [row["speed_is"] for row in rows] == ["measured", *["estimated"] * (len(rows) - 1)]


def test_list_tells_what_is_wrong_with_the_one_in_use(
    capfd: pytest.CaptureFixture[str],
) -> None:
    text, _ = called(capfd, "list", "--set", "embedding.model=/no/such")
    assert text.startswith("embedding.model is /no/such. /no/such is not a folder.")


# -- use -----------------------------------------------------------------------------------------


def test_use_writes_the_setting_and_says_what_follows(
    tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str], trials: list[str]
) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("# Mine.\n[llm]\nmode = 'off' # none\n")
    folder = index_of(tmp_path / "root", 2400)
    cache = VectorCache(folder / "vectors.sqlite", BGE, 2)
    cache.put({str(number): cache_row() for number in range(400)})
    cache.close()
    text, notes = called(capfd, "use", "bge-small-en-v1.5")
    assert "Downloading BAAI/bge-small-en-v1.5 (133 MB, mit)" in notes
    assert text.splitlines() == [
        f"{BGE}: MIT, English, 384 dimensions, reads 512 tokens, 40 passages/s on cpu",
        "  before each query: 'ask: '",
        "  It is odd.",
        f"embedding.model is now {BGE}, in {config}.",
        "The 2,400 passages of this project are embedded anew, but for about 400 whose vectors are "
        "still known: at once where an editor is open, else with the next command, such as "
        "`askdocs index`. That takes about 50 s; meanwhile the old index answers, by words and "
        "symbols.",
    ]
    assert config.read_text() == (
        f"# Mine.\n[llm]\nmode = 'off' # none\n\n[embedding]\nmodel = \"{BGE}\"\n"
    )
    again = data(capfd, "use", BGE)
    assert (again["changed"], again["cached"], again["seconds"]) == (False, 400, 50.0)
    assert "is BAAI/bge-small-en-v1.5 already" in called(capfd, "use", BGE)[0]
    assert trials == [BGE] * 3


def cache_row() -> Any:
    import numpy as np

    return np.array([1.0, 0.0], dtype=np.float32)


def test_use_without_an_index(capfd: pytest.CaptureFixture[str], trials: list[str]) -> None:
    assert "This project has no index yet" in called(capfd, "use", BGE)[0]


@pytest.mark.usefixtures("trials")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["use"], 2, "Name a model"),
        (["list", BGE], 2, f"askdocs model use {BGE}"),
        (["use", "bge-smal-en-v1.5"], 2, f"Did you mean {BGE}"),
        (["use", "/no/such"], 2, "is not a folder"),
        (["use", BGE, "--project"], 2, "trustedWorkspaces = ["),
        (["use", "bad/model"], 1, "bad/model cannot be used: it is bad."),
    ],
)
def test_use_refuses(
    config: Path,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    out, notes = called(capfd, *arguments, "--json", code=code)
    assert words in notes
    assert words in json.loads(out)["error"]["message"]
    assert not config.exists()


@pytest.mark.usefixtures("trials")
def test_use_needs_room_for_the_model_and_for_its_index(
    tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", ["total", "used", "free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, 100_000_000))
    _, notes = called(capfd, "use", BGE, code=1)
    assert f"The files of {BGE} have 133 MB" in notes
    index_of(tmp_path / "root", 20_000)
    _, notes = called(capfd, "use", "bundled", code=1)
    assert "The new index, which is made beside the old one, takes about" in notes
    assert not config.exists()


@pytest.mark.usefixtures("trials")
def test_use_for_a_project_alone(
    tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    config.parent.mkdir(parents=True)
    config.write_text(f'trustedWorkspaces = ["{root}"]\n')
    (root / "askdocs.toml").write_text("docs.docstrings = false # slow\n")
    row = data(capfd, "use", BGE, "--project")
    assert row["file"] == str(root / "askdocs.toml")
    assert (root / "askdocs.toml").read_text() == (
        f'docs.docstrings = false # slow\n\n[embedding]\nmodel = "{BGE}"\n'
    )
    _, notes = called(capfd, "use", "bundled")
    assert f"A file of this project sets embedding.model to {BGE}, which wins here" in notes
    _, notes = called(capfd, "use", "bundled", "--now", code=1)
    assert "use the model with --project" in notes


def test_use_of_the_same_model_by_another_name(
    capfd: pytest.CaptureFixture[str], trials: list[str]
) -> None:
    text, _ = called(capfd, "use", "bundled", "--set", "embedding.device=cpu")
    assert "embedding.model is now bundled" in text
    assert "nothing is embedded anew" in text
    assert trials == ["all-MiniLM-L6-v2"]


class Project:
    """Has the project open with these models, one after the other."""

    def __init__(self, *models: str) -> None:
        self.models = [*models]

    async def status(self) -> dict[str, Any]:
        return {"model": self.models.pop(0) if len(self.models) > 1 else self.models[0]}


async def test_it_waits_for_sessions_to_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = Choice(BGE, BGE, BGE, "hub", None, None)
    monkeypatch.setattr(model, "_POLL_SECONDS", 0.001)
    await model._follow(Project("other", "other", BGE), choice)  # type: ignore[arg-type]
    monkeypatch.setattr(model, "_FOLLOW_SECONDS", 0.0)
    with pytest.raises(model.CommandError, match=r"another model, other\..*askdocs\.embedding"):
        await model._follow(Project("other"), choice)  # type: ignore[arg-type]


def test_a_record_tells_the_model(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    recorder = Recorder(folder, tmp_path)
    recorder.finish(IndexStatus("ready", chunks=3, model="mine"), is_complete=True)
    assert recorder._record == IndexRecord(str(tmp_path), chunks=3, is_complete=True, model="mine")


# -- the model that writes answers ----------------------------------------------------------------


def test_answer_models_are_listed_with_what_they_take(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "free_memory_gib", lambda: 6.0)
    text, _ = called(capfd, "list", "--llm")
    assert "* auto: Llama-3.1-8B-Instruct with a CUDA GPU" in text
    assert "Qwen2.5-1.5B-Instruct: Apache-2.0, 6.7 GiB of memory, too much" in text
    assert "Qwen2.5-0.5B-Instruct: Apache-2.0, 4.4 GiB of memory, must be downloaded\n" in text
    found = data(capfd, "list", "--llm", "--set", "llm.model=mine/model", "--set", "llm.mode=off")
    assert [row["model"] for row in found["models"] if row["in_use"]] == ["mine/model"]
    assert "llm.mode is off" in found["remark"]


def test_an_answer_model_of_the_hub_is_one_command_away(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> HubModel:
        raise EmbedderError(NO_HUB)

    monkeypatch.setattr(hub, "ask_hub", refuse)
    _, notes = called(capfd, "use", "--llm", QWEN, code=1)
    assert NO_HUB in notes
    monkeypatch.setattr(hub, "ask_hub", lambda name: HubModel(name, "apache-2.0", 3_100_000_000))
    text, _ = called(capfd, "use", "--llm", QWEN)
    assert f"llm.model is now {QWEN}, in " in text
    assert "after a download of 3.1 GB" in text
    assert loader.load_settings(Path.cwd())[0].llm.model == QWEN
    row = data(capfd, "use", "--llm", "auto")
    assert (row["model"], row["download"]) == ("auto", 0)
    assert loader.load_settings(Path.cwd())[0].llm.model == "auto"


@pytest.mark.parametrize(
    ("model", "words"),
    [("/no/folder", "there is no folder"), ("SmolLM2-135M-Instruct", "called `bundled`")],
)
def test_no_such_answer_model(model: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    _, notes = called(capfd, "use", "--llm", model, code=2)
    assert words in notes


def test_a_model_that_takes_more_memory_than_is_free_is_warned_of(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "ask_hub", lambda name: HubModel(name, "apache-2.0", 1))
    monkeypatch.setattr(proposals, "free_memory_gib", lambda: 3.0)
    _, notes = called(capfd, "use", "--llm", QWEN)
    assert "takes about 5.8 GiB of memory, and 3.0 are free" in notes
