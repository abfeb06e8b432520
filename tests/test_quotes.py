"""What the docs themselves say to a question: whole blocks, as their authors wrote them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes import make_hit

from askdocs_server.answers.passages import cite
from askdocs_server.answers.quoting.blocks import groups_of
from askdocs_server.answers.quoting.folding import MOST_LINES
from askdocs_server.answers.quoting.quotes import LINES, Quote, best_quotes, quotes_text

CALL = "```c\nlid_open(&lid, 9);\n```"
GUIDE = f"""\
The lid is made of steel, and `List<Lid>` holds many.

To open the lid, call:

{CALL}

which opens it by nine degrees. See [the hinges](../parts/hinges.md#lid) [1].

Paint comes in three colours.
"""


def quoted(question: str, *texts: str, lines: int = LINES) -> list[Quote]:
    hits = [
        make_hit(text, f"Title {number}", f"docs/guide/{number}.md", score=1 - number / 100)
        for number, text in enumerate(texts, 1)
    ]
    return best_quotes(question, cite(hits), lines)


@pytest.mark.parametrize(
    "parts",
    [
        ["Text.", f"Call it:\n\n{CALL}", "More text."],
        [f"{CALL}\n\nThis opens it.", "More text."],
        [f"Text.\n\n{CALL}\n\nwhich opens it.", "More text."],
        ["Text.\n\n- one\n- two", "More text."],
        ["Choose:\n\n| a | b |\n| - | - |\n| c | d |", "More text."],
        ["**Example:**\n\nText.\n\n" + CALL, "More text."],
        [f"First:\n\n{CALL}\n\n~~~\nthe output\n~~~", "More text."],
        ["Mind this:\n\n> A quotation.", "More text."],
        ["# Heading\n\nText.", "More text."],
    ],
)
def test_blocks_that_are_read_together(parts: list[str]) -> None:
    groups = groups_of("\n\n".join(parts), "a.md")
    assert [group.text for group in groups] == parts


@pytest.mark.parametrize("announcement", ["Output:", "**src/lid.c**", "## Lids", "Text.\n\nSo:"])
def test_what_announces_nothing_is_left_out(announcement: str) -> None:
    rest = [f"Call it:\n\n{CALL}", *announcement.split("\n\n")[:-1]]
    groups = groups_of("\n\n".join([f"Call it:\n\n{CALL}", announcement]), "a.md")
    assert [group.text for group in groups] == rest


def test_a_passage_that_only_announces_stays() -> None:
    assert [group.text for group in groups_of("**Lids**\n\nSo:", "a.md")] == ["**Lids**"]


def test_a_version_announces_nothing() -> None:
    text = "Opens the lid.\n\n**Added in version 1.45.0**"
    assert [group.text for group in groups_of(text, "a.md")] == text.split("\n\n")


def test_a_text_behind_code_is_about_it() -> None:
    groups = groups_of(f"Call it:\n\n{CALL}\n\nThe above opens it.\n\nPaint.", "a.md")
    assert [group.explains for group in groups] == [False, True, False]


def test_an_answer_is_whole_blocks_under_their_title() -> None:
    (quote,) = quoted("How do I open the lid?", GUIDE, lines=6)
    assert quote.text == (
        "To open the lid, call:\n\n"
        f"{CALL}\n\n"
        "which opens it by nine degrees. See [the hinges](docs/parts/hinges.md#lid) \\[1\\]."
    )
    assert quotes_text([quote]).startswith(
        "**Title 1** [1]\n\n> To open the lid, call:\n>\n> ```c\n"
    )


def test_what_is_left_out_between_blocks_is_marked() -> None:
    text = "Lids open.\n\nPaint is red. It dries.\n\nLids close."
    (quote,) = quoted("Do lids open or close?", text, lines=3)
    assert quote.text == "Lids open.\n\n…\n\nLids close."


def test_code_is_verbatim() -> None:
    code = "```java\nnew TypeToken<List<Lid>>() {};  // [1] <b>&amp;\n```"
    (quote,) = quoted("How do I read a list of lids?", f"Read a list of lids:\n\n{code}")
    assert code in quote.text
    (quote,) = quoted("What holds many lids?", GUIDE)
    assert "`List<Lid>`" in quote.text


def test_nested_lists_stay_nested() -> None:
    text = "If it is open:\n\n- close it\n  - with a key\n    1. turn it\n- or wait"
    (quote,) = quoted("What if it is open?", text)
    assert quote.text == text


def test_the_words_of_the_question_choose_among_blocks() -> None:
    colours = [f"Colour {number} dries in an hour." for number in range(60)]
    (quote,) = quoted("How do I clean a brush?", "\n\n".join([*colours, "A brush is cleaned dry."]))
    assert "A brush is cleaned dry." in quote.text
    assert quote.text.count("\n") < 3 * LINES


def test_near_duplicates_are_shown_once() -> None:
    text = "To open the lid, turn the red key twice."
    quotes = quoted("How do I open the lid?", text, f"{text}\n\nPaint.")
    assert [quote.text for quote in quotes] == [text, "Paint."]


def test_long_blocks_are_folded_to_the_lines_that_decide() -> None:
    lines = [f"    paint({number});" for number in range(40)]
    lines[25] = "    openLid(hinge);"
    code = "\n".join(["```c", "void main() {", *lines, "}", "```"])
    (quote,) = quoted("How do I open the lid by its hinge?", f"Like this:\n\n{code}")
    shown = quote.text.split("\n")
    assert "    openLid(hinge);" in shown
    assert shown.count("…") == 2
    assert shown[2:4] == ["```c", "void main() {"]
    assert len(shown) <= MOST_LINES + 2


def test_long_lists_and_tables_lose_whole_items() -> None:
    items = [f"- `--flag{number}` does {number}\n  - and more" for number in range(30)]
    items[20] = "- `--seal` closes the lid\n  - for good"
    (quote,) = quoted("Which flag closes the lid?", "\n".join(items))
    assert "- `--seal` closes the lid\n  - for good" in quote.text
    assert "\n\n…\n\n- `--flag19` does 19\n" in quote.text
    rows = [f"| `flag{number}` | does {number} |" for number in range(30)]
    rows[20] = "| `seal` | closes the lid |"
    (quote,) = quoted("What closes the lid?", "\n".join(["| name | what |", "| - | - |", *rows]))
    assert quote.text.startswith("| name | what |\n| - | - |\n| `flag0` | does 0 |\n| … |\n")
    assert "| `seal` | closes the lid |" in quote.text


def test_a_folded_list_has_no_gaps() -> None:
    items = "\n\n".join(f"- `flag{number}`:\n  it does {number}." for number in range(30))
    (quote,) = quoted("What does flag9 do?", items)
    assert "\n\n\n" not in quote.text
    assert quote.text.endswith("\n\n…")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (":::tip\nOpen the lid slowly.\n:::", "**Tip:** Open the lid slowly."),
        ("/// warning | Mind\n\nThe lid is hot.\n\n///", "**Warning: Mind:** The lid is hot."),
        ("Open the <kbd>lid</kbd> now. <!-- hinge -->", "Open the `lid` now."),
        ("![the lid](lid.png)\n\nOpen the lid.", "the lid\n\nOpen the lid."),
        ("Open [`the` lid](#lid).", "Open [`the` lid](docs/guide/1.md#lid)."),
        ("Open [it](../../../up.md).", "Open it."),
        ("Open [it](command:run).", "Open it."),
    ],
)
def test_marks_of_dialects_are_not_shown(text: str, shown: str) -> None:
    (quote,) = quoted("How do I open the lid?", text)
    assert quote.text == shown


def test_without_text_nothing_is_quoted() -> None:
    assert quoted("How?", "", " \n ") == []
    assert quoted("How?") == []
    assert quotes_text([]) == ""


BLOCKS = [
    "Open the lid.",
    "The lid, see:",
    "which is open.",
    "- a lid\n- a key\n  - nested",
    "1. a lid\n2. a key",
    "```py\nopen(lid)\n\nprint(1)\n```",
    "~~~\n" + "\n".join(f"lid {number}" for number in range(30)) + "\n~~~",
    "> a lid\n> is quoted",
    "| lid | key |\n| --- | --- |\n" + "\n".join(f"| {n} | lid |" for n in range(20)),
    "    indented(lid)",
    "开盖。用钥匙。",
    "Крышка открыта. Ключ есть.",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=14), st.integers(1, 30))
def test_every_line_is_one_of_the_passage(blocks: list[str], lines: int) -> None:
    passage = "\n\n".join(blocks)
    known = {line.strip() for line in passage.split("\n")}
    for quote in quoted("How do I open the lid with a key?", passage, lines=lines):
        for line in quote.text.split("\n"):
            text = line.strip()
            assert text in known or re.fullmatch(r"|…|\| … \||```(text)?", text), line


@settings(deadline=None)
@given(st.lists(st.text(max_size=30) | st.sampled_from(BLOCKS), max_size=8), st.text(max_size=30))
def test_any_passage_is_quoted(blocks: list[str], question: str) -> None:
    quoted(question, "\n\n".join(blocks))
