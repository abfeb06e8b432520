"""HTML: main content, lines and damaged markup."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.html.lexer import lex_html
from askdocs_indexer.readers.html.reader import read_html


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<p>a<p>b", ["a", "b"]),
        ("<nav>x</nav><main><p>a</p></main><p>b</p>", ["a"]),
        ("<div role='main'>a</div>b", ["a"]),
        ("<article>a</article><article>b</article>", ["a", "b"]),
        ("<div class='body'>a</div>b", ["a"]),
        ("<script>x < y</script>a<style>p</style><template>t</template>", ["a"]),
        ("a<br>b &amp; &lt;c&gt; &#x41;", ["a\nb & <c> A"]),
        ("<pre>a\n  b &lt; c\n</pre>", ["```\na\n  b < c\n```"]),
        ("<pre><code class='language-js'>x</code></pre>", ["```js\nx\n```"]),
        ("<ol><li>a<li>b<ul><li>c</ul></ol>", ["1. a", "2. b", "   - c"]),
        ("<tr><td>a<td>b", ["|  |  |\n| --- | --- |\n| a | b |"]),
        ("<table><tr><td><pre>1</pre></td><td class=linenos>9</table>", ["```\n1\n```"]),
        ("<dl><dt>a<dt>b<dd>c</dl>", ["- **a, b:** c"]),
        ("<p><a href='#a'>A</a> <a href='#b'>B</a></p>", []),
        ("<span><p>a</p></span>", ["a"]),
        ("a</p></div></b>b", ["ab"]),
        ("<p title='1 > 0' hidden>a</p><p>b", ["b"]),
        ("1 < 2 <b>x", ["1 < 2 **x**"]),
        ("a <!-- b", ["a"]),
        ("<a href='x", []),
        ("<B>a</B>", ["**a**"]),
        ("<aside>x</aside><aside class='footnote'>a</aside>", ["a"]),
        ("<table><caption>a</caption><tr><td>b</table>", ["**a**", "|  |\n| --- |\n| b |"]),
        ("<ul>a<li>b</ul>", ["a", "- b"]),
        ("<dl><dt>a:<dd>b</dl>", ["- **a:** b"]),
        ("<details><summary>a<pre>b</pre></summary>c</details>", ["a", "```\nb\n```", "c"]),
        ("<p><a class='src' href='x'>Source</a>a <a href='#b'>§</a></p>", ["a"]),
        ("<ul><li><h3>T</h3>a</ul>", ["a"]),
        ("<div class='summary'>a</div>", ["a"]),
        ("<p>a <br>" + "b " * 400, ["a", ("b " * 400).strip()]),
    ],
)
def test_blocks(markup: str, texts: list[str]) -> None:
    sections = read_html(markup, "a.html")
    assert [block.text for section in sections for block in section.blocks] == texts


def test_page_without_a_first_heading_is_called_by_its_title() -> None:
    (section,) = read_html("<title>T &amp; U</title><h2>Part</h2><p>a", "dir/a.html")
    assert section.heading_path == ("T & U", "Part")
    (section,) = read_html("<p>a", "dir/page.html")
    assert section.heading_path == ("page",)


def test_tokens_know_their_lines() -> None:
    tokens = list(lex_html("a\n<p\nid='x'>b\n\nc</p>", first_line=5))
    assert [(token.kind, token.value, token.start_line, token.end_line) for token in tokens] == [
        ("text", "a\n", 5, 5),
        ("start", "p", 6, 7),
        ("text", "b\n\nc", 7, 9),
        ("end", "p", 9, 9),
    ]
    assert tokens[1].attributes == {"id": "x"}


@pytest.mark.parametrize(
    "page",
    [
        "<main><div class='side'><h2>M</h2></div><article><h1>T</h1>a</article></main>",
        "<main><nav>M</nav><h1>T</h1><p>a</p></main><aside>M</aside>",
        "<div role='main' class='document'><h1>T</h1>a</div><footer>M</footer>",
        "<div class='document'><div class='body'><h1>T</h1>a</div><div class='sphinxsidebar'>M",
        "<div class='topNav'>M</div><div class='header'><h1>T</h1></div>a<div class='subNav'>M",
        "<body class='nav'><div class='navheader'>M</div><h1>T</h1>a",
        "<div id='titlearea'>M</div><div class='headertitle'>T</div><div class='contents'>a</div>",
        "<main><h1>T<a class='mark' href='#t'>#</a></h1>a<nav class='pagination'>M</nav></main>",
    ],
)
def test_menus_are_no_text(page: str) -> None:
    sections = read_html(page, "a.html")
    assert [(s.title, [block.text for block in s.blocks]) for s in sections] == [("T", ["a"])]


def test_sections_of_cards_keep_the_text_around_them() -> None:
    sections = read_html("<main><h1>T</h1>a<article>b</article></main>", "a.html")
    assert [block.text for block in sections[0].blocks] == ["a", "b"]


@pytest.mark.parametrize(
    ("markup", "symbols"),
    [
        ("<dl class='py function'><dt class='sig-object' id='a.f'>f()</dl>", ["a.f"]),
        ("<dl class='function'><dt id='a.f'>f()</dl>", ["a.f"]),
        ("<dl><dt class='sig-object' id='c.F_x'>F_x</dl>", ["F_x"]),
        (
            "<dl><dt class='sig-object cpp' id='_CPPv41a'><i class='sig-prename'>n::</i>"
            "<b class='sig-name'>C</b><dd><dl><dt class='sig-object cpp' id='_CPPv42b'>"
            "<b class='sig-name'>f</b></dl></dl>",
            ["n::C", "n::C::f"],
        ),
        ("<dl><dt class='sig-object std' id='o-v'><b class='sig-name'>-v</b></dl>", ["-v"]),
        ("<dl><dt id='term-x'>x<dd>y</dl>", []),
        ("<dl><dt>int <b class='def-name'>f</b> (x)</dl>", ["f"]),
        ("<h2 id='a.C'><code>C</code></h2>", ["a.C"]),
        ("<h2 id='a.C.f'><code>f(x)</code> <code>async</code></h2>", ["a.C.f"]),
        ("<h2 id='x.y'>Other words</h2>", []),
        ("<h3>g_free ()</h3>", ["g_free"]),
    ],
)
def test_symbols(markup: str, symbols: list[str]) -> None:
    sections = read_html(markup, "a.html")
    assert [name for section in sections for name in section.symbols] == symbols


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a __b__ c", r"a \_\_b__ c"),
        ("_handle, a_b_c", "_handle, a_b_c"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("2*3*4", r"2\*3\*4"),
        ("*a* and <em>b</em>", r"\*a\* and *b*"),
        ("*args, **kwargs", r"\*args, \*\*kwargs"),
        ("<code>__a__</code>", "`__a__`"),
        ("`a`", r"\`a`"),
        ("[0](1)", r"\[0\](1)"),
        ("&amp;lt; &amp; b", r"\&lt; & b"),
        (r"a\*b", r"a\\\*b"),
        (r"C:\dir", r"C:\dir"),
        ("# a<br># b", "\\# a\n\\# b"),
        ("&gt; a", r"\> a"),
    ],
)
def test_signs_are_literal(markup: str, text: str) -> None:
    (section,) = read_html(f"<h1>T</h1><p>{markup}</p>", "a.html")
    assert [block.text for block in section.blocks] == [text]


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("The __enter__ method of _handle", "The __enter__ method of _handle"),
        ("Use of 2 * 2 * 2", "Use of 2 * 2 * 2"),
        ("2*2*2 <em>and</em> *a*", "2*2*2 and *a*"),
        ("List&lt;T&gt; &amp;amp; `b`", "List<T> &amp; `b`"),
        ("# of <code>a_b_</code>", "# of a_b_"),
    ],
)
def test_titles_keep_literal_signs(markup: str, title: str) -> None:
    (section,) = read_html(f"<h1>{markup}</h1>", "a.html")
    assert section.title == title
