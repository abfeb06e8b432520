"""Which section a link leads to, and the words that this connects."""

from __future__ import annotations

from itertools import permutations

import pytest

from askdocs_indexer.storage.connection_table import ConnectedChunk, ConnectionTable, SectionId
from askdocs_indexer.storage.symbol_table import SymbolTable
from askdocs_indexer.types import Link

FROM = ("docs/from.md", ("From",))


def chunk(
    path: str,
    *titles: str,
    line: int = 1,
    labels: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
) -> ConnectedChunk:
    return ConnectedChunk(path, titles or ("Title",), line, links, labels, keywords)


def table_of(*chunks: ConnectedChunk, symbols: dict[int, str] | None = None) -> ConnectionTable:
    """Return a table of chunks whose ids are their numbers; some document a symbol."""
    known = SymbolTable()
    table = ConnectionTable(known)
    for number, each in enumerate(chunks):
        if name := (symbols or {}).get(number):
            known.add(str(number), (name,), each.path)
        table.add(str(number), each)
    return table


def leads(
    target: str, *chunks: ConnectedChunk, path: str = FROM[0], symbols: dict[int, str] | None = None
) -> list[str]:
    """Return where a link on a page leads, as `path > title`."""
    source = chunk(path, "From", links=(Link("text", "", target),))
    table = table_of(*chunks, source, symbols=symbols)
    sections = table.leads_to(path, ("From",))
    for section in sections:  # What is found from one side is found from the other.
        assert table.words_of(*section) == ("text",)
    return [f"{page} > {heading[-1]}" for page, heading in sections]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("docs/a.md", "docs/a.md"),
        ("docs/a", "docs/a.md"),
        ("docs/a/", "docs/a.md"),
        ("docs/a.html", "docs/a.rst"),
        ("docs/A.md", "docs/a.md"),
        ("docs/a", "docs/a/index.md"),
        ("docs/a", "docs/a/README.md"),
        ("docs/a", "docs/a/_index.md"),
        ("docs/a", "docs/02-a.md"),
        ("docs/a/b", "docs/1_a/03. b.md"),
        ("docs/a", "docs/a/a.md"),
        ("/a/b", "docs/a/b.md"),
        ("/docs/a/b", "docs/a/b.md"),
        ("/a/b", "content/en/a/b.md"),
        ("/project/a/b/", "website/docs/a/b.mdx"),
        ("b", "docs/b.md"),  # `../b` on a page that is a folder of the site.
    ],
)
def test_a_page_by_its_address(target: str, path: str) -> None:
    assert leads(target, chunk(path), chunk("docs/other.md")) == [f"{path} > Title"]


@pytest.mark.parametrize(
    ("fragment", "title"),
    [
        ("whats-new-in-c", "What's new in C++?"),  # GitHub
        ("what-s-new-in-c", "What's new in C++?"),  # Sphinx
        ("_whats_new_in_c", "What's new in C++?"),  # Asciidoctor
        ("whats--new", "What's & new"),
        ("What's new", "What's new"),
        ("cafe-menu", "Café menu"),
        ("café-menu", "Café menu"),
        ("1-first-steps", "1. First steps"),
        ("first-steps", "1. First steps"),
        ("安装", "安装"),
        ("acme.client.get", "acme.Client.get"),
        ("clientgetpath-options", "client.get(path, [options])"),
    ],
)
def test_a_section_by_its_title(fragment: str, title: str) -> None:
    page = (chunk("docs/a.md", "A"), chunk("docs/a.md", "A", title, line=9))
    assert leads(f"docs/a.md#{fragment}", *page) == [f"docs/a.md > {title}"]


@pytest.mark.parametrize(
    ("fragment", "section"),
    [("usage", "B"), ("usage-1", "C"), ("usage_1", "C"), ("_usage_2", "C"), ("usage-7", "A")],
)
def test_titles_that_repeat(fragment: str, section: str) -> None:
    page = [
        chunk("docs/a.md", "A"),
        chunk("docs/a.md", "A", "B", "Usage", line=5),
        chunk("docs/a.md", "A", "C", "Usage", line=9),
    ]
    source = chunk("docs/from.md", "From", links=(Link("", "", f"docs/a.md#{fragment}"),))
    ((_, heading),) = table_of(*page[::-1], source).leads_to("docs/from.md", ("From",))
    assert heading == (("A",) if section == "A" else ("A", section, "Usage"))


def test_labels_come_before_titles_and_an_unknown_fragment_is_the_page() -> None:
    page = (
        chunk("docs/a.md", "A", "Setup", line=5),
        chunk("docs/a.md", "A", "Other", line=9, labels=("setup",)),
        chunk("docs/a.md", "A"),
    )
    assert leads("docs/a.md#setup", *page) == ["docs/a.md > Other"]
    assert leads("docs/a.md#missing", *page) == ["docs/a.md > A"]
    assert leads("docs/a.md", *page) == ["docs/a.md > A"]


def test_a_heading_without_text_leads_to_the_first_section_below_it() -> None:
    page = (chunk("docs/a.md", "A", "B", "C", line=7), chunk("docs/a.md", "A", "B", "D", line=9))
    assert leads("docs/a.md#b", *page) == ["docs/a.md > C"]


def test_fragments_of_the_own_page() -> None:
    other = chunk("docs/from.md", "From", "Below", line=5)
    assert leads("#below", other) == ["docs/from.md > Below"]
    assert leads("#nowhere", other) == []
    assert leads("#from", other) == []  # No section leads to itself.


@pytest.mark.parametrize(
    ("target", "label"),
    [
        (":ref:set-up", "set-up"),
        (":ref:Set-Up", "set-up"),
        (":set-up", "set-up"),
        (":term:retry", "term:Retry"),
        (":fixture:tmp", "fixture:tmp"),
        (":man:tool(1)", "tool(1)"),
        (":id:4f-2", "id:4f-2"),
        (":xref:Acme.Retry", "Acme.Retry"),
    ],
)
def test_labels_of_the_project(target: str, label: str) -> None:
    pages = (chunk("lib/a.md", "A"), chunk("lib/a.md", "A", "B", line=3, labels=(label,)))
    assert leads(target, *pages) == ["lib/a.md > B"]


@pytest.mark.parametrize(
    "target",
    [
        ":meth:acme.core.Client.get",
        ":meth:acme.core.Client.get()",
        ":meth:Client.get",
        ":meth:.get",
        ":acme.Client.get",
        ":func:acme.get",
        "docs/api.md#acme.core.Client.get",
    ],
)
def test_documented_symbols(target: str) -> None:
    pages = (chunk("src/core.py", "core", "get"), chunk("src/b.py", "b", "run"))
    symbols = {0: "acme.core.Client.get", 1: "acme.b.run"}
    assert leads(target, *pages, symbols=symbols) == ["src/core.py > get"]


def test_what_is_ambiguous_leads_nowhere() -> None:
    assert leads("docs/a", chunk("docs/a.md"), chunk("docs/a.rst")) == []
    assert leads("/guide/a", chunk("x/guide/a.md"), chunk("y/guide/a.md")) == []
    twice = (chunk("x/a.md", labels=("set-up",)), chunk("y/a.md", labels=("set-up",)))
    assert leads(":ref:set-up", *twice) == []
    symbols = {0: "a.Client.get", 1: "b.Client.get"}
    assert leads(":meth:Client.get", chunk("a.py"), chunk("b.py"), symbols=symbols) == []
    assert leads("docs/missing.md") == leads("/missing") == leads(":ref:missing") == []


def test_an_index_comes_before_a_readme() -> None:
    assert leads("docs/a", chunk("docs/a/README.md"), chunk("docs/a/index.md")) == [
        "docs/a/index.md > Title"
    ]


@pytest.mark.parametrize("target", ["/guide/a", ":ref:set-up"])
def test_translations_and_versions_lead_to_their_own_pages(target: str) -> None:
    pages = [chunk(f"docs/{code}/guide/a.md", labels=("set-up",)) for code in ("en", "ja", "zh")]
    assert leads(target, *pages, path="docs/zh/from.md") == ["docs/zh/guide/a.md > Title"]


def test_words_are_keywords_then_texts_then_sentences() -> None:
    first = Link("once more", "How to do it once more.", "docs/a.md")
    again = Link("once more", "", "docs/a.md")
    own = Link("top", "Back to the top.", "docs/a.md")
    table = table_of(
        chunk("docs/a.md", "A", keywords=("retry", "again"), links=(own,)),
        chunk("docs/b.md", "B", links=(first, again)),
        chunk("docs/c.md", "C", links=(Link("attempts", "", "docs/a.md"),)),
    )
    assert table.words_of("docs/a.md", ("A",)) == (
        "again",
        "retry",
        "attempts",
        "once more",
        "How to do it once more.",
    )
    assert table.words_of("docs/a.md", ("Missing",)) == table.words_of("missing.md", ("A",)) == ()


def test_a_text_that_leads_to_many_pages_says_nothing() -> None:
    pages = [chunk(f"docs/{name}.md", "Page") for name in "abcd"]
    links = [Link("here", f"Read of {name} here.", f"docs/{name}.md") for name in "abcd"]
    table = table_of(*pages, chunk("docs/from.md", "From", links=tuple(links)))
    assert table.words_of("docs/a.md", ("Page",)) == ("Read of a here.",)
    table.add("4", chunk("docs/from.md", "From", links=tuple(links[:3])))
    assert table.words_of("docs/a.md", ("Page",)) == ("here", "Read of a here.")


def _project() -> list[ConnectedChunk]:
    return [
        chunk("docs/a.md", "A", keywords=("retry",), labels=("/old",)),
        chunk("docs/a.md", "A", "Usage", line=9, links=(Link("b", "Of b.", "docs/b.md#usage"),)),
        chunk("docs/b.md", "B", "Usage", links=(Link("old", "Of a.", "/old"),)),
        chunk("docs/b.md", "B", "C", "Usage", line=9, links=(Link("x", "", "docs/a#usage"),)),
        chunk("docs/b.rst", "B", links=(Link("b", "The b.", "docs/b"),)),
    ]


def _answers(table: ConnectionTable) -> list[tuple[tuple[str, ...], tuple[SectionId, ...]]]:
    keys = [(each.path, each.heading_path) for each in _project()]
    return [(table.words_of(*key), table.leads_to(*key)) for key in keys]


def test_the_order_of_writes_does_not_matter() -> None:
    project = _project()
    expected = _answers(table_of(*project))
    assert all(words for words, _ in expected[:2])
    for order in permutations(range(len(project))):
        table = ConnectionTable(SymbolTable())
        for number in order:
            table.add(str(number), project[number])
            _answers(table)  # What is collected meanwhile must not stay.
        assert _answers(table) == expected


def test_what_is_removed_or_moved_is_forgotten() -> None:
    project = _project()
    for gone in range(len(project)):
        table = table_of(*project)
        _answers(table)
        table.remove(str(gone))
        rest = {number: each for number, each in enumerate(project) if number != gone}
        fresh = ConnectionTable(SymbolTable())
        for number, each in rest.items():
            fresh.add(str(number), each)
        assert _answers(table) == _answers(fresh)
    table = table_of(*project)
    _answers(table)
    table.move("3", 1)
    table.move("2", 9)
    table.move("unknown", 1)
    assert table.leads_to("docs/a.md", ("A", "Usage")) == (("docs/b.md", ("B", "C", "Usage")),)
    for number in range(len(project)):
        table.remove(str(number))
    table.remove("unknown")
    assert not any(words or sections for words, sections in _answers(table))
    state = {name: value for name, value in vars(table).items() if isinstance(value, dict)}
    assert {name for name, value in state.items() if value} <= {"_collected", "_outlines"}
