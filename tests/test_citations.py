"""Checking sentences against passages, and choosing quotes."""

from __future__ import annotations

import pytest
from tests.fakes import make_hit

from askdocs_server.citations import check_sentence, content_words, repeats, with_marks
from askdocs_server.passages import cite

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
def test_a_sentence_is_checked(
    sentence: str, supported: bool | None, numbers: tuple[int, ...]
) -> None:
    verdict = check_sentence(sentence, CITATIONS)
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
def test_a_small_model_must_follow_one_sentence(sentence: str, supported: bool) -> None:
    assert check_sentence(sentence, CITATIONS, strict=True).supported is supported


def test_without_passages_nothing_is_supported() -> None:
    verdict = check_sentence("The client retries requests [1].", ())
    assert (verdict.supported, verdict.numbers) == (False, ())


def test_a_link_is_not_a_citation_mark() -> None:
    sentence = "The client retries a failed request, see [1](retry.md)."
    assert check_sentence(sentence, CITATIONS).text == sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [("parameters", "Parameter"), ("queries", "query"), ("cached", "caches"), ("indexes", "index")],
)
def test_word_forms_meet(one: str, other: str) -> None:
    assert content_words(one) == content_words(other) != frozenset()


def test_names_count_as_a_whole_and_in_parts() -> None:
    assert {"os.path", "os", "path"} <= content_words("os.path")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A claim.\n\n", "A claim. [1]\n\n"),
        ("```\ncode\n```\n", "```\ncode\n```\n\n[1]\n"),
        ("| a | b |\n", "| a | b [1] |\n"),
        ("\n", "\n"),
    ],
)
def test_marks_keep_the_markdown_whole(text: str, expected: str) -> None:
    assert with_marks(text, "[1]") == expected


@pytest.mark.parametrize(
    ("sentence", "text", "numbers"),
    [
        ("Retries wait [1], then stop [2][1].", "Retries wait, then stop.", (1, 2)),
        ("Requests are retried[1].", "Requests are retried.", (1,)),
        ("Requests are retried [1, 2].", "Requests are retried.", (1, 2)),
        ("Requests are retried [9].", "Requests are retried.", ()),
        ("Take items[0] or `items[1]` of it.", "Take items[0] or `items[1]` of it.", ()),
        ("```\nx = items[1]\n```\n", "```\nx = items[1]\n```\n", ()),
        ("Write \\[1\\] for a note.", "Write \\[1\\] for a note.", ()),
    ],
)
def test_only_citation_marks_are_taken_out(
    sentence: str, text: str, numbers: tuple[int, ...]
) -> None:
    supporting = cite([make_hit("x"), make_hit("y")])
    verdict = check_sentence(sentence, supporting)
    assert (verdict.text, verdict.numbers) == (text, numbers)


def test_repetition_is_noticed() -> None:
    assert repeats("The client retries requests.", ["Requests are retried by the client."])
    assert not repeats("The client caches responses.", ["The client retries requests."])
    assert not repeats("Yes.", [])
