"""HTML: where the content of a page is, in the pages of many generators, and their boxes."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.html.reader import read_html

TEXT = "<h2>Part</h2><p>First words.</p><pre>run()</pre><p>Last words.</p>"
PART = "<h2>Part</h2><p>First words.</p><main><pre>run()</pre></main><p>Last words.</p>"
MENU = "<ul>" + "<li><a href='x'>Menu entry</a></li>" * 60 + "</ul>"
LISTING = "<div class='listingblock'><div class='content'><pre>" + "line();\n" * 60 + "</pre></div>"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            f"<div id='header'><h1>T</h1><div id='toc' class='toc'>{MENU}</div></div>"
            f"<div id='content'><div class='sect1'>{TEXT}</div></div>"
            "<div id='footer'><div id='footer-text'>Updated</div></div>",
            id="asciidoctor",
        ),
        pytest.param(
            f"<div class='document'><div class='bodywrapper'><div class='body' role='main'>{TEXT}"
            f"</div></div><div class='sphinxsidebar'>{MENU}</div></div><div class='footer'>x</div>",
            id="alabaster",
        ),
        pytest.param(
            f"<aside>{MENU}</aside><div class='main'><div class='content'><div "
            f"class='article-container'><article role='main'>{TEXT}</article></div></div></div>",
            id="furo",
        ),
        pytest.param(
            f"<nav>{MENU}</nav><section><div class='rst-content'><div role='navigation'>x</div>"
            f"<div role='main' class='document'><div itemprop='articleBody'>{TEXT}</div></div>",
            id="readthedocs",
        ),
        pytest.param(
            f"<div class='bd-sidebar'>{MENU}</div><main class='bd-main'><div class='bd-content'>"
            f"<article class='bd-article'><h1>T</h1>{TEXT}</article></div></main>",
            id="pydata",
        ),
        pytest.param(
            f"<div class='VPSidebar'>{MENU}</div><div class='content'><main class='main'>"
            f"<div class='vp-doc'>{TEXT}</div></main></div>",
            id="vitepress",
        ),
        pytest.param(
            f"<aside>{MENU}</aside><main><div class='row'><div class='col'><article>{TEXT}"
            f"</article></div><div class='col'><div class='table-of-contents'>{MENU}</div></div>",
            id="docusaurus",
        ),
        pytest.param(
            f"<nav id='sidebar'>{MENU}</nav><div id='content' class='content'><main>{TEXT}</main>",
            id="mdbook",
        ),
        pytest.param(
            f"<main class='article'><div class='content'><aside class='toc sidebar'>{MENU}</aside>"
            f"<article class='doc'><h1>T</h1>{TEXT}</article></div></main>",
            id="antora",
        ),
        pytest.param(
            f"<main class='container'><aside class='book-menu'>{MENU}</aside><div class='page'>"
            f"<article class='markdown'><h1>T</h1>{TEXT}</article></div></main>",
            id="hugo book",
        ),
        pytest.param(
            f"<div class='md-sidebar'><nav>{MENU}</nav></div><div class='md-content'><article "
            f"class='md-content__inner'>{TEXT}</article></div>",
            id="material",
        ),
        pytest.param(TEXT, id="plain"),
        pytest.param(f"<main></main><div>{TEXT}</div>", id="an empty main"),
        pytest.param(PART, id="a small main within the text"),
        pytest.param(
            f"<div class='sidebar-content'>{MENU}</div><div id='content'>{TEXT}</div>",
            id="a menu with more words than the text",
        ),
    ],
)
def test_all_of_the_content_and_no_menu_is_read(page: str) -> None:
    (section,) = [s for s in read_html(f"<body>{page}</body>", "a.html") if s.blocks]
    texts = [block.text for block in section.blocks]
    assert (section.title, texts) == ("Part", ["First words.", "```\nrun()\n```", "Last words."])


@pytest.mark.parametrize(
    "page",
    [
        f"<h2>A</h2><p>First words.</p>{LISTING}",
        f"<h2>A</h2><div class='content'><img alt='x'></div><p>First words.</p>{LISTING}",
        f"<div class='body'><p>First words.</p></div><div class='body'>{LISTING}</div>",
        f"<div class='card content'><p>First words.</p></div><div class='content'>{LISTING}</div>",
        f"<div id='content'><h2>A</h2><p>First words.</p>{LISTING}</div>",
        f"<main><h1>T</h1><p>First words.</p><article><h2>A</h2>{LISTING}</article></main>",
    ],
)
def test_a_part_of_the_page_is_not_its_content(page: str) -> None:
    texts = [block.text for s in read_html(page, "a.html") for block in s.blocks]
    assert texts[0] == "First words."
    assert texts[-1].count("line();") == 60


def test_a_page_of_links_is_its_content() -> None:
    page = f"<div class='x'><p>Choose a language</p></div><main>{MENU}</main>"
    (section,) = read_html(page, "a.html")
    assert {block.text for block in section.blocks} == {"- Menu entry"}


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        pytest.param(
            "<div class='admonitionblock note'><table><tr><td class='icon'><div class='title'>Note"
            "</div></td><td class='content'>Mind it.</td></tr></table></div>",
            ["**Note:** Mind it."],
            id="asciidoctor",
        ),
        pytest.param(
            "<div class='admonitionblock tip'><table><tr><td class='icon'><i class='fa icon-tip' "
            "title='Tip'></i></td><td class='content'><div class='title'>Doors</div><div><p>One."
            "</p></div><div class='listingblock'><div class='content'><pre>x</pre></div></div>"
            "</td></tr></table></div>",
            ["**Tip:** **Doors**", "One.", "```\nx\n```"],
            id="asciidoctor with blocks and an icon of a font",
        ),
        pytest.param(
            "<div class='admonitionblock note'><table><tr><td class='icon'><img src='n.png' "
            "alt='Note'></td><td class='content'>Mind it.</td></tr></table></div>",
            ["**Note:** Mind it."],
            id="asciidoctor with a picture",
        ),
        pytest.param(
            "<pre>a(); <b class='conum'>(1)</b></pre><div class='colist arabic'><table><tr><td>"
            "<i class='conum' data-value='1'></i><b>1</b></td><td>Calls it</td></tr></table></div>",
            ["```\na(); (1)\n```", "1. Calls it"],
            id="numbers in code",
        ),
        pytest.param(
            "<div class='quoteblock'><div class='title'>Words</div><blockquote><p>a</p>"
            "</blockquote><div class='attribution'>&#8212; Me<br><cite>Book</cite></div></div>",
            ["**Words**", "a", "— Me\n*Book*"],
            id="quote",
        ),
        pytest.param(
            "<div class='verseblock'><pre class='content'>a\n  *b*</pre></div>",
            ["a  \n\\*b\\*"],
            id="verse",
        ),
        pytest.param(
            "<div id='content'><p>Long enough.<sup class='footnote'>[<a href='#d'>1</a>]</sup></p>"
            "</div><div id='footnotes'><div class='footnote'><a href='#r'>1</a>. A</div></div>",
            ["Long enough.[1]", "1. A"],
            id="footnotes beside the content",
        ),
        pytest.param(
            "<div class='theme-admonition alert'><div class='admonitionHeading_Gvgb'><span>"
            "</span>warning</div><div><p>Mind it.</p></div></div>",
            ["**warning:** Mind it."],
            id="docusaurus",
        ),
        pytest.param(
            "<div class='tip custom-block'><p class='custom-block-title'>TIP</p><p>Mind it.</p>",
            ["**TIP:** Mind it."],
            id="vitepress",
        ),
        pytest.param(
            "<aside class='starlight-aside'><p class='starlight-aside__title'>Note</p>"
            "<div><p>Mind it.</p></div></aside>",
            ["**Note:** Mind it."],
            id="starlight",
        ),
        pytest.param(
            "<div class='admonition note'><p class='admonition-title'>Note</p><p>Mind it.</p>",
            ["**Note:** Mind it."],
            id="sphinx",
        ),
    ],
)
def test_boxes(markup: str, texts: list[str]) -> None:
    (section,) = read_html(f"<h1>T</h1>{markup}", "a.html")
    assert [block.text for block in section.blocks] == texts
