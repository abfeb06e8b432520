"""The table of documented names: which chunks say that they document a name.

It lives in memory beside the store, is read from it at opening and follows every change, so that a
hover's match costs microseconds.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

_SEPARATOR = re.compile(r"::|[.#\\\\]")


@dataclass(frozen=True, slots=True)
class DocumentedName:
    """A name that a chunk of a page or source documents, with the domain of its section."""

    name: str
    chunk_id: str
    path: str
    domain: str = ""


class SymbolTable:
    """Documented names, found whole or by their last part. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: dict[str, tuple[DocumentedName, ...]] = {}
        self._whole: dict[str, dict[DocumentedName, None]] = {}
        self._endings: dict[str, dict[DocumentedName, None]] = {}

    def add(
        self, chunk_id: str, symbols: tuple[str, ...], path: str = "", domain: str = ""
    ) -> None:
        """Note that a chunk documents these names, and no others."""
        with self._lock:
            self._remove(chunk_id)
            if not symbols:
                return
            names = tuple(DocumentedName(name, chunk_id, path, domain) for name in symbols)
            self._chunks[chunk_id] = names
            for documented in names:
                self._whole.setdefault(documented.name, {})[documented] = None
                self._endings.setdefault(last_part(documented.name), {})[documented] = None

    def remove(self, chunk_id: str) -> None:
        """Forget a chunk, if it is known."""
        with self._lock:
            self._remove(chunk_id)

    def exact(self, name: str) -> tuple[DocumentedName, ...]:
        """Return where exactly this qualified name is documented."""
        with self._lock:
            names = tuple(self._whole.get(name, ()))
        return _sorted(names)

    def ending(self, name: str) -> tuple[DocumentedName, ...]:
        """Return where names with this last part are documented, in the order of the names."""
        with self._lock:
            names = tuple(self._endings.get(name, ()))
        return _sorted(names)

    def names(self) -> tuple[str, ...]:
        """Return all names that are documented, in order."""
        with self._lock:
            return tuple(sorted(self._whole))

    def of(self, chunk_id: str) -> tuple[DocumentedName, ...]:
        """Return the names that a chunk documents."""
        with self._lock:
            return self._chunks.get(chunk_id, ())

    def __len__(self) -> int:
        """Return how many names are documented."""
        with self._lock:
            return len(self._whole)

    def _remove(self, chunk_id: str) -> None:
        for documented in self._chunks.pop(chunk_id, ()):
            for table, key in (
                (self._whole, documented.name),
                (self._endings, last_part(documented.name)),
            ):
                table[key].pop(documented, None)
                if not table[key]:
                    del table[key]


def _sorted(names: Iterable[DocumentedName]) -> tuple[DocumentedName, ...]:
    return tuple(
        sorted(
            names, key=lambda documented: (documented.name, documented.path, documented.chunk_id)
        )
    )


def parts_of(name: str) -> tuple[str, ...]:
    """Return the parts of a qualified name, which `.`, `::`, `#` or a backslash joins."""
    parts = tuple(part for part in _SEPARATOR.split(name) if part)
    return parts or (name,)


def last_part(name: str) -> str:
    """Return the last part of a qualified name."""
    return parts_of(name)[-1]
