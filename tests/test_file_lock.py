"""Locks between processes: one holder, who is named to the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.index_harness import until

from askdocs_indexer.errors import StoreError
from askdocs_indexer.file_lock import FileLock, holder_of
from askdocs_indexer.storage.lock import OwnerLock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_a_lock_has_one_holder(path: Path) -> None:
    lock = FileLock.try_acquire(path)
    assert lock is not None
    assert FileLock.try_acquire(path) is None
    lock.release()
    with FileLock.acquire(path):
        assert FileLock.try_acquire(path) is None


def test_a_removed_file_locks_nothing(path: Path) -> None:
    with FileLock.acquire(path) as lock:
        assert lock.is_in_place()
        path.unlink()
        assert not lock.is_in_place()


def test_who_waits_gets_it_after_the_holder(path: Path) -> None:
    waiting = threading.Thread(target=lambda: FileLock.acquire(path).write("second"))
    with FileLock.acquire(path) as first:
        first.write("first")
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        assert path.read_text() == "first"
    until(lambda: path.read_text() == "second")
    waiting.join(30)


def test_the_holder_is_named_and_nothing_is_made(path: Path) -> None:
    assert holder_of(path) is None
    assert not path.exists()
    with FileLock.acquire(path) as lock:
        lock.write("4711, a longer text")
        lock.write("4711")
        assert holder_of(path) == "4711"
    assert holder_of(path) is None


def test_a_folder_is_no_lock(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        OwnerLock(path)
