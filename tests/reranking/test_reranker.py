"""The re-ranker with a real, small model: what it orders, how much of it, and how it fails."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.fakes import make_hit
from tests.index_harness import until
from tests.reranking.conftest import OTHERS, WORDS, Bench
from tests.small_cross_encoder import write_cross_encoder

from askdocs_indexer.embedding import loading
from askdocs_indexer.reranking import optional_model
from askdocs_indexer.reranking import scorer as scorer_module
from askdocs_indexer.reranking.reranker import CrossEncoderReranker
from askdocs_indexer.reranking.scorer import PairScorer
from askdocs_indexer.settings import RerankerSettings
from askdocs_indexer.types import Hit
from askdocs_indexer.words.languages import ENGLISH

QUESTION = "How does the pump stop ?"
Load = Callable[..., CrossEncoderReranker]


def hits(texts: Sequence[str]) -> list[Hit]:
    """Hits of these texts, each a bit worse than the one before."""
    return [
        make_hit(text, path=f"{index}.md", score=0.9 - 0.001 * index)
        for index, text in enumerate(texts)
    ]


def texts(reranker: CrossEncoderReranker, found: Sequence[Hit], query: str = QUESTION) -> list[str]:
    return [hit.chunk.text for hit in reranker.rerank(query, found, ENGLISH)]


def of_length(words: int) -> str:
    """A text with so many tokens, together with the title and the question."""
    return " ".join(["hay"] * (words - 10))


def test_what_fits_the_question_comes_first(settings: RerankerSettings) -> None:
    changes: list[str] = []
    reranker = CrossEncoderReranker(settings, lambda: changes.append(reranker.state))
    found = hits(["The horse .", "Hay of a horse .", "The pump stop .", "A lamp ."])
    assert texts(reranker, found)[0] == "The horse ."  # Not loaded yet.
    reranker.load()
    assert texts(reranker, found)[0] == "The pump stop ."
    assert texts(reranker, found, "What is hay ?")[0] == "Hay of a horse ."
    assert (reranker.state, reranker.device, reranker.model) == ("ready", "cpu", "small")
    assert changes == ["loading", "ready"]
    reranker.load()  # It is loaded already.
    assert changes == ["loading", "ready"]


def test_only_the_first_twenty_are_read(loaded: Load, bench: Bench) -> None:
    reranker = loaded(1_000_000, 0.01)
    found = hits(["A lamp ."] * 25 + ["The pump ."])
    assert texts(reranker, found)[-1] == "The pump ."
    assert bench.scored() == 20
    found = hits(["A lamp ."] * 19 + ["The pump ."] + ["A lamp ."] * 6)
    assert texts(reranker, found).index("The pump .") < 19


def test_as_many_of_the_first_are_read_as_fit(loaded: Load, bench: Bench) -> None:
    """A hundred tokens take ten seconds here, and four fifths of the budget are planned."""
    reranker = loaded(125_000, 0.1)
    assert "About 7 hits of a search are re-ranked within 125000 ms" in reranker.detail
    found = hits([f"{of_length(100)} {word}" for word in WORDS])
    started = bench.now
    texts(reranker, found)
    assert tuple(text.split()[-1] for call in bench.calls for text in call) == WORDS[:9]
    assert 85 < bench.now - started <= 100
    assert texts(reranker, found)[9:] == [hit.chunk.text for hit in found[9:]]


def test_short_passages_leave_time_for_more(loaded: Load, bench: Bench) -> None:
    reranker = loaded(125_000, 0.1)
    texts(reranker, hits([of_length(60)] * 20))
    assert bench.scored() == 16
    texts(reranker, hits([of_length(20)] * 20))
    assert bench.scored() == 20


def test_where_not_even_a_few_fit_it_is_off(loaded: Load, bench: Bench) -> None:
    reranker = loaded(12_500, 0.1)
    assert reranker.state == "off"
    assert "small is too slow here now: a passage takes about 14000 ms" in reranker.detail
    assert "search.rerankMs, 12500" in reranker.detail
    found = hits(["The horse .", "The pump ."])
    assert texts(reranker, found)[0] == "The horse ."
    assert bench.scored() == 0


def test_a_hopeless_model_is_not_measured_for_long(
    settings: RerankerSettings, bench: Bench
) -> None:
    reranker = CrossEncoderReranker(RerankerSettings(settings.model, "cpu", 1000))
    bench.seconds = 1.0
    reranker.load()
    assert reranker.state == "off"
    assert bench.now < 2000


def test_passages_that_are_too_long_are_left_in_their_order(loaded: Load, bench: Bench) -> None:
    reranker = loaded(125_000, 0.1)
    found = hits([*[of_length(300)] * 3, "The pump ."])
    assert texts(reranker, found) == [hit.chunk.text for hit in found]
    assert (reranker.state, bench.scored()) == ("ready", 0)


def test_it_follows_a_machine_that_becomes_busy_and_idle_again(loaded: Load, bench: Bench) -> None:
    reranker = loaded(125_000, 0.1)
    found = hits([of_length(130)] * 20)

    def scored() -> int:
        texts(reranker, found)
        reranker._worker.submit(int).result()  # What it does behind searches is done.
        return bench.scored()

    bench.seconds = 0.4
    while reranker.state == "ready":
        assert scored() > 0
    scored()
    assert scored() == 0
    bench.now, bench.seconds = bench.now + 61, 0.1
    assert scored() > 0  # It waits for nothing, but the machine is measured behind it.
    assert reranker.state == "ready"
    assert scored() == 7


@pytest.mark.usefixtures("bench")
def test_a_search_waits_no_longer_than_it_may(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call can take far longer than all before it, and other searches come behind it."""
    reranker = loaded(3000, 0.00001)
    may_end, score = threading.Event(), PairScorer.scores

    def stuck(scorer: PairScorer, query: str, passages: Sequence[str]) -> list[float]:
        if any("lamp" in passage for passage in passages):
            assert may_end.wait(60)
        return score(scorer, query, passages)

    monkeypatch.setattr(PairScorer, "scores", stuck)
    monkeypatch.setattr(scorer_module, "_CPU_CALL_TOKENS", 60)
    found = hits([*["The horse ."] * 3, "The pump .", *["A lamp ."] * 5, "The pump pump ."])
    try:
        # What was scored before the call that is stuck counts.
        assert texts(reranker, found)[0] == "The pump ."
        reranker._seconds = 0.01
        assert texts(reranker, found)[0] == "The horse ."
    finally:
        may_end.set()
    reranker._seconds = 60
    assert set(texts(reranker, found)[:2]) == {"The pump .", "The pump pump ."}


@pytest.mark.parametrize(("tokens", "sizes"), [(60, [3, 3, 3, 1]), (1000, [10])])
def test_calls_hold_so_many_tokens(
    loaded: Load, bench: Bench, monkeypatch: pytest.MonkeyPatch, tokens: int, sizes: list[int]
) -> None:
    reranker = loaded(1_000_000, 0.01)
    monkeypatch.setattr(scorer_module, "_CPU_CALL_TOKENS", tokens)
    texts(reranker, hits([of_length(20)] * 10))
    assert [len(call) for call in bench.calls] == sizes


# -- how the model is used ------------------------------------------------------------------


def scorer_of(folder: Path) -> PairScorer:
    return PairScorer(loading.load_cross_encoder(str(folder), "cpu"))


def test_a_pair_is_cut_to_what_the_model_reads(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "short", WORDS, others=OTHERS, max_length=16)
    scorer = scorer_of(folder)
    short, long, cut = "the pump .", "hay " * 5 + "pump", "hay " * 20 + "pump"
    assert scorer.lengths("pump", [short, long, cut]) == [7, 10, 16]
    near, far, lost = scorer.scores("pump", [short, long, cut])
    assert near > far > lost
    assert lost == pytest.approx(scorer.scores("pump", ["hay " * 30])[0])


def test_a_batch_scores_as_each_alone(model_folder: Path) -> None:
    scorer = scorer_of(model_folder)
    passages = ["the pump .", "hay " * 60, "the oil pump .", "pump ?", "a lamp"]
    together = scorer.scores(QUESTION, passages)
    alone = [scorer.scores(QUESTION, [passage])[0] for passage in passages]
    assert together == pytest.approx(alone, abs=1e-4)
    assert max(zip(together, passages, strict=True))[1] == "pump ?"


def test_scores_are_not_squashed(model_folder: Path) -> None:
    """What the model gives by itself lies between 0 and 1, and the best ones are the same."""
    assert scorer_of(model_folder).scores("pump", ["pump"])[0] > 1


def test_the_models_own_prompt_stands_before_the_question(tmp_path: Path) -> None:
    prompts = {"query": "lamp "}
    folder = write_cross_encoder(tmp_path / "m", WORDS, others=OTHERS, prompts=prompts)
    scorer = scorer_of(folder)
    lamp, pump, hay = scorer.scores("the pump", ["the lamp", "the pump", "the hay"])
    assert lamp == pytest.approx(pump, abs=0.01)
    assert lamp > hay + 0.1
    assert scorer.lengths("the pump", ["hay"]) == [7]


def test_a_model_sees_usual_letters(model_folder: Path) -> None:
    wide, usual = scorer_of(model_folder).scores("ｐｕｍｐ", ["ｐｕｍｐ", "pump"])
    assert wide == usual > 0


def test_a_language_that_the_model_does_not_know_is_not_ordered(loaded: Load, bench: Bench) -> None:
    reranker = loaded(1_000_000, 0.01)
    found = hits(["The horse .", "ポンプ"])
    assert texts(reranker, found, "ポンプはどうやって止めますか")[0] == "The horse ."
    assert bench.scored() == 0


# -- how it fails -------------------------------------------------------------------------------


def damaged(folder: Path, file: str, content: bytes) -> Path:
    (folder / file).write_bytes(content)
    return folder


def no_model(folder: Path) -> Path:
    folder.mkdir()
    return folder


BROKEN: dict[str, Callable[[Path], Path]] = {
    "nothing in it": no_model,
    "no JSON": lambda folder: damaged(write_cross_encoder(folder, WORDS), "config.json", b"{"),
    "half its weights": lambda folder: damaged(
        write_cross_encoder(folder, WORDS), "model.safetensors", b"\x08\0\0\0\0\0\0\0{}"
    ),
    "a classifier": lambda folder: write_cross_encoder(folder, WORDS, labels=3),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_folder_is_a_state_and_a_log_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    folder = BROKEN[kind](tmp_path / "model")
    reranker = CrossEncoderReranker(RerankerSettings(str(folder), "cpu"))
    with caplog.at_level(logging.ERROR, "askdocs_indexer.reranking.reranker"):
        reranker.load()
    assert reranker.state == "failed"
    assert "The re-ranking model model cannot be loaded (" in reranker.detail
    assert reranker.detail.endswith(
        "Set search.reranker to a folder with a cross-encoder, or to `off`."
    )
    assert "\n" not in reranker.detail
    assert [record.message for record in caplog.records] == [reranker.detail]
    assert texts(reranker, hits(["The horse .", "The pump ."]))[0] == "The horse ."


def test_an_embedding_model_is_not_taken(tmp_path: Path, model_folder: Path) -> None:
    """sentence-transformers would give it a layer of random weights."""
    from transformers import BertModel

    BertModel.from_pretrained(model_folder).save_pretrained(tmp_path / "embedder")
    for file in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "embedder" / file).write_bytes((model_folder / file).read_bytes())
    reranker = CrossEncoderReranker(RerankerSettings(str(tmp_path / "embedder"), "cpu"))
    reranker.load()
    assert reranker.state == "failed"
    assert "it is no cross-encoder" in reranker.detail


def test_weights_that_are_no_numbers_are_found(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = write_cross_encoder(tmp_path / "model", WORDS, others=OTHERS)
    weights = load_file(folder / "model.safetensors")
    weights["classifier.weight"].fill_(float("nan"))
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    reranker = CrossEncoderReranker(RerankerSettings(str(folder), "cpu"))
    reranker.load()
    assert (reranker.state, "no numbers" in reranker.detail) == ("failed", True)


def test_a_failing_call_leaves_the_order_and_the_next_load_begins_anew(
    settings: RerankerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reranker = CrossEncoderReranker(settings)
    reranker.load()
    found = hits(["The horse .", "The pump ."])

    def fail(*_: object) -> None:
        raise RuntimeError("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(PairScorer, "scores", fail)
        assert texts(reranker, found)[0] == "The horse ."
    assert reranker.state == "failed"
    assert "small failed (CUDA out of memory)" in reranker.detail
    assert texts(reranker, found)[0] == "The horse ."
    reranker.load()
    assert texts(reranker, found)[0] == "The pump ."


def test_loading_holds_up_no_search(
    settings: RerankerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load = threading.Event()

    def slowly(source: str, device: str) -> object:
        assert may_load.wait(60)
        return loading.load_cross_encoder(source, device)

    monkeypatch.setattr(optional_model, "load_cross_encoder", slowly)
    reranker = CrossEncoderReranker(settings)
    thread = threading.Thread(target=reranker.load)
    thread.start()
    found = hits(["The horse .", "The pump ."])
    try:
        until(lambda: reranker.state == "loading")
        assert texts(reranker, found)[0] == "The horse ."
    finally:
        may_load.set()
        thread.join(60)
    assert reranker.state == "ready"
    assert texts(reranker, found)[0] == "The pump ."


def test_the_models_length_is_that_of_its_files(model_folder: Path) -> None:
    declared = json.loads((model_folder / "tokenizer_config.json").read_text())
    assert declared["model_max_length"] == 512
    assert scorer_of(model_folder).lengths("pump", ["hay " * 600]) == [512]
