"""Full disks and read-only caches: the index says what is to be done, and goes on afterwards."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.damage.harness import (
    WORDS,
    asked,
    check_equal,
    check_heals,
    check_in_step,
    found,
    in_child,
    is_ready,
    newest,
    opened,
    set_aside,
    work_of,
    write,
)
from tests.index_harness import Contents, rebuilt, until

from askdocs_indexer import workspace
from askdocs_indexer.errors import StoreError
from askdocs_indexer.paths import index_folder

pytestmark = pytest.mark.timeout(90)

# -- full disks, in a process of their own ------------------------------------------------------


class SizeLimit:
    """Lets no file grow beyond what the largest log is now, and `spare` bytes."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def fill(self, spare: int) -> None:
        logs = [file.stat().st_size for file in self._cache.glob("**/*.sqlite-wal")]
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
    newest(index_folder(root), "vectors: schema").write_text("{")
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


def test_files_that_may_not_grow(root: Path, tmp_path: Path) -> None:
    child = in_child(index_on_a_full_disk, tmp_path / "cache", root, "SizeLimit")
    assert child.returncode == 0, child.stderr


def test_a_full_disk(root: Path, tmp_path: Path) -> None:
    before = tuple(unshare())
    if not before:
        pytest.skip("this system lets nobody mount a file system for a process of his own")
    child = in_child(index_on_a_full_disk, tmp_path / "disk", root, "SmallDisk", before=before)
    assert child.returncode == 0, child.stderr


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
        newest(index_folder(root), "vectors: schema").write_text("{")

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
