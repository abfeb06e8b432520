"""The change queue: coalescing, settling, and a burst that cannot starve it."""

from __future__ import annotations

import threading
import time

from askdocs_indexer.ingest.change_queue import ChangeQueue


def test_changes_within_the_settle_time_become_one_batch() -> None:
    queue = ChangeQueue(settle=0.05)
    queue.put(["a"])
    queue.put(["b", "a"])
    assert queue.take() == {"a", "b"}
    assert len(queue) == 0


def test_a_save_is_not_held_back() -> None:
    queue = ChangeQueue(settle=3600, longest_wait=3600)
    queue.put(["a"])
    queue.put(["b"], at_once=True)
    queue.put(["b"])  # The watcher has seen the save as well.
    assert queue.settled() == {"a", "b"}
    assert queue.settled() == frozenset()


def test_a_look_at_everything_is_not_taken_in_between() -> None:
    queue = ChangeQueue()
    queue.put(["", "a"], at_once=True)
    assert queue.settled() == frozenset()
    assert queue.take() == {"", "a"}


def test_a_burst_does_not_starve_the_worker() -> None:
    queue = ChangeQueue(settle=3600, longest_wait=0.05)
    stop = threading.Event()

    def burst() -> None:
        while not stop.is_set():
            queue.put(["a"])

    thread = threading.Thread(target=burst)
    started = time.monotonic()
    thread.start()
    try:
        assert queue.take() == {"a"}
        assert time.monotonic() - started < 60
    finally:
        stop.set()
        thread.join()


def test_closing_wakes_the_worker() -> None:
    queue = ChangeQueue()
    threading.Timer(0.01, queue.close).start()
    assert queue.take() is None
