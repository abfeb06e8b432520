"""Damaged databases, full disks, read-only caches: the index heals or says what is to be done.

Milvus Lite keeps no checksums of its rows, so a single flipped byte in a row can pass unnoticed.
Nothing else may: no loss in silence, no exception where text is asked for, no hang, no crash loop.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Contents, contents, differences, rebuilt, until

from askdocs_indexer import workspace
from askdocs_indexer.errors import DatabaseInUseError, StoreError
from askdocs_indexer.paths import index_folder
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.storage import store
from askdocs_indexer.types import SyncReport
from askdocs_indexer.workspace import WorkspaceIndex

pytestmark = pytest.mark.timeout(90)

# Searches to compare. They are exact only while there are fewer chunks than a search looks at.
WORDS = ("topic3", "donkeys3")
# So often a process may die while it opens a database until that database is given up.
DEATHS = 2

# -- documents and indexes ----------------------------------------------------------------------


def page(number: int, word: str = "horses", parts: int = 5) -> str:
    head = f"# Page {number}\n\nAn introduction.\n"
    sections = (
        f"\n## `mod{number}.call{part}(a)`\n\nOf topic{number * 10 + part} and {word}{part} here.\n"
        for part in range(parts)
    )
    return head + "".join(sections)


def write(root: Path, number: int, word: str = "horses", parts: int = 5, top: str = "") -> None:
    (root / f"page{number}.md").write_text(top + page(number, word, parts))


def new_index(root: Path) -> WorkspaceIndex:
    return WorkspaceIndex(root, DocsSettings(), IndexSettings(), FakeEmbedder())


@contextmanager
def opened(root: Path, *, watched: bool = False) -> Iterator[WorkspaceIndex]:
    """Open the index of a folder, `watched` until it is in step with the folder."""
    index = new_index(root)
    try:
        index.open()
        if watched:
            index.start()
            until(lambda: is_ready(index))
        yield index
    finally:
        index.close()


def is_ready(index: WorkspaceIndex) -> bool:
    """Whether an index has looked at its folder and has nothing left to do."""
    status = index.status()
    return status.state == "ready" and status.generation > 0 and not status.pending_files


def asked(index: WorkspaceIndex) -> bool:
    """Ask in every way, which must never raise; return whether the first page is found."""
    index.document(["mod1.call1"], 5)
    return any("topic3 " in hit.chunk.text for hit in index.passages("topic3", 20).hits)


def found(index: WorkspaceIndex, word: str) -> bool:
    """Whether a search for a word finds a passage with it."""
    return any(word in hit.chunk.text.split() for hit in index.search(word, 50))


def work_of(report: SyncReport) -> int:
    return report.embedded + report.reused + report.moved + report.deleted


def set_aside(root: Path) -> set[tuple[str, int]]:
    """Return the names and inodes of the damaged databases that were moved out of the way."""
    found = index_folder(root).glob("index.db?*")
    return {(path.name, path.lstat().st_ino) for path in found}


def check_equal(index: WorkspaceIndex, truth: Contents, when: str) -> None:
    """Compare an index with a clean rebuild."""
    told = differences(contents(index, tuple(truth.found)), truth)
    assert not told, f"{when}:\n" + "\n".join(told)


def check_heals(root: Path, truth: Contents) -> str:
    """Open, ask and sync: equal to a clean rebuild, now and later; return what the status says."""
    before = set_aside(root)
    with opened(root) as index:
        asked(index)
        index.sync()
        status = index.status()
        assert status.state == "ready"
        assert (set_aside(root) != before) == ("damaged" in status.detail)
        if "damaged" in status.detail:  # What was made anew reopens as always.
            check_equal(index, truth, "after a rebuild")
            return status.detail
        assert answers(index) == truth.found
    with opened(root) as index:
        assert work_of(index.sync()) == 0
        assert index.status().detail == ""
        check_equal(index, replace(truth, found={}), "after reopening")
    return status.detail


def answers(index: WorkspaceIndex) -> dict[str, tuple[tuple[str, float], ...]]:
    """Search for the words to compare, as in Contents."""
    return {
        word: tuple((hit.chunk.id, round(hit.score, 9)) for hit in index.search(word, 10))
        for word in WORDS
    }


@dataclass(frozen=True)
class Remains:
    """What a killed process left: its index folder, the documents since, and what they give."""

    root: Path
    folder: Path
    truth: Contents


@pytest.fixture(scope="module")
def remains(tmp_path_factory: pytest.TempPathFactory) -> Remains:
    """Make a database with files of every role, of which some changed again before the kill.

    The last changes keep the number of chunks, so counting does not tell whether they are there.
    """
    folder = tmp_path_factory.mktemp("damage")
    root = folder / "root"
    root.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        for number in range(10):
            write(root, number)
        with opened(root) as index:
            index.sync()
        for number in range(1, 5):
            write(root, number, "cows")
        (root / "page9.md").unlink()
        with opened(root) as index:
            index.sync()
        write(root, 1, "cows", top="\n\n\n")
        write(root, 2, "donkeys")
        (root / "page3.md").unlink()
        write(root, 13)
        with opened(root) as index:
            index.sync()
            shutil.copytree(index_folder(root), folder / "killed")
    (root / "page4.md").unlink()
    write(root, 5, "mules")
    return Remains(root, folder / "killed", rebuilt(root, WORDS))


@pytest.fixture
def database(remains: Remains, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the database, in a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = index_folder(remains.root)
    shutil.copytree(remains.folder, folder)
    return folder / "index.db"


# -- one file -----------------------------------------------------------------------------------

# What a database consists of, by role: a pattern below its folder.
ROLES = {
    f"{collection}: {role}": f"collections/{collection}_*/{pattern}"
    for collection in ("chunks", "files")
    for role, pattern in {
        "rows": "**/data/*.parquet",
        "deleted rows": "**/delta/*.parquet",
        "vector index": "**/*.idx",
        "log of rows": "wal/*data*",
        "log of deletions": "wal/*delta*",
        "list of files": "manifest.json",
        "list of files of before": "manifest.json.prev",
        "schema": "schema.json",
    }.items()
} | {"aliases": "aliases.json"}


def empty(file: Path) -> None:
    file.write_bytes(b"")


def halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scramble(file: Path) -> None:
    file.write_bytes(random.Random(7).randbytes(file.stat().st_size))


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


def newest(database: Path, role: str) -> Path:
    """Return the newest file of a role: what is older has often been replaced by it."""
    files = sorted(database.glob(ROLES[role]))
    assert files, f"this database has no {role}"
    return files[-1]


def test_what_a_killed_process_left_is_taken_over(remains: Remains, database: Path) -> None:
    assert check_heals(remains.root, remains.truth) == ""


def damages_of(role: str) -> list[str]:
    """Return what to do to a role: all of it to the chunks, of which most is written."""
    if role.startswith("chunks") and not role.endswith("before"):
        return [*DAMAGES]
    return ["garbage", "missing"] if role == "files: log of rows" else ["garbage"]


@pytest.mark.parametrize(
    ("role", "damage"), [(role, damage) for role in ROLES for damage in damages_of(role)]
)
def test_a_damaged_file(remains: Remains, database: Path, role: str, damage: str) -> None:
    DAMAGES[damage](newest(database, role))
    check_heals(remains.root, remains.truth)


@pytest.mark.parametrize("collection", ["chunks", "files", "*"])
def test_lost_logs(remains: Remains, database: Path, collection: str) -> None:
    for file in database.glob(f"collections/{collection}_*/wal/*"):
        file.unlink()
    check_heals(remains.root, remains.truth)


def open_flipped(remains: Path, root: Path, todo: Path) -> None:
    """Flip a byte of a file of each role that is listed in a file; open, ask, sync, ask again."""
    for role in todo.read_text().splitlines():
        folder = index_folder(root)
        if not folder.exists():  # Else this is the next try after a death.
            shutil.copytree(remains, folder)
            flip_a_byte(newest(folder / "index.db", role))
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


def replaced(content: bytes) -> Callable[[Path], None]:
    """Return a damage that leaves a file with `content` in place of the database."""

    def damage(database: Path) -> None:
        shutil.rmtree(database)
        database.write_bytes(content)

    return damage


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


def removed(pattern: str) -> Callable[[Path], None]:
    """Return a damage that removes what matches."""

    def damage(database: Path) -> None:
        found = [*database.parent.glob(pattern)]
        assert found, pattern
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def lose_a_field(database: Path) -> None:
    for file in database.glob("collections/chunks_*/schema.json"):
        schema = json.loads(file.read_text())
        schema["fields"] = [one for one in schema["fields"] if one["name"] != "symbols"]
        file.write_text(json.dumps(schema))


def scramble_both_lists(database: Path) -> None:
    for file in database.glob("collections/chunks_*/manifest.json*"):
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
    "without chunks": removed("index.db/collections/chunks_*"),
    "without manifest": removed("index.db/collections/files_*"),
    "without rows of chunks": removed("index.db/collections/chunks_*/partitions"),
    "without rows of the manifest": removed("index.db/collections/files_*/partitions"),
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
        newest(database, "chunks: schema").write_text("{")
        with opened(remains.root) as index:
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
    newest(database, "chunks: schema").with_name("poison").touch()
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
        with pytest.raises(StoreError), opened(remains.root):
            pass
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


# -- while the index is open --------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of documents of its own, whose failed index is tried again soon."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(workspace, "_RETRY_SECONDS", 0.1)
    root = tmp_path / "root"
    root.mkdir()
    for number in range(4):
        write(root, number)
    return root


def check_in_step(index: WorkspaceIndex, root: Path) -> None:
    """Wait for a watched index and compare; then reopen it and compare again."""
    truth = rebuilt(root, WORDS)
    until(lambda: is_ready(index) and index.status().files == len(truth.files))
    check_equal(index, truth, "while it is open")
    index.close()
    with opened(root) as again:
        again.sync()
        check_equal(again, truth, "after reopening")


def scramble_all(pattern: str) -> Callable[[Path], None]:
    """Return a damage that overwrites every file that matches."""

    def damage(database: Path) -> None:
        for file in database.parent.glob(pattern):
            scramble(file)

    return damage


UNDERFOOT: dict[str, Callable[[Path], None]] = {
    "the folder is gone": lambda database: shutil.rmtree(database.parent),
    "the database is a file": replaced(b"garbage"),
    "the chunks are gone": removed("index.db/collections/chunks_*"),
    "the manifest is gone": removed("index.db/collections/files_*"),
    "the vector cache is garbage": scramble_all("vectors.sqlite"),
    "the rows are garbage": scramble_all("index.db/collections/*/**/*.parquet"),
}


@pytest.mark.parametrize("damage", UNDERFOOT)
def test_damage_while_the_index_is_open(root: Path, damage: str) -> None:
    with opened(root) as index:
        index.sync()
    with opened(root, watched=True) as index:
        UNDERFOOT[damage](index_folder(root) / "index.db")
        assert asked(index)
        write(root, 1, "donkeys")
        (root / "page2.md").unlink()
        asked(index)
        check_in_step(index, root)


def test_a_flush_that_fails_loses_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Milvus Lite forgets rows whose flush has failed, and at the next flush deletes their log."""
    monkeypatch.setattr(store, "_FLUSH_ROWS", 20)
    with opened(root) as index:
        index.sync()
    with opened(root, watched=True) as index:
        rows = newest(index_folder(root) / "index.db", "chunks: rows").parent
        rows.rename(rows.with_name("away"))
        rows.write_text("in the way of a folder")
        write(root, 1, top="\n\n")
        write(root, 2, "cows", parts=30)
        until(lambda: index.status().state == "failed")
        rows.unlink()
        rows.with_name("away").rename(rows)
        until(lambda: is_ready(index))
        write(root, 3, "donkeys")
        until(lambda: found(index, "donkeys3"))
        check_in_step(index, root)


# -- full disks, in a process of their own ------------------------------------------------------


class SizeLimit:
    """Lets no file grow beyond what the largest log is now, and `spare` bytes."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def fill(self, spare: int) -> None:
        logs = [file.stat().st_size for file in self._cache.glob("**/wal/*data*")]
        limit = max(logs, default=0) + spare if spare else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def free(self) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)


class SmallDisk:
    """A file system of its own over the cache, filled by one file up to `spare` bytes."""

    def __init__(self, cache: Path) -> None:
        cache.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(cache)]
        subprocess.run(command, check=True)
        self._ballast = cache / "ballast"

    def fill(self, spare: int) -> None:
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while file.write(bytes(1 << 14)):
                pass
        os.truncate(self._ballast, max(0, self._ballast.stat().st_size - spare))

    def free(self) -> None:
        self._ballast.unlink()


def index_on_a_full_disk(root: Path, disk_type: str) -> None:
    """Fill the disk while the index is open; free it; look at what a kill then would leave."""
    workspace._RETRY_SECONDS = 0.1
    cache = Path(os.environ["XDG_CACHE_HOME"])
    disk = SmallDisk(cache) if disk_type == "SmallDisk" else SizeLimit(cache)
    for number in range(6):
        write(root, number)
    with opened(root, watched=True) as index:
        write(root, 1, "cows")
        until(lambda: found(index, "cows3"))
        disk.fill(spare=15_000)  # Some of a log's next write fits, and some does not.
        write(root, 2, "mules", parts=50)
        write(root, 3, top="\n\n\n")
        (root / "page4.md").unlink()
        until(lambda: index.status().state == "failed")
        until(lambda: disk_type != "SmallDisk" or "space" in index.status().detail)
        write(root, 5, "donkeys")
        assert asked(index)
        disk.free()
        truth = rebuilt(root, WORDS)
        until(lambda: is_ready(index) and index.status().files == len(truth.files))
        until(lambda: found(index, "donkeys3"))
        check_equal(index, truth, "when there is space again")
        shutil.copytree(cache / "askdocs", root.parent / "killed" / "askdocs")
    with opened(root) as index:
        assert work_of(index.sync()) == 0
        check_equal(index, truth, "after reopening")
    open_on_a_full_disk(root, disk, truth)
    os.environ["XDG_CACHE_HOME"] = str(root.parent / "killed")
    with opened(root) as index:
        index.sync()
        check_equal(index, truth, "after a kill")


def open_on_a_full_disk(root: Path, disk: SmallDisk | SizeLimit, truth: Contents) -> None:
    """Fill the disk before the index is opened, a sound one and then a damaged one."""
    disk.fill(spare=0)
    with suppress(StoreError), opened(root) as index:
        asked(index)
    disk.free()
    assert check_heals(root, truth) == "", "a full disk was taken for damage"
    newest(index_folder(root) / "index.db", "chunks: schema").write_text("{")
    disk.fill(spare=0)
    with pytest.raises(StoreError), opened(root):
        pass
    disk.free()
    assert "damaged" in check_heals(root, truth)


def unshare() -> list[str]:
    """Return the command that lets another mount a file system for itself alone; [] if none."""
    flags = ["--mount"] if os.geteuid() == 0 else ["--mount", "--user", "--map-root-user"]
    command = ["unshare", *flags]
    probe = [*command, "mount", "-t", "tmpfs", "tmpfs", "/tmp"]
    if shutil.which("unshare") is None:
        return []
    return [] if subprocess.run(probe, check=False, capture_output=True).returncode else command


def in_child(
    function: Callable[..., None], cache: Path, *arguments: object, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Call a function of this module in a process of its own, with an index cache."""
    read = "*(Path(one) if '/' in one else one for one in sys.argv[1:])"
    code = "import sys; from pathlib import Path; from tests import test_damage; "
    return subprocess.run(
        [*before, sys.executable, "-c", f"{code}test_damage.{function.__name__}({read})"]
        + [str(one) for one in arguments],
        check=False,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        timeout=80,
    )


def test_files_that_may_not_grow(root: Path, tmp_path: Path) -> None:
    child = in_child(index_on_a_full_disk, tmp_path / "cache", root, "SizeLimit")
    assert child.returncode == 0, child.stderr


def test_a_full_disk(root: Path, tmp_path: Path) -> None:
    before = tuple(unshare())
    if not before:
        pytest.skip("this system lets nobody mount a file system for a process of his own")
    child = in_child(index_on_a_full_disk, tmp_path / "disk", root, "SmallDisk", before=before)
    assert child.returncode == 0, child.stderr


def open_and_cut_off(root: Path) -> None:
    """Cut off every file of an open index, then go on."""
    workspace._RETRY_SECONDS = 0.1
    with opened(root) as index:
        index.sync()
    with opened(root, watched=True) as index:
        for file in index_folder(root).rglob("*"):
            if file.is_file():
                os.truncate(file, 0)
        asked(index)
        write(root, 1, "donkeys")
        until(lambda: found(index, "donkeys3"))
        check_in_step(index, root)


def test_every_file_is_cut_off_while_the_index_is_open(root: Path, tmp_path: Path) -> None:
    """A file that is mapped into memory would take the process with it."""
    child = in_child(open_and_cut_off, tmp_path / "cache", root)
    assert child.returncode == 0, child.stderr or "it died"


# -- read-only caches ---------------------------------------------------------------------------


def as_plain_user(step: Callable[[], None]) -> None:
    """Run in a thread without the right of root to write everywhere, which its threads inherit."""

    def plain() -> None:
        if os.geteuid() == 0:
            header = (ctypes.c_uint32 * 2)(0x20080522, 0)
            none = (ctypes.c_uint32 * 6)()
            assert ctypes.CDLL(None, use_errno=True).capset(header, none) == 0
        step()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(plain).result()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Take away the right to write to anything at or below a folder, for a time."""
    paths = [folder, *folder.rglob("*")]
    before = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path, mode in zip(paths, before, strict=True):
            path.chmod(mode)


@pytest.mark.parametrize("present", ["an index", "a damaged index", "no index"])
def test_a_cache_that_cannot_be_written(root: Path, tmp_path: Path, present: str) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    if present != "no index":
        with opened(root) as index:
            index.sync()
    if present == "a damaged index":
        newest(index_folder(root) / "index.db", "chunks: schema").write_text("{")

    def step() -> None:
        with read_only(cache), pytest.raises(StoreError, match="ake it writable"), opened(root):
            pass
        assert not set_aside(root)
        detail = check_heals(root, rebuilt(root, WORDS))
        assert ("damaged" in detail) == (present == "a damaged index")

    as_plain_user(step)


def test_a_cache_whose_place_is_taken(root: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(StoreError, match="cache"), opened(root):
        pass


@pytest.mark.parametrize("name", ["index.db", "index.lock"])
def test_a_part_of_the_cache_that_cannot_be_written(root: Path, name: str) -> None:
    with opened(root) as index:
        index.sync()

    def step() -> None:
        truth = rebuilt(root, WORDS)
        with read_only(index_folder(root) / name):
            try:
                check_heals(root, truth)
            except StoreError as error:
                assert str(index_folder(root)) in str(error)  # noqa: PT017 - healing is as good
        check_heals(root, truth)

    as_plain_user(step)


def test_a_cache_that_becomes_read_only(root: Path, tmp_path: Path) -> None:
    def step() -> None:
        with opened(root, watched=True) as index:
            with read_only(tmp_path / "cache"):
                write(root, 1, "donkeys", parts=50)
                until(lambda: "writable" in index.status().detail)
                assert index.status().state in ("failed", "indexing")
                assert asked(index)
            until(lambda: found(index, "donkeys3") and is_ready(index))
            assert index.status().detail == ""
            check_in_step(index, root)

    as_plain_user(step)
