"""HTML: the symbols on pages of API generators, in the spellings of their versions and themes."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.html.reader import read_html

JAVADOC_25 = """<html><head><title>Corn</title>
<meta name="description" content="declaration: package: org.mill, class: Wheel, enum: Corn"></head>
<body class="class-declaration-page"><main role="main"><div class="header">
<h1 title="Enum Class Wheel.Corn" class="title">Enum Class Wheel.Corn</h1></div>
<section class="class-description"><div class="block">Which corn is ground.</div></section>
<ul class="details-list"><li><section class="detail" id="RYE"><h3>RYE</h3>
<div class="member-signature">public static final Corn RYE</div>
<div class="block">For black bread.</div></section></li></ul></main></body></html>"""
JAVADOC_25_PACKAGE = """<html><head><meta name="description"
content="declaration: package: org.mill"></head>
<body><main><h1 title="Package org.mill" class="title">Package org.mill</h1>
<div class="block">Mills.</div></main></body></html>"""
JAVADOC_17 = """<body><main><div class="header"><div class="sub-title"><span>Package</span>&nbsp;
<a href="package-summary.html">org.mill</a></div>
<h1 title="Record Class Sack" class="title">Record Class Sack</h1></div>
<section class="detail" id="grams()"><h3>grams</h3>
<div class="member-signature">public int grams()</div><div class="block">Weight.</div></section>
</main></body>"""
JAVADOC_8 = """<body><div class="header"><div class="subTitle">org.mill</div>
<h2 title="Class Wheel" class="title">Class Wheel&lt;T&gt;</h2></div>
<div class="contentContainer"><div class="details"><ul class="blockList"><li class="blockList">
<ul class="blockList"><li class="blockList"><a name="constructor.detail"></a>
<h3>Constructor Detail</h3><a name="Wheel--"></a><ul class="blockListLast"><li class="blockList">
<h4>Wheel</h4><pre>public Wheel()</pre><div class="block">Builds it.</div></li></ul></li></ul>
<ul class="blockList"><li class="blockList"><h3>Method Detail</h3><a name="open-int-"></a>
<ul class="blockListLast"><li class="blockList"><h4>open</h4><pre>public long open(int inches)</pre>
<div class="block">Lets it open.</div></li></ul></li></ul></li></ul></div></div></body>"""
TYPEDOC = """<body><div class="container container-main"><div class="col-content">
<div class="tsd-page-title"><h1>Class Brewer&lt;W&gt;</h1></div><p>In the kitchen.</p>
<section class="tsd-panel tsd-member"><h3 class="tsd-anchor-link" id="find">
<code class="tsd-tag">Static</code><span>find</span></h3><p>Finds it.</p></section></div>
<div class="col-sidebar"><h3>Settings</h3><p>Member Visibility</p></div></div></body>"""
TYPEDOC_VARIABLE = """<body><div class="tsd-page-title"><h1>Variable COLDEST<code class="tsd-tag">
Const</code></h1></div><p>Cold.</p></body>"""
JSDOC = """<body><div id="main"><h1 class="page-title">Class: Crane</h1><section><header>
<h2>Crane</h2><div class="class-description">A machine that turns on its foot.</div></header>
<article><h4 class="name" id=".warn"><span class="type-signature">(static) </span>warn
<span class="signature">()</span></h4><div class="description">Rings a bell for those who stand
below, and for the captain as well.</div></article></section></div></body>"""
DOCDASH = JSDOC.replace("Class: Crane", "Crane")
RUSTDOC = """<body class="rustdoc"><main><section id="main-content"><div class="main-heading">
<span class="rustdoc-breadcrumbs"><a>hives</a></span><h1>Struct <span>Hive</span></h1></div>
<p>A box.</p><section id="method.smoke">
<h4 class="code-header">pub fn smoke(&amp;self)</h4></section>
<p>Blows smoke.</p><h2 id="blanket-implementations">Blanket Implementations</h2>
<div id="blanket-implementations-list"><section id="method.borrow"><h4 class="code-header">
fn borrow(&amp;self)</h4></section></div></section></main></body>"""
MAIN = "<h2>Assert</h2><p>Checks what must be true while a program runs.</p>"
SPHINX = """<dl class="py class"><dt class="sig sig-object py" id="a.Tree">class a.Tree</dt><dd>
<dl class="py attribute"><dt class="sig sig-object py" id="id0"><span class="sig-name descname">
kind</span>: str</dt><dd><p>Its sort.</p></dd></dl></dd></dl>"""

YARD = """<body><div id="header"><span class="title">Wagon</span></div><div id="content">
<h1>Class: Rail::Wagon</h1><p>Rolls.</p><div class="method_details_list">
<div class="method_details">
<h3 class="signature" id="brake-instance_method">#<strong>brake</strong>(force)</h3>
<p>Stops.</p></div><div class="method_details">
<h3 class="signature" id="load-class_method">.load</h3><p>Reads.</p>
</div></div></div></body>"""
RDOC = """<body><main role="main"><h1 id="c" class="anchor-link class">class Rail::Wagon</h1>
<p>Rolls.</p><section class="documentation-section"><div id="method-i-empty-3F"
class="method-detail"><div class="method-heading">empty?</div><p>Whether it is.</p></div>
<div id="method-c-load" class="method-detail"><p>Reads.</p></div></section></main></body>"""
DOKKA = """<body><div class="main-content" data-page-type="member" id="content"
pageIds="rail::org.example/Wagon/brake/#kotlin.Int/PointingToDeclaration/"><div class="cover">
<h1 class="cover"><span>brake</span></h1></div><p>Stops it.</p></div></body>"""
DOCFX = """<body><article id="_content"><h1 data-uid="Acme.Wagon`1">Class Wagon&lt;T&gt;</h1>
<p>Rolls.</p><h4 data-uid="Acme.Wagon`1.#ctor">Wagon()</h4><p>New.</p>
<h4 data-uid="Acme.Rail.Brake(System.Int32)">Brake(Int32)</h4><p>Stops.</p></article></body>"""
RUSTDOC_2018 = """<body class="rustdoc struct"><section id='main' class="content"><h1 class='fqn'>
<span>Struct <a>hives</a>::<wbr><a>Hive</a></span><span class='out-of-band'>[-]</span></h1>
<p>A box.</p><h4 id='method.smoke' class="method"><code>pub fn smoke(&amp;self)</code></h4>
<p>Blows smoke.</p></section></body>"""


@pytest.mark.parametrize(
    ("page", "symbols"),
    [
        pytest.param(JAVADOC_25, ["org.mill.Wheel.Corn", "org.mill.Wheel.Corn.RYE"], id="java 25"),
        pytest.param(JAVADOC_25_PACKAGE, ["org.mill"], id="a package"),
        pytest.param(JAVADOC_17, ["org.mill.Sack", "org.mill.Sack.grams"], id="java 17"),
        pytest.param(
            JAVADOC_8, ["org.mill.Wheel", "org.mill.Wheel", "org.mill.Wheel.open"], id="java 8"
        ),
        pytest.param(TYPEDOC, ["Brewer", "Brewer.find"], id="typedoc"),
        pytest.param(TYPEDOC_VARIABLE, ["COLDEST"], id="a variable of typedoc"),
        pytest.param(JSDOC, ["Crane", "Crane.warn"], id="jsdoc"),
        pytest.param(DOCDASH, ["Crane", "Crane.warn"], id="docdash"),
        pytest.param(RUSTDOC, ["hives::Hive", "hives::Hive::smoke"], id="rustdoc"),
        pytest.param(YARD, ["Rail::Wagon", "Rail::Wagon#brake", "Rail::Wagon.load"], id="yard"),
        pytest.param(RDOC, ["Rail::Wagon", "Rail::Wagon#empty?", "Rail::Wagon.load"], id="rdoc"),
        pytest.param(DOKKA, ["org.example.Wagon.brake"], id="dokka"),
        pytest.param(DOCFX, ["Acme.Wagon", "Acme.Wagon", "Acme.Rail.Brake"], id="docfx"),
        pytest.param(RUSTDOC_2018, ["hives::Hive", "hives::Hive::smoke"], id="rustdoc of 2018"),
        pytest.param(SPHINX, ["a.Tree", "a.Tree.kind"], id="an object described twice"),
    ],
)
def test_symbols(page: str, symbols: list[str]) -> None:
    sections = read_html(page, "docs/api.html")
    assert [name for section in sections for name in section.symbols] == symbols


@pytest.mark.parametrize(("page", "word"), [(TYPEDOC, "Settings"), (RUSTDOC, "Blanket")])
def test_what_all_pages_have_is_left_out(page: str, word: str) -> None:
    assert word not in str(read_html(page, "a.html"))


def test_text_between_the_title_and_the_article_is_read() -> None:
    assert "turns on its foot" in str(read_html(JSDOC, "a.html"))


def test_title_of_a_site_beside_its_menu_is_no_title_of_the_page() -> None:
    menu = "".join(f"<li><a href='{i}'>Menu entry</a></li>" for i in range(30))
    top = f"<ul>{menu}</ul><h1>Manual of all</h1>"
    page = f"<div id='content'>{top}<div role='main'>{MAIN}</div></div>"
    assert [section.title for section in read_html(f"<body>{page}</body>", "a.html")] == ["Assert"]


def test_label_of_code_is_no_text() -> None:
    page = "<div class='language-js'><span class='lang'>js</span><pre><code>a()</code></pre></div>"
    (section,) = read_html(f"<h1>T</h1>{page}", "a.html")
    assert [block.text for block in section.blocks] == ["```js\na()\n```"]
