"""The whole of a popup: the passage, an example, where it stands, and where else to read."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from askdocs_indexer.errors import StoreError
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.types import Chunk, Hit, IndexStatus, Use
from askdocs_server.hover.lookup import HoverResult
from askdocs_server.hover.popup import popup
from askdocs_server.hover.uses import Uses

ROOT = Path("/project")
SYMBOL = Symbol("get", ("acme.get",), (0, 0), (0, 3), "python")
SIGNATURE = "```python\nget(url)\n```"


def chunk(path: str, line: int, *headings: str) -> Chunk:
    return Chunk(
        f"{path}:{line}", path, headings[-1], headings, (), "Text.", "hash", line, line + 1
    )


def hover(text: str = SIGNATURE, *headings: str, path: str = "docs/api.md") -> HoverResult:
    shown = chunk(path, 12, *(headings or ("API", "get")))
    return HoverResult(SYMBOL, (Hit(shown, 1.0),), text, language="python")


def use(line: int, *headings: str, code: str = "get('/')\n", path: str = "docs/guide.md") -> Use:
    return Use(chunk(path, line, *headings), code)


def test_the_passage_says_where_it_stands() -> None:
    assert popup(hover(f"{SIGNATURE}\n\nGets.", "User Guide", "Requests", "get"), ROOT) == (
        f"{SIGNATURE}\n\nGets.\n\n---\n\n"
        "User Guide › Requests › get — [docs/api.md:12](file:///project/docs/api.md#L12)"
    )


def test_a_docstring_stands_in_its_file() -> None:
    text = popup(hover(path="acme/client.py"), ROOT)
    assert text.endswith("---\n\n[acme/client.py:12](file:///project/acme/client.py#L12)")


def test_up_to_three_other_sections_are_linked() -> None:
    uses = [use(line, "Guide", "Requests", f"S{line}") for line in (3, 5, 7, 9)]
    assert popup(hover(), ROOT, uses).endswith(
        "**More in the docs:** [Guide › S3](file:///project/docs/guide.md#L3) · "
        "[Guide › S5](file:///project/docs/guide.md#L5) · "
        "[Guide › S7](file:///project/docs/guide.md#L7)"
    )


def test_the_shown_section_is_not_linked_again() -> None:
    assert "More" not in popup(hover(), ROOT, [use(14, "API", "get", path="docs/api.md")])


@pytest.mark.parametrize(
    ("text", "codes", "is_shown"),
    [
        (SIGNATURE, ["get('/')\n"], True),
        (f"{SIGNATURE}\n\nGets.\n\n```\ncode\n```", ["get('/')\n"], False),
        ("Gets.\n\n```\ncode\n```", ["get('/')\n"], False),
        ("**get**\n\nGets.", ["get('/')\n"], True),
        (SIGNATURE, ["x\n" * 30, "get('/')\n"], True),
        (SIGNATURE, ["get('/')\n" * 30], False),
        (SIGNATURE, ["    get('/')\n"], True),
        (SIGNATURE, ["  }\n  get('/')\n", "get('/', {\n"], False),
    ],
)
def test_an_example_where_the_passage_has_none(text: str, codes: list[str], is_shown: bool) -> None:
    shown = popup(hover(text), ROOT, [use(3, "Guide", code=code) for code in codes])
    assert ("**Example:**\n\n```python\nget('/')\n```" in shown) is is_shown


def test_an_example_does_not_break_out_of_its_fence() -> None:
    shown = popup(hover(), ROOT, [use(3, "Guide", code="get()\n```\n![x](http://a/b.png)\n")])
    assert "````python\nget()\n```\n![x](http://a/b.png)\n````" in shown


def test_titles_are_shown_as_text() -> None:
    shown = popup(hover(), ROOT, [use(3, "Guide", "[x](command:evil) <b>")])
    assert r"[Guide › \[x\](command:evil) &lt;b\>](file:///project/docs/guide.md#L3)" in shown


def test_a_summary_comes_first() -> None:
    assert popup(hover(), ROOT, summary="It gets.").startswith(
        f"**In short** (generated): It gets.\n\n---\n\n{SIGNATURE}"
    )


def test_without_a_passage_the_manual_alone_is_shown() -> None:
    bare = replace(hover(""), hits=())
    assert popup(bare, ROOT) == ""
    assert popup(bare, ROOT, [use(3, "Guide")]) == (
        "**Example:**\n\n```python\nget('/')\n```\n\n---\n\n"
        "**More in the docs:** [Guide](file:///project/docs/guide.md#L3)"
    )


class Index:
    """An index whose look-ups of uses take as long as `going` is not set."""

    def __init__(self) -> None:
        self.generation = 1
        self.begun, self.going = threading.Event(), threading.Event()
        self.asked: list[str] = []
        self.error: Exception | None = None

    def status(self) -> IndexStatus:
        return IndexStatus("ready", generation=self.generation)

    def uses(self, symbol: Symbol, language: str, limit: int) -> list[Use]:
        self.asked.append(symbol.name)
        self.begun.set()
        assert self.going.wait(10)
        if self.error is not None:
            raise self.error
        return [use(3, symbol.name)]


async def titles(uses: Uses, index: Any, name: str = "get", seconds: float = 5.0) -> list[str]:
    result = replace(hover(), symbol=replace(SYMBOL, name=name))
    return [each.chunk.title for each in await uses.get(index, result, seconds)]


async def eventually(uses: Uses, index: Any) -> list[str]:
    """Hover until there are some uses."""
    async with asyncio.timeout(10):
        while True:
            if shown := await titles(uses, index):
                return shown
            await asyncio.sleep(0.01)


async def test_uses_are_looked_up_once_for_what_the_index_holds() -> None:
    uses, index = Uses(asyncio.to_thread), Index()
    index.going.set()
    assert await titles(uses, index) == ["get"]
    assert await titles(uses, index) == ["get"]
    assert index.asked == ["get"]
    index.generation += 1
    assert await titles(uses, index) == ["get"]
    assert index.asked == ["get", "get"]


async def test_a_slow_look_up_is_there_for_the_next_hover() -> None:
    uses, index = Uses(asyncio.to_thread), Index()
    assert await titles(uses, index, seconds=0.01) == []
    assert await titles(uses, index, "other", seconds=0.01) == []  # One at a time.
    index.going.set()
    assert await eventually(uses, index) == ["get"]
    assert index.asked == ["get"]


async def test_a_cancelled_hover_leaves_its_look_up_to_the_next() -> None:
    uses, index = Uses(asyncio.to_thread), Index()
    hovering = asyncio.create_task(titles(uses, index))
    assert await asyncio.to_thread(index.begun.wait, 10)
    hovering.cancel()
    index.going.set()
    with pytest.raises(asyncio.CancelledError):
        await hovering
    assert await eventually(uses, index) == ["get"]
    assert index.asked == ["get"]


async def test_a_failure_adds_nothing() -> None:
    uses, index = Uses(asyncio.to_thread), Index()
    index.going.set()
    index.error = StoreError("away")
    assert await titles(uses, index) == []
    index.error = None
    assert await titles(uses, index) == ["get"]


async def test_only_the_last_are_remembered() -> None:
    uses, index = Uses(asyncio.to_thread, limit=2), Index()
    index.going.set()
    for name in ("a", "b", "a", "c", "a", "b"):
        assert await titles(uses, index, name) == [name]
    assert index.asked == ["a", "b", "c", "b"]
