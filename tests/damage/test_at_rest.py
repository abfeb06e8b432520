"""A database that was damaged at rest, in one file or as a whole, and what lies beside it.

Milvus Lite keeps no checksums of its rows, so a single flipped byte in a row can pass unnoticed.
Nothing else may: no loss in silence, no exception where text is asked for, no hang, no crash loop.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.damage.harness import (
    ROLES,
    Remains,
    asked,
    check_equal,
    check_heals,
    in_child,
    newest,
    opened,
    removed,
    replaced,
    scramble,
    set_aside,
)

from askdocs_indexer.errors import DatabaseInUseError, StoreError
from askdocs_indexer.paths import index_folder

pytestmark = pytest.mark.timeout(90)

# So often a process may die while it opens a database until that database is given up.
DEATHS = 2

# -- one file -----------------------------------------------------------------------------------


def empty(file: Path) -> None:
    file.write_bytes(b"")


def halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def turn_into_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def flip_a_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x41
    file.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "empty": empty,
    "half": halve,
    "garbage": scramble,
    "missing": Path.unlink,
    "a folder": turn_into_a_folder,
}


def test_what_a_killed_process_left_is_taken_over(remains: Remains, database: Path) -> None:
    assert check_heals(remains.root, remains.truth) == ""


def damages_of(role: str) -> list[str]:
    """Return what to do to a role."""
    return ["garbage"] if role.endswith("before") else [*DAMAGES]


@pytest.mark.parametrize(
    ("role", "damage"), [(role, damage) for role in ROLES for damage in damages_of(role)]
)
def test_a_damaged_file(remains: Remains, database: Path, role: str, damage: str) -> None:
    DAMAGES[damage](newest(database.parent, role))
    check_heals(remains.root, remains.truth)


@pytest.mark.parametrize("logs", ["index.db/collections/*/wal/*", "*.sqlite-wal", "**/*wal*"])
def test_lost_logs(remains: Remains, database: Path, logs: str) -> None:
    for file in database.parent.glob(logs):
        if file.is_file():
            file.unlink()
    check_heals(remains.root, remains.truth)


def open_flipped(remains: Path, root: Path, todo: Path) -> None:
    """Flip a byte of a file of each role that is listed in a file; open, ask, sync, ask again."""
    for role in todo.read_text().splitlines():
        folder = index_folder(root)
        if not folder.exists():  # Else this is the next try after a death.
            shutil.copytree(remains, folder)
            flip_a_byte(newest(folder, role))
        with opened(root) as index:
            asked(index)
            index.sync()
            asked(index)
            assert index.status().state == "ready"
        shutil.rmtree(folder)
        print(role, flush=True)


def test_flipped_bytes(remains: Remains, tmp_path: Path) -> None:
    """They may pass unnoticed, but they break nothing."""
    roles, todo, deaths = [*ROLES], tmp_path / "todo", 0
    while roles:
        todo.write_text("\n".join(roles))
        child = in_child(open_flipped, tmp_path / "cache", remains.folder, remains.root, todo)
        done = child.stdout.splitlines()
        deaths = 0 if done else deaths
        deaths += child.returncode < 0
        roles = roles[len(done) :]
        assert child.returncode <= 0, f"{roles[0]}:\n{child.stderr}"
        assert deaths <= DEATHS, f"{roles[0]}: died at each try"


# -- the whole database, and what lies beside it ------------------------------------------------


def make_old_version(database: Path) -> None:
    """Leave what Milvus Lite 2 kept: an SQLite file."""
    shutil.rmtree(database)
    fill_sqlite(database, "CREATE TABLE collection_meta (a)")


def fill_sqlite(file: Path, *statements: str) -> None:
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def link_to_nowhere(database: Path) -> None:
    shutil.rmtree(database)
    database.symlink_to(database.with_name("nowhere"))


def lose_a_field(database: Path) -> None:
    for file in database.glob("collections/vectors_*/schema.json"):
        schema = json.loads(file.read_text())
        schema["fields"] = [one for one in schema["fields"] if one["name"] != "dense"]
        file.write_text(json.dumps(schema))


def scramble_both_lists(database: Path) -> None:
    for file in database.glob("collections/vectors_*/manifest.json*"):
        scramble(file)


def scatter_files(database: Path) -> None:
    for folder in [*database.rglob("")]:
        (folder / "stray.parquet").write_bytes(b"stray")


WHOLE: dict[str, Callable[[Path], None]] = {
    "a file": replaced(b"garbage" * 100),
    "of Milvus Lite 2": make_old_version,
    "missing": removed("index.db"),
    "an empty folder": removed("index.db/*"),
    "a link to nowhere": link_to_nowhere,
    "without collections": removed("index.db/collections"),
    "without vectors": removed("index.db/collections/vectors_*"),
    "without rows of vectors": removed("index.db/collections/vectors_*/partitions"),
    "without texts": removed("texts_*"),
    "without anything": removed("*"),
    "with two lists of garbage": scramble_both_lists,
    "with a field less": lose_a_field,
    "with stray files": scatter_files,
}


@pytest.mark.parametrize("damage", WHOLE)
def test_a_damaged_database(remains: Remains, database: Path, damage: str) -> None:
    WHOLE[damage](database)
    check_heals(remains.root, remains.truth)


def test_a_damaged_database_twice_in_a_second(remains: Remains, database: Path) -> None:
    for _ in range(2):
        newest(database.parent, "vectors: schema").write_text("{")
        with opened(remains.root) as index:
            index.sync()
            assert "damaged" in index.status().detail
    check_heals(remains.root, remains.truth)


def garble_pages(file: Path) -> None:
    """Leave an SQLite file whose head is sound and whose later pages are not."""
    data = file.read_bytes()
    file.write_bytes(data[:8192] + random.Random(7).randbytes(len(data) - 8192))


def of_another_shape(file: Path) -> None:
    file.unlink()
    fill_sqlite(file, "CREATE TABLE vectors (a)")


def with_vectors(value: str) -> Callable[[Path], None]:
    """Return a damage that leaves each vector as what an SQL expression makes of it."""
    return lambda file: fill_sqlite(file, f"UPDATE vectors SET vector = {value}")


CACHES = DAMAGES | {
    "later pages garbage": garble_pages,
    "of another shape": of_another_shape,
    "vectors too short": with_vectors("substr(vector, 1, 100)"),
    "vectors no vectors": with_vectors("'odd'"),
    "vectors of noise": with_vectors("randomblob(length(vector))"),
}


@pytest.mark.parametrize("damage", CACHES)
def test_a_damaged_vector_cache(remains: Remains, database: Path, damage: str) -> None:
    """Where the database is lost as well, all vectors are asked of the cache."""
    shutil.rmtree(database)
    file = database.with_name("vectors.sqlite")
    fill_sqlite(file, "PRAGMA wal_checkpoint(TRUNCATE)")
    CACHES[damage](file)
    check_heals(remains.root, remains.truth)


@pytest.mark.parametrize("damage", ["empty", "garbage", "a folder"])
def test_a_damaged_lock(remains: Remains, database: Path, damage: str) -> None:
    DAMAGES[damage](database.with_name("index.lock"))
    try:
        assert check_heals(remains.root, remains.truth) == ""
    except StoreError:  # A folder is nothing that we made: its owner is told.
        if damage != "a folder":
            raise


def open_poisoned(root: Path) -> None:
    """Open an index as if a library died of each collection that holds a file `poison`."""
    from milvus_lite.engine.collection import Collection

    healthy = Collection.__init__

    def dying(self: Collection, name: str, data_dir: str, *args: object, **more: object) -> None:
        if Path(data_dir, "poison").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        healthy(self, name, data_dir, *args, **more)

    Collection.__init__ = dying
    with opened(root) as index:
        index.sync()


def test_a_database_that_kills_its_reader_is_given_up(remains: Remains, database: Path) -> None:
    """But not under one who is opening it now, and may yet succeed."""
    newest(database.parent, "vectors: schema").with_name("poison").touch()
    cache = Path(os.environ["XDG_CACHE_HOME"])
    for _ in range(DEATHS):
        in_child(open_poisoned, cache, remains.root)
    with held(database.with_name("index.lock")):
        with pytest.raises(DatabaseInUseError), opened(remains.root):
            pass
        assert not set_aside(remains.root)
    child = in_child(open_poisoned, cache, remains.root)
    assert child.returncode == 0, child.stderr or "it died again"
    with opened(remains.root) as index:
        index.sync()
        check_equal(index, remains.truth, "after the deaths")


def test_an_end_right_after_a_database_was_set_aside(remains: Remains, database: Path) -> None:
    """The next process finds the count of deaths, and no database."""
    database.with_name("opening").write_text(str(DEATHS))
    database.rename(database.with_name("index.db.damaged"))
    with opened(remains.root) as index:
        index.sync()
        check_equal(index, remains.truth, "after a rebuild")
    assert len(set_aside(remains.root)) == 1


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock file as another process would."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_what_another_program_holds_is_not_damaged(remains: Remains, database: Path) -> None:
    with held(database / "LOCK"):
        with opened(remains.root) as index:
            assert asked(index)
            with pytest.raises(StoreError):
                index.sync()
        assert not set_aside(remains.root)
    assert check_heals(remains.root, remains.truth) == ""


def open_with_few_files(root: Path) -> None:
    """Open an index while the process may open no more than a few files."""
    with opened(root) as index:
        index.sync()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for left in range(1, 6):
        now = len([*Path("/proc/self/fd").iterdir()])
        resource.setrlimit(resource.RLIMIT_NOFILE, (now + left, most))
        with suppress(StoreError), opened(root):
            pass
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def test_too_many_open_files_are_no_damage(remains: Remains, database: Path) -> None:
    child = in_child(open_with_few_files, Path(os.environ["XDG_CACHE_HOME"]), remains.root)
    assert child.returncode == 0, child.stderr
    assert not set_aside(remains.root)
