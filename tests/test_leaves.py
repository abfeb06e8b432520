"""What leaves the machine is said, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from askdocs_indexer.settings import EmbeddingSettings, IndexSettings
from askdocs_server.host import leaves as module
from askdocs_server.host.leaves import Leaving, leaves
from askdocs_server.settings.model import (
    HoverSettings,
    LlmSettings,
    SearchSettings,
    Settings,
    VerifySettings,
)

ENDPOINT = "https://me:secret@gpu-box.example:8000/v1?key=abc"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One without a GPU, to which no model was downloaded."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    for name in ("HF_HUB_OFFLINE", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("has_cuda", "has_cuda_build"):
        monkeypatch.setattr(module, name, lambda: False)


def hosts(settings: Settings) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for each in leaves(settings):
        rows.setdefault(each.to, []).append(each.what)
    return rows


def test_nothing_leaves_by_default() -> None:
    assert leaves(Settings()) == ()


def test_an_endpoint_gets_questions_and_what_is_hovered_over() -> None:
    settings = Settings(llm=LlmSettings(endpoint=ENDPOINT))
    (told,) = hosts(settings).values()
    assert [what.partition(" ")[0] for what in told] == ["questions", "passages"]
    assert "secret" not in str(leaves(settings))
    assert "abc" not in str(leaves(settings))
    quiet = replace(settings, hover=HoverSettings(summaries=False))
    assert len(leaves(quiet)) == 1
    everything = replace(quiet, search=SearchSettings(generated_questions="on"))
    assert leaves(everything)[1].what.startswith("all passages")


@pytest.mark.parametrize("mode", ["off", "local"])
def test_an_endpoint_that_is_not_used_gets_nothing(mode: str) -> None:
    llm = LlmSettings(endpoint=ENDPOINT, mode=mode, model="bundled")  # type: ignore[arg-type]
    assert leaves(Settings(llm=llm)) == ()


@pytest.mark.parametrize(
    ("uri", "count"),
    [("https://milvus.example:19530", 1), ("http://localhost:19530", 0), ("/data/index.db", 0)],
)
def test_a_milvus_server_gets_vectors(uri: str, count: int) -> None:
    told = leaves(Settings(index=IndexSettings(uri=uri)))
    assert [each.what for each in told] == ["the vectors of all passages"][:count]


def test_the_hub_gets_the_names_of_what_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        embedding=EmbeddingSettings(model="bge-small-en-v1.5"),
        search=SearchSettings(reranker="a/reranker"),
        verify=VerifySettings(model="off"),
        llm=LlmSettings(model="b/writer"),
    )
    names = "BAAI/bge-small-en-v1.5, a/reranker, b/writer"
    told = Leaving(f"the names of {names}, to download", "huggingface.co")
    assert leaves(settings) == (told,)
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/hf")
    assert {each.to for each in leaves(settings)} == {"mirror.example"}
    snapshot = tmp_path / "models--b--writer" / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    assert "b/writer" not in leaves(settings)[0].what
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert leaves(settings) == ()


def test_with_a_gpu_models_are_downloaded_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("has_cuda", "has_cuda_build"):
        monkeypatch.setattr(module, name, lambda: True)
    (told,) = leaves(Settings())
    for part in ("bge-large", "ms-marco", "nli-deberta", "Llama"):
        assert part in told.what


def test_a_folder_is_no_id_of_the_hub(tmp_path: Path) -> None:
    for model in (str(tmp_path), "./a", "auto", "bundled", "off", "~/models/a"):
        assert leaves(Settings(embedding=EmbeddingSettings(model=model))) == ()
