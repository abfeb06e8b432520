"""The files of the latest hovers, parsed: an edit costs only what it touched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from askdocs_indexer.languages.parsing import Parsed

_LIMIT = 8


@dataclass(slots=True)
class _File:
    """A file's latest parse, used by one thread at a time: look-ups fill its caches."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    parsed: Parsed | None = None


class ParsedFiles:
    """The parses of the last `limit` files; safe to use from any thread.

    A text other than the last one looked up is parsed from that one's tree, however many edits lie
    between them.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[str, str], _File] = OrderedDict()

    @contextmanager
    def parsed(self, path: str, language: str, source: str) -> Iterator[Parsed]:
        """Give a file's text parsed, to this thread alone; `path` is relative to the root."""
        file = self._file(path, language)
        with file.lock:
            if file.parsed is None or file.parsed.source != source:
                file.parsed = Parsed(source, language, path, file.parsed)
            yield file.parsed

    def _file(self, path: str, language: str) -> _File:
        with self._lock:
            file = self._files.setdefault((path, language), _File())
            self._files.move_to_end((path, language))
            if len(self._files) > self._limit:
                self._files.popitem(last=False)
            return file
