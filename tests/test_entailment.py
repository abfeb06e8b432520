"""The model that judges statements, small but real, and what is said of an answer for it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest
from huggingface_hub import constants
from tests.fakes import FakeGenerator, make_hit
from tests.small_cross_encoder import write_cross_encoder

from askdocs_indexer.reranking import choice as choice_module
from askdocs_indexer.types import Passages
from askdocs_server.answers.passages import Citation, cite
from askdocs_server.answers.pipeline import Answer, Asker
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.answers.verification import objections
from askdocs_server.answers.verification.entailment import (
    CrossEncoderEntailment,
    Judgement,
)
from askdocs_server.answers.verification.objections import (
    OBJECTION,
    contradicted,
    nearest_words,
    with_objections,
)
from askdocs_server.answers.verification.role import VERIFYING
from askdocs_server.doctor.models import check_entailment
from askdocs_server.settings.model import (
    EmbeddingSettings,
    EntailmentSettings,
    Settings,
    VerifySettings,
)

WORDS = ("pump", "stops", "night")
OTHERS = ("the", "at", "a", "lamp", "is", "green", "by", "day", ".")
PASSAGE = "The lamp is green. The pump stops at night."
LIMIT = 5.0


@pytest.fixture(scope="module", params=["contradiction first", "contradiction last"])
def model_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    labels = ["contradiction", "entailment", "neutral"]
    if request.param.endswith("last"):
        labels.reverse()
    folder = tmp_path_factory.mktemp("models") / "small"
    return write_cross_encoder(folder, WORDS, others=OTHERS, contradicts=labels)


@pytest.fixture(autouse=True)
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(choice_module, "has_cuda", lambda: False)
    return tmp_path / "hub"


def loaded(folder: Path) -> CrossEncoderEntailment:
    model = CrossEncoderEntailment(EntailmentSettings(str(folder), "cpu"))
    model.load()
    assert model.state == "ready", model.detail
    return model


def citations(*texts: str) -> tuple[Citation, ...]:
    return cite([make_hit(text, path=f"{index}.md") for index, text in enumerate(texts)])


# -- the model -----------------------------------------------------------------------------------


def test_the_order_of_labels_is_the_models_own(model_folder: Path) -> None:
    model = loaded(model_folder)
    pairs = [("The pump stops.", "The pump stops at night."), ("The lamp.", "The pump stops.")]
    denied, other = model.judge(pairs).result(LIMIT)
    assert denied.contradiction > 0.95
    assert other.contradiction < 0.05
    assert (model.model, model.device) == ("small", "cpu")


def test_a_statement_in_another_language_is_not_judged(model_folder: Path) -> None:
    model = loaded(model_folder)
    pairs = [("Насос pump stops.", "Насос останавливается каждую ночь pump stops.")]
    assert model.judge(pairs).result(LIMIT) == [Judgement(0.0, 0.0)]


def test_it_is_off_without_a_hub() -> None:
    model = CrossEncoderEntailment(Settings().entailment)
    model.look()
    assert (model.state, model.model) == ("off", "")
    assert f"{VERIFYING.default} is not on this machine" in model.detail
    assert "set verify.model" in model.detail
    model.load()
    assert model.judge([("a", "b")]).result(LIMIT) == []
    found = check_entailment(Settings().entailment)
    assert (found.verdict, found.detail) == ("good", f"none: {model.detail}")


def test_what_was_downloaded_is_taken(hub_cache: Path, model_folder: Path) -> None:
    folder = hub_cache / f"models--{VERIFYING.default.replace('/', '--')}"
    shutil.copytree(model_folder, folder / "snapshots" / "abc")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc")
    model = CrossEncoderEntailment(EntailmentSettings(device="cpu"))
    model.look()
    assert model.state == "idle"
    model.load()
    assert (model.state, model.model) == ("ready", VERIFYING.default)


def test_it_can_be_switched_off() -> None:
    settings = Settings(verify=VerifySettings("off"), embedding=EmbeddingSettings("bundled"))
    model = CrossEncoderEntailment(settings.entailment)
    model.load()
    assert (model.state, model.detail) == ("off", "verify.model is off.")
    assert not settings.entailment.downloads


def test_a_model_for_something_else_says_so(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "other", WORDS, others=OTHERS, labels=3)
    model = CrossEncoderEntailment(EntailmentSettings(str(folder), "cpu"))
    model.load()
    assert model.state == "failed"
    assert "LABEL_0" in model.detail
    assert "Set verify.model to another model, or to `off`." in model.detail
    missing = CrossEncoderEntailment(EntailmentSettings("/no/such", "cpu"))
    missing.look()
    assert (missing.state, "there is no folder" in missing.detail) == ("failed", True)


# -- what is said for it -------------------------------------------------------------------------


async def test_an_answer_says_where_the_passage_says_otherwise(model_folder: Path) -> None:
    async def search(query: str, limit: int) -> Passages:
        return Passages((make_hit(PASSAGE, score=0.9),), 0.9)

    text = "The pump stops at night. [1] The lamp is green by day. [1]"
    asker = Asker(AskRequest("When does the pump stop?"), search, FakeGenerator([text]))
    events = [event async for event in asker.run(judge=loaded(model_folder).judge)]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (
        f"The pump stops at night. [1] {OBJECTION} The lamp is green by day. [1]" in answer.answer
    )
    assert answer.answer.count(OBJECTION) == 1


def judging(*judgements: Judgement) -> objections.Judge:
    def judge(pairs: Sequence[tuple[str, str]]) -> Future[list[Judgement]]:
        future: Future[list[Judgement]] = Future()
        future.set_result(list(judgements))
        return future

    return judge


@pytest.mark.parametrize(
    ("piece", "judgements", "expected"),
    [
        ("The pump stops at night. [1]", [Judgement(0.99, 0.0)], True),
        ("The pump stops at night. [1]", [Judgement(0.8, 0.0)], False),
        ("The pump stops at night. [1]", [], False),
        ("The pump stops at night. [1][2]", [Judgement(0.99, 0.0), Judgement(0.0, 0.9)], False),
        ("The pump stops at night.", [Judgement(0.99, 0.0)], False),
        ("The pump stops at night. [3]", [Judgement(0.99, 0.0)], False),
        ("| The pump stops at night. [1] |", [Judgement(0.99, 0.0)], False),
        ("Everything else is described elsewhere. [1]", [Judgement(0.99, 0.0)], False),
    ],
)
async def test_only_a_sure_verdict_on_what_is_cited_counts(
    piece: str, judgements: list[Judgement], expected: bool
) -> None:
    cited = citations(PASSAGE, f"{PASSAGE} Always.")
    assert await contradicted(piece, cited, judging(*judgements)) is expected


def test_what_is_compared_is_the_nearest_of_the_passage() -> None:
    passage = "The lamp is green. The pump runs by day. It stops at night, when the tank is full."
    assert nearest_words("The pump runs by day.", passage) == "The pump runs by day."
    both = "The pump runs by day. It stops at night, when the tank is full."
    assert nearest_words("The pump runs by day and stops when the tank is full.", passage) == both
    assert nearest_words("Logs are rotated every week by cron.", passage) == ""


async def shown(pieces: Sequence[str], objects: objections.Objects) -> list[str]:
    async def source() -> AsyncGenerator[str, None]:
        for piece in pieces:
            yield piece

    return [piece async for piece in with_objections(source(), objects)]


async def test_a_verdict_stands_behind_its_sentence() -> None:
    async def objects(piece: str) -> bool:
        return "bad" in piece

    pieces = ["A bad one. [1] ", "Good.\n\n", "A bad end. [1]"]
    found = await shown(pieces, objects)
    assert "".join(found) == f"A bad one. [1] {OBJECTION} Good.\n\nA bad end. [1] {OBJECTION}"
    assert found[0] == "A bad one. [1]"


async def test_a_late_or_failed_verdict_leaves_the_answer_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(objections, "_VERDICT_SECONDS", 0.001)

    async def late(piece: str) -> bool:
        await asyncio.Event().wait()
        return True

    async def failing(piece: str) -> bool:
        raise RuntimeError(piece)

    for objects in (late, failing):
        assert "".join(await shown(["One. ", "Two."], objects)) == "One. Two."
