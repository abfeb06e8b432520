"""What a hover shows of a section, whatever format its documentation was written in."""

from __future__ import annotations

from itertools import pairwise

import pytest

from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.project import Identity
from askdocs_indexer.readers.markdown.reader import read_markdown
from askdocs_indexer.types import Hit
from askdocs_server.hover.lookup import relation
from askdocs_server.hover.render import hover_text
from askdocs_server.text.sanitize import is_safe

SHORT = 300


def shown(text: str, symbol: str, name: str = "docs/a.rst", language: str = "python") -> str:
    """Return the hover on a symbol that a document's text documents."""
    reader = reader_for(name)
    assert reader is not None
    chunks = [one for one in chunks_of(name, reader(text, name), 900) if symbol in one.symbols]
    assert chunks, f"nothing documents {symbol}"
    return hover_text(Hit(chunks[0], 1.0, tuple(chunks[1:]), symbol), language)


def rst(body: str, signatures: str = "join(a, b)") -> str:
    """Return a page that describes `os.join` with these paragraphs."""
    lines = [f"   {line}".rstrip() for line in body.strip().split("\n")]
    heads = signatures.split("\n")
    head = "\n".join([f".. function:: {heads[0]}", *(f"              {one}" for one in heads[1:])])
    return f"OS\n==\n\n.. module:: os\n\n{head}\n\n" + "\n".join(lines) + "\n\nNext\n----\n\nNo.\n"


SIGNATURE = "```python\nos.join(a, b)\n```"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("Join two.", "Join two.", id="the description"),
        pytest.param(
            "Join two.\n\n.. versionadded:: 3.1\n\nThen more.\n\n.. warning:: It is slow.",
            "Join two.\n\nThen more.\n\n**Warning:** It is slow.\n\n**Added in version 3.1**",
            id="warnings and versions come last",
        ),
        pytest.param(
            "Join two.\n\n.. versionadded:: 1\n\n.. versionchanged:: 2\n   Two.\n\n"
            ".. versionchanged:: 3\n   Three.\n\n.. deprecated:: 4\n   Four.",
            "**Deprecated since version 4:** Four.\n\nJoin two.\n\n"
            "**Changed in version 3:** Three.\n\n**Changed in version 2:** Two.",
            id="the end of life first, then the newest",
        ),
        pytest.param(
            ".. note:: By the way.\n\nJoin two.\n\n.. seealso:: `split`",
            "Join two.\n\n…",
            id="asides are left out",
        ),
        pytest.param(".. note:: Only this.", "**Note:** Only this.", id="unless they are all"),
        pytest.param(
            "Join two.\n\n:param str a: The first. It may be empty.\n:returns: a path",
            "Join two.\n\n- **a (str):** The first. It may be empty.\n- **returns:** a path",
            id="parameters are a list",
        ),
        pytest.param("Join two.\n\nThese are the rules:", "Join two.\n\n…", id="no promise"),
        pytest.param("Thus::\n\n   join(1, 2)", "Thus:\n\n```\njoin(1, 2)\n```", id="code"),
    ],
)
def test_what_matters(body: str, expected: str) -> None:
    assert shown(rst(body), "os.join") == f"{SIGNATURE}\n\n{expected}"


def test_long_text_is_cut_behind_a_sentence() -> None:
    sentences = [f"Sentence {number} joins `a.b` (e.g. paths)." for number in range(60)]
    text = shown(rst("\n".join(" ".join(pair) for pair in pairwise(sentences))), "os.join")
    description = text.removeprefix(SIGNATURE).removesuffix("…").strip()
    assert text.endswith("…")
    assert description.endswith("(e.g. paths).")
    assert SHORT < len(description) < 3 * SHORT


def test_code_is_shown_whole_or_not_at_all() -> None:
    code = "\n".join(f"   line_{number} = join(1, 2)" for number in range(60))
    text = shown(rst(f"Join two. Do it so::\n\n{code}\n\nEnd."), "os.join")
    assert text == f"{SIGNATURE}\n\nJoin two.\n\n…"


def test_a_table_is_cut_behind_a_row() -> None:
    rows = "\n".join(f"| `{number}` | What {number} means |" for number in range(80))
    page = f"# API\n\n## `os.join(a)`\n\nJoin.\n\n| a | b |\n|---|---|\n{rows}\n"
    text = shown(page, "os.join", "a.md")
    assert text.endswith("means |\n\n…")
    assert SHORT < len(text) < 4 * SHORT


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("os.join", "```python\nos.join(a, b)\nos.join(c)\n```\n\nTogether with `split`.\n\nText."),
        ("os.split", "```python\nos.split(a)\n```\n\nTogether with `join`.\n\nText."),
    ],
)
def test_a_symbol_of_several_comes_first(symbol: str, expected: str) -> None:
    page = rst("Text.", "join(a, b)\nsplit(a)\njoin(c)")
    assert shown(page, symbol) == expected


def test_a_large_family_is_counted() -> None:
    page = rst("Text.", "\n".join(f"name{number}(a)" for number in range(9)))
    assert "`name1`, `name2`, `name3`, `name4` and 4 more." in shown(page, "os.name0")


@pytest.mark.parametrize(
    ("page", "name", "symbol", "expected"),
    [
        pytest.param(
            "# API\n\n## `Client.connect(host)`\n\nOpens it.\n",
            "a.md",
            "Client.connect",
            "```python\nClient.connect(host)\n```\n\nOpens it.",
            id="a Markdown heading",
        ),
        pytest.param(
            "# API\n\n## class `Client(host)`\n\n### `Client.close`\n\nCloses it.\n",
            "a.md",
            "Client.close",
            "**Client.close**\n\nCloses it.",
            id="a name alone",
        ),
        pytest.param(
            "os --- The system\n=================\n\n.. module:: os\n\nFor all.\n",
            "a.rst",
            "os",
            "**os — The system**\n\nFor all.",
            id="a page",
        ),
        pytest.param(
            '<h1>API</h1><dl class="py function"><dt id="os.join">os.join(a)</dt><dd><p>Join.</p>'
            '<dl class="field-list"><dt>Parameters:</dt><dd><ul><li><p><b>a</b> – One.</p></li>'
            "<li><p><b>b</b> – Two.</p></li></ul></dd></dl></dd></dl>",
            "a.html",
            "os.join",
            "```python\nos.join(a)\n```\n\nJoin.\n\n**Parameters:**\n\n- **a** – One.\n"
            "- **b** – Two.",
            id="HTML",
        ),
        pytest.param(
            'def join(a):\n    """Join.\n\n    Args:\n        a: One.\n\n            More.\n\n'
            '    Returns:\n        str: A path.\n    """\n',
            "os.py",
            "os.join",
            "```python\ndef join(a)\n```\n\nJoin.\n\n**Args:**\n\n- `a`: One.\n"
            "- **Returns:** str: A path.",
            id="a docstring",
        ),
        pytest.param(
            'def join(a):\n    """Join __a__ and *b* for 2*3*4."""\n',
            "os.py",
            "os.join",
            "```python\ndef join(a)\n```\n\nJoin \\_\\_a__ and *b* for 2\\*3*4.",
            id="literal signs in a docstring",
        ),
        pytest.param(
            "package os\n\n// Join joins __a__ and ~~b~~ of [0](1), see [Path] and `c_d`.\n"
            "func Join() {}\n",
            "os.go",
            "os.Join",
            "```go\nfunc Join()\n```\n\nJoin joins \\_\\_a__ and \\~\\~b~~ of \\[0\\]\\(1), "
            "see `Path` and `c_d`.",
            id="literal signs in a comment of Go",
        ),
        pytest.param(
            "public class Os {\n  /** Joins __a__ and {@code __b__} of <b>2*3*4</b>. */\n"
            "  public void join() {}\n}\n",
            "Os.java",
            "Os.join",
            "```java\npublic void join()\n```\n\nJoins \\_\\_a__ and `__b__` of **2\\*3\\*4**.",
            id="literal signs in Javadoc",
        ),
        pytest.param(
            rst("Element [0](1) of __a__."),
            "a.rst",
            "os.join",
            f"{SIGNATURE}\n\nElement \\[0\\]\\(1) of \\_\\_a__.",
            id="literal signs in reStructuredText",
        ),
        pytest.param(
            '<h1>A</h1><dl><dt class="sig-object" id="os.join">os.join(a)</dt><dd>'
            "<p>Calls __a__ for 2 * 3.</p><p># is a sign.</p></dd></dl>",
            "a.html",
            "os.join",
            "```python\nos.join(a)\n```\n\nCalls \\_\\_a__ for 2 * 3.\n\n\\# is a sign.",
            id="literal signs in HTML",
        ),
    ],
)
def test_formats(page: str, name: str, symbol: str, expected: str) -> None:
    assert shown(page, symbol, name) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[run](command:workbench.action.quit) ![](http://evil.test/a.png)",
        '<img src="http://evil.test/a.png"> <script>alert(1)</script>',
        "[x](javascript:alert(1)). " * 60,
        "``` [a](command:x)\n\n![b](http://evil.test)",
        "| a | b |\n|---|---|\n" + "| [x](command:y) | ![](http://evil.test) |\n" * 60,
    ],
)
def test_what_is_shown_is_safe(text: str) -> None:
    assert is_safe(shown(f"# API\n\n## `os.join(a)`\n\n{text}\n", "os.join", "a.md"))


@pytest.mark.parametrize(
    ("written", "documented", "is_overridden", "line"),
    [
        ("Client", "acme.Client", False, ""),
        ("Client", "Client", False, ""),
        ("join", "crane.cables.splice", False, "`join` stands for `crane.cables.splice`."),
        ("bow", "troupe.Artist.bow", True, "Overrides `troupe.Artist.bow`."),
    ],
)
def test_a_line_says_how_the_symbol_relates_to_the_documented_one(
    written: str, documented: str, is_overridden: bool, line: str
) -> None:
    identity = Identity("python", ("acme", written))
    symbol = Symbol(written, (), (0, 0), (0, len(written)), "python", (identity,))
    page = read_markdown(f"## `{documented}`\n\nText.\n", "a.md")
    chunk = chunks_of("a.md", page, 1000)[0]
    hit = Hit(chunk, 1.0, (), documented, is_overridden)
    assert relation(symbol, hit) == line
    shown = hover_text(hit, "python", line)
    assert shown == "\n\n".join(filter(None, [f"**{documented}**", line, "Text."]))


def test_decorators_belong_to_the_declaration_below_them() -> None:
    code = "import functools\n\n\n@functools.cache\n@other\ndef sharpen(x):\n    '''Grinds.'''\n"
    text = shown(code, "tools.sharpen", "tools.py")
    assert text == "```python\n@functools.cache\n@other\ndef sharpen(x)\n```\n\nGrinds."


def markdown(body: str) -> str:
    """Return what a hover shows below the signature of a section of Markdown with this body."""
    text = shown(f"# API\n\n## `os.join(a)`\n\n{body}\n\n## Next\n\nNo.\n", "os.join", "a.md")
    head, _, rest = text.partition("\n\n")
    assert head == "```python\nos.join(a)\n```"
    return rest


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (":::warning\nHot.\n:::", "**Warning:** Hot."),
        ("::: warning\n\nHot.\n\n:::\n\nThen.", "Then.\n\n**Warning:** Hot."),
        (":::danger[Plates]\nHot.\n:::", "**Danger: Plates:** Hot."),
        (":::caution Caution, plates\nHot.\n:::", "**Caution, plates:** Hot."),
        (":::{warning}\nHot.\n:::", "**Warning:** Hot."),
        ('::: {.callout-important title="Plates"}\nHot.\n:::', "**Important: Plates:** Hot."),
        ("::::tabs\n:::tab Shell\nRun.\n:::\n::::", "**Shell:** Run."),
        ("::: {.columns}\nText.\n:::", "Text."),
        ("/// warning\nHot.\n///", "**Warning:** Hot."),
        ("/// danger | Plates\n\nHot.\n\n///\n\nThen.", "Then.\n\n**Danger: Plates:** Hot."),
        ("/// tab | Shell\nRun.\n///", "**Shell:** Run."),
        ("!!! warning\n    Hot.", "**Warning:** Hot."),
        ('??? danger "Plates"\n    Hot.\n\nThen.', "Then.\n\n**Danger: Plates:** Hot."),
        ('!!! warning inline end ""\n\n    Hot.', "**Warning:** Hot."),
        ("!!! warning\n    - Hot.\n    - Heavy.", "**Warning**\n\n- Hot.\n- Heavy."),
        ('=== "Shell"\n\n    ```sh\n    run\n    ```', "**Shell**\n\n```sh\nrun\n```"),
        ("!!! so loud!", "!!! so loud!"),
        ("> [!WARNING]\n> Hot.\n>\n> Very.", "> **Warning:** Hot.\n>\n> Very."),
        ("> [!caution]- Plates\n> Hot.", "> **Caution: Plates:** Hot."),
        ("> [!NOTE]\n> By the way.\n\nText.", "Text.\n\n…"),
        ("[!WARNING] alone", "[!WARNING] alone"),
        ("```\n:::warning\n!!! note\n```", "```\n:::warning\n!!! note\n```"),
    ],
)
def test_admonitions_are_shown_without_their_marks(body: str, expected: str) -> None:
    assert markdown(f"Join.\n\n{body}") == f"Join.\n\n{expected}"


PARAMETERS = "Join.\n\n**Parameters**\n\n- `a`: the first\n"


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("\n**Returns**: a path.", "**Returns**: a path."),
        ("\n**Returns:**\n\nA path.", "**Returns:**\n\nA path."),
        ("\n**Returns**\n\n- `str`: a path", "**Returns**\n\n- `str`: a path"),
        ("\nReturns a path.", "Returns a path."),
        ("\n**Raises**\n\n```\nx\n```\n\n**Yields**: paths.", "**Yields**: paths."),
    ],
)
def test_the_result_is_shown_below_the_parameters(below: str, expected: str) -> None:
    assert markdown(PARAMETERS + below).split("`a`: the first")[1].strip("\n… ") == expected


def test_the_result_is_shown_below_more_parameters_than_fit() -> None:
    many = "".join(f"- `a{number}`: number {number} of them\n" for number in range(30))
    text = markdown(f"{PARAMETERS}{many}\n**Returns**: a path.")
    assert "`a29`" not in text
    assert text.endswith("\n\n**Returns**: a path.\n\n…")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("H<sub>2</sub>O, 10<sup>-6</sup>, a<sub>max</sub>", "H₂O, 10⁻⁶, amax"),
        ("Press <kbd>Ctrl</kbd>+<kbd class='k'>C</kbd>.", "Press `Ctrl`+`C`."),
        ("One.<br>Two.<BR/>Three.", "One.  \nTwo.  \nThree."),
        ('See <img src="a.png" alt="a &amp; b">.', "See a & b."),
        ('<a name="os.split"></a>', ""),
        ('Text.\n\n<a id="os.split"></a>', "Text."),
        ('A <b>bold <i class="x">word</i></b>.', "A **bold *word***."),
        ('The <a href="https://a.test/b">page</a>.', "The [page](https://a.test/b)."),
        ('The <a href="b.html">page</a>.', "The page."),
        ("A <!-- secret\nwords --> b.", "A  b."),
        ('<span style="color: red">Red</span> and <u>low</u>.', "Red and low."),
        ('<Badge type="tip">new</Badge> <Icon name="x" />Text.', "new Text."),
        ("Open <file> in `<b>` of List<T>.", "Open &lt;file> in `<b>` of List&lt;T>."),
        ("A \\<b>.", "A &lt;b>."),
        ("1 < 2 and 3 > 2.", "1 < 2 and 3 > 2."),
        ("```html\n<b>x</b>\n```", "```html\n<b>x</b>\n```"),
        ("- a<br>b\n- <kbd>c</kbd>", "- a  \nb\n- `c`"),
        ("| a |\n|---|\n| b<br>c |", "| a |\n|---|\n| b c |"),
    ],
)
def test_html_of_markdown_is_shown_as_what_is_seen_of_it(body: str, expected: str) -> None:
    assert markdown(f"Join.\n\n{body}") == f"Join.\n\n{expected}".strip()


def test_tags_that_are_the_text_of_a_page_stay() -> None:
    page = "API\n===\n\n.. py:function:: os.join(a)\n\n   Writes <b> and </b>.\n"
    assert shown(page, "os.join").endswith("Writes &lt;b> and &lt;/b>.")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("See [the guide][g].", "See the guide."),
        ("See [the `site`][s].", "See [the `site`](https://e.org)."),
        ("See [g] and [s][].", "See g and [s](https://e.org)."),
        ("See <https://e.org>.", "See <https://e.org>."),
    ],
)
def test_links_whose_target_is_elsewhere(written: str, expected: str) -> None:
    page = f"# P\n\n## `a.f()`\n\n{written}\n\n## X\n\n[g]: g.md\n[s]: https://e.org\n"
    assert shown(page, "a.f", "a.md").endswith(f"\n\n{expected}")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("See [`Boat::stop`] and [Boat].", "See `Boat::stop` and `Boat`."),
        ("See [the stop][Boat::stop], [it][`Boat`].", "See the stop, it."),
        ("See [`struct@Boat`][] and [f()].", "See `Boat` and `f()`."),
        ("See [the chart][c].\n///\n/// [c]: https://e.org", "See [the chart](https://e.org)."),
        ("An a[Boat], [x] and [NOTE].", "An a[Boat], [x] and [NOTE]."),
    ],
)
def test_links_of_rustdoc(written: str, expected: str) -> None:
    source = f"/// {written}\npub fn turn() {{}}\n"
    reader = reader_for("src/lib.rs")
    assert reader is not None
    sections = reader(source, "src/lib.rs")
    assert expected in [block.text for section in sections for block in section.blocks]
