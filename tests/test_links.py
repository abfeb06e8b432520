"""Links of the documentation to files: where they lead, and that none leads out of the root."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tests.fakes import make_hit
from tests.index_harness import Harness

from askdocs_indexer.types import Link
from askdocs_server.answers.passages import cite
from askdocs_server.answers.quoting.quotes import best_quotes
from askdocs_server.host.links import uri_of
from askdocs_server.hover.render import hover_text
from askdocs_server.text.links import Locate, SectionLinks

TIMEOUTS = """\
# Timeouts

All about them.

## Read timeouts

They are read.

## Pools

### Read timeouts

Again.
"""
API = """\
.. py:function:: fetch(url)

   Fetch a page. See :ref:`the setup <setting-up>`, :doc:`guide/timeouts`, :py:func:`store` and
   :ref:`setting-up`.

.. py:function:: store(url)

   Store a page.

.. _setting-up:

Setting up
----------

Set it up.
"""


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    top = tmp_path_factory.mktemp("links")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(top / "cache"))
        (top / "a root").mkdir()
        harness = Harness(top / "a root")
        harness.write("docs/index.md", "# Home\n\nWelcome.\n")
        harness.write("docs/guide/timeouts.md", TIMEOUTS)
        harness.write("docs/api.rst", API)
        harness.write("src/app.c", "int main;\n")
        harness.write("LICENSE (old)", "Free.\n")
        (top / "secret.md").write_text("# Secret\n")
        (harness.root / "out.md").symlink_to(top / "secret.md")
        harness.index.open()
        harness.index.sync()
        yield harness
        harness.index.close()


@pytest.fixture
def locate(harness: Harness) -> Locate:
    return partial(uri_of, harness.index, Path("/the editor's"))


@pytest.mark.parametrize(
    ("page", "written", "expected"),
    [
        ("docs/index.md", "guide/timeouts.md", "docs/guide/timeouts.md"),
        ("docs/index.md", "guide/timeouts.md#read-timeouts", "docs/guide/timeouts.md#L5"),
        ("docs/index.md", "guide/timeouts#read-timeouts-1", "docs/guide/timeouts.md#L11"),
        ("docs/index.md", "guide/timeouts.html#read_timeouts", "docs/guide/timeouts.md#L5"),
        ("docs/index.md", "/guide/timeouts/#read-timeouts", "docs/guide/timeouts.md#L5"),
        ("docs/guide/timeouts.md", "../index.md", "docs/index.md"),
        ("docs/guide/timeouts.md", "#read-timeouts", "docs/guide/timeouts.md#L5"),
        ("docs/guide/timeouts.md", "../../src/app.c#L1-L3", "src/app.c#L1"),
        ("docs/guide/timeouts.md", "../../LICENSE%20%28old%29", "LICENSE%20%28old%29"),
        ("docs/guide/timeouts.md", "#nothing", None),
        ("docs/guide/timeouts.md", "missing.md", None),
        ("docs/guide/timeouts.md", "../guide", None),
        ("docs/index.md", "../../secret.md", None),
        ("docs/index.md", "../out.md", None),
        ("docs/index.md", "/etc/passwd", None),
        ("docs/index.md", "file:///etc/passwd", None),
        ("docs/index.md", "command:quit", None),
    ],
)
def test_where_a_link_leads(page: str, written: str, expected: str | None, locate: Locate) -> None:
    address = SectionLinks(page, (), locate).address(written)
    assert address == (expected and f"file:///the%20editor%27s/{expected}")


def test_a_label_leads_to_its_section(harness: Harness, locate: Locate) -> None:
    line = API.splitlines().index("Setting up") + 1
    assert locate("docs/index.md", ":ref:setting-up") == (
        f"file:///the%20editor%27s/docs/api.rst#L{line}"
    )
    assert locate("docs/index.md", ":ref:unknown") is None


def test_words_of_other_formats_are_links_again(harness: Harness, locate: Locate) -> None:
    (hit,) = harness.index.document(["fetch"], 1)
    shown = hover_text(hit, "python", locate=locate)
    base = "file:///the%20editor%27s/docs"
    line = API.splitlines().index("Setting up") + 1
    store = API.splitlines().index(".. py:function:: store(url)") + 1
    assert f"[the setup]({base}/api.rst#L{line})" in shown
    assert f"[timeouts]({base}/guide/timeouts.md)" in shown
    assert f"[`store`]({base}/api.rst#L{store})" in shown
    assert f"[setting up]({base}/api.rst#L{line})." in shown
    assert "](" not in hover_text(hit, "python")


def test_quotes_have_links_that_open(locate: Locate) -> None:
    text = "Read [of `them`](guide/timeouts.md#read-timeouts), [this](x.md), [web](https://a.org)."
    citations = cite([make_hit(text, "Home", "docs/index.md")])
    (quote,) = best_quotes("What is read of them?", citations, locate=locate)
    address = "file:///the%20editor%27s/docs/guide/timeouts.md#L5"
    assert f"Read [of `them`]({address}), this, [web](https://a.org)." in quote.text
    (in_terminal,) = best_quotes("What is read of them?", citations)
    assert "[of `them`](docs/guide/timeouts.md#read-timeouts)" in in_terminal.text


def test_words_become_links_once_and_never_in_others() -> None:
    words = [("f", "c"), ("page", "a"), ("page", "b"), ("none", "x"), ("a long way", "d")]
    links = [Link(text, "", target) for text, target in words]
    section = SectionLinks("a.rst", links, lambda page, target: f"file:///{target}")
    text = (
        "A homepage, a page, `page`, [page](https://a.org), `f()`, and page.\n\n```\nf\n```\n"
        "A long way or a long\nway."
    )
    assert section.inserted(text) == (
        "A homepage, a [page](file:///a), [`page`](file:///b), [page](https://a.org), "
        "[`f()`](file:///c), and page.\n\n```\nf\n```\nA long way or [a long\nway](file:///d)."
    )


def test_nothing_but_what_was_located_is_a_link() -> None:
    hit = make_hit("[a](a.md) [b][c] [d](file:///etc/passwd) ![e](a.md) <command:x>\n\n[c]: a.md")
    hit = replace(hit, chunk=replace(hit.chunk, path="docs/page.md"))
    shown = hover_text(hit, "python", locate=lambda page, target: f"file:///project/{target}")
    assert "[a](file:///project/docs/a.md)" in shown
    assert shown.count("](") == 1
    assert "<" not in shown
