"""The store over a real Milvus Lite database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.errors import DatabaseInUseError, StoreDamagedError
from askdocs_indexer.store import Fingerprint, Store
from askdocs_indexer.types import Chunk, FileRow

EMBEDDER = FakeEmbedder()


def chunk(name: str, text: str, path: str = "a.md", line: int = 1) -> Chunk:
    return Chunk(name, path, "Title", ("Page", "Title"), (f"mod.{name}",), text, name, line, line)


def opened(path: Path, chunker: str = "1", model: str = "fake") -> Store:
    return Store(str(path), Fingerprint(chunker, model), lambda: EMBEDDER.dimension)


def put(store: Store, *chunks: Chunk) -> None:
    store.put(chunks, EMBEDDER.encode_passages([one.embedded_text for one in chunks]))
    store.settle()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = opened(tmp_path_factory.mktemp("store") / "index.db")
    yield store
    store.close()


@pytest.fixture(autouse=True)
def emptied(store: Store) -> None:
    store.remove([chunk_id for chunk_id, _ in store.symbol_rows()])
    store.remove_files(list(store.files()))
    store.settle()


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert store.search_lexical("words", 5) == []
    assert store.search_dense(EMBEDDER.encode_query("words"), 5) == []
    assert store.files() == {}
    assert store.count() == 0


def test_chunks_come_back_as_they_went_in(store: Store) -> None:
    ours = chunk("one", 'quotes " and \\ and ünïcode\n', path='odd "name".md')
    put(store, ours)
    assert store.get(["one", "missing"]) == [ours]
    assert store.spans_of('odd "name".md') == {"one": (1, 1)}
    assert list(store.symbol_rows()) == [("one", ("mod.one",))]


def test_both_searches_find_the_right_chunk(store: Store) -> None:
    put(store, chunk("one", "apples and pears"), chunk("two", "horses and cows"))
    assert store.search_lexical("a horse", 5)[0].chunk.id == "two"
    assert store.search_dense(EMBEDDER.encode_query("apples pears"), 5)[0].chunk.id == "one"


def test_outlines_are_in_the_order_of_lines(store: Store) -> None:
    later, earlier = chunk("one", "apples", line=9), chunk("two", "pears", line=3)
    put(store, later, earlier, chunk("three", "plums", path="b.md"))
    assert [row.id for row in store.outlines(["a.md"])["a.md"]] == ["two", "one"]
    assert store.outlines(["missing.md"]) == {"missing.md": []}


def test_vectors_come_back(store: Store) -> None:
    put(store, chunk("one", "apples"))
    expected = EMBEDDER.encode_query(chunk("one", "apples").embedded_text)
    assert store.vectors(["one", "missing"])["one"] == pytest.approx(expected, abs=1e-6)


def test_moving_changes_the_span_and_nothing_else(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    moved = chunk("one", "apples", line=9)
    store.move([moved])
    store.settle()
    assert store.get(["one"]) == [moved]
    assert store.search_lexical("apples", 5)[0].chunk == moved
    assert store.search_dense(EMBEDDER.encode_query("apples"), 1)[0].chunk == moved


def test_removed_chunks_are_found_no_more(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    store.remove(["one"])
    store.settle()
    assert store.search_lexical("apples", 5) == []
    assert store.count() == 1


def test_the_manifest(store: Store) -> None:
    row = FileRow("a.md", 10, 1_700_000_000_000_000_001, "digest", 3, "no good")
    store.put_files([row])
    assert store.files() == {"a.md": row}
    store.remove_files(["a.md"])
    assert store.files() == {}


def test_everything_survives_reopening(tmp_path: Path) -> None:
    store = opened(tmp_path / "index.db")
    put(store, chunk("one", "apples"))
    store.close()
    again = opened(tmp_path / "index.db")
    try:
        assert again.search_lexical("apple", 5)[0].chunk.id == "one"
    finally:
        again.close()


@pytest.mark.parametrize("other", [{"chunker": "2"}, {"model": "bigger"}])
def test_data_of_another_shape_is_not_read(tmp_path: Path, other: dict[str, str]) -> None:
    store = opened(tmp_path / "index.db")
    put(store, chunk("one", "apples"))
    store.close()
    again = opened(tmp_path / "index.db", **other)
    assert again.count() == 0
    again.close()

    # A look with other settings has cost nothing; only a complete index replaces the old one.
    first = opened(tmp_path / "index.db")
    assert first.count() == 1
    first.close()
    again = opened(tmp_path / "index.db", **other)
    again.drop_outdated()
    again.close()
    first = opened(tmp_path / "index.db")
    assert first.count() == 0
    first.close()


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from askdocs_indexer.store import Fingerprint, Store\n"
        "store = Store(sys.argv[1], Fingerprint('1', 'fake'), lambda: 64)\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
        "store.close()\n"
    )
    database = tmp_path / "index.db"
    command = [sys.executable, "-c", script, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseInUseError, match=f"process {holder.pid}"):
            opened(database)
        holder.communicate(b"")
    opened(database).close()


def test_a_damaged_database_is_named_as_such(tmp_path: Path) -> None:
    database = tmp_path / "index.db"
    database.write_text("not a folder")
    with pytest.raises(StoreDamagedError):
        opened(database)
