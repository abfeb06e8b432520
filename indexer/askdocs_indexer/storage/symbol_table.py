"""The table of documented symbols: qualified name -> the chunks that document it.

It lives in memory beside the store, is read from it at opening and follows every change, so that a
hover's exact match costs microseconds.
"""

from __future__ import annotations

import threading


class SymbolTable:
    """Documented names, found whole or by an unambiguous ending. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, set[str]] = {}
        self._symbols: dict[str, tuple[str, ...]] = {}
        self._endings: dict[str, set[str]] = {}

    def add(self, chunk_id: str, symbols: tuple[str, ...]) -> None:
        """Note that a chunk documents these names, and no others."""
        with self._lock:
            self._remove(chunk_id)
            self._add(chunk_id, symbols)

    def remove(self, chunk_id: str) -> None:
        """Forget a chunk, if it is known."""
        with self._lock:
            self._remove(chunk_id)

    def exact(self, name: str) -> frozenset[str]:
        """Return the ids of the chunks that document exactly this qualified name."""
        with self._lock:
            return frozenset(self._ids.get(name, ()))

    def ending(self, name: str) -> tuple[str, ...]:
        """Return the documented names that end in `.name` or `::name`, in order.

        The caller decides how many are too many.
        """
        endings = (f".{name}", f"::{name}")
        with self._lock:
            known = self._endings.get(last_part(name), ())
            return tuple(sorted(full for full in known if full.endswith(endings)))

    def __len__(self) -> int:
        """Return how many names are documented."""
        with self._lock:
            return len(self._ids)

    def _add(self, chunk_id: str, symbols: tuple[str, ...]) -> None:
        if not symbols:
            return
        self._symbols[chunk_id] = symbols
        for name in symbols:
            self._ids.setdefault(name, set()).add(chunk_id)
            self._endings.setdefault(last_part(name), set()).add(name)

    def _remove(self, chunk_id: str) -> None:
        for name in self._symbols.pop(chunk_id, ()):
            ids = self._ids[name]
            ids.discard(chunk_id)
            if not ids:
                del self._ids[name]
                ending = last_part(name)
                self._endings[ending].discard(name)
                if not self._endings[ending]:
                    del self._endings[ending]


def last_part(name: str) -> str:
    """Return the last part of a qualified name, whose parts `.` or `::` joins."""
    return name.rpartition("::")[2].rpartition(".")[2]
