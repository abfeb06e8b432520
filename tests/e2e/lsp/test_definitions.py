"""Hovers with the definitions that other language servers give."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from tests.e2e.lsp.station import Station
from tests.e2e.lsp_support import eventually

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

MAST = '''\
class Mast:
    def hoist(self, flag):
        return flag

    def lower(self):
        count = 1
        return count

    def dip(self):
        """Lower a flag halfway."""
'''
PAGE = """\
# Flags

## `mast.Mast.hoist(flag)`

Pull a flag to the top of the mast.
"""
# What `build` gives cannot be read from here.
CODE = """\
from elsewhere import build

mast = build()
mast.hoist("red")
mast.lower()
mast.dip()
"""
HOIST, LOWER, DIP = (3, 7), (4, 7), (5, 7)


def location(uri: str, line: int, character: int, length: int = 0) -> dict[str, Any]:
    start = {"line": line, "character": character}
    return {
        "uri": uri,
        "range": {"start": start, "end": {**start, "character": character + length}},
    }


class Window:
    """An editor with a file open whose symbols only another language server can know."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.uri = station.editor.open_text(station.folder / "harbour.py", CODE)

    async def shown(self, position: tuple[int, int], *definitions: Any) -> str:
        """Return what is shown at a position with these definitions; "" for nothing."""
        params = {
            "textDocument": {"uri": self.uri},
            "position": {"line": position[0], "character": position[1]},
            "definitions": list(definitions),
        }
        hover = await self.station.editor.request("askdocs/hover", params)
        return "" if hover is None else str(hover["contents"]["value"])


@pytest_asyncio.fixture(loop_scope="session")
async def window(station: Station) -> Window:
    return Window(station)


@pytest_asyncio.fixture(loop_scope="session")
async def mast(station: Station) -> str:
    station.save("mast.py", MAST)
    station.save("docs/mast.md", PAGE)
    await station.editor.until_ready()
    return (station.folder / "mast.py").as_uri()


async def test_the_server_says_that_it_wants_definitions(station: Station) -> None:
    assert station.capabilities is not None
    assert station.capabilities.capabilities.experimental == {"askdocsHover": True}


async def test_a_definition_decides_where_our_own_look_up_does_not_know(
    window: Window, mast: str
) -> None:
    assert await window.shown(HOIST) == ""
    assert "top of the mast" in await window.shown(HOIST, location(mast, 1, 8, len("hoist")))
    # A declaration without documentation, and what stands in a function.
    assert await window.shown(LOWER, location(mast, 4, 8)) == ""
    assert await window.shown(HOIST, location(mast, 5, 8), location(mast, 1, 8)) == ""


async def test_docstrings_are_left_to_what_knows_the_definition(
    window: Window, station: Station, mast: str
) -> None:
    definition = location(mast, 8, 8)
    assert "flag halfway" in await window.shown(DIP, definition)

    async def is_left_out() -> bool:
        return await window.shown(DIP, definition) == ""

    station.change({"hover": {"docstrings": "auto"}})
    await eventually(is_left_out)
    station.change({})


async def test_definitions_are_those_of_the_open_text(window: Window, station: Station) -> None:
    uri = station.editor.open_text(station.folder / "mast.py", f"# above\n\n{MAST}")
    assert "top of the mast" in await window.shown(HOIST, location(uri, 3, 8))
    station.editor.text_document_did_close(
        types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
    )


NONSENSE: list[Any] = [
    ("untitled:Untitled-1", 0, 0),
    ("jdt://contents/java.base/String.class", 3, 4),
    ("no uri", 0, 0),
    ("file:///%00", 0, 0),
    ("file:///", 0, 0),
    ("file:///missing/mast.py", 0, 0),
    ("file:///dev/zero", 0, 0),
    ("FOLDER/", 0, 0),
    ("FOLDER/docs/guide.md", 0, 0),
    ("FOLDER/pipe.py", 0, 0),
    ("FOLDER/loop.py", 0, 0),
    ("FOLDER/binary.py", 0, 0),
    ("FOLDER/huge.py", 0, 0),
    ("FOLDER/mast.py", 99, 0),
    ("FOLDER/mast.py", 2**31 - 1, 2**31 - 1),
]


@pytest.fixture
def odd_files(station: Station) -> Iterator[None]:
    folder = station.folder
    os.mkfifo(folder / "pipe.py")
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "binary.py").write_bytes(b"def hoist(): ...\0")
    (folder / "huge.py").write_text("def hoist(): ...\n" * 100_000)
    yield
    for name in ("pipe.py", "loop.py", "binary.py", "huge.py"):
        (folder / name).unlink()


@pytest.mark.usefixtures("odd_files")
async def test_nonsense_changes_nothing(window: Window, station: Station, mast: str) -> None:
    known = location(mast, 1, 8)
    for uri, line, character in NONSENSE:
        whole = uri.replace("FOLDER", station.folder.as_uri())
        nonsense = location(whole, line, character)
        assert await window.shown(HOIST, nonsense) == ""
        assert "top of the mast" in await window.shown(HOIST, nonsense, known)
    # The end before the start.
    known["range"]["end"] = {"line": 0, "character": 0}
    assert "top of the mast" in await window.shown(HOIST, known)


async def test_only_the_first_definitions_are_read(window: Window, mast: str) -> None:
    missing = location("file:///missing.py", 0, 0)
    known = location(mast, 1, 8)
    assert "top of the mast" in await window.shown(HOIST, *[missing] * 19, known)
    assert await window.shown(HOIST, *[missing] * 20, known) == ""
    with pytest.raises(JsonRpcInvalidParams, match="definitions: must be a list of at most 100"):
        await window.shown(HOIST, *[missing] * 101)


async def test_a_cursor_on_something_else_shows_nothing(window: Window, mast: str) -> None:
    known = location(mast, 1, 8)
    assert await window.shown((0, 1), known) == ""
    assert await window.shown((3, 13), known) == ""
