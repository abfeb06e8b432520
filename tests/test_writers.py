"""What of a model's text is shown."""

from __future__ import annotations

from tests.fakes import make_hit

from askdocs_server.answers.passages import cite
from askdocs_server.answers.quoting.quotes import Quote
from askdocs_server.answers.writers import QuotingWriter, TrustingWriter

CITATIONS = cite(
    [
        make_hit("The client retries a failed request. It waits 2.5 seconds [1] in between."),
        make_hit("Responses are cached on disk.", path="b.md"),
        make_hit("Logs are written to stderr.", path="c.md"),
    ]
)


def test_a_large_models_sentences_are_cited_or_marked() -> None:
    writer = TrustingWriter(CITATIONS)
    assert writer.add("The client retries a failed request.\n") == (
        "The client retries a failed request. [1]\n"
    )
    assert writer.add("Responses live forever in Redis [2]. ") == (
        "Responses live forever in Redis. [2] *(unverified)* "
    )
    assert writer.add('It rests. [1: "waits 2.5 seconds"] ') == "It rests. [1] "
    assert writer.add("Moreover:\n\n") == "Moreover:\n\n"
    checked = writer.checked()
    assert [c.verified for c in checked] == [True, False, None]
    quotes = [[quote.text for quote in c.quotes] for c in checked]
    assert quotes == [["The client retries a failed request", "waits 2.5 seconds"], [], []]


def test_a_small_models_sentences_stand_below_the_quotes() -> None:
    text = "It waits 2.5 seconds \\[1\\] in between."
    writer = QuotingWriter(CITATIONS, [Quote("Retries", text, 1)])
    # Unsupported, then something supported and new, then a repetition of a quote.
    assert writer.add("It waits 99 seconds. ") == ""
    assert writer.add("Responses are cached on disk. ") == ("\n\nResponses are cached on disk. [2]")
    assert writer.add("- Logs are written to stderr.\n") == "\n- Logs are written to stderr. [3]"
    assert [c.verified for c in writer.checked()] == [True, True, True]
    assert not writer.finished


def test_a_small_model_that_left_the_subject_is_stopped() -> None:
    writer = QuotingWriter(CITATIONS, [])
    for _ in range(2):
        assert not writer.finished
        assert writer.add("The moon is made of cheese. ") == ""
    assert writer.finished


def test_what_a_small_model_was_made_to_begin_with_is_left_out() -> None:
    writer = QuotingWriter(CITATIONS, [], prefill="As the docs say,")
    assert writer.add("As the docs say, responses are cached on disk. ") == (
        "\n\nResponses are cached on disk. [2]"
    )
