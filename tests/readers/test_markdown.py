"""Markdown: headings, symbols, titles and large containers."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.markdown.reader import read_markdown

TEMPLATE = "```\n`\n# no\n\n\\`b\\` ${c('}')}\n`\n```"
AT, ATC = [("A", "T")], ("A", "T", "C")


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
        ("# A\n# [T](#tab/t)\n# [U](#tab/u/x)\n***\n## B", [("A",), *AT, ("A", "U"), ("A", "B")]),
        ("# A\n## [T](#tab/t)\n## C\n### D\n# E", [("A",), *AT, ATC, (*ATC, "D"), ("E",)]),
        ("# A\n# [T](#tab/t)\n\n---\nx\n#### B", [("A",), *AT, ("A",), ("A", "B")]),
        ("# A\n# [T](#tab/t)\n## C\n---\n# [T](#tab/t)", [("A",), *AT, ATC, *AT]),
        ("# [T](#tab/t)\n## C\n---\n## B", [("doc", "T"), ("doc", "T", "C"), ("doc", "B")]),
        ("# A\n# [T](#tabs)", [("A",), ("T",)]),
        ("# A `b` *c* [d](e) {#f}", [("A b c d",)]),
        ("# ![logo](x.png)", [("logo",)]),
        ('<h1 align="center">A <b>b</b></h1>\n\nx', [("A b",)]),
        ("# ![](x.png)\n\nx", [("doc",)]),
        ("# A `<b>` <a id='x'></a>{/* slug */}", [("A <b>",)]),
        ("# `__init__` and __bold__", [("__init__ and bold",)]),
        ('+++\ntitle = "T"\n+++\n## B', [("T", "B")]),
        ("---\ntitle: >-\n  T\n  U\nx: y\n---\n## B", [("T U", "B")]),
        ('{\n  "title": "T",\n  "x": [1]\n}\n## B', [("T", "B")]),
        ('---json\n{"title": "T"}\n---\n## B', [("T", "B")]),
        ("---toml\ntitle = 'T'\n---\n## B", [("T", "B")]),
        ('+++\nx = """\na\n"""\ntitle = \'T\'\n+++\n## B', [("T", "B")]),
        ('---\ntitle: "T\n  U: \\"V\\""\n---\n## B', [('T U: "V"', "B")]),
        ("---\ntitle: T\n  U # note\n---\n## B", [("T U", "B")]),
        ("---\ntitle:\n  en: T\n---\n## B", [("doc", "B")]),
        ("---\n\"title\" : 'It''s' # note\n---\n## B", [("It's", "B")]),
        ('{"title": "T"} is JSON\n## B', [("doc",), ("doc", "B")]),
        ("{}\n## B", [("doc",), ("doc", "B")]),
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
    ("markdown", "shown"),
    [
        ("{% highlight py %}\n# no\n\n  x\n{% endhighlight %}", ["```py\n# no\n\n  x\n```"]),
        ("a\n{%- highlight py linenos -%}\n# no\n{%-endhighlight-%}", ["a", "```py\n# no\n```"]),
        ("{%raw%}\n# no\n{%endraw%}", ["```\n# no\n```"]),
        ("{% raw %}# no\n# no{% endraw %}", ["```\n# no\n# no\n```"]),
        ("{% raw %}\n```\n# no\n```\n{% endraw %}", ["```\n# no\n```"]),
        ("{{< code-toggle file=hugo >}}\n# no\n{{< /code-toggle >}}", ["```\n# no\n```"]),
        ('{% codetabs name="A" -%}\n# no\n{%- endcodetabs %}', ["```\n# no\n```"]),
        ("- a\n\n  {% highlight sh %}\n  # no\n  {% endhighlight %}", ["- a", "```sh\n# no\n```"]),
        ("{% raw %}`{{ a }}` b{% endraw %}", ["{% raw %}`{{ a }}` b{% endraw %}"]),
        ("{% verbatim %}\n# no\n{% endverbatim %}", ["```\n# no\n```"]),
        ("{% codeblock A lang:sh %}\n# no\n{% endcodeblock %}", ["```sh\n# no\n```"]),
        ("{% comment %}\n# no\n\nb\n{% endcomment %}\nc", ["c"]),
        ("{{< code-toggle file=x >}}\n# no\n{{</ code-toggle >}}", ["```\n# no\n```"]),
        ('{{< highlight sh "a=b" >}}\n# no\n{{< /highlight >}}', ["```sh\n# no\n```"]),
        ('{{% tab lang="sh" %}}\n# no\n{{% /tab %}}', ["```sh\n# no\n```"]),
        ("{{< mermaid >}}\n# no\n{{</mermaid>}}", ["```\n# no\n```"]),
        ("{% liquid\n# no\n\necho a\n%}\nb", ["```\n{% liquid\n# no\n\necho a\n%}\n```", "b"]),
        ("{{ table(\n# no\n) }}", ["```\n{{ table(\n# no\n) }}\n```"]),
        ("{#\n# no\n#}\n\n{{/*\n# no\n*/}}\n\n{{!--\n# no\n--}}\na", ["a"]),
        ("{% if a %}\nb\n{% endif %}", ["b"]),
        ("a {% if b %}c{% endif %}", ["a {% if b %}c{% endif %}"]),
    ],
)
def test_code_in_the_tags_of_templates(markdown: str, shown: list[str]) -> None:
    (section,) = read_markdown(markdown, "doc.md")
    assert [block.text for block in section.blocks] == shown


@pytest.mark.parametrize(
    ("markdown", "paths"),
    [
        ("{% raw %}\n# A", [("A",)]),
        ("{% highlight sh %}\n# A\n{% endraw %}\n", [("A",)]),
        ("{% note %}\n# A\n{% endnote %}", [("doc",), ("A",)]),
        ("{{< tab >}}\n# A\n{{< /tab >}}", [("A",)]),
        ("{{< code />}}\n# A\n{{< /code >}}", [("A",)]),
        ("{{ a\n# A\n{{ b }}", [("doc",), ("A",)]),
        ("{#a}\n# A\n#}", [("doc",), ("A",)]),
    ],
)
def test_headings_between_other_tags_begin_sections(
    markdown: str, paths: list[tuple[str, ...]]
) -> None:
    assert [section.heading_path for section in read_markdown(markdown, "doc.md")] == paths


@pytest.mark.parametrize(
    ("props", "texts"),
    [
        ('role="Keeps the lamps burning"', ["Keeps the lamps burning"]),
        ('name="Odile Marchetti"', ["Odile Marchetti"]),
        ('description="Foghorn" icon="horn.svg"', ["Foghorn"]),
        ('note="Twice a minute, at 5 &amp; 6 o\'clock."', ["Twice a minute, at 5 & 6 o'clock."]),
        ("hinweis='Größe' kind='grün'", ["Größe", "grün"]),
        ('className="flex gap two" iconClass="a b c" style="display none"', []),
        ('icon="horn svg" href="a b" type="one two" data-a="b c" aria-label="b c"', []),
        ('cmd="a --b | c" w="1fr 2fr" name="word" path="M 1 2"', []),
    ],
)
def test_texts_in_the_props_of_components(props: str, texts: list[str]) -> None:
    for path in ("a.md", "a.mdx"):
        sections = read_markdown(f"<Card {props} />", path)
        shown = [block.text for section in sections for block in section.blocks]
        assert "\n".join(shown).split("\n") == (texts or [""])


@pytest.mark.parametrize(
    "matter",
    [
        "---\ndescription: D e\nkeywords: [k, 'l, m']\ntags: [x]\n---",
        "---\ndescription: >-\n  D\n  e\nkeywords:\n- k\n- l, m\n---",
        "---\ndescription: 'D\n  e'\nkeywords:\n  - k # x\n  - \"l, m\"\nx:\n  description: y\n---",
        "---\nsummary: D e\nkeywords: k, l, m\n---",
        "+++\ndescription = 'D e'\nkeywords = ['k',\n 'l, m']\n[x]\ndescription = 'y'\n+++",
        '{\n"description": "D e",\n"keywords": ["k", "l, m"],\n"x": {"title": "y"}\n}',
    ],
)
def test_description_and_keywords_of_front_matter_are_text(matter: str) -> None:
    (above, below) = read_markdown(f"{matter}\n# A\n\nx", "doc.md")
    assert [block.text for block in above.blocks] == ["D e\n\nKeywords: k, l, m"]
    assert (above.start_line, above.end_line) == (1, matter.count("\n") + 1)
    assert [block.text for block in below.blocks] == ["x"]


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
        ('<Card title="T" summary="S" a="b c">\na\n</Card>', ["**T**", "**S**", "b c", "a"]),
        ('<p>\na <Tip text="b c">d</Tip> e\n</p>', ["a d e"]),
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
        ("{/* a\n\nb */}\n\nc {/* d */}", ["c"]),
        ("<A>\n    a\n</A>", ["a"]),
        ("<A\n  b={() => c > d}\n  label='L'\n>\n\na", ["**L**", "a"]),
        ("<A b={[\n  1,\n]} />\n\na", ["<A b={[\n  1,\n]} />", "a"]),
        ("a < b\n\n<A>b</A>", ["a < b", "b"]),
        ("<A open", ["<A open"]),
        ("<A b={'It\\'s c'} m={`e\n  f`} g={h}\n/>", ["It's c\ne f"]),
        ("<A b={[{title: 'T', c: 'd e', icon: 'f'}, {c: \"g h\"}]} />", ["**T**\nd e\ng h"]),
        ("<A>{`\n<B title='T' />\n`}</A>", ["```\n<B title='T' />\n```"]),
        ("<A title='T' b='c d'>\n\na\n\n</A>", ["**T**\nc d", "a"]),
        ("<A b='c d' e={[\n  1,\n]} />", ["<A b='c d' e={[\n  1,\n]} />"]),
        ("<A>\n  {`a\n\n  # no\n`}\n</A>", ["```\na\n\n# no\n```"]),
        ("<A label='L'>{`\n# no\n\n\\`b\\` ${c('}')}\n`}</A>", ["**L**", TEMPLATE]),
        ("<div>{`\na\n\n# no\n`}</div>", ["```\na\n\n# no\n```"]),
        ("<A b={`\n\n# no\n`} />\n\na", ["<A b={`\n\n# no\n`} />", "a"]),
        (
            "{[\n  // it's }\n  '}',\n\n# no\n]}\na",
            ["```\n[\n  // it's }\n  '}',\n\n# no\n]\n```", "a"],
        ),
        ("{/* a */\n\n// # no\n}\nb", ["b"]),
        ("{a} b\n\n{c}", ["{a} b", "{c}"]),
        ("{`a\n\nb", ["{`a", "b"]),
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


DEFINITIONS = "\n\n[a]: x.md\n[b c]: https://e.org/(x)\n[img]: i.png 'Title'\n"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("See [the a][a].", "See [the a](x.md)."),
        ("See [A][] or [a].", "See [A](x.md) or [a](x.md)."),
        ("[`code`][a] of [*b*\n  *c*][a]", "[`code`](x.md) of [*b*\n  *c*](x.md)"),
        ("[t][B\nC] end", "[t](https://e.org/%28x%29)\n end"),
        ("![alt][img]", "![alt](i.png)"),
        ("[![alt][img]][a] [![alt][img]](y)", "[![alt](i.png)](x.md) [![alt](i.png)](y)"),
        ("- x [t][a]", "- x [t](x.md)"),
        ("> [t][a]", "> [t](x.md)"),
        ("!!! note\n    [t][a]", "!!! note\n[t](x.md)"),
        ("- [t][z]\n\n  [z]: q.md", "- [t](q.md)\n\n  [z]: q.md"),
        ("| h |\n| --- |\n| [t][a] |", "| h |\n| --- |\n| [t](x.md) |"),
        ("`[t][a]` and \\[a]", "`[t][a]` and \\[a]"),
        ("```\n[t][a]\n```", "```\n[t][a]\n```"),
        ("- x\n\n  ```\n  [t][a]\n  ```", "- x\n\n  ```\n  [t][a]\n  ```"),
        ("    [t][a]", "    [t][a]"),
        ("[t](a) [t][no] [no] [ ] [^1] x[i][j.k]", "[t](a) [t][no] [no] [ ] [^1] x[i][j.k]"),
        ("[text][pkg.mod.f] and [pkg.Boat][]", "text and pkg.Boat"),
    ],
)
def test_links_have_their_targets(markdown: str, text: str) -> None:
    (section,) = read_markdown(markdown + DEFINITIONS, "a.md")
    assert section.blocks[0].text == text


def test_a_title_is_without_the_label_of_its_link() -> None:
    (section,) = read_markdown("## [1.0][v1] - [now]\n\nx\n\n[v1]: a\n[now]: b", "a.md")
    assert section.title == "1.0 - now"


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
        pytest.param("{ref}`t`\n\n+++ {}\n\na\n+++\nb", [("t", "a", "b")], id="breaks"),
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
        ("5 < 6 > 4", "5 < 6 > 4"),
        (r"Vec\<T\> & Box<T>", "Vec<T> & Box"),
        ("<https://example.org/a_b_c> <a@b.c>", "https://example.org/a_b_c a@b.c"),
        ("~~Old~~ New ~/a", "Old New ~/a"),
    ],
)
def test_titles_are_what_is_shown(heading: str, title: str) -> None:
    (section,) = read_markdown(f"# {heading}", "a.md")
    assert section.title == title
