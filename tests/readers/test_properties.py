"""What holds for every document, whatever is in it."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.properties import check_ids, check_lines, check_words, numbered

from askdocs_indexer.errors import ReadError
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.readers.decoding import decode, lines_of
from askdocs_indexer.types import Chunk

SUFFIXES = ("md", "mdx", "rst", "adoc", "html", "txt", "ipynb")
LIMIT = 300
GOLDEN = Path(__file__).parent / "golden"
FORMATS = tuple(f".{suffix}" for suffix in SUFFIXES)
DOCUMENTS = sorted(path for path in GOLDEN.iterdir() if path.suffix in FORMATS)

# Templates of one construct each; WORD becomes a word that occurs nowhere else.
LONG = "WORD " + "filler words. " * 40 + "\nWORD\n"
PIECES: dict[str, tuple[str, ...]] = {
    "md": (
        "# Title\n",
        "## `api.name()`\n",
        "Sub\n---\n",
        "WORD and\nWORD.\n",
        "- WORD\n- WORD\n  - WORD\n",
        "1. WORD\n\n   ```\n   WORD\n   ```\n",
        "```py\nWORD\n\nWORD\n```\n",
        "> WORD\n> WORD\n",
        "| h | h |\n|---|---|\n| WORD    | x |\n| WORD | y |\n",
        "| h | h |\n|---|---|\n" + "| WORD | filler filler filler filler filler |\n" * 20,
        "!!! note\n    WORD\n\n    WORD\n",
        '=== "WORD"\n\n    ```\n    WORD\n    ```\n',
        ":::note WORD\n\nWORD\n\n:::\n",
        "> [!TIP]\n> WORD\n",
        "[^1]: WORD\n",
        LONG,
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
        ".. cpp:class:: ns::C\n\n   .. cpp:function:: int f(WORD x)\n\n      WORD\n",
        ".. autofunction:: f\n   :x: y\n\n   WORD\n",
        "Term\n   WORD\n",
        "======== ========\nWORD     WORD\n======== ========\n",
        "+-----------+\n| WORD      |\n+-----------+\n",
        ".. list-table::\n\n   * - WORD\n     - WORD\n",
        ".. list-table::\n\n   * - WORD\n     - WORD\n       " + "filler\n       " * 90 + "WORD\n",
        ".. csv-table::\n\n   WORD, WORD\n",
        ".. code-block:: c\n   :caption: x\n\n   WORD\n",
        ".. code-block:: c\n\n" + "   WORD filler filler filler filler filler\n" * 20,
        ".. versionadded:: 1.2\n   WORD\n",
        ".. [#a] WORD\n   WORD\n\n   WORD\n",
        ".. math:: WORD\n",
        ".. _target:\n\n   WORD\n",
        "--opt  WORD\n       WORD\n",
        "| WORD\n| WORD\n",
        ">>> WORD\nWORD\n",
        LONG,
    ),
    "adoc": (
        "== Title\n",
        "Sub\n---\n",
        "WORD and\nWORD.\n",
        "* WORD\n* WORD\n** WORD\n",
        ". WORD\n+\n----\nWORD\n----\n+\nWORD\n",
        "WORD:: WORD\nWORD::\n  WORD\n",
        "a:: b\n\n  WORD\n",
        "----\nWORD\n\nWORD\n----\n<1> WORD\n",
        " WORD\n  WORD\n",
        "[source,py]\nWORD\nWORD\n",
        "NOTE: WORD\nWORD\n",
        "[TIP]\n.WORD\n====\nWORD\n\n* WORD\n====\n",
        ".WORD\nimage::x[WORD]\n",
        "[quote, WORD]\n____\nWORD\n____\n",
        "|===\n|h |h\n\n|WORD |WORD\n|WORD\n|WORD\n|===\n",
        "|===\n" + "|WORD filler filler filler filler filler filler\n" * 20 + "|===\n",
        "|===\na|WORD\n\n* WORD\n\n----\nWORD\n----\n|===\n",
        ',===\nWORD,WORD\n"WORD",x\n,===\n',
        "////\nunseen\n////\n// unseen\n:x: unseen\n",
        "ifdef::nothing[]\nunseen\nendif::[]\n",
        "A *WORD* _WORD_ `WORD` link:x[WORD].footnote:[WORD]\n",
        "```py\nWORD\n```\n",
        "++++\n<b>WORD</b>\n++++\n",
        LONG,
    ),
    "html": (
        "<h1>Title</h1>\n",
        "<h2>Sub</h2>\n",
        "<p>WORD and\nWORD.\n",
        "<p>WORD<br>\nWORD<br/>WORD\n</p>\n",
        "<ul><li>WORD\n<li>WORD\n</ul>\n",
        "<ul>WORD\n<li>WORD</ul>\n",
        "<pre>WORD\n\nWORD\n</pre>\n",
        "<table><caption>WORD</caption><tr><td>WORD</td>\n<td>WORD</td></tr>WORD</table>\n",
        "<dl class='function'><dt id='a.b'>b()</dt>\n<dd>WORD\n</dd></dl>\n",
        "<dl><dt>WORD<dd>x</dl>\n",
        "<div>WORD\n<p>WORD</div>\n",
        "<details><summary>WORD</summary>WORD</details>\n",
        "<aside class='footnote'><p>WORD</aside>\n",
        "<p>WORD " + "filler\nwords. " * 40 + "<br>WORD\n",
    ),
    "txt": (
        "Title\n=====\n",
        "LOUD\n",
        "WORD and\nWORD.\n",
        "  WORD\n\tWORD\n",
        LONG,
    ),
}
PIECES["mdx"] = (
    *PIECES["md"],
    "import X from './x';\n",
    "export const x = {\n  no: 1,\n\n  more: 2,\n};\n",
    '<Tab>\n  <Item label="WORD">\n\n    WORD\n\n  </Item>\n</Tab>\n',
    "<Aside\n  kind='x'\n>\nWORD\n</Aside>\n",
)
# Markdown whose text is not its own lines.
RENDERED = (
    "<div>\nWORD\n</div>\n",
    "<table><tr><td>WORD</td></tr>\n<tr><td>WORD</td></tr></table>\n",
    "<details>\n<summary>WORD</summary>\n\nWORD\n\n</details>\n",
    "```{note} WORD\nWORD\n```\n",
    "```{admonition} WORD\n:class: x\n\nWORD\n```\n",
)


# What a construct may stand in: its first line's prefix, the other lines' prefix, what follows.
WRAPPERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "md": (
        ("- ", "  ", ""),
        ("12. ", "    ", ""),
        ("> ", "> ", ""),
        ("!!! note\n\n    ", "    ", ""),
        (":::tip\n\n", "", "\n:::\n"),
    ),
    "rst": (
        ("* ", "  ", ""),
        ("3. ", "   ", ""),
        ("   ", "   ", ""),
        (".. note::\n\n   ", "   ", ""),
        (".. class:: Outer\n\n   ", "   ", ""),
        ("Term\n   ", "   ", ""),
        (".. container:: x\n\n   ", "   ", ""),
    ),
    "adoc": (
        ("====\n", "", "====\n"),
        ("[NOTE]\n=====\n", "", "=====\n"),
        ("****\n", "", "****\n"),
        ("--\n", "", "--\n"),
        ("* x\n+\n--\n", "", "--\n"),
        ("term::\n+\n--\n", "", "--\n"),
    ),
    "html": (
        ("<div>", "", "</div>\n"),
        ("<ul><li>", "", "</ul>\n"),
        ("<blockquote>\n", "", "</blockquote>\n"),
        ("<dl><dt>x<dd>", "", "</dl>\n"),
        ("<table><tr><td>", "", "</table>\n"),
        ("<section id='s'>", "", "</section>\n"),
        ("<dl class='py class'><dt id='m.C'>C</dt><dd>", "", "</dl>\n"),
    ),
}
WRAPPERS["mdx"] = WRAPPERS["md"]


def nested(piece: str, wrapper: tuple[str, str, str]) -> str:
    first, rest, end = wrapper
    lines = piece.splitlines()
    inner = [lines[0], *(f"{rest}{line}".rstrip() for line in lines[1:])]
    return first + "\n".join(inner) + "\n" + end


def joined(pieces: list[str]) -> str:
    return numbered("\n".join(pieces))


def pieces_of(suffix: str, with_rendered: bool) -> st.SearchStrategy[str]:
    """One construct, on its own or up to three constructs deep inside others."""
    pieces = PIECES[suffix]
    if with_rendered and suffix in {"md", "mdx"}:
        pieces += RENDERED
    piece = st.sampled_from(pieces)
    if suffix not in WRAPPERS:
        return piece
    wrapper = st.sampled_from(WRAPPERS[suffix])
    inner = piece.filter(lambda text: not re.match(r".*\n[=-]+\n$|#|==|<h\d|\.\. module", text))
    deep = st.recursive(inner, lambda text: st.builds(nested, text, wrapper), max_leaves=3)
    return piece | deep


def documents(suffix: str, with_rendered: bool = True) -> st.SearchStrategy[str]:
    """Documents of up to ten constructs, each word of theirs unique."""
    if suffix == "ipynb":
        return notebooks()
    return st.lists(pieces_of(suffix, with_rendered), max_size=10).map(joined)


@st.composite
def notebooks(draw: st.DrawFn) -> str:
    """Notebooks of both formats, their sources laid out in JSON in all the ways there are."""
    cells = draw(st.lists(st.sampled_from(("markdown", "code", "raw")), max_size=6))
    texts = [
        draw(st.sampled_from(PIECES["md"])) if kind == "markdown" else "WORD\n\nWORD filler\n"
        for kind in cells
    ]
    texts = numbered("\0".join(texts)).split("\0")
    is_old = draw(st.booleans())
    made: list[dict[str, object]] = []
    for kind, text in zip(cells, texts, strict=False):
        key = "input" if is_old and kind == "code" else "source"
        cell = {"cell_type": kind, "metadata": {"x": "unseen"}, key: draw(sources(text))}
        if kind == "code":
            cell["outputs"] = [{"text": ["unseen\n"], "data": {"cell_type": "unseen"}}]
        made.append(cell)
    notebook = {"metadata": {"kernelspec": {"language": "python"}}, "nbformat": 3 if is_old else 4}
    inside = {"worksheets": [{"cells": made}]} if is_old else {"cells": made}
    order = draw(st.booleans())
    whole = {**inside, **notebook} if order else {**notebook, **inside}
    indent = draw(st.sampled_from((None, 0, 1, 4)))
    return json.dumps(whole, indent=indent, ensure_ascii=draw(st.booleans()))


def sources(text: str) -> st.SearchStrategy[str | list[str]]:
    lines = text.splitlines(keepends=True)
    middle = len(lines) // 2
    halves = ["".join(lines[:middle]), "".join(lines[middle:])]
    return st.sampled_from([text, lines, halves])


def chunks(text: str, suffix: str, limit: int = LIMIT) -> tuple[Chunk, ...]:
    path = f"docs/page.{suffix}"
    reader = reader_for(path)
    assert reader is not None
    return chunks_of(path, reader(text, path), limit)


def spanned(chunk: Chunk, lines: list[str]) -> list[str]:
    return lines[chunk.start_line - 1 : chunk.end_line]


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_every_word_is_in_one_chunk_that_covers_its_line(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix))
    found = chunks(text, suffix)
    assert all("unseen" not in chunk.text for chunk in found)
    check_words(text, found)


@pytest.mark.parametrize("suffix", ["md", "mdx", "txt"])
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_a_chunk_is_its_own_lines_in_order(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix, with_rendered=False))
    for chunk in chunks(text, suffix):
        lines = [squeezed(line) for line in spanned(chunk, lines_of(text))]
        place = 0
        for written in map(squeezed, chunk.text.split("\n")):
            if REPEATED.match(written):
                continue
            place = next((i for i in range(place, len(lines)) if written in lines[i]), -1)
            assert place >= 0, written


# A table's head and a code's fence stand again in each of the chunks that these are cut into.
REPEATED = re.compile(r">*(?:```|$|\|h\|h\||\|---\|---\|)")


def squeezed(line: str) -> str:
    """A line without what a reader may add or take away: padding and a component's emphasis."""
    return re.sub(r"-{3,}", "---", re.sub(r"\s+|\*\*", "", line))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_the_words_of_a_chunk_stand_in_its_lines(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix))
    for chunk in chunks(text, suffix):
        lines = "\n".join(spanned(chunk, lines_of(text)))
        words = set(re.findall(r"w\d{3}w|filler|words", chunk.text))
        assert [word for word in words if word not in lines] == []


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_chunks_lie_in_the_file_and_share_no_line(suffix: str, data: st.DataObject) -> None:
    text = data.draw(documents(suffix).filter(lambda text: "filler" not in text))
    # A line of JSON or HTML may hold several lines of text.
    check_lines(text, chunks(text, suffix), may_touch=suffix in {"html", "ipynb"})


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_ids_are_unique_stable_and_free_of_line_numbers(suffix: str, data: st.DataObject) -> None:
    check_ids(data.draw(documents(suffix)), partial(chunks, suffix=suffix))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=100)
@given(
    text=st.one_of(
        st.text(max_size=200), st.text("`*_<>/!-=~+|:.#[]() \n\tab1\"'\\&;{}", max_size=300)
    )
)
def test_no_text_makes_a_reader_fail(suffix: str, text: str) -> None:
    check_any(text, suffix)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_no_damage_makes_a_reader_fail(document: Path, data: st.DataObject) -> None:
    damaged = bytearray(document.read_bytes())
    for _ in range(data.draw(st.integers(0, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 127))
    start, end = sorted(data.draw(st.integers(0, len(damaged))) for _ in range(2))
    del damaged[start:end]
    try:
        text = decode(bytes(damaged))
    except ReadError:
        return
    check_any(text, document.suffix[1:])


def check_any(text: str, suffix: str) -> None:
    """Whatever a text holds, its chunks are not empty and lie inside it."""
    count = len(lines_of(text))
    try:
        found = chunks(text, suffix, limit=100)
    except ReadError:
        assert suffix == "ipynb"
        return
    for chunk in found:
        assert chunk.text.strip()
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
    "templates": ".. cpp:function:: " + "template<" * (SIZE // 9),
    "open tags": "<a " * (SIZE // 3),
    "open comments": "<!--" * (SIZE // 4),
    "open divs": "<div>" * (SIZE // 5),
    "open scripts": "<script>" + "</" * (SIZE // 2),
    "tables in tables": "<table><tr><td>" * (SIZE // 15),
    "open quote": "<a b='" + "x" * SIZE,
    "boxes in boxes": "\n".join(f"{' ' * 4 * depth}!!! note" for depth in range(150)),
    "directives in directives": "\n".join(f"{'`' * (200 - depth)}{{note}}" for depth in range(190)),
    "open containers": ":::note\n\n" * (SIZE // 9),
    "open statements": "export const x = {\n\n" * (SIZE // 20),
    "open components": "<A\n" * (SIZE // 3),
    "heading notes": "# " + "<!--" * (SIZE // 8) + "{/*" * (SIZE // 8),
    "heading spaces": "# a" + " " * SIZE + "b",
    "heading ticks": "# " + "`a ``b " * (SIZE // 8),
    "substitutions": ".. |a| replace::\n   |a|\n" * (SIZE // 24),
    "front matter": "---\n" + "title: 'a" * (SIZE // 9) + "\n---",
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(60)
def test_hostile_text_ends_soon_and_keeps_the_limit(name: str, suffix: str) -> None:
    text = HOSTILE[name]
    if suffix == "ipynb":
        text = json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})
    for chunk in chunks(text, suffix):
        assert len(chunk.embedded_text) <= LIMIT


@pytest.mark.parametrize("text", ["{" * SIZE, "[" * SIZE, '"' * SIZE, '{"cells":' * (SIZE // 9)])
@pytest.mark.timeout(60)
def test_hostile_json_is_refused_soon(text: str) -> None:
    check_any(text, "ipynb")
