"""The table of documented symbols."""

from __future__ import annotations

from askdocs_indexer.symbols import SymbolTable
from askdocs_indexer.types import Chunk


def chunk(name: str, *symbols: str) -> Chunk:
    return Chunk(name, "a.md", "t", ("t",), symbols, "text", name, 1, 1)


def test_names_are_found_whole_and_by_their_ending() -> None:
    table = SymbolTable()
    table.load([("1", ("os.path.join", "posixpath.join")), ("2", ("str.join",)), ("3", ())])
    assert table.exact("os.path.join") == {"1"}
    assert table.exact("join") == frozenset()
    assert table.ending("join") == ("os.path.join", "posixpath.join", "str.join")
    assert table.ending("path.join") == ("os.path.join",)
    assert table.ending("th.join") == ()
    assert len(table) == 3


def test_the_table_follows_changes() -> None:
    table = SymbolTable()
    table.update([chunk("1", "a.f"), chunk("2", "a.f", "b.f")], [])
    table.update([chunk("3", "c.f")], ["2", "unknown"])
    assert table.exact("a.f") == {"1"}
    assert table.ending("f") == ("a.f", "c.f")
    table.update([], ["1", "3"])
    assert table.ending("f") == ()
    assert len(table) == 0


def test_a_chunk_written_again_keeps_one_entry() -> None:
    table = SymbolTable()
    table.update([chunk("1", "a.f")], [])
    table.update([chunk("1", "a.g")], ["1"])
    assert table.exact("a.f") == frozenset()
    assert table.exact("a.g") == {"1"}
