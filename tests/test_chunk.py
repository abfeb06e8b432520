"""Packing blocks into chunks and cutting those that outgrow one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.types import Block, BlockKind, Chunk, Link, Section

PATH = ("Doc", "Part")
ROOM = 100
LIMIT = ROOM + len("Doc > Part\n")


def section(
    *blocks: tuple[int, int, str] | tuple[int, int, str, BlockKind],
    symbols: tuple[str, ...] = (),
    start_line: int = 1,
) -> Section:
    made = tuple(
        Block(text, first, last, kind[0] if kind else "prose")
        for first, last, text, *kind in blocks
    )
    end_line = made[-1].end_line if made else start_line + 1
    return Section("Part", PATH, made, start_line, end_line, symbols)


def cut(*sections: Section, limit: int = LIMIT) -> tuple[Chunk, ...]:
    return chunks_of("a.md", sections, limit)


def check(one: Section, expected: list[tuple[int, int, str]]) -> None:
    """Compare a section's chunks with (first line, last line, text)."""
    chunks = cut(one)
    assert [(chunk.start_line, chunk.end_line, chunk.text) for chunk in chunks] == expected
    assert all(len(chunk.embedded_text) <= LIMIT for chunk in chunks)


def test_small_blocks_share_a_chunk_that_begins_at_the_heading() -> None:
    check(section((3, 3, "one"), (5, 6, "two\nlines")), [(1, 6, "one\n\ntwo\nlines")])


def test_list_items_stay_together() -> None:
    check(section((3, 3, "- a"), (4, 4, "- b"), (6, 6, "- c")), [(1, 6, "- a\n- b\n\n- c")])


def test_block_that_does_not_fit_opens_a_chunk() -> None:
    check(
        section((3, 3, "a" * 60), (5, 5, "b" * 60)),
        [(1, 3, "a" * 60), (5, 5, "b" * 60)],
    )


def test_tiny_last_chunk_takes_the_block_before_it() -> None:
    check(
        section((3, 3, "a" * 60), (5, 5, "b" * 38), (7, 7, "c")),
        [(1, 3, "a" * 60), (5, 7, f"{'b' * 38}\n\nc")],
    )


def test_long_prose_is_cut_at_lines_then_sentences_then_words() -> None:
    lines = ["l" * 70, "m" * 70]
    check(section((3, 4, "\n".join(lines))), [(1, 3, lines[0]), (4, 4, lines[1])])
    first, second = f"{'s' * 60}.", f"{'t' * 60}."
    check(section((3, 3, f"{first} {second}")), [(1, 3, first), (3, 3, second)])
    check(section((3, 3, f"{'u' * 60} {'v' * 60}")), [(1, 3, "u" * 60), (3, 3, "v" * 60)])
    check(section((3, 3, "x" * 150)), [(1, 3, "x" * 100), (3, 3, "x" * 50)])


@pytest.mark.parametrize(
    ("line", "cuts"),
    [
        pytest.param("一" * 69 + "。" + "二" * 60 + "。", [70], id="sentences"),
        pytest.param("一" * 40 + "，" + "二" * 19 + "，" + "三" * 60 + "。", [61], id="clauses"),
        pytest.param("一" * 150, [100], id="characters"),
        pytest.param("कि" * 60, [100], id="marks"),
        pytest.param("x" + "कि" * 60, [99], id="no mark is parted from its letter"),
        pytest.param("a" * 60 + ". " + "B" * 37 + ". C" + "d" * 40, [101], id="a full chunk"),
    ],
)
def test_where_a_long_line_is_cut(line: str, cuts: list[int]) -> None:
    borders = [0, *cuts, len(line)]
    pieces = [line[start:end].rstrip() for start, end in pairwise(borders)]
    check(section((3, 3, line)), [(1, 3, pieces[0]), *((3, 3, piece) for piece in pieces[1:])])


@pytest.mark.parametrize(
    ("first", "last", "spans"),
    [
        (3, 8, [(1, 5), (6, 8)]),  # Markdown: the fences are lines of the source.
        (3, 6, [(1, 4), (5, 6)]),  # A literal block: the fences were written by the reader.
        (3, 9, [(1, 7), (8, 9)]),  # A directive: its own lines stand above the code.
    ],
)
def test_long_code_is_cut_at_lines_and_fenced_again(
    first: int, last: int, spans: list[tuple[int, int]]
) -> None:
    code = [letter * 40 for letter in "abcd"]
    text = "\n".join(["```py", *code, "```"])
    check(
        section((first, last, text, "code")),
        [
            (*spans[0], f"```py\n{code[0]}\n{code[1]}\n```"),
            (*spans[1], f"```py\n{code[2]}\n{code[3]}\n```"),
        ],
    )


@pytest.mark.parametrize(
    ("rows", "last", "spans"),
    [
        (["| a |", "|---|", f"| {'b' * 60} |", f"| {'c' * 90} |"], 6, [(3, 5), (4, 6)]),
        (["| a |", "|---|", f"| {'b' * 60} |", f"| {'c' * 90} |"], 4, [(3, 3), (4, 4)]),
        (["| a |", "|---|", f"| {'b' * 60} |", f"| {'c' * 90} |"], 9, [(3, 8), (4, 9)]),
    ],
)
def test_rows_of_a_long_table_lie_between_known_lines(
    rows: list[str], last: int, spans: list[tuple[int, int]]
) -> None:
    check(
        section((3, last, "\n".join(rows)), start_line=3),
        [(*spans[0], "\n".join(rows[:3])), (*spans[1], rows[3])],
    )


def test_prose_of_other_lines_than_its_source_lies_between_known_lines() -> None:
    first, second = "l" * 70, "m" * 70
    check(section((3, 6, f"{first}\n{second}"), start_line=3), [(3, 5, first), (4, 6, second)])
    check(section((3, 3, f"{first}\n{second}"), start_line=3), [(3, 3, first), (3, 3, second)])


def test_span_covers_all_blocks_of_a_chunk() -> None:
    check(section((5, 9, "one"), (6, 6, "two"), start_line=5), [(5, 9, "one\n\ntwo")])


def test_code_that_fits_is_never_cut() -> None:
    code = "```\n" + "\n".join("c" * 20 for _ in range(4)) + "\n```"
    check(section((3, 3, "p" * 50), (5, 10, code, "code")), [(1, 3, "p" * 50), (5, 10, code)])


def test_signature_keeps_the_beginning_of_its_text() -> None:
    prose = f"{'p' * 40}.\n{'q' * 60}."
    chunks = cut(section((1, 1, "```\nf()\n```", "signature"), (3, 4, prose), symbols=("f",)))
    assert [chunk.text for chunk in chunks] == [f"```\nf()\n```\n\n{'p' * 40}.", f"{'q' * 60}."]
    assert [(chunk.start_line, chunk.end_line) for chunk in chunks] == [(1, 3), (4, 4)]
    assert all(chunk.symbols == ("f",) for chunk in chunks)


def test_a_signature_below_its_text_comes_first() -> None:
    chunks = cut(
        section((3, 3, f"{'p' * 60}."), (5, 5, f"{'q' * 60}."), (7, 7, "f()", "signature"))
    )
    assert [chunk.text for chunk in chunks] == [f"f()\n\n{'p' * 60}.", f"{'q' * 60}."]
    assert [(chunk.start_line, chunk.end_line) for chunk in chunks] == [(1, 7), (5, 5)]


def test_bare_heading_gives_a_chunk_only_for_symbols() -> None:
    assert cut(section()) == ()
    (chunk,) = cut(section(symbols=("f",)))
    assert (chunk.text, chunk.start_line, chunk.end_line) == ("Part", 1, 2)


def test_ids_ignore_lines_and_tell_equal_texts_apart() -> None:
    once = cut(section((3, 3, "same")), section((9, 9, "same"), start_line=7))
    moved = cut(section((4, 4, "same"), start_line=2), section((19, 19, "same"), start_line=17))
    assert [chunk.id for chunk in once] == [chunk.id for chunk in moved]
    assert once[0].id != once[1].id
    assert once[0].content_hash == once[1].content_hash


def test_ids_follow_content_path_and_symbols() -> None:
    base = section((3, 3, "same"))
    variants = [
        *cut(base),
        *cut(section((3, 3, "other"))),
        *cut(section((3, 3, "same"), symbols=("f",))),
        *chunks_of("b.md", [base], LIMIT),
        *chunks_of("a.md", [Section("Part", ("Part",), base.blocks, 1, 3)], LIMIT),
    ]
    assert len({chunk.id for chunk in variants}) == 5


def test_heading_path_longer_than_a_chunk_leaves_room_for_text() -> None:
    long = Section("T", ("T" * 400,), (Block("word " * 100, 3, 3),), 1, 3)
    assert all(chunk.text for chunk in chunks_of("a.md", [long], 300))


def connected(title: str, *path: str, text: str = "") -> Section:
    blocks = (Block(text, 1, 1),) if text else ()
    link = Link(title, "", f"{title}.md")
    return Section(
        title, (*path, title), blocks, 1, 1, links=(link,), labels=(title,), keywords=(f"{title}!",)
    )


def test_connections_are_with_the_first_chunk_and_belong_to_its_identity() -> None:
    sections = [connected("A", text=f"{'x' * 90}\n{'y' * 90}")]
    first, second = chunks_of("p.md", sections, 100)
    assert (first.labels, first.keywords) == (("A",), ("A!",))
    assert [link.target for link in first.links] == ["A.md"]
    assert (second.links, second.labels, second.keywords) == ((), (), ())
    for change in ({"links": ()}, {"labels": ()}, {"keywords": ("other",)}):
        again = chunks_of("p.md", [replace(sections[0], **change)], 100)
        assert again[0].id != first.id
        assert again[0].content_hash == first.content_hash
        assert again[1] == second


def test_what_leads_to_a_bare_heading_leads_to_the_text_below_it() -> None:
    sections = [
        connected("A"),
        connected("B", "A"),
        connected("C", "A", "B", text="Text."),
        connected("D", "A"),
        connected("E", "A", text="Text."),
    ]
    chunks = chunks_of("p.md", sections, 100)
    assert [(chunk.title, chunk.labels) for chunk in chunks] == [
        ("C", ("A", "B", "C")),
        ("E", ("E",)),
    ]


def test_a_page_is_indexed_by_its_first_text() -> None:
    chunks = chunks_of("p.md", [connected("A"), connected("B", text="Text.")], 100)
    assert [chunk.keywords for chunk in chunks] == [("A!", "B!")]
