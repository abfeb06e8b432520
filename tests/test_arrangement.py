"""Saying other things with the same words: exchanged roles, moved numbers, other names."""

from __future__ import annotations

import time

import pytest

from askdocs_server.answers.verification.word_order import rearranges, replaces_a_name

PLANS = "The free plan includes 2 projects and 500 MB of storage, the team plan 20 and 50 GB."
TABLE = "`workers`: what handles requests; default: 4\n`threads`: in each process; default: 8"


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        pytest.param(
            "The server asks the proxy for a copy.",
            "The proxy asks the server for a copy.",
            True,
            id="roles exchanged",
        ),
        pytest.param(
            "A reader waits until all writers are done.",
            "Many readers may read together, but a writer waits until all readers are done.",
            True,
            id="in one clause of a longer sentence",
        ),
        pytest.param(
            "The server is asked for a copy by the proxy.",
            "The proxy asks the server for a copy.",
            False,
            id="passive",
        ),
        pytest.param(
            "An old copy is served if the server is down.",
            "If the server is down, an old copy is served.",
            False,
            id="clauses in another order",
        ),
        pytest.param(
            "A local function that can be returned defines the statement.",
            "The statement defines a local function that can be returned.",
            True,
            id="sides swapped",
        ),
        pytest.param(
            "The account is locked for ten minutes when the password was wrong three times.",
            "After three wrong passwords the account is locked for ten minutes.",
            False,
            id="words of one noun in another order",
        ),
        pytest.param(
            "The account is locked for three minutes after ten wrong passwords.",
            "After three wrong passwords the account is locked for ten minutes.",
            True,
            id="numbers exchanged",
        ),
        pytest.param("You get 20 projects with the free plan.", PLANS, True, id="other number"),
        pytest.param("You get 2 projects with the free plan.", PLANS, False, id="right number"),
        pytest.param("There are 4 workers by default, with 8 threads.", TABLE, False, id="table"),
        pytest.param("There are 8 workers by default.", TABLE, True, id="number of another row"),
        pytest.param(
            "Set `mode` to 2 for writing.", "Set `mode` to 1 (for reading) or 2.", False, id="list"
        ),
        pytest.param("", "", False, id="nothing"),
    ],
)
def test_what_is_said_of_what(sentence: str, text: str, expected: bool) -> None:
    assert rearranges(sentence, text) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("If the name is not found, `get_item` raises a `ValueError`.", True),
        ("If the name is not found, `get_item` raises a `KeyError`.", False),
        ("`get_item` raises a `KeyError` for an unknown name.", False),
        ("If the name is not found, an error is raised.", False),
    ],
)
def test_another_name_in_the_same_place(sentence: str, expected: bool) -> None:
    text = "If the name is not found, `get_item` raises a `KeyError`."
    assert replaces_a_name(sentence, text) is expected


def test_a_long_sentence_takes_no_long_time() -> None:
    words = [f"word{number}" for number in range(600)]
    begun = time.process_time()
    rearranges(" ".join(reversed(words)), " ".join(words))
    assert time.process_time() - begun < 5.0
