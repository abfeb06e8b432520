"""Checking an answer's statements by words of the passages, and where these stand in files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes import make_hit

from askdocs_server.answers.passages import Citation, cite
from askdocs_server.answers.verification.checker import Checker, Evidence, repeats
from askdocs_server.answers.verification.location import located
from askdocs_server.answers.writers import TrustingWriter

RETRY = (
    "The client retries a failed request up to `max_retries` times. It waits **2.5 seconds**\n"
    "between attempts. See [the options](options.md) or pass `--no-retry`."
)
WAIT = "waits **2.5 seconds**\nbetween attempts"
CACHE = "Responses are cached on disk. The cache folder is emptied by `client.purge()`."
CITATIONS = cite([make_hit(RETRY, "Retries"), make_hit(CACHE, "Cache", "docs/b.md")])


@pytest.mark.parametrize(
    ("sentence", "number", "words"),
    [
        ('It rests [1: "waits 2.5 seconds between attempts"].', 1, WAIT),
        ('It goes on. [1: "Retries a FAILED request"]', 1, "retries a failed request"),
        ('Up to a limit [1: "up to max_retries times."].', 1, "up to `max_retries` times"),
        ("So [1: “see the options or pass”].", 1, "See [the options](options.md) or pass"),
        ('It goes [2: "cache folder is emptied"].', 2, "cache folder is emptied"),
        ('It goes [1: "cache folder is emptied"].', 2, "cache folder is emptied"),
        ('It goes [7: "cache folder is emptied"].', 2, "cache folder is emptied"),
        ("Responses are cached on disk [2].", 2, "Responses are cached on disk"),
        ("- Responses are cached on disk.", 2, "Responses are cached on disk"),
        ('It rests [1: "the client … waits 2.5 seconds"].', 1, "waits **2.5 seconds"),
    ],
)
def test_a_statement_is_supported_by_words_of_a_passage(
    sentence: str, number: int, words: str
) -> None:
    verdict = Checker(CITATIONS).check(sentence)
    assert verdict.supported
    assert verdict.numbers == (number,)
    assert verdict.evidence == (Evidence(number, words),)
    assert "[" not in verdict.text


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        pytest.param('It waits [1: "waits for 30 seconds"].', (1,), id="stands nowhere"),
        pytest.param('It waits [1: "waits 2.5 seconds … moon"].', (1,), id="a part that is not"),
        pytest.param('It waits [1: "failed request"].', (1,), id="two words"),
        pytest.param('It waits [1: "`max_retries` times"].', (1,), id="a name alone"),
        pytest.param('It waits [1: "the"].', (1,), id="proves nothing"),
        pytest.param('It waits [1: "ient retries a failed req"].', (1,), id="parts of words"),
        pytest.param('It waits [1: "waits 2"].', (1,), id="part of a number"),
        pytest.param('It waits 9 s [1: "waits 2.5 seconds"].', (1,), id="another number"),
        pytest.param('Call `flush()` [2: "cache folder is emptied"].', (2,), id="another name"),
        pytest.param('Pass `--retry` [1: "pass `--no-retry`"].', (1,), id="another option"),
        pytest.param("The client never retries a failed request [1].", (1,), id="denied"),
        pytest.param('Use `client.purge(1)` [2: "folder is emptied by"].', (2,), id="other code"),
        pytest.param("A failed request retries the client.", (), id="no passage's words"),
    ],
)
def test_what_has_no_such_words_is_the_models_own(sentence: str, numbers: tuple[int, ...]) -> None:
    verdict = Checker(CITATIONS).check(sentence)
    assert (verdict.supported, verdict.numbers, verdict.evidence) == (False, numbers, ())


def test_words_that_stand_in_two_other_passages_correct_no_number() -> None:
    hits = [make_hit("Cats purr."), make_hit(CACHE, path="b.md"), make_hit(CACHE, path="c.md")]
    checker = Checker(cite(hits))
    assert not checker.check('It is kept [1: "responses are cached on disk"].').supported
    assert checker.check('It is kept [3: "responses are cached on disk"].').numbers == (3,)


def test_the_numbers_of_a_prompt_are_not_those_of_the_answer() -> None:
    verdict = Checker(CITATIONS, {1: 2, 2: 1}).check('Old [1: "cache folder is emptied"].')
    assert (verdict.supported, verdict.numbers) == (True, (2,))


@pytest.mark.parametrize("sentence", ["Here is an example:", "Yes.", "### Waiting for retries", ""])
def test_what_states_nothing_is_not_judged(sentence: str) -> None:
    assert Checker(CITATIONS).check(sentence).supported is None


def test_code_is_supported_where_it_stands() -> None:
    code = "```py\nclient.get(url)\nclient.close()\n```"
    checker = Checker(cite([make_hit(f"Do this:\n\n{code}\n")]))
    assert checker.check(f"{code}\n").supported
    assert checker.check(code.replace("url", "path")).supported is False


def test_words_go_on_in_the_code_below_them() -> None:
    checker = Checker(cite([make_hit("Ask it by a proxy:\n\n```py\nClient(proxy=url)\n```\n")]))
    verdict = checker.check('It asks. [1: "Ask it by a proxy: `Client(proxy=url)`"]')
    assert verdict.evidence == (Evidence(1, "Ask it by a proxy:\n\n```py\nClient(proxy=url)"),)


def test_an_option_with_its_value_is_enough() -> None:
    checker = Checker(cite([make_hit("To turn it off, pass `verify=False` to the client.")]))
    assert checker.check('Checks can be off. [1: "verify=False"]').supported
    assert not checker.check('Checks can be off. [1: "verify=True"]').supported


def test_code_in_a_sentence_is_its_own_words() -> None:
    checker = Checker(cite([make_hit("`Client(retries=3)` tries again."), make_hit(CACHE)]))
    verdict = checker.check("To try again, write `Client(retries=3)`.")
    assert verdict.evidence == (Evidence(1, "Client(retries=3)"),)
    assert not checker.check("To try again, write `Client(retries=True)`.").supported


def test_without_passages_nothing_is_supported() -> None:
    verdict = Checker(()).check("The client retries requests [1].")
    assert (verdict.supported, verdict.numbers) == (False, ())


def test_repetition_is_noticed() -> None:
    assert repeats("The client retries requests.", ["Requests are retried by the client."])
    assert not repeats("The client caches responses.", ["The client retries requests."])
    assert not repeats("Yes.", [])


def quoted_in(root: Path, source: str, words: str) -> Citation:
    """The first citation of an answer that quotes words of lines 3 and 4 of a page."""
    (root / "docs").mkdir()
    (root / "docs/a.md").write_bytes(source.encode())
    hit = make_hit(RETRY, "Retries")
    citation = Citation(1, "docs/a.md", 3, 4, "Retries", hit.chunk.text, "", 0.9)
    writer = TrustingWriter([citation])
    assert writer.add(f'So it is. [1: "{words}"]') == "So it is. [1]"
    return located(root, writer.checked())[0]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_quoted_words_are_located_in_the_file(tmp_path: Path, newline: str) -> None:
    source = f"# 𝔸\n\n{RETRY}\n".replace("\n", newline)
    (quote,) = quoted_in(tmp_path, source, "waits 2.5 seconds between attempts").quotes
    assert (quote.start_line, quote.end_line) == (3, 4)
    assert quote.before_start == RETRY[: RETRY.index("waits")]
    assert quote.before_end == "between attempts"


@pytest.mark.parametrize("source", ["# T\n\n<p>Other\nmarkup</p>\n", "# Short"])
def test_words_that_a_file_shows_otherwise_have_their_passages_lines(
    tmp_path: Path, source: str
) -> None:
    (quote,) = quoted_in(tmp_path, source, "retries a failed request").quotes
    assert (quote.start_line, quote.end_line) == (3, 4)
    assert (quote.before_start, quote.before_end) == (None, None)


def test_a_file_that_is_gone_leaves_the_passages_lines(tmp_path: Path) -> None:
    citation = quoted_in(tmp_path, RETRY, "retries a failed request")
    assert located(tmp_path / "gone", [citation]) == (citation,)
