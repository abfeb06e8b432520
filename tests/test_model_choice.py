"""Choosing an embedding model: names, what is offered, measured speeds, and the hub's answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.fake_embedder import FakeEmbedder
from tests.model_folders import bert, pipeline, pooling

from askdocs_indexer.embedding import loading, offers, speed
from askdocs_indexer.embedding.catalogue import BUNDLED, CATALOGUE, known_model, like_named
from askdocs_indexer.embedding.choice import catalogue_choices, choose
from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.model_folder import is_whole
from askdocs_indexer.embedding.offers import offer_of, try_out
from askdocs_indexer.embedding.speed import Speeds, estimate, measure, sample_passages
from askdocs_indexer.errors import EmbedderError

BGE = "BAAI/bge-small-en-v1.5"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of the hub and a working folder in which nothing is."""
    from huggingface_hub import constants

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.file_download.constants.HF_HUB_CACHE", tmp_path / "hub")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return pipeline(tmp_path / "mine", bert(tmp_path / "bare"), pooling("mean"))


def put_into_cache(top: Path, name: str, model: Path) -> Path:
    """Put a model into the hub's cache, as a download does."""
    commit = "0" * 40
    folder = top / "hub" / f"models--{name.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(commit)
    (folder / "snapshots").mkdir()
    model.rename(folder / "snapshots" / commit)
    return folder / "snapshots" / commit


# -- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "setting", "place"),
    [
        ("bundled", "bundled", "bundled"),
        ("all-MiniLM-L6-v2", "bundled", "bundled"),
        ("sentence-transformers/all-MiniLM-L6-v2", "bundled", "bundled"),
        ("auto", "auto", "bundled"),
        ("bge-small-en-v1.5", BGE, "hub"),
        ("BAAI/BGE-SMALL-EN-v1.5", BGE, "hub"),
        ("some/model", "some/model", "hub"),
    ],
)
def test_names(name: str, setting: str, place: str) -> None:
    choice = choose(name)
    assert (choice.setting, choice.where) == (setting, place)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bge-smal-en-v1.5", f"Did you mean {BGE}"),
        ("e5", "Did you mean intfloat/multilingual-e5-small"),
        ("qwxyz", "OWNER/NAME"),
        ("/no/such", "is not a folder"),
        ("~/no-such", "is not a folder"),
        ("./mine", "is not a folder"),
        ("a/b/c", "is not a folder"),
        (" ", "No model is named"),
    ],
)
def test_names_of_nothing(name: str, words: str) -> None:
    with pytest.raises(EmbedderError, match=words):
        choose(name)


def test_a_folder_is_written_with_its_whole_path(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    for name in ("mine", "./mine", str(model)):
        choice = choose(name)
        assert (choice.setting, choice.name, choice.where) == (str(model), "mine", "folder")
    with pytest.raises(EmbedderError, match=r"config.json is a file\. Give the folder"):
        choose("mine/config.json")


def test_a_folder_without_a_model_is_no_choice(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="holds no model"):
        choose(str(tmp_path))


def test_a_download_is_here_once_it_is_whole(tmp_path: Path, model: Path) -> None:
    assert choose(BGE).folder is None
    folder = put_into_cache(tmp_path, BGE, model)
    assert (choose(BGE).where, choose(BGE).folder) == ("downloaded", folder)
    (folder / "model.safetensors").unlink()
    assert downloaded(BGE) == folder
    assert not is_whole(folder)
    assert choose(BGE).where == "hub"


def test_a_bare_model_of_the_hub_is_found_too(tmp_path: Path) -> None:
    folder = put_into_cache(tmp_path, "some/bert", bert(tmp_path / "bare"))
    assert choose("some/bert").folder == folder


# -- the catalogue -------------------------------------------------------------------------------


def test_the_catalogue() -> None:
    assert len({known.model for known in CATALOGUE}) == len(CATALOGUE)
    assert all(known.licence in ("Apache-2.0", "MIT") for known in CATALOGUE)
    assert all(known.english or known.multilingual for known in CATALOGUE)
    assert [choice.known for choice in catalogue_choices()] == list(CATALOGUE)
    assert known_model("BGE-M3") is known_model("BAAI/bge-m3") is not None
    assert like_named("m3") == ["BAAI/bge-m3"]


def test_without_the_bundled_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BUNDLED_PACKAGE", "no_such_package")
    assert [choice.where for choice in catalogue_choices()] == ["hub"] * len(CATALOGUE)
    with pytest.raises(EmbedderError, match="is not installed"):
        choose("bundled")


def test_the_catalogue_says_of_the_bundled_model_what_its_files_say() -> None:
    offer = offer_of(choose("bundled"), "cpu", Speeds())
    assert (offer.dimension, offer.tokens) == (BUNDLED.dimension, BUNDLED.tokens)
    assert offer.size == pytest.approx(BUNDLED.size, rel=0.02)
    assert (offer.licence, offer.english) == ("Apache-2.0", 41.95)


# -- speed ---------------------------------------------------------------------------------------


def test_speeds_are_noted_by_model_and_device(tmp_path: Path) -> None:
    Speeds().put("a", "cpu", 50.0)
    Speeds().put("b", "cpu", 0.51239)
    assert (Speeds().get("a", "cpu"), Speeds().get("b", "cpu")) == (50.0, 0.512)
    assert Speeds().get("a", "cuda") is None
    (tmp_path / "cache" / "askdocs" / "speeds.json").write_text("[1, 2")
    assert Speeds().get("a", "cpu") is None
    Speeds().put("a", "cpu", 50.0)
    assert Speeds().get("a", "cpu") == 50.0


def test_what_is_not_here_is_estimated_from_the_bundled_model() -> None:
    speeds = Speeds()
    assert offer_of(choose(BGE), "cpu", speeds).speed_is == "unknown"
    speeds.put(BUNDLED.name, "cpu", 80.0)
    offer = offer_of(choose(BGE), "cpu", speeds)
    assert (offer.speed_is, offer.speed) == ("estimated", pytest.approx(40.0, rel=0.05))
    large = known_model("bge-large-en-v1.5")
    assert large is not None
    assert estimate(80.0, large) == pytest.approx(80 / 28.5, rel=0.05)
    speeds.put(BGE, "cpu", 33.0)
    assert offer_of(choose(BGE), "cpu", speeds).speed == 33.0
    assert offer_of(choose("some/model"), "cpu", speeds).speed is None


class ClockedEmbedder(FakeEmbedder):
    """Embeds a hundred passages in a second of a clock of its own; `groups` has their sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.groups: list[int] = []

    def encode_passages(self, texts: Sequence[str], *_: Any, **__: Any) -> NDArray[np.float32]:
        self.now += len(texts) / 100
        self.groups.append(len(texts))
        return super().encode_passages(texts)


def test_measuring_counts_passages_of_the_usual_size(monkeypatch: pytest.MonkeyPatch) -> None:
    passages = sample_passages()
    assert passages == sample_passages()
    assert 400 < min(map(len, passages)) < max(map(len, passages)) <= 950
    embedder = ClockedEmbedder()
    monkeypatch.setattr(speed.time, "monotonic", lambda: embedder.now)
    assert measure(embedder, 2.0) == pytest.approx(100.0)
    assert embedder.groups == [1, 4, 8, 16, *[32] * 6]
    assert embedder.embedded[: len(passages)] == passages
    assert measure(embedder, 0.0) == pytest.approx(100.0)


def test_a_trial_loads_and_measures(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "measure", lambda embedder: measure(embedder, 0.0))
    trial = try_out(choose(str(model)), "cpu", Speeds())
    assert (trial.dimension, trial.device) == (8, "cpu")
    assert Speeds().get(str(model), "cpu") == pytest.approx(trial.speed, abs=0.1)
    assert trial.identity.startswith("mine@")


def broken_config(model: Path) -> None:
    (model / "config.json").write_text('{"model_type": "nothing-known"}')


def half_weights(model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])


def no_numbers(model: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = {name: tensor * float("nan") for name, tensor in load_file(_weights(model)).items()}
    save_file(weights, _weights(model), {"format": "pt"})


def _weights(model: Path) -> str:
    return str(model / "model.safetensors")


@pytest.mark.parametrize("damage", [broken_config, half_weights, no_numbers])
def test_a_model_that_does_not_work_is_refused(
    model: Path, damage: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "measure", lambda embedder: measure(embedder, 0.0))
    damage(model)
    with pytest.raises(EmbedderError, match="mine cannot be used: ") as caught:
        try_out(choose(str(model)), "cpu", Speeds())
    assert "\n" not in str(caught.value)
    assert Speeds().get(str(model), "cpu") is None
