"""Which model is meant, and what the doctor says of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from huggingface_hub import constants
from tests.reranking.conftest import Bench

from askdocs_indexer.errors import RerankerError
from askdocs_indexer.reranking import choice as choice_module
from askdocs_indexer.reranking.choice import DEFAULT_MODEL, choose
from askdocs_indexer.reranking.reranker import CrossEncoderReranker
from askdocs_indexer.settings import RerankerSettings
from askdocs_server.doctor.models import check_reranker, load_reranker
from askdocs_server.settings.model import EmbeddingSettings, SearchSettings, Settings


@pytest.fixture(autouse=True)
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what was downloaded, which is empty; there is no hub to ask."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(choice_module, "has_cuda", lambda: False)
    return tmp_path / "hub"


@pytest.fixture
def downloaded(hub_cache: Path, model_folder: Path) -> Path:
    """The default model as a download leaves it."""
    folder = hub_cache / f"models--{DEFAULT_MODEL.replace('/', '--')}"
    shutil.copytree(model_folder, folder / "snapshots" / "abc")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc")
    return folder / "snapshots" / "abc"


def test_it_is_off_without_a_hub() -> None:
    reranker = CrossEncoderReranker(Settings().reranking)
    reranker.load()
    assert (reranker.state, reranker.model, reranker.device) == ("off", "", "")
    assert f"{DEFAULT_MODEL} is not on this machine" in reranker.detail
    assert "set search.reranker" in reranker.detail
    found = check_reranker(Settings().reranking)
    assert found.verdict == "good"
    assert found.detail == f"none: {reranker.detail}"


def test_what_was_downloaded_is_taken(downloaded: Path) -> None:
    assert choose("auto").source == str(downloaded)
    reranker = CrossEncoderReranker(RerankerSettings(device="cpu", milliseconds=600_000))
    reranker.load()
    assert (reranker.state, reranker.model) == ("ready", DEFAULT_MODEL)
    assert "About 20 hits" in reranker.detail
    found = check_reranker(RerankerSettings())
    assert (found.verdict, str(downloaded) in found.detail) == ("good", True)


def test_half_a_download_is_none(downloaded: Path) -> None:
    (downloaded / "model.safetensors").unlink()
    assert choose("auto").source == ""


@pytest.mark.parametrize(("embedder", "source"), [("auto", DEFAULT_MODEL), ("bundled", "")])
def test_a_gpu_lets_it_come_from_the_hub(
    monkeypatch: pytest.MonkeyPatch, embedder: str, source: str
) -> None:
    """As the embedding model does, and not where the user has chosen another."""
    monkeypatch.setattr(choice_module, "has_cuda", lambda: True)
    settings = Settings(embedding=EmbeddingSettings(embedder)).reranking
    chosen = choose(settings.model, downloads=settings.downloads)
    assert chosen.source == source


def test_a_model_may_be_named(model_folder: Path, tmp_path: Path) -> None:
    assert choose(str(model_folder)).name == model_folder.name
    assert choose("an/other").source == "an/other"
    with pytest.raises(RerankerError, match="there is no folder"):
        choose(str(tmp_path / "missing"))
    found = check_reranker(RerankerSettings("~/missing"))
    assert (found.verdict, "`off`" in found.next_step) == ("warning", True)
    assert "hub" in check_reranker(RerankerSettings("an/other")).detail


def test_it_can_be_switched_off(downloaded: Path) -> None:
    settings = Settings(search=SearchSettings("off")).reranking
    reranker = CrossEncoderReranker(settings)
    reranker.load()
    assert (reranker.state, reranker.detail) == ("off", "search.reranker is off.")
    assert check_reranker(settings).detail == "none: search.reranker is off."


async def test_a_deep_look_measures_it(model_folder: Path) -> None:
    found = await load_reranker(RerankerSettings(str(model_folder), "cpu", 600_000))
    assert found.verdict == "good"
    assert "About 20 hits of a search" in found.detail
    found = await load_reranker(RerankerSettings("an/other", "cpu"))
    assert (found.verdict, "an/other cannot be loaded" in found.next_step) == ("warning", True)
    assert (await load_reranker(RerankerSettings())).verdict == "good"


async def test_a_deep_look_says_that_a_named_model_is_too_slow(
    model_folder: Path, bench: Bench
) -> None:
    bench.seconds = 10.0
    found = await load_reranker(RerankerSettings(str(model_folder), "cpu"))
    assert found.verdict == "warning"
    assert "too slow" in found.next_step
