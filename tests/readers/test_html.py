"""HTML: main content, lines and damaged markup."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.html import read_html
from askdocs_indexer.readers.html_lexer import lex_html


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
