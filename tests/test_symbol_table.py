"""The table of documented symbols."""

from __future__ import annotations

from askdocs_indexer.storage.symbol_table import SymbolTable


def table_of(*rows: tuple[str, *tuple[str, ...]]) -> SymbolTable:
    """Return a table of (chunk id, symbols…) rows."""
    table = SymbolTable()
    for chunk_id, *symbols in rows:
        table.add(chunk_id, tuple(symbols))
    return table


def test_names_are_found_whole_and_by_their_ending() -> None:
    table = table_of(("1", "os.path.join", "posixpath.join"), ("2", "str.join"), ("3",))
    assert table.exact("os.path.join") == {"1"}
    assert table.exact("join") == frozenset()
    assert table.ending("join") == ("os.path.join", "posixpath.join", "str.join")
    assert table.ending("path.join") == ("os.path.join",)
    assert table.ending("th.join") == ()
    assert len(table) == 3


def test_endings_of_names_joined_by_colons() -> None:
    table = table_of(("1", "shop::Cart::add"), ("2", "shop::Cart::remove"))
    assert table.ending("Cart::add") == ("shop::Cart::add",)
    assert table.ending("add") == ("shop::Cart::add",)
    assert table.ending("art::add") == ()


def test_the_table_follows_changes() -> None:
    table = table_of(("1", "a.f"), ("2", "a.f", "b.f"))
    table.remove("2")
    table.remove("unknown")
    table.add("3", ("c.f",))
    assert table.exact("a.f") == {"1"}
    assert table.ending("f") == ("a.f", "c.f")
    table.remove("1")
    table.remove("3")
    assert table.ending("f") == ()
    assert len(table) == 0


def test_a_chunk_written_again_keeps_one_entry() -> None:
    table = table_of(("1", "a.f"), ("1", "a.g"))
    assert table.exact("a.f") == frozenset()
    assert table.exact("a.g") == {"1"}
