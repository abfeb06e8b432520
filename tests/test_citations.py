"""Checking sentences against passages, and choosing quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from tests.fakes import make_hit

from askdocs_server.answers.passages import cite
from askdocs_server.answers.verification.checker import Checker, in_order, repeats
from askdocs_server.text.segments import units

RETRY = (
    "The client retries a failed request up to `max_retries` times. It waits 2.5 seconds between "
    "attempts. The timeout of one attempt is set by `attempt_timeout`."
)
CACHE = "Responses are cached on disk. The cache folder is emptied by `client.purge()`."
CITATIONS = cite([make_hit(RETRY, "Retries"), make_hit(CACHE, "Cache", "docs/b.md")])


@pytest.mark.parametrize(
    ("sentence", "supported", "numbers"),
    [
        ("A failed request is retried by the client.", True, (1,)),
        ("Cached responses are stored on disk [2].", True, (2,)),
        ("The cache folder is emptied by `client.purge()` [1].", True, (2,)),
        ("It waits 2.5 seconds between attempts [1][7].", True, (1,)),
        ("It waits 30 seconds between attempts [1].", False, (1,)),
        ("Call `client.flush()` to empty the cache folder.", False, ()),
        ("Set retry_budget to limit the failed requests.", False, ()),
        ("Kubernetes schedules pods onto worker nodes.", False, ()),
        ("Here is an example:", None, ()),
        ("Yes.", None, ()),
        ("1. The client retries a failed request.", True, (1,)),
    ],
)
async def test_a_sentence_is_checked(
    sentence: str, supported: bool | None, numbers: tuple[int, ...]
) -> None:
    verdict = await Checker(CITATIONS).check(sentence)
    assert (verdict.supported, verdict.numbers) == (supported, numbers)
    assert "[" not in verdict.text


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("The client retries a failed request up to `max_retries` times.", True),
        ("It retries a failed request up to `max_retries` times.", True),
        # Words of the passage, put together to something it does not say.
        ("The timeout of a failed request is cached between attempts.", False),
        ("`attempt_timeout`: the client retries a failed request so many times.", False),
    ],
)
async def test_a_small_model_must_follow_one_sentence(sentence: str, supported: bool) -> None:
    assert (await Checker(CITATIONS, strict=True).check(sentence)).supported is supported


async def test_without_passages_nothing_is_supported() -> None:
    verdict = await Checker(()).check("The client retries requests [1].")
    assert (verdict.supported, verdict.numbers) == (False, ())


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        pytest.param("The client never retries a failed request.", False, id="denied"),
        pytest.param("The client does not wait 2.5 seconds between attempts.", False, id="not"),
        pytest.param("`max_retries` sets the timeout of one attempt.", False, id="other name"),
        pytest.param("It waits 2.5 seconds and the client retries a request.", True, id="merged"),
        pytest.param("A failed request retries the client.", False, id="roles"),
        pytest.param("It waits 2.5 minutes between attempts.", False, id="other unit"),
        pytest.param("`purge_retries` times the client retries.", False, id="name of nowhere"),
    ],
)
async def test_names_numbers_and_negations_must_agree(sentence: str, supported: bool) -> None:
    assert (await Checker(CITATIONS).check(sentence)).supported is supported


@pytest.mark.parametrize(
    ("sentence", "near", "supported", "asks"),
    [
        pytest.param("Replies stay on the disk.", 0.8, True, True, id="open and near"),
        pytest.param("Replies stay on the disk.", 0.7, False, True, id="open and not near"),
        pytest.param("Responses are cached on disk.", 0.0, True, False, id="said in its words"),
        pytest.param("Kubernetes schedules pods.", 1.0, False, False, id="none of its words"),
        pytest.param("Replies are not on the disk.", 1.0, False, False, id="the opposite"),
        pytest.param("Replies stay on 3 disks.", 1.0, False, False, id="a number of its own"),
    ],
)
async def test_meaning_decides_where_words_leave_it_open(
    sentence: str, near: float, supported: bool, asks: bool
) -> None:
    asked: list[str] = []

    async def nearness(text: str, others: Sequence[str]) -> Mapping[str, float]:
        asked.append(text)
        return dict.fromkeys(others, near)

    verdict = await Checker(CITATIONS, nearness).check(sentence)
    assert verdict.supported is supported
    assert bool(asked) is asks


@pytest.mark.parametrize("strict", [False, True])
async def test_the_words_of_a_passage_are_supported(strict: bool) -> None:
    text = "It is not off, unless `a` is 2 and `b` is 3. If `a` is 3, `b` is 2. | is ** odd (.)."
    checker = Checker(cite([make_hit(text, "Title")]), strict=strict)
    for unit in units(text):
        assert (await checker.check(unit.text)).supported, unit.text


async def test_a_name_from_elsewhere_needs_nearness() -> None:
    sentence = "A pool of open connections grows slowly until the limit, `maximum`."
    text = (
        "A pool of open connections grows slowly until the limit. Then it is full. See `maximum`."
    )

    async def near(text: str, others: Sequence[str]) -> Mapping[str, float]:
        return dict.fromkeys(others, 0.9)

    passages = cite([make_hit(text, "Pools")])
    assert (await Checker(passages).check(sentence)).supported is False
    assert (await Checker(passages, near).check(sentence)).supported is True


def test_order_counts() -> None:
    assert in_order("a cat chases a dog", "The cat chases the dog.") == 1.0
    assert in_order("a dog chases a cat", "The cat chases the dog.") < 0.7


def test_repetition_is_noticed() -> None:
    assert repeats("The client retries requests.", ["Requests are retried by the client."])
    assert not repeats("The client caches responses.", ["The client retries requests."])
    assert not repeats("Yes.", [])
