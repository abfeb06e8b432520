"""What the docs themselves say to a question."""

from __future__ import annotations

import pytest
from tests.fakes import make_hit

from askdocs_server.answers.extractive import Quote, best_quotes, quotes_text, worth_comparing
from askdocs_server.answers.passages import cite

TABLE = """\
An index of layers.

- Build

  | Parameter | Meaning | Range |
  |---|---|---|
  | `depth` | How far the parameter lets a build look | 1 to 9 |
  | `width` | Beam size, a parameter of the build | 1 to 5 |

- Remarks
"""
GUIDE = """\
This page explains how to open the lid.

![How to open the lid](lid.png)

The lid is made of steel. Open the lid with its button [1]:

```python
lid.open(items[1])
```

For more information on the lid, see [Open the lid](lid.md).

Paint comes in three colours.
"""


def quoted(question: str, *texts: str, nearness: dict[str, float] | None = None) -> list[Quote]:
    hits = [make_hit(text, f"Title {n}", f"{n}.md") for n, text in enumerate(texts, 1)]
    return best_quotes(question, cite(hits), nearness)


def test_rows_come_together_under_the_names_of_their_columns() -> None:
    (quote,) = best_quotes(
        "What do the parameters of FANCY mean?", cite([make_hit(TABLE, "FANCY")])
    )
    assert quote.text == (
        "Build\n\n"
        "- `depth`: How far the parameter lets a build look; Range: 1 to 9\n"
        "- `width`: Beam size, a parameter of the build; Range: 1 to 5"
    )


CODE = "\n\n```python\nlid.open(items[1])\n```"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How do I open the lid?",
            "The lid is made of steel. Open the lid with its button [1]:" + CODE,
        ),
        ("Is the lid made of steel?", "The lid is made of steel."),
        ("Which colours of paint are there?", "Paint comes in three colours."),
    ],
)
def test_code_comes_along_where_the_question_asks_how(question: str, expected: str) -> None:
    (quote,) = quoted(question, GUIDE)
    assert quote.text == expected.replace("[1]:", "\\[1\\]:")


def test_pointers_and_pictures_are_no_answers() -> None:
    texts = worth_comparing("lid", cite([make_hit(GUIDE)]))
    assert not any("![" in text for text in texts)
    (quote,) = quoted("What explains how to open the lid?", GUIDE)
    assert "This page" not in quote.text
    assert "For more information" not in quote.text


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["Cats purr.", "Dogs bark at cats."], [1]),
        (["Nothing of it.", "Why cats purr is unknown."], [2]),
        (["Cats purr when asleep.", "Why cats purr: nobody knows."], [2, 1]),
        (["Rain falls.", "Snow falls."], []),
    ],
)
def test_the_search_has_the_first_say(texts: list[str], numbers: list[int]) -> None:
    found = [quote.number for quote in quoted("Why do cats purr?", *texts)]
    assert sorted(found) == sorted(numbers)


def test_meaning_finds_what_words_do_not() -> None:
    texts = ("Felines hum when content.", "Rain falls.")
    assert quoted("Why do cats purr?", *texts) == []
    near = {texts[0]: 0.7, texts[1]: 0.1}
    assert [quote.text for quote in quoted("Why do cats purr?", *texts, nearness=near)] == [
        texts[0]
    ]


def test_links_within_the_docs_become_their_text() -> None:
    text = "Cats purr as [`purr`](a.md#purr) says, see [cats](https://cats.example/)."
    (quote,) = quoted("Why do cats purr?", text)
    assert quote.text == "Cats purr as `purr` says, see [cats](https://cats.example/)."


def test_a_quote_is_short() -> None:
    text = "\n\n".join(
        f"The cat number {n} purrs because it is content and warm." for n in range(90)
    )
    (quote,) = quoted("Why do cats purr?", text)
    assert 300 < len(quote.text) < 1000
    code = "Purr so:\n\n```\n" + "purr()\n" * 90 + "```"
    (quote,) = quoted("How do cats purr?", "Cats purr softly.\n\n" + code)
    assert quote.text.count("purr()") == 16
    assert quote.text.endswith("\n```")


def test_quotes_stand_under_their_titles() -> None:
    shown = quotes_text([Quote("A *b*", "One.\n\nTwo.", 3), Quote("C", "Three.", 1)])
    assert shown == "**A \\*b\\*** [3]\n\n> One.\n>\n> Two.\n\n**C** [1]\n\n> Three."
