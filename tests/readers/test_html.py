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
        ("<aside>On this page <a>A title</a></aside><aside class='footnote'>a</aside>", ["a"]),
        ("<aside class='toc'>x</aside><aside><button>Menu</button></aside>a", ["a"]),
        ("<aside role='doc-endnotes'><p>abc<a>d</a></p></aside>", ["abcd"]),
        ("<aside class='sidebar'><p>Side</p><p>a</p></aside>", ["Side", "a"]),
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
        pytest.param(
            "<dl><dt class='sig-object cpp' id='_CPPv4I0_iEN1n1fEv'>template&lt;typename "
            "<b class='sig-name descname'>K</b>, int <b class='sig-name descname'>V</b>&gt;<br>"
            "void <i class='sig-prename descclassname'>n::</i>"
            "<b class='sig-name descname'>f</b>()</dl>",
            ["n::f"],
            id="the parameters of a template are not named",
        ),
        pytest.param(
            "<dl class='cpp class'><dt class='sig-object cpp' id='_CPPv4I0EN1CE'>template&lt;class "
            "<b class='sig-name'>T</b>&gt;<br>class <b class='sig-name'>C</b><dd><dl>"
            "<dt class='sig-object cpp' id='_CPPv4I0EN1C1fEv'>template&lt;class "
            "<b class='sig-name'>U</b>&gt;<br>void <b class='sig-name'>f</b>()</dl></dl>",
            ["C", "C::f"],
            id="a template's template",
        ),
        pytest.param(
            "<dl><dt class='sig-object cpp' id='_CPPv4I0EN1n1C1fE'>template&lt;class "
            "<b class='sig-name'>T</b>&gt;<br>T <i class='sig-prename'>n::C&lt;B&lt;T&gt;&gt;::</i>"
            "<b class='sig-name'>f</b></dl>",
            ["n::C::f"],
            id="nor are its arguments",
        ),
        pytest.param(
            "<dl class='function'><dt id='_CPPv3I0EN1n1fEv'>template&lt;class "
            "<code class='descname'>T</code>&gt;<br>void <code class='descclassname'>n::</code>"
            "<code class='descname'>f</code>()</dl>",
            ["n::f"],
            id="older versions of Sphinx",
        ),
        pytest.param(
            "<dl><dt id='m.C'><code class='flex name class'>class <b class='ident'>C</b></code>"
            "<dd><h3>Methods</h3><dl><dt id='m.C.f'><code class='name flex'>def "
            "<b class='ident'>f</b></code>(self)<dd>F</dl></dl>",
            ["m.C", "m.C.f"],
            id="pdoc3",
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


PDOC = """
<main class="pdoc"><section class="module-info"><h1 class="modulename">
<a href="p.html">p</a><wbr>.m    </h1><div class="docstring">Module.</div></section>
<section id="LIMIT"><div class="attr variable"><span class="name">LIMIT</span>
<span class="annotation">: int</span> = <span class="default_value">8</span></div>
<div class="docstring">Most.</div></section>
<section id="f"><div class="attr function"><div class="decorator">@cache</div>
<span class="def">def</span> <span class="name">f</span>(x)
<label class="view-source-button" for="f-view-source"><span>View Source</span></label></div>
<div class="pdoc-code codehilite"><pre>def f(x): secret</pre></div>
<div class="docstring"><h2>Rules</h2><p>Function.</p></div></section>
<section id="C"><div class="attr class">class <span class="name">C</span></div>
<div class="docstring">Class.</div><div id="C.g" class="classattr"><div class="attr function">
def <span class="name">g</span>(self)</div><div class="docstring">Method.</div></div></section>
</main>
"""


def test_members_of_a_module_by_pdoc() -> None:
    sections = read_html(PDOC, "docs/m.html")
    assert [(s.symbols, s.domain, [block.text for block in s.blocks]) for s in sections] == [
        (("p.m",), "python", ["Module."]),
        (("p.m.LIMIT",), "python", ["```\nLIMIT : int = 8\n```", "Most."]),
        (("p.m.f",), "python", ["```\n@cache\ndef f(x)\n```", "**Rules**", "Function."]),
        (("p.m.C",), "python", ["```\nclass C\n```", "Class."]),
        (("p.m.C.g",), "python", ["```\ndef g(self)\n```", "Method."]),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<details class='source'><summary><span>Expand source code</span></summary><pre>x</pre>",
        "<details><summary>View Source</summary><div class='codehilite'><pre>x</pre></div>",
        "<details class='quote'><summary>Source code in <code>a.py</code></summary><pre>x</pre>",
        "<div class='method-source-code' id='f-source'><pre>x</pre>",
        "<table class='source_code'><tr><td><pre>x</pre></td></tr></table>",
        "<section class='summary source-code' id='source'><pre>x</pre>",
    ],
)
def test_the_source_of_a_symbol_is_no_documentation(source: str) -> None:
    (section,) = read_html(f"<main><h1>T</h1><p>a</p>{source}", "a.html")
    assert [block.text for block in section.blocks] == ["a"]


def test_a_name_of_cpp_belongs_to_its_family() -> None:
    page = "<dl class='function'><dt id='_CPPv3N1n1fEv'><code class='descname'>f</code></dl>"
    assert [section.domain for section in read_html(page, "a.html")] == ["c"]


TYPEDOC = """
<div class="tsd-page-title"><ul class="tsd-breadcrumb"><li><a>plant</a></li></ul>
<h1>{title}</h1></div>
<section class="tsd-panel"><p>All.</p></section>
<section class="tsd-panel tsd-member"><a id="{name}" class="tsd-anchor"></a>
<h3 class="tsd-anchor-link"><code class="tsd-tag">Static</code> <span>{name}</span></h3>
<div class="tsd-signature">{name}()</div><p>One.</p>
<h4 class="tsd-anchor-link">Words</h4></section>
""".strip()
JSDOC = """
<div id="main"><h1 class="page-title">{title}</h1>
<h4 class="name" id="{name}"><i class="signature"></i>{shown}</h4><p>One.</p></div>
"""


def documented(page: str) -> list[tuple[str, str]]:
    """Return the names that a page documents, each with its domain."""
    sections = read_html(page, "a.html")
    return [(name, section.domain) for section in sections for name in section.symbols]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (TYPEDOC.format(title="Class Tank&lt;T&gt;", name="fill"), ["Tank", "Tank.fill"]),
        (TYPEDOC.format(title="Enumeration Mode", name="Fast"), ["Mode", "Mode.Fast"]),
        (TYPEDOC.format(title="Class Tank", name="constructor"), ["Tank", "Tank"]),
        (JSDOC.format(title="Class: Tank", name="fill", shown="fill(a)"), ["Tank", "Tank.fill"]),
        (JSDOC.format(title="Class: Tank", name=".of", shown="of(a)"), ["Tank", "Tank.of"]),
        (JSDOC.format(title="Class: Tank", name="Tank", shown="new Tank(a)"), ["Tank", "Tank"]),
        (JSDOC.format(title="Namespace: a.b", name=".x", shown="x :number"), ["a.b", "a.b.x"]),
        (JSDOC.format(title="Global", name="fill", shown="fill(a)"), ["fill"]),
    ],
)
def test_pages_of_javascript(page: str, names: list[str]) -> None:
    assert documented(page) == [(name, "javascript") for name in names]


def test_a_group_by_doxygen_documents_its_members() -> None:
    page = (
        "<div class='headertitle'><div class='title'>Valves</div></div><div class='contents'>"
        "<h2 class='memtitle'>VALVE_MAX</h2><p>a</p><h2 class='memtitle'>valve_open()</h2></div>"
    )
    assert documented(page) == [("VALVE_MAX", "c"), ("valve_open", "c")]


def test_older_pages_of_rustdoc_have_the_path_in_their_title() -> None:
    title = "<h1>Struct <a>shop</a>::<a>stack</a>::<a class='struct'>Stack</a></h1>"
    method = "<section id='method.len'><h4 class='code-header'>pub fn len()</h4></section>"
    page = f"<body class='rustdoc struct'><main>{title}{method}</main></body>"
    names = ["shop::stack::Stack", "shop::stack::Stack::len"]
    assert documented(page) == [(name, "rust") for name in names]
    assert documented(f"<body>{title}</body>") == []


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
        ("`a`", r"\`a\`"),
        ("a ` b <code>c</code> ` d", r"a \` b `c` \` d"),
        ("~~a~~ or ~b~", r"\~\~a~~ or \~b~"),
        ("~/a and ~/b", "~/a and ~/b"),
        ("~~~ a<br>===<br>---", "\\~~~ a\n\\===\n\\---"),
        ("<b>a \\</b>", r"**a \\**"),
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
