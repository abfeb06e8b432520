"""Markdown: headings, symbols, titles and large containers."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.markdown import read_markdown


@pytest.mark.parametrize(
    ("markdown", "paths"),
    [
        ("# A\nx\n## B\nx\n# C\nx", [("A",), ("A", "B"), ("C",)]),
        ("A\n===\nx\n\nB\n---\nx", [("A",), ("A", "B")]),
        ("# A\n#### B\n## C", [("A",), ("A", "B"), ("A", "C")]),
        ("x\n\n## B", [("doc",), ("doc", "B")]),
        ("---\ntitle: 'T: U'\n---\n## B", [("T: U", "B")]),
        ("---\ntitle: T\n---\n# A", [("A",)]),
        ("```\n# no\n```\n~~~\n# no\n", [("doc",)]),
        ("> # no\n\n- # no", [("doc",)]),
        ("# A `b` *c* [d](e) {#f}", [("A b c d",)]),
        ("# ![logo](x.png)", [("logo",)]),
        ('<h1 align="center">A <b>b</b></h1>\n\nx', [("A b",)]),
        ("#no heading", [("doc",)]),
        ("", []),
    ],
)
def test_heading_paths(markdown: str, paths: list[tuple[str, ...]]) -> None:
    sections = read_markdown(markdown, "dir/doc.md")
    assert [section.heading_path for section in sections] == paths


def test_symbols_are_qualified_by_the_headings_above() -> None:
    markdown = "# Guide\n## `Client`\n### `connect()`\n### Notes\n## `other.run()`\n## `x`"
    names = [name for section in read_markdown(markdown, "a.md") for name in section.symbols]
    assert names == ["Client", "Client.connect", "other.run", "x"]


def test_large_list_item_is_split_where_its_blocks_end() -> None:
    code = "\n".join(f"  line_{number} = {number}" for number in range(40))
    markdown = f"- words\n\n  ```py\n{code}\n  ```\n\n  more\n- next"
    (section,) = read_markdown(markdown, "a.md")
    assert [(block.kind, block.start_line, block.end_line) for block in section.blocks] == [
        ("prose", 1, 1),
        ("code", 3, 44),
        ("prose", 46, 46),
        ("prose", 47, 47),
    ]


def test_large_table_is_split_between_rows_under_its_header() -> None:
    rows = [f"| name_{number} | {'words ' * 20} |" for number in range(9)]
    (section,) = read_markdown("\n".join(["| a | b |", "|---|---|", *rows]), "a.md")
    assert len(section.blocks) > 1
    assert all(block.text.startswith("| a | b |\n|---|---|\n| name_") for block in section.blocks)
    assert [
        line for block in section.blocks for line in range(block.start_line, block.end_line + 1)
    ] == [*range(1, 12)]
