"""The table of documented names."""

from __future__ import annotations

import pytest

from askdocs_indexer.storage.symbol_table import DocumentedName, SymbolTable, last_part, parts_of


def table_of(*rows: tuple[str, *tuple[str, ...]]) -> SymbolTable:
    """Return a table of (chunk id, symbols…) rows."""
    table = SymbolTable()
    for chunk_id, *symbols in rows:
        table.add(chunk_id, tuple(symbols), "api.md", "python")
    return table


def ids(names: tuple[DocumentedName, ...]) -> list[str]:
    return [name.chunk_id for name in names]


def test_names_are_found_whole_and_by_their_last_part() -> None:
    table = table_of(("1", "os.path.join", "posixpath.join"), ("2", "str.join"), ("3",))
    (join,) = table.exact("os.path.join")
    assert join == DocumentedName("os.path.join", "1", "api.md", "python")
    assert table.exact("join") == ()
    names = [name.name for name in table.ending("join")]
    assert names == ["os.path.join", "posixpath.join", "str.join"]
    assert table.names() == ("os.path.join", "posixpath.join", "str.join")
    assert table.of("1") == (*table.exact("os.path.join"), *table.exact("posixpath.join"))
    assert len(table) == 3


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("os.path.join", ("os", "path", "join")),
        ("shop::Cart::add", ("shop", "Cart", "add")),
        ("Array#push", ("Array", "push")),
        ("Acme\\\\Cart::add", ("Acme", "Cart", "add")),
        ("plain", ("plain",)),
        ("...", ("...",)),
    ],
)
def test_parts_of_a_name(name: str, parts: tuple[str, ...]) -> None:
    assert parts_of(name) == parts
    assert last_part(name) == parts[-1]


def test_the_table_follows_changes() -> None:
    table = table_of(("1", "a.f"), ("2", "a.f", "b.f"))
    table.remove("2")
    table.remove("unknown")
    table.add("3", ("c.f",))
    assert ids(table.exact("a.f")) == ["1"]
    assert ids(table.ending("f")) == ["1", "3"]
    table.remove("1")
    table.remove("3")
    assert table.ending("f") == ()
    assert len(table) == 0


def test_a_chunk_written_again_keeps_one_entry() -> None:
    table = table_of(("1", "a.f"), ("1", "a.g"))
    assert table.exact("a.f") == ()
    assert ids(table.exact("a.g")) == ["1"]
