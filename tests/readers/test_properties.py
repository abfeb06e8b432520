"""What holds for every document, whatever is in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askdocs_indexer.chunk import chunks_of
from askdocs_indexer.readers import reader_for
from askdocs_indexer.readers.source import lines_of
from askdocs_indexer.types import Chunk

SUFFIXES = ("md", "mdx", "rst", "html", "txt")
LIMIT = 300

# Templates of one construct each; WORD becomes a word that occurs nowhere else.
PIECES = {
    "md": (
        "# Title\n",
        "## `api.WORD()`\n",
        "Sub\n---\n",
        "WORD and\nWORD.\n",
        "- WORD\n- WORD\n  - WORD\n",
        "1. WORD\n\n   ```\n   WORD\n   ```\n",
        "```py\nWORD\n\nWORD\n```\n",
        "> WORD\n> WORD\n",
        "| h | h |\n|---|---|\n| WORD | x |\n| WORD | y |\n",
        "<div>\nWORD\n</div>\n",
        "<table><tr><td>WORD</td></tr>\n<tr><td>WORD</td></tr></table>\n",
        "!!! note\n    WORD\n",
        "WORD " + "filler words. " * 40 + "\n",
    ),
    "rst": (
        "Title\n=====\n",
        "Sub\n---\n",
        "WORD and\nWORD.\n",
        "* WORD\n* WORD\n\n  WORD\n",
        "Say::\n\n    WORD\n\n    WORD\n",
        ".. note:: WORD\n   WORD\n",
        ".. warning::\n\n   WORD\n\n   * WORD\n",
        ".. module:: mod\n",
        ".. function:: f(WORD)\n\n   WORD\n\n   :param x: WORD\n",
        ".. class:: C\n\n   WORD\n\n   .. method:: m()\n\n      WORD\n\n   WORD\n",
        "Term\n   WORD\n",
        "==== ====\nWORD WORD\n==== ====\n".replace("====", "========"),
        "+-----------+\n| WORD      |\n+-----------+\n",
        ".. list-table::\n\n   * - WORD\n     - WORD\n",
        ".. code-block:: c\n\n   WORD\n",
        ".. versionadded:: 1.2\n   WORD\n",
        "WORD " + "filler words. " * 40 + "\n",
    ),
    "html": (
        "<h1>Title</h1>\n",
        "<h2>Sub</h2>\n",
        "<p>WORD and\nWORD.\n",
        "<ul><li>WORD\n<li>WORD\n</ul>\n",
        "<pre>WORD\n\nWORD\n</pre>\n",
        "<table><tr><td>WORD</td>\n<td>WORD</td></tr></table>\n",
        "<dl class='function'><dt id='a.b'>b()</dt>\n<dd>WORD\n</dd></dl>\n",
        "<dl><dt>WORD<dd>x</dl>\n",
        "<div>WORD\n<p>WORD</div>\n",
    ),
    "txt": (
        "Title\n=====\n",
        "LOUD\n",
        "WORD and\nWORD.\n",
        "  WORD\n\tWORD\n",
        "WORD " + "filler words. " * 40 + "\n",
    ),
}
PIECES["mdx"] = (*PIECES["md"], "import X from './x';\n", "<Tab>\n\nWORD\n\n</Tab>\n")


def chunks(text: str, suffix: str, limit: int = LIMIT) -> tuple[Chunk, ...]:
    path = f"docs/page.{suffix}"
    reader = reader_for(path)
    assert reader is not None
    return chunks_of(path, reader(text, path), limit)


def documents(suffix: str) -> st.SearchStrategy[str]:
    """Documents of up to twelve constructs, each word of theirs unique."""

    def numbered(pieces: list[str]) -> str:
        text = "\n".join(pieces)
        parts = text.split("WORD")
        return parts[0] + "".join(f"w{number:03}w{part}" for number, part in enumerate(parts[1:]))

    return st.lists(st.sampled_from(PIECES[suffix]), max_size=12).map(numbered)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_every_word_is_in_one_chunk_that_covers_its_line(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix))
    found = chunks(text, suffix)
    for number, line in enumerate(lines_of(text), 1):
        for word in re.findall(r"w\d{3}w", line):
            if line.startswith("## "):
                continue  # A heading's words are in the heading path.
            holders = [chunk for chunk in found if word in chunk.text]
            assert len(holders) == 1, word
            assert holders[0].start_line <= number <= holders[0].end_line


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_chunks_lie_in_the_file_and_share_no_line(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix).filter(lambda text: "filler" not in text))
    last = 0
    for chunk in chunks(text, suffix):
        assert last < chunk.start_line <= chunk.end_line <= len(lines_of(text))
        last = chunk.end_line


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_ids_are_unique_stable_and_free_of_line_numbers(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix))
    before = chunks(text, suffix)
    assert before == chunks(text, suffix)
    assert len({chunk.id for chunk in before}) == len(before)
    after = chunks(f"\n{text}", suffix)
    assert [chunk.id for chunk in after] == [chunk.id for chunk in before]
    assert [chunk.start_line for chunk in after] == [chunk.start_line + 1 for chunk in before]


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=100)
@given(
    text=st.one_of(
        st.text(max_size=200), st.text("`*_<>/!-=~+|:.#[]() \n\tab1\"'\\&;{}", max_size=300)
    )
)
def test_no_text_makes_a_reader_raise(suffix: str, text: str) -> None:
    count = len(lines_of(text))
    for chunk in chunks(text, suffix, limit=100):
        assert chunk.text
        assert 1 <= chunk.start_line <= chunk.end_line <= count


SIZE = 60_000
HOSTILE = {
    "one line": "x" * SIZE,
    "lines": "line\n" * (SIZE // 5),
    "ticks": "`" * SIZE,
    "double ticks": "``a " * (SIZE // 4),
    "roles": ":a:a" * (SIZE // 4),
    "bullets in one line": "- " * (SIZE // 2),
    "stairs": "\n".join(f"{' ' * depth}- x" for depth in range(350)),
    "saw": "\n".join(f"{' ' * (number % 50)}t" for number in range(SIZE // 25)),
    "quotes": ">" * SIZE,
    "fences": "```\n" * (SIZE // 4),
    "brackets": "[" * SIZE,
    "pipes": "| a | b |\n|---|---|\n" * (SIZE // 20),
    "borders": "=== ===\n" * (SIZE // 8),
    "signatures": ".. function:: f(\\\n   " * (SIZE // 20),
    "open tags": "<a " * (SIZE // 3),
    "open comments": "<!--" * (SIZE // 4),
    "open divs": "<div>" * (SIZE // 5),
    "open scripts": "<script>" + "</" * (SIZE // 2),
    "tables in tables": "<table><tr><td>" * (SIZE // 15),
    "open quote": "<a b='" + "x" * SIZE,
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(60)
def test_hostile_text_ends_soon_and_keeps_the_limit(name: str, suffix: str) -> None:
    for chunk in chunks(HOSTILE[name], suffix):
        assert len(chunk.embedded_text) <= LIMIT
