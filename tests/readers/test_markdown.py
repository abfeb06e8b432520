"""Markdown: headings, symbols, titles and large containers."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.markdown.reader import read_markdown


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
        ("# ![](x.png)\n\nx", [("doc",)]),
        ("# A `<b>` <a id='x'></a>{/* slug */}", [("A <b>",)]),
        ("# `__init__` and __bold__", [("__init__ and bold",)]),
        ('+++\ntitle = "T"\n+++\n## B', [("T", "B")]),
        ("---\ntitle: >-\n  T\n  U\nx: y\n---\n## B", [("T U", "B")]),
        ("---\n\nNo front matter.\n\n---\n## B", [("doc",), ("doc", "B")]),
        (":::x\n# A\n:::", [("doc",), ("A",)]),
        ("!!! x\n\n    # no", [("doc",)]),
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
    assert names == ["Client", "Client.connect", "other.run", "x", "Guide.x"]


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


def test_title_that_is_cut_keeps_its_words_as_text() -> None:
    long = "words " * 40
    (section,) = read_markdown(f"# {long}", "a.md")
    assert [block.text for block in section.blocks] == [long.strip()]
    (section,) = read_markdown(f"{long}\n---\nx", "a.md")
    assert section.heading_path == ("a",)
    assert [block.text for block in section.blocks] == [long.strip(), "x"]


@pytest.mark.parametrize(
    ("markdown", "texts"),
    [
        ("!!! note\n    a\n\n    b\n\nc", ["!!! note\na\n\nb", "c"]),
        ("!!! note\n\nno body", ["!!! note", "no body"]),
        ('text\n=== "A"\n\n    ```\n    x\n    ```', ["text", '=== "A"\n\n```\nx\n```']),
        (":::tip\n\na\n\n:::", [":::tip\n\na\n\n:::"]),
        (":::tip\n\na", [":::tip", "a"]),
        ("a\n:::", ["a"]),
        ("```{note} a\nb\n```", ["**Note:** a\nb"]),
        ("```{tip}\n:class: x\n\n- a\n```", ["**Tip:**", "- a"]),
        ("```{python}\na\n```", ["```{python}\na\n```"]),
        ("(target)=\na", ["a"]),
        ("[^1]: word", ["[^1]: word"]),
        ("[a]: word\n\nb", ["b"]),
        ("![a](data:image/png;base64," + "A" * 90 + ")", ["![a](…)"]),
        ("<aside>a</aside>", ["a"]),
        ("<Aside>\na\n</Aside>", ["a"]),
        ('<Card title="T">\na\n</Card>', ["**T**", "a"]),
        ("import x from 'y';\nexport is a word here", ["export is a word here"]),
    ],
)
def test_blocks(markdown: str, texts: list[str]) -> None:
    sections = read_markdown(markdown, "a.md")
    assert [block.text for section in sections for block in section.blocks] == texts


@pytest.mark.parametrize(
    ("markdown", "texts"),
    [
        ("import A from 'a';\nimport {\n  B,\n} from 'b';\na", ["a"]),
        ("export const a = {\n  b: 1,\n\n  c: 2,\n};\n\na", ["a"]),
        ("export default () =>\n  x;\n\na", ["a"]),
        ("imports are words\n\nexported too", ["imports are words", "exported too"]),
        ("{/* a\n\nb */}\n\nc {/* d */}", ["c {/* d */}"]),
        ("<A>\n    a\n</A>", ["a"]),
        ("<A\n  b={() => c > d}\n  label='L'\n>\n\na", ["**L**", "a"]),
        ("<A b={[\n  1,\n]} />\n\na", ["<A b={[\n  1,\n]} />", "a"]),
        ("a < b\n\n<A>b</A>", ["a < b", "<A>b</A>"]),
        ("<A open", ["<A open"]),
    ],
)
def test_blocks_of_mdx(markdown: str, texts: list[str]) -> None:
    sections = read_markdown(markdown, "a.mdx")
    assert [block.text for section in sections for block in section.blocks] == texts


def test_large_admonition_is_split_where_its_blocks_end() -> None:
    code = "\n".join(f"    line_{number} = {number}" for number in range(40))
    markdown = f"!!! note\n    words\n\n    ```py\n{code}\n    ```\n\n    # more\n\nnext"
    (section,) = read_markdown(markdown, "a.md")
    assert [(block.kind, block.start_line, block.end_line) for block in section.blocks] == [
        ("prose", 1, 1),
        ("prose", 2, 2),
        ("code", 4, 45),
        ("prose", 47, 47),
        ("prose", 49, 49),
    ]


def test_repeated_table_head_has_no_list_mark() -> None:
    rows = "\n".join(f"  | name_{number} | {'words ' * 20} |" for number in range(9))
    (section,) = read_markdown(f"- | a | b |\n  |---|---|\n{rows}", "a.md")
    heads = [block.text.split("\n")[0] for block in section.blocks]
    assert heads == ["- | a | b |", *["  | a | b |"] * (len(heads) - 1)]


def myst_items(markdown: str) -> list[tuple[str, ...]]:
    """Return what the sections of a page of MyST document, and the texts of their blocks."""
    sections = read_markdown(markdown, "a.md")
    return [(*section.symbols, *(block.text for block in section.blocks)) for section in sections]


CLASS = "```python\nclass A\n```"
METHOD = "```python\nA.b()\n```"


@pytest.mark.parametrize(
    ("markdown", "items"),
    [
        pytest.param(":::{py:class} A\nx\n:::\ny", [("A", CLASS, "x"), ("y",)], id="a class"),
        pytest.param("::: {py:class} A\nx\n:::", [("A", CLASS, "x")], id="a space"),
        pytest.param(":::{py:class} A\n:no-index:\n\nx\n:::", [("A", CLASS, "x")], id="options"),
        pytest.param(
            "::::{py:class} A\n:::{py:method} b()\nx\n:::\n::::\n\ny",
            [("A", CLASS), ("A.b", METHOD, "x"), ("y",)],
            id="more colons around",
        ),
        pytest.param(
            ":::{py:class} A\n::::{py:method} b()\nx\n::::\n:::\n\ny",
            [("A", CLASS), ("A.b", METHOD, "x"), ("y",)],
            id="more colons inside",
        ),
        pytest.param(
            ":::{py:class} A\n:::{py:method} b()\nx\n:::\n:::\n\ny",
            [("A", CLASS), ("A.b", METHOD, "x"), ("y",)],
            id="as many colons inside",
        ),
        pytest.param(
            ":::{py:class} A\n```{py:method} b()\nx\n```\n:::",
            [("A", CLASS), ("A.b", METHOD, "x")],
            id="backticks inside",
        ),
        pytest.param(
            ":::{note}\n```md\n:::\n```\n:::\n\ny",
            [("**Note:**", "```md\n:::\n```", "y")],
            id="colons in code",
        ),
        pytest.param(":::{note} a\n::::", [("**Note:** a",)], id="more colons close"),
        pytest.param("::::{tip}\na\n:::", [("::::{tip}\na\n:::",)], id="fewer do not"),
        pytest.param(":::{tip}\na\n\n# B\nx", [(":::{tip}", "a"), ("x",)], id="unclosed"),
        pytest.param(":::{x} T\na\n:::", [("**T:** a",)], id="an unknown directive is prose"),
        pytest.param(":::{toctree}\na\n:::\nb", [("b",)], id="a directive without text"),
        pytest.param(
            "```{code-block} py\n:caption: a.py\n:linenos:\n\nx\n```",
            [("**a.py**", "```py\nx\n```")],
            id="code in backticks",
        ),
        pytest.param(
            ":::{code-cell} ipython3\n---\ntags: [a]\n---\nx\n:::",
            [("```python\nx\n```",)],
            id="a cell",
        ),
        pytest.param(":::{math}\nx^2\n:::", [("```latex\nx^2\n```",)], id="a formula"),
        pytest.param("```{r}\nx\n```\n\n% y", [("```{r}\nx\n```", "% y")], id="a notebook of R"),
        pytest.param("(t)=\na\n% b\n% c\nd", [("a", "d")], id="comments"),
        pytest.param("{ref}`t`\n\n+++ {}\n\na\n+++\nb", [("{ref}`t`", "a", "b")], id="breaks"),
        pytest.param("a\n% b\n\n+++", [("a\n% b", "+++")], id="no page of MyST"),
        pytest.param("(t)=\n```\n% b\n+++\n```", [("```\n% b\n+++\n```",)], id="code"),
        pytest.param("(t)=\na 50\n%b", [("a 50",)], id="a comment needs no space"),
    ],
)
def test_directives_and_comments_of_myst(markdown: str, items: list[tuple[str, ...]]) -> None:
    assert myst_items(markdown) == items


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        pytest.param("A\n:   b\n\n    c\n\nd", ["A\n:   b", "c", "d"], id="a definition"),
        pytest.param("A\n\n:   b\n\n    c", ["A", ":   b", "c"], id="a blank line above"),
        pytest.param("A\n: b\n\n    c", ["A\n: b", "c"], id="a narrow mark"),
        pytest.param("A\n:\tb\n\n\tc", ["A\n:\tb", "c"], id="tabs"),
        pytest.param("A\n~   b\n\n    c", ["A\n~   b", "c"], id="a tilde"),
        pytest.param("A\nB\n:   c\n:   d\n\n    e", ["A\nB\n:   c\n:   d", "e"], id="two terms"),
        pytest.param(
            "A\n:   b\n\n        c()\n\n    d", ["A\n:   b", "    c()", "d"], id="code inside"
        ),
        pytest.param(
            "A\n:   b\n\n    ```py\n    if c:\n        d()\n    ```\n",
            ["A\n:   b", "```py\nif c:\n    d()\n```"],
            id="a fence inside",
        ),
        pytest.param(
            "A\n:   b\n\n    - c\n\n    - d", ["A\n:   b", "- c", "- d"], id="a list inside"
        ),
        pytest.param(
            "[^1]: a\n\n    b\n\n    c\n[^x]: d\n\n    e",
            ["[^1]: a", "b", "c", "[^x]: d", "e"],
            id="footnotes",
        ),
        pytest.param("[^1]:\n\n    b", ["[^1]:", "b"], id="a footnote that begins below"),
        pytest.param("[^1]: a\n\n  b", ["[^1]: a", "  b"], id="a paragraph below a footnote"),
        pytest.param("[^1] a\n\n    b()", ["[^1] a", "    b()"], id="code below a reference"),
        pytest.param("A :\n\n    b()", ["A :", "    b()"], id="code below a colon"),
        pytest.param("A\n:b\n\n    c()", ["A\n:b", "    c()"], id="a colon without a space"),
    ],
)
def test_definitions_and_footnotes_go_on_below(markdown: str, blocks: list[str]) -> None:
    (section,) = read_markdown(markdown, "a.md")
    assert [block.text for block in section.blocks] == blocks
    kinds = {block.text: block.kind for block in section.blocks}
    assert all((kind == "code") == text.endswith(("()", "```")) for text, kind in kinds.items())


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("3 * 4 tiles", "3 * 4 tiles"),
        ("SELECT * FROM a, * b", "SELECT * FROM a, * b"),
        ("**kwargs", "**kwargs"),
        ("_private", "_private"),
        ("2*3 tiles", "2*3 tiles"),
        ("2*3*4 tiles", "234 tiles"),
        ("__init__ and _x_y_", "init and x_y"),
        ("snake_case and __a__b", "snake_case and __a__b"),
        ("`__init__` and `a * b * c`", "__init__ and a * b * c"),
        (r"\*a\* and \_b\_", "*a* and _b_"),
        ("***both*** of **a *b* c**", "both of a b c"),
        ("a ` tick", "a ` tick"),
        ("``a ` b``", "a ` b"),
        ("Q&amp;A for &lt;guests&gt;", "Q&A for <guests>"),
        ("&copy; &#169; &#xA9; &unknown;", "© © © &unknown;"),
        ("`&amp;`", "&amp;"),
        ("[a *b*](c 'd') and [e](<f g>)", "a b and e"),
        ("[a_b_c](d_e_f)", "a_b_c"),
    ],
)
def test_titles_are_what_is_shown(heading: str, title: str) -> None:
    (section,) = read_markdown(f"# {heading}", "a.md")
    assert section.title == title
