"""AsciiDoc: inline markup, attributes, includes, conditions, lists and tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askdocs_indexer.readers.asciidoc.attributes import Attributes
from askdocs_indexer.readers.asciidoc.includes import (
    antora_attributes,
    included_paths,
    selected,
)
from askdocs_indexer.readers.asciidoc.inline import Inline
from askdocs_indexer.readers.asciidoc.reader import read_asc, read_asciidoc


def texts(source: str, files: dict[str, str] | None = None, path: str = "docs/a.adoc") -> list[str]:
    sections = read_asciidoc(source, path, (files or {}).get)
    return [block.text for section in sections for block in section.blocks]


def outline(source: str, files: dict[str, str] | None = None) -> list[tuple[str, ...]]:
    return [section.heading_path for section in read_asciidoc(source, "a.adoc", (files or {}).get)]


@pytest.mark.parametrize(
    ("written", "markdown"),
    [
        ("*a* _b_ `c`", "**a** *b* `c`"),
        ("x**a**x __b__c ``d``e", "x**a**x *b*c `d`e"),
        ("`+*x*+` +*y*+ ++*z*++ pass:q[*w*]", r"`*x*` \*y\* \*z\* \*w\*"),
        ("snake_case_name, 2 * 3 * 4", "snake_case_name, 2 * 3 * 4"),
        (r"\*not* \{version}", r"\*not\* {version}"),
        ("{version}, {unknown}, C{plus}{plus}, {cpp}", "1.2, {unknown}, C++, C++"),
        ("{site}/b[text] {nowhere}/c[text^]", "[text](https://a.example/b) text^"),
        ("https://a.example/b[the text,window=_blank]", "[the text](https://a.example/b)"),
        ("https://a.example/b_c_d.", "https://a.example/b_c_d."),
        ("link:b.html[text] mailto:a@b.example[mail]", "text mail"),
        ("<<intro>> <<intro,here>> <<The Beginning>>", "The Beginning here The Beginning"),
        ("xref:b/c-d.adoc[] xref:b.adoc#e_f[] xref:b.adoc[B, role=x]", "c d e f B"),
        ("kbd:[Ctrl+T] btn:[OK] menu:File[Save > As]", "`Ctrl+T` **OK** **File > Save > As**"),
        ("Wordfootnote:[A _note_.] end", "Word (A *note*.) end"),
        ("H~2~O x^2^ 1^st^", "H₂O x² 1st"),
        ("#mark# [.small]#m# \"`q`\" '`s`'", "mark m “q” ‘s’"),
        ("a--b -- c (C) -> &amp; &#8217;", "a—b — c © → & ’"),
        ("((term)) (((hidden, x))) [[id]]x", "term  x"),
        ("image:x.png[A map] icon:tag[] stem:[x^2]", "A map  `x^2`"),
        ("javadoc:java.lang.String[] setting:a.b[the text]", "`java.lang.String` the text"),
        ("one +\ntwo", "one  \ntwo"),
        ("`link:b.html[*Foo*]` `{version}`", "`Foo` `1.2`"),
        ("Note: hey[1] a::b[2]", "Note: hey[1] a::b[2]"),
        ("# no heading", r"\# no heading"),
    ],
)
def test_inline_markup(written: str, markdown: str) -> None:
    attributes = Attributes({"version": "1.2", "site": "https://a.example"})
    titles = {"intro": "The Beginning", "the beginning": "The Beginning"}
    assert Inline(attributes, titles).markdown(written) == markdown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param(":a: 1\n:b: {a}2\n\n{b}", ["12"], id="values of values"),
        pytest.param(":a: one \\\n two\n\n{a}", ["one two"], id="a value of two lines"),
        pytest.param(":a: 1\n:!a:\n\n{a}", ["{a}"], id="unset"),
        pytest.param("{counter:n} {counter:n}", ["1 2"], id="counter"),
        pytest.param("= T\nJo <j@a.example>\nv1\n:a: 1\n\nx{a}", ["x1"], id="header"),
        pytest.param(
            "= T\nThe text follows at once.", ["The text follows at once."], id="no author"
        ),
        pytest.param(":a: 1\n\n----\n:a: 2\n----\n\n{a}", ["```\n:a: 2\n```", "1"], id="code"),
        pytest.param("ifdef::a[]\nx\nendif::[]\ny", ["y"], id="ifdef"),
        pytest.param(":a:\n\nifdef::b,a[]\nx\nendif::[]", ["x"], id="ifdef of any"),
        pytest.param(":a:\n\nifdef::b+a[]\nx\nendif::[]", [], id="ifdef of all"),
        pytest.param("ifndef::a[]\nx\nendif::a[]", ["x"], id="ifndef"),
        pytest.param("ifdef::env-github[x]\nifndef::env-github[y]", ["y"], id="on one line"),
        pytest.param(":a: 3\n\nifeval::[{a} >= 2]\nx\nendif::[]", ["x"], id="numbers"),
        pytest.param('ifeval::["{b}" == "c"]\nx\nendif::[]', [], id="strings"),
        pytest.param("ifdef::a[]\nifndef::a[]\nx\nendif::[]\nendif::[]\ny", ["y"], id="nested"),
        pytest.param("---\ntitle: x\n---\n\na", ["a"], id="front matter"),
        pytest.param("// x\n////\ny\n////\na", ["a"], id="comments"),
        pytest.param("toc::[]\n\n'''\n\na\n\n<<<", ["a"], id="nothing to read"),
        pytest.param("a\n\n[plantuml]\n----\nA -> B\n----", ["a"], id="drawings"),
        pytest.param("[subs=attributes]\n----\n{docname}{a}\n----", ["```\n{docname}{a}\n```"]),
        pytest.param(":a: 1\n\n[subs=+attributes]\n----\n{a}\n----", ["```\n1\n```"], id="subs"),
        pytest.param("```js\nx\n```", ["```js\nx\n```"], id="fence"),
        pytest.param("[,ruby]\n----\nx\n----", ["```ruby\nx\n```"], id="short language"),
        pytest.param("[source%linenums,c]\nx\ny\n\nz", ["```c\nx\ny\n```", "z"], id="paragraph"),
        pytest.param("WARNING: a\nb", ["**Warning:** a\nb"], id="admonition"),
        pytest.param("[TIP]\na", ["**Tip:** a"], id="admonition by style"),
        pytest.param("[quote, Jo]\na", ["— Jo", "a"], id="quote"),
        pytest.param("++++\n<b>a</b>\n++++", ["**a**"], id="passed through"),
        pytest.param("====\na\n\n=====\nb\n=====\n====\n\nc", ["a", "b", "c"], id="nested blocks"),
        pytest.param("----\na", ["```\na\n```"], id="never closed"),
        pytest.param(".T\nimage::x.png[Alt]", ["**T**\nAlt"], id="image"),
        pytest.param("a\n// no\nb", ["a\nb"], id="a comment in a paragraph"),
    ],
)
def test_blocks(source: str, shown: list[str]) -> None:
    assert texts(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("* a\nb\n* c", ["- a\nb".replace("\n", "\n  "), "- c"]),
        ("* a\n** b\n*** c\n* d", ["- a", "  - b", "    - c", "- d"]),
        ("* a\n- b\n\n\n* c", ["- a", "  - b", "- c"]),
        (". a\n.. b\n. c", ["1. a", "   1. b", "2. c"]),
        ("3. a\n4. b", ["3. a", "4. b"]),
        ("* [ ] a\n* [x] b", ["- [ ] a", "- [x] b"]),
        ("* a\n+\nb\n+\n----\nc\n----\n* d", ["- a", "  b", "  ```\n  c\n  ```", "- d"]),
        ("* a\n** b\n\n+\nc\n* d", ["- a", "  - b", "  c", "- d"]),
        ("* a\n\n  lit\n\nb", ["- a", "  ```\n  lit\n  ```", "b"]),
        ("a:: b\nc::\n  d\ne::\n\nf", ["- **a:** b", "- **c:** d", "- **e:** f"]),
        ("a::\nb:: c", ["- **a, b:** c"]),
        ("a::\n* b\n* c\nd:: e", ["- **a:**", "  - b", "  - c", "- **d:** e"]),
        ("a:: b\nc::: d\ne:: f", ["- **a:** b", "  - **c:** d", "- **e:** f"]),
        ("`-v`:: b", ["- `-v`: b"]),
        ("----\nx <1>\n----\n<1> a\n<.> b", ["```\nx <1>\n```", "1. a", "2. b"]),
        ("* a\n\n[NOTE]\nb", ["- a", "**Note:** b"]),
        (".T\n* a", ["**T**", "- a"]),
        ("a::b no list\n\nx", ["a::b no list", "x"]),
    ],
)
def test_lists(source: str, shown: list[str]) -> None:
    assert texts(source) == shown


HEAD = "| --- | --- |"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("|===\n|a |b\n\n|c |d\n|===", [f"| a | b |\n{HEAD}\n| c | d |"]),
        ("|===\n|a |b\n|c |d\n|===", [f"|  |  |\n{HEAD}\n| a | b |\n| c | d |"]),
        ("[%header,cols=2*]\n|===\n|a\n|b\n|c\n|d\n|===", [f"| a | b |\n{HEAD}\n| c | d |"]),
        ("[cols=2]\n|===\n2+|a\n|b\\|c |d\n|===", [f"|  |  |\n{HEAD}\n| a |  |\n| b\\|c | d |"]),
        ('[cols="1,1"]\n|===\n.2+|a |b\n|c\n|===', [f"|  |  |\n{HEAD}\n| a | b |\n|  | c |"]),
        ('[cols="1,m"]\n|===\n|a |b\n|===', [f"|  |  |\n{HEAD}\n| a | `b` |"]),
        ('[cols="1,1"]\n|===\n|a s|b\n|===', [f"|  |  |\n{HEAD}\n| a | **b** |"]),
        (',===\na,"b,c"\n,===', [f"|  |  |\n{HEAD}\n| a | b,c |"]),
        ("[format=dsv]\n|===\na:b\n|===", [f"|  |  |\n{HEAD}\n| a | b |"]),
        (
            '[cols="1,a",options=header]\n|===\n|A |B\n|x\n|\n----\ny\n----\n|===',
            ["**A:** x", "**B:**", "```\ny\n```"],
        ),
        (".T\n|===\n|a\n|===", ["**T**", "|  |\n| --- |\n| a |"]),
    ],
)
def test_tables(source: str, shown: list[str]) -> None:
    assert texts(source) == shown


def test_sections() -> None:
    source = "= T\n\n== A\n\n=== B\n\n## C\n\n[discrete]\n== D\n\nx\n\nE\n~\n\nFoo\n---\n\ny"
    assert outline(source) == [
        ("T",),
        ("T", "A"),
        ("T", "A", "B"),
        ("T", "C"),
        ("T", "Foo"),
    ]


@pytest.mark.parametrize(
    ("source", "symbols"),
    [
        ("== `Client.connect(host)`", ["Client.connect"]),
        ("== Client\n\n=== connect()", ["Client.connect", "connect"]),
        ("[[acme.Client.connect]]\n== `connect`", ["acme.Client.connect"]),
        ("[[web.servlet]]\n== The servlet", []),
        ("== `--verbose`", []),
    ],
)
def test_symbols(source: str, symbols: list[str]) -> None:
    sections = read_asciidoc(source, "a.adoc")
    assert sorted(name for section in sections for name in section.symbols) == sorted(symbols)


CODE = "a\n# tag::x[]\n  b\n# tag::y[]\n  c\n# end::y[]\n# end::x[]\nd"


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        ({}, ["a", "  b", "  c", "d"]),
        ({"tag": "x"}, ["  b", "  c"]),
        ({"tags": "x;!y"}, ["  b"]),
        ({"tags": "!y"}, ["a", "  b", "d"]),
        ({"tags": "*"}, ["  b", "  c"]),
        ({"tags": "**;!x"}, ["a", "d"]),
        ({"tags": "!*"}, ["a", "d"]),
        ({"tag": "x", "indent": "0"}, ["b", "c"]),
        ({"tag": "z"}, []),
        ({"lines": "1;3..5"}, ["a", "  b", "# tag::y[]", "  c"]),
        ({"lines": "8.."}, ["d"]),
        ({"lines": "7..-1"}, ["# end::x[]", "d"]),
    ],
)
def test_parts_of_an_included_file(wanted: dict[str, str], lines: list[str]) -> None:
    assert selected(CODE.split("\n"), wanted) == lines


@pytest.mark.parametrize(
    ("target", "paths"),
    [
        ("b.adoc", ["docs/modules/core/pages/b.adoc"]),
        ("../x/b.adoc", ["docs/modules/core/x/b.adoc"]),
        ("/src/b.c", ["src/b.c"]),
        ("partial$b.adoc", ["docs/modules/core/partials/b.adoc"]),
        ("api:example$b.c", ["docs/modules/api/examples/b.c"]),
        ("../../../../../b.adoc", []),
        ("https://a.example/b.adoc", []),
        (
            "{root}/src/b.c",
            [
                "src/b.c",
                "docs/modules/core/pages/src/b.c",
                "docs/modules/core/src/b.c",
                "docs/modules/src/b.c",
                "docs/src/b.c",
            ],
        ),
    ],
)
def test_paths_of_included_files(target: str, paths: list[str]) -> None:
    assert included_paths(target, "docs/modules/core/pages/a.adoc") == paths


@pytest.mark.parametrize(
    ("source", "files", "shown"),
    [
        pytest.param(
            "a\n\ninclude::b.adoc[]\n\nz",
            {"docs/b.adoc": "b\n\ninclude::sub/c.adoc[]", "docs/sub/c.adoc": "c"},
            ["a", "b", "c", "z"],
            id="relative to the including file",
        ),
        pytest.param(
            "[source,java]\n----\ninclude::{root}/src/A.java[tag=x,indent=0]\n----",
            {"src/A.java": "no\n// tag::x[]\n  a();\n// end::x[]"},
            ["```java\na();\n```"],
            id="in code, from a folder that a build script names",
        ),
        pytest.param("include::a.adoc[]\n\nx", {"docs/a.adoc": "never"}, ["x"], id="itself"),
        pytest.param(
            "include::b.adoc[]\n\nx",
            {"docs/b.adoc": "b\n\ninclude::c.adoc[]", "docs/c.adoc": "c\n\ninclude::b.adoc[]"},
            ["b", "c", "x"],
            id="a cycle",
        ),
        pytest.param("a\n\ninclude::gone.adoc[]", {}, ["a"], id="missing"),
        pytest.param(
            "include::set.adoc[]\n\n{x}", {"docs/set.adoc": ":x: 1"}, ["1"], id="attributes"
        ),
        pytest.param(
            "----\n\\include::b.adoc[]\n----",
            {"docs/b.adoc": "b"},
            ["```\ninclude::b.adoc[]\n```"],
            id="escaped",
        ),
        pytest.param("////\ninclude::b.adoc[]\n////", {"docs/b.adoc": "b"}, [], id="in a comment"),
    ],
)
def test_includes(source: str, files: dict[str, str], shown: list[str]) -> None:
    assert texts(source, files) == shown


def test_included_text_is_cited_at_the_directive() -> None:
    files = {"b.adoc": "== B\n\nb\n\nc"}
    source = "= T\n\ninclude::b.adoc[leveloffset=+1]\n\n== C\n\nd"
    sections = read_asciidoc(source, "a.adoc", files.get)
    assert [(s.heading_path, s.start_line, s.end_line) for s in sections] == [
        (("T",), 1, 1),
        (("T", "B"), 3, 3),
        (("T", "C"), 5, 7),
    ]


def test_offsets_of_levels_add_up() -> None:
    files = {"b.adoc": "= B\n\ninclude::c.adoc[leveloffset=+1]", "c.adoc": "= C"}
    source = "= T\n\ninclude::b.adoc[leveloffset=1]\n\n:leveloffset: 1\n\n= D"
    assert outline(source, files) == [("T",), ("T", "B"), ("T", "B", "C"), ("T", "D")]


def test_pages_of_antora_know_the_attributes_of_their_component() -> None:
    settings = (
        "name: x\nasciidoc:\n  attributes:\n    url-x: https://a.example@\n    y: '2'\nnav:\n- z"
    )
    assert antora_attributes(settings) == {"url-x": "https://a.example", "y": "2"}
    files = {"docs/antora.yml": settings}
    path = "docs/modules/ROOT/pages/a.adoc"
    assert texts("{url-x}[X] {y}", files, path) == ["[X](https://a.example) 2"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (
            "-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----",
            0,
        ),
        ("1 2 3\n4 5 6", 0),
        ("= Title\n\na", 1),
        ("a\n\n[source,c]\n----\nb\n----", 1),
    ],
)
def test_only_asciidoc_is_read_where_the_suffix_does_not_tell(text: str, count: int) -> None:
    assert len(read_asc(text, "a.asc")) == count


SIGNS = st.text("=*_`#+-.:[]{}<>|,~^()!/\\ \nab1\"'", max_size=200)


@settings(deadline=None, max_examples=300)
@given(source=SIGNS, included=SIGNS)
def test_any_text_gives_sections_in_order_within_the_page(source: str, included: str) -> None:
    files = {"b.adoc": included}
    page = f"{source}\n\ninclude::b.adoc[]\n\n{source}"
    last = 0
    for section in read_asciidoc(page, "a.adoc", files.get):
        assert last <= section.start_line <= section.end_line <= page.count("\n") + 1
        last = section.start_line
