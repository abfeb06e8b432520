"""Databases: who holds one, and which of its stores answer."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import stored_ids

from askdocs_indexer.errors import DatabaseInUseError
from askdocs_indexer.storage import Database, Fingerprint, Store
from askdocs_indexer.types import Chunk

EMBEDDER = FakeEmbedder()
OLD, NEW = Fingerprint("1", "fake"), Fingerprint("2", "fake")


Opened = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=["local", "server"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """How to open a database that is new to this test: again and again, the same one."""
    uri, namespace = "", ""
    if request.param == "server":
        uri = request.getfixturevalue("milvus_uri")
        namespace = f"_{hashlib.blake2b(bytes(tmp_path), digest_size=6).hexdigest()}"

    @contextmanager
    def opening() -> Iterator[Database]:
        database = Database(tmp_path, uri, namespace=namespace)
        try:
            yield database
        finally:
            database.close()

    return opening


@contextmanager
def store_of(database: Database, fingerprint: Fingerprint = OLD) -> Iterator[Store]:
    store = Store(database.texts(fingerprint, lambda: EMBEDDER.dimension), database.vectors)
    try:
        yield store
    finally:
        store.close()


def put(store: Store, text: str) -> None:
    chunk = Chunk("one", "a.md", "Title", ("Title",), (), text, "one", 1, 1)
    store.commit(new=[chunk])
    store.put_vectors({"one": EMBEDDER.encode_passages([text])[0]})
    store.settle()


def test_everything_survives_reopening(opened: Opened) -> None:
    with opened() as database, store_of(database) as store:
        put(store, "apples")
    with opened() as database, store_of(database) as store:
        assert store.search_lexical("apple", 5)[0].chunk.id == "one"
        store.open_vectors()
        assert store.search_dense(EMBEDDER.encode_query("apples"), 5)[0].chunk.id == "one"


@pytest.mark.parametrize(
    "other", [NEW, Fingerprint("1", "bigger"), Fingerprint("1", "fake", schema="9")]
)
def test_the_old_index_stays_until_the_new_one_is_complete(
    opened: Opened, other: Fingerprint
) -> None:
    with opened() as database, store_of(database) as store:
        assert database.before(store.texts) is None
        put(store, "apples")
        database.complete(store.texts)
    with opened() as database, store_of(database, other) as store:
        before = database.before(store.texts)
        assert stored_ids(store) == []
        assert before is not None
        assert before.fingerprint == OLD
        assert Store(before, database.vectors).search_lexical("apples", 5)
        before.close()
    with opened() as database:  # To have looked has cost nothing.
        with store_of(database) as store:
            assert len(stored_ids(store)) == 1
            assert database.before(store.texts) is None
        with store_of(database, other) as store:
            database.complete(store.texts)
            assert database.before(store.texts) is None
        with store_of(database) as store:  # Made anew, and empty:
            assert stored_ids(store) == []
            store.open_vectors()
            assert store._index is not None
            assert len(store._index) == 0
            before = database.before(store.texts)
            assert before is not None
            before.close()


def test_a_fingerprint_says_what_has_changed() -> None:
    bigger = Fingerprint("1", "bigger")
    assert bigger.difference(OLD) == "the embedding model is now bigger, before it was fake"
    assert "cut in another way" in NEW.difference(OLD)
    assert OLD.difference(OLD) == ""
    assert Fingerprint.recorded(bigger.properties()) == bigger


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from askdocs_indexer.storage import Database\n"
        "database = Database(Path(sys.argv[1]))\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
        "database.close()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseInUseError, match=f"process {holder.pid}"):
            Database(tmp_path)
        holder.communicate(b"")
    Database(tmp_path).close()


@pytest.mark.parametrize("part", ["index.db", f"texts_{OLD.suffix}.sqlite"])
def test_a_damaged_part_is_set_aside_and_begun_anew(tmp_path: Path, part: str) -> None:
    path = tmp_path / part
    path.write_text("neither a folder nor a database of SQLite")
    database = Database(tmp_path)
    with store_of(database) as store:
        store.open_vectors()
        assert str(path.with_name(f"{part}.damaged")) in database.damage
        assert path.with_name(f"{part}.damaged").is_file()
        put(store, "apples")
    database.close()
    database = Database(tmp_path)
    with store_of(database) as store:
        store.open_vectors()
        assert stored_ids(store) == ["one"]
        assert database.damage == ""
    database.close()


@pytest.mark.parametrize("part", ["_client", "_server"])
def test_the_lock_is_released_when_closing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    database = Database(tmp_path)
    with store_of(database) as store:
        store.open_vectors()
    real_close = getattr(database, part).close

    def fail() -> None:
        real_close()
        raise OSError("no")

    monkeypatch.setattr(getattr(database, part), "close", fail)
    with pytest.raises(OSError, match="no"):
        database.close()
    Database(tmp_path).close()
