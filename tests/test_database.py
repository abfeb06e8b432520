"""Databases: who holds one, and which of its collections answer."""

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

from askdocs_indexer.errors import DatabaseInUseError, StoreDamagedError
from askdocs_indexer.storage import Database, Fingerprint, Store
from askdocs_indexer.types import Chunk

EMBEDDER = FakeEmbedder()
OLD, NEW = Fingerprint("1", "fake"), Fingerprint("2", "fake")


Opened = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=["local", "server"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """How to open a database that is new to this test: again and again, the same one."""
    uri, namespace = str(tmp_path / "index.db"), ""
    if request.param == "server":
        uri = request.getfixturevalue("milvus_uri")
        namespace = f"_{hashlib.blake2b(bytes(tmp_path), digest_size=6).hexdigest()}"

    @contextmanager
    def opening() -> Iterator[Database]:
        database = Database(uri, tmp_path / "index.lock", namespace=namespace)
        try:
            yield database
        finally:
            database.close()

    return opening


def store_of(database: Database, fingerprint: Fingerprint = OLD) -> Store:
    return database.store(fingerprint, lambda: EMBEDDER.dimension)


def put(store: Store, text: str) -> None:
    chunk = Chunk("one", "a.md", "Title", ("Title",), (), text, "one", 1, 1)
    store.put([chunk], EMBEDDER.encode_passages([text]))
    store.settle()


def test_everything_survives_reopening(opened: Opened) -> None:
    with opened() as database:
        put(store_of(database), "apples")
    with opened() as database:
        assert store_of(database).search_lexical("apple", 5)[0].chunk.id == "one"


@pytest.mark.parametrize(
    "other", [NEW, Fingerprint("1", "bigger"), Fingerprint("1", "fake", schema="9")]
)
def test_the_old_collections_stay_until_the_new_ones_are_complete(
    opened: Opened, other: Fingerprint
) -> None:
    with opened() as database:
        store = store_of(database)
        assert database.before(store) is None
        put(store, "apples")
        database.complete(store)
    with opened() as database:
        store = store_of(database, other)
        before = database.before(store)
        assert stored_ids(store) == []
        assert before is not None
        assert before.fingerprint == OLD
        assert before.search_lexical("apples", 5)
    with opened() as database:  # To have looked has cost nothing.
        assert len(stored_ids(store_of(database))) == 1
        store = store_of(database, other)
        database.complete(store)
        assert database.before(store) is None
        assert database.before(store_of(database)) is not None  # Made anew, and empty:
        assert stored_ids(store_of(database)) == []


def test_a_fingerprint_says_what_has_changed() -> None:
    bigger = Fingerprint("1", "bigger")
    assert bigger.difference(OLD) == "the embedding model is now bigger, before it was fake"
    assert "cut in another way" in NEW.difference(OLD)
    assert OLD.difference(OLD) == ""
    assert Fingerprint.recorded(bigger.properties(3)) == bigger


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from askdocs_indexer.storage import Database\n"
        "database = Database(sys.argv[1], Path(sys.argv[2]))\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
        "database.close()\n"
    )
    path = tmp_path / "index.db"
    command = [sys.executable, "-c", script, str(path), str(path.with_suffix(".lock"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseInUseError, match=f"process {holder.pid}"):
            Database(str(path), path.with_suffix(".lock"))
        holder.communicate(b"")
    Database(str(path), path.with_suffix(".lock")).close()


def test_a_damaged_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_text("not a folder")
    with pytest.raises(StoreDamagedError):
        Database(str(path), path.with_suffix(".lock"))


@pytest.mark.parametrize("part", ["_client", "_server"])
def test_the_lock_is_released_when_closing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    path = tmp_path / "index.db"
    database = Database(str(path), path.with_suffix(".lock"))
    real_close = getattr(database, part).close

    def fail() -> None:
        real_close()
        raise OSError("no")

    monkeypatch.setattr(getattr(database, part), "close", fail)
    with pytest.raises(OSError, match="no"):
        database.close()
    Database(str(path), path.with_suffix(".lock")).close()
