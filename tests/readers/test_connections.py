"""Links, labels and index words, in every format that has them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from askdocs_indexer.readers.asciidoc.reader import read_asciidoc
from askdocs_indexer.readers.html.reader import read_html
from askdocs_indexer.readers.man.reader import read_man
from askdocs_indexer.readers.markdown.reader import read_markdown
from askdocs_indexer.readers.notebook.reader import read_notebook
from askdocs_indexer.readers.openapi.reader import read_openapi
from askdocs_indexer.readers.org.reader import read_org
from askdocs_indexer.readers.rst.reader import read_rst
from askdocs_indexer.types import Section

Reader = Callable[[str, str], tuple[Section, ...]]

READERS: dict[str, Reader] = {
    "adoc": read_asciidoc,
    "html": read_html,
    "md": read_markdown,
    "mdx": read_markdown,
    "org": read_org,
    "rst": read_rst,
}


def read(suffix: str, text: str, folder: str = "docs/guide") -> tuple[Section, ...]:
    return READERS[suffix](text, f"{folder}/page.{suffix}")


def links(suffix: str, text: str, folder: str = "docs/guide") -> list[tuple[str, str, str]]:
    sections = read(suffix, text, folder)
    return [(x.text, x.context, x.target) for section in sections for x in section.links]


def targets(suffix: str, text: str, folder: str = "docs/guide") -> list[str]:
    return [target for _, _, target in links(suffix, text, folder)]


@pytest.mark.parametrize(
    ("suffix", "written", "link"),
    [
        ("md", "[retries](../retry.md#how)", ("retries", "docs/retry.md#how")),
        ("md", "[retries](</a b.md>)", ("retries", "/a b.md")),
        ("md", '[retries](retry.md "A title")', ("retries", "docs/guide/retry.md")),
        ("md", "[`retry()` calls](retry%20it.md)", ("retry() calls", "docs/guide/retry it.md")),
        ("md", "[*retries*][r]", ("retries", "docs/guide/retry.md")),
        ("md", "[r]", ("r", "docs/guide/retry.md")),
        ("md", "[retries](#retrying)", ("retries", "#retrying")),
        ("md", "[retries][acme.retry.Policy]", ("retries", ":acme.retry.Policy")),
        ("md", "[`acme.retry`][]", ("acme.retry", ":acme.retry")),
        ("md", "[retries](xref:Acme.Retry)", ("retries", ":xref:Acme.Retry")),
        ("md", "[retries](xref:Acme.Retry`1?view=x)", ("retries", ":xref:Acme.Retry")),
        ("md", '[retries]({{< relref "retry.md#how" >}})', ("retries", "docs/guide/retry.md#how")),
        ("md", '[retries]({{% ref "/retry" %}})', ("retries", "/retry")),
        ("md", "[retries]({% link docs/retry.md %})", ("retries", "/docs/retry.md")),
        ("md", "[retries]({{ site.baseurl }}/retry/)", ("retries", "/retry")),
        ("md", '[retries]({{ "/retry/" | relative_url }})', ("retries", "/retry")),
        ("md", "[retries](@/retry.md)", ("retries", "/retry.md")),
        ("md", '<a href="retry.html">retries</a>', ("retries", "docs/guide/retry.html")),
        ("md", "{ref}`retries <retry-label>`", ("retries", ":ref:retry-label")),
        ("md", "{doc}`retries </retry>`", ("retries", "/retry")),
        ("mdx", '<Link to="/docs/retry">retries</Link>', ("retries", "/docs/retry")),
        ("mdx", "[retries](@site/docs/retry.mdx)", ("retries", "/docs/retry.mdx")),
        ("rst", ":ref:`retries <retry-label>`", ("retries", ":ref:retry-label")),
        ("rst", ":doc:`retries <../retry>`", ("retries", "docs/retry")),
        ("rst", ":term:`retries <retry>`", ("retries", ":term:retry")),
        ("rst", ":option:`tool --retry=3`", ("tool --retry=3", ":option:--retry")),
        ("rst", ":py:meth:`~acme.Retry.run`", ("run", ":meth:acme.Retry.run")),
        ("rst", ":setting:`RETRIES`", ("RETRIES", ":setting:RETRIES")),
        ("rst", "`retries <retry.html>`_", ("retries", "docs/guide/retry.html")),
        ("rst", "`Retrying calls`_", ("Retrying calls", "#retrying calls")),
        ("rst", "retries_", ("retries", "docs/guide/retry.html")),
        ("adoc", "<<how-to,retries>>", ("retries", ":how-to")),
        ("adoc", "<<retry.adoc#how,retries>>", ("retries", "docs/guide/retry.adoc#how")),
        ("adoc", "xref:retry.adoc#how[retries]", ("retries", "docs/guide/retry.adoc#how")),
        ("adoc", "xref:../{name}.adoc[retries]", ("retries", "docs/retry.adoc")),
        ("adoc", "link:retry.html[retries]", ("retries", "docs/guide/retry.html")),
        ("org", "[[file:../retry.org::*How][retries]]", ("retries", "docs/retry.org#How")),
        ("org", "[[./retry.org::#how][retries]]", ("retries", "docs/guide/retry.org#how")),
        ("org", "[[id:4f-2][retries]]", ("retries", ":id:4f-2")),
        ("org", "[[#how][retries]]", ("retries", "#how")),
        ("org", "[[*Retrying][retries]]", ("retries", "#Retrying")),
        (
            "html",
            '<a href="../retry.html#how"><b>retries</b></a>',
            ("retries", "docs/retry.html#how"),
        ),
    ],
)
def test_a_link_in_a_sentence(suffix: str, written: str, link: tuple[str, str]) -> None:
    after = {
        "md": "\n\n[r]: retry.md\n",
        "rst": "\n\n.. _retries: retry.html\n",
    }
    before = ":name: retry\n\n" if suffix == "adoc" else ""
    sentence = f"First things. With {written} calls go on. Last things.{after.get(suffix, '')}"
    if suffix == "html":
        sentence = f"<p>{sentence}</p>"
    shown = f"With {link[0]} calls go on."
    assert links(suffix, before + sentence) == [(link[0], shown, link[1])]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("md", "See [it](https://a.org/x.md), [mail](mailto:a@b.c), ![x](y.png), `[a](b.md)`."),
        ("md", "```md\n[a](b.md)\n```\n\n    [c][d]\n\nText[^1] and \\[a](b.md).\n\n[^1]: Note."),
        ("md", "[a](//cdn.example.org/x), a[0][1], [x], [todo][ ] and [a.b](c:d)"),
        ("rst", "A :pep:`8`, a ``:ref:`x` ``, `site <https://example.org>`_ and name_.\n\n"
         ".. _name: https://example.org\n"),
        ("rst", ".. code-block:: rst\n\n   A :ref:`label` here.\n\nText::\n\n   :ref:`label`\n"),
        ("adoc", "A https://example.org[site], `<<x>>`.\n\n----\n<<label>>\n----\n"),
        ("org", "A [[https://example.org][site]].\n\n#+begin_src org\n[[#x][y]]\n#+end_src\n"),
        ("html", '<p>A <a href="https://example.org">site</a>'
         '<a class="headerlink" href="#x">¶</a></p>'),
    ],
)  # fmt: skip
def test_what_is_no_link_into_the_project(suffix: str, text: str) -> None:
    assert targets(suffix, text) == []


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("md", "# Contents\n\n- [First](a.md)\n- [Second](b.md), [Third](c.md)\n"),
        ("rst", "- :doc:`First <a>`\n- :doc:`Second <b>`, :doc:`Third <c>`\n"),
        ("rst", "A\n=\n\n.. toctree::\n   :maxdepth: 1\n\n   First <a>\n   Second <b>\n"
         "   Third <c>\n"),
        ("md", "# A\n\n```{toctree}\nFirst <a>\nSecond <b>\nThird <c>\n```\n"),
        ("adoc", "* xref:a.adoc[First]\n* xref:b.adoc[Second], xref:c.adoc[Third]\n"),
        ("org", "- [[./a.org][First]]\n- [[./b.org][Second]], [[./c.org][Third]]\n"),
        ("html", '<ul><li><a href="a.html">First</a></li><li><a href="b.html">Second</a>, '
         '<a href="c.html">Third</a></li></ul>'),
    ],
)  # fmt: skip
def test_a_bare_list_of_links_has_no_sentences(suffix: str, text: str) -> None:
    assert [(text, context) for text, context, _ in links(suffix, text)] == [
        ("First", ""),
        ("Second", ""),
        ("Third", ""),
    ]


def test_a_long_sentence_is_cut_around_its_link() -> None:
    words = " ".join(f"word{number}" for number in range(80))
    ((_, context, _),) = links("md", f"{words} [the retries](retry.md) {words}.")
    assert len(context) <= 200
    assert " the retries word0" in context


@pytest.mark.parametrize(
    ("suffix", "text", "labels"),
    [
        ("md", "# A\n\nx\n\n## B {#custom .red}\n\nText.", {"B": ["custom"]}),
        ("md", "# A\n\nx\n\n## B {: #custom }\n\nText.", {"B": ["custom"]}),
        ("md", '# A\n\nx\n\n<a id="old"></a>\n<a name="older"></a>\n\n## B\n\nText.',
         {"B": ["old", "older"]}),
        ("md", '# A\n\nText with <span id="here">an id</span>.\n\n## B\n\nText.', {"A": ["here"]}),
        ("md", "# A\n\nx\n\n(label)=\n\n## B\n\n{ref}`label`", {"B": ["label"]}),
        ("md", "```{glossary}\nRetry\n  Once more.\n```", {"page": ["term:Retry"]}),
        ("mdx", "# A\n\nx\n\n## B {/* #custom */}\n\nText.", {"B": ["custom"]}),
        ("rst", "A\n=\n\nx\n\n.. _first:\n.. _second one:\n\nB\n-\n\nText.",
         {"B": ["first", "second one"]}),
        ("rst", "A\n=\n\nText with _`a target`.\n\nB\n-\n\nText.", {"A": ["a target"]}),
        ("rst", "A\n=\n\n.. glossary::\n\n   Retry\n      Once more.\n", {"A": ["term:Retry"]}),
        ("rst", "A\n=\n\n.. fixture:: tmp_path\n\n   A folder.\n", {"A": ["fixture:tmp_path"]}),
        ("rst", "A\n=\n\n.. figure:: x.png\n   :name: fig-x\n\n   Text.\n", {"A": ["fig-x"]}),
        ("adoc", "= A\n\nx\n\n[[custom]]\n== B\n\nText.", {"B": ["custom"]}),
        ("adoc", "= A\n\nx\n\n[#custom.red]\n== B\n\nText.", {"B": ["custom"]}),
        ("adoc", "= A\n\nText [[here]]with an id.\n\n== B\n\nText.", {"A": ["here"]}),
        ("org", "* A\nx\n** B\n:PROPERTIES:\n:CUSTOM_ID: custom\n:ID: 4f-2\n:END:\nText.",
         {"B": ["custom", "id:4f-2"]}),
        ("org", "* A\nText <<here>>.\n* B\nText.", {"A": ["here"]}),
        ("html", '<main>\n<h1 id="top">A</h1>\n<p>x</p>\n<section id="custom">\n<h2>B</h2>\n'
         '<p>Text.</p></section></main>', {"A": ["top"], "B": ["custom"]}),
    ],
)  # fmt: skip
def test_labels_belong_to_the_section_that_they_are_for(
    suffix: str, text: str, labels: dict[str, list[str]]
) -> None:
    sections = read(suffix, text)
    assert {s.title: list(s.labels) for s in sections if s.labels} == labels


@pytest.mark.parametrize(
    ("suffix", "text", "keywords"),
    [
        ("md", "---\ntitle: Backing off\ntags: [retry, again]\n---\n# A\n\nText.",
         ["Backing off", "retry", "again"]),
        ("md", "---\ntags:\n  - retry\nsidebar_label: Once more\n---\n# A\n\nText.",
         ["retry", "Once more"]),
        ("md", "+++\ndescription = 'How to retry'\naliases = ['/old/back-off/']\n+++\n# A\n\nText.",
         ["How to retry", "back off"]),
        ("md", "---\ntitle: A\ndescription: Once more\n---\n# A\n\nText.", ["Once more"]),
        ("md", "---\nredirect_from: /old/back_off.html\n---\n# A\n\nText.", ["back off"]),
        ("rst", ".. meta::\n   :keywords: retry, again\n   :description lang=en: Once more\n\n"
         "A\n=\n\nText.",
         ["retry, again", "Once more"]),
        ("rst", ".. index:: retry, again\n   single: back off; after errors\n\nA\n=\n\nText.",
         ["retry", "again", "back off, after errors"]),
        ("rst", "A\n=\n\nText with :index:`words <retry; again>`.", ["retry; again"]),
        ("rst", "A\n=\n\n.. image:: x.png\n   :alt: Three attempts\n\nText.", ["Three attempts"]),
        ("adoc", "= A\n:keywords: retry, again\n:page-aliases: old/slow-down.adoc\n\n"
         "Text(((back off))).", ["retry, again", "slow down", "back off"]),
        ("org", "#+TITLE: A\n#+KEYWORDS: retry again\n\nx\n#+cindex: backing off\n",
         ["retry again", "backing off"]),
        ("html", '<head><meta name="keywords" content="retry, again"></head><body><main>'
         '<h1>A</h1>\n<p>Text. <img src="x.png" alt="Three attempts"></p></main></body>',
         ["retry, again", "Three attempts"]),
    ],
)  # fmt: skip
def test_words_that_a_page_is_indexed_under(suffix: str, text: str, keywords: list[str]) -> None:
    first = read(suffix, text)[0]
    assert list(first.keywords) == keywords


def test_index_words_of_a_section() -> None:
    text = "A\n=\n\nx\n\n.. index:: retry\n\nB\n-\n\nText.\n"
    assert {s.title: s.keywords for s in read("rst", text)} == {"A": (), "B": ("retry",)}


def test_addresses_of_a_page() -> None:
    matter = (
        "---\nslug: /retrying\nid: back-off\nuid: acme.retry\naliases: [old/x]\n---\n# A\n\nText."
    )
    labels = read("md", matter)[0].labels
    assert set(labels) == {"acme.retry", "/retrying", "/docs/guide/back-off", "/old/x"}


def test_lines_that_come_from_another_file_belong_to_the_section_around() -> None:
    files = {"docs/guide/part.md": "See [retries](retry.md).\n"}
    text = '# A\n\nx\n\n## B\n\n--8<-- "part.md"\n\n## C\n\ny\n'
    sections = read_markdown(text, "docs/guide/page.md", files.get)
    assert [section.title for section in sections if section.links] == ["B"]


def test_names_of_the_current_module() -> None:
    text = ".. currentmodule:: acme\n\nSee :func:`run`, :meth:`Client.get` and :func:`os.dup`.\n"
    assert targets("rst", text) == [":func:acme.run", ":meth:acme.Client.get", ":func:os.dup"]


def test_pages_of_antora_are_in_their_module() -> None:
    text = "A xref:retry.adoc[x], a xref:api:calls.adoc#get[y].\n"
    assert targets("adoc", text, "docs/modules/ROOT/pages/deep") == [
        "docs/modules/ROOT/pages/retry.adoc",
        "docs/modules/api/pages/calls.adoc#get",
    ]


def test_manual_pages_refer_to_each_other() -> None:
    text = (
        ".TH TOOL-RUN 1\n.SH NAME\ntool-run \\- runs\n.SH DESCRIPTION\nWaits as\n"
        ".BR tool-wait (1)\ndoes.\n.SH SEE ALSO\n.BR tool (1),\n.BR tool-run (1)\n"
    )
    sections = read_man(text, "man/tool-run.1")
    assert sections[0].labels == ("tool-run(1)",)
    written = [(x.text, x.context, x.target) for section in sections for x in section.links]
    assert written == [
        ("tool-wait(1)", "Waits as tool-wait(1) does.", ":man:tool-wait(1)"),
        ("tool(1)", "", ":man:tool(1)"),
    ]


def test_cells_of_a_notebook() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "\n", "Do [retry](../retry.md) it."]},
        {"cell_type": "code", "source": ["x = '[a](b.md)'"]},
        {
            "cell_type": "markdown",
            "source": ["## B {#custom}\n", "\n", "See [calls](calls.ipynb)."],
        },
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    first, second = read_notebook(text, "docs/guide/page.ipynb")
    assert [link.target for link in first.links] == ["docs/retry.md"]
    assert [link.target for link in second.links] == ["docs/guide/calls.ipynb"]
    assert second.labels == ("custom",)


def test_operations_of_an_interface() -> None:
    text = (
        "openapi: 3.0.0\ninfo: {title: Pets, version: '1'}\npaths:\n  /pets:\n    get:\n"
        "      operationId: listPets\n      summary: All animals\n      tags: [zoo]\n"
        "      description: Works as [paging](guide/paging.md) does.\n"
    )
    (operation,) = [s for s in read_openapi(text, "docs/api.yaml") if s.symbols]
    assert operation.keywords == ("All animals", "zoo")
    assert operation.labels == ("listPets",)
    assert [link.target for link in operation.links] == ["docs/guide/paging.md"]
