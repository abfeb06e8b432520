"""The files of the latest hovers, parsed: an edit costs only what it touched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from askdocs_server.symbols import Parsed, Symbol, parse, symbol_in

_LIMIT = 8


@dataclass(slots=True)
class _File:
    """A file's latest parse, used by one thread at a time: look-ups fill its caches."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    parsed: Parsed | None = None


class ParsedFiles:
    """Finds symbols in the texts of files; safe to use from any thread.

    It keeps the parses of the last `limit` files. A text that differs from that of the last
    look-up is parsed from its tree, however many edits lie between them.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[str, str], _File] = OrderedDict()

    def symbol(
        self, file: str, language: str, source: str, line: int, character: int
    ) -> Symbol | None:
        """Find the symbol at a 0-based position, in code points, of a file's text."""
        known = self._file(file, language)
        with known.lock:
            parsed = known.parsed
            if parsed is None or parsed.source != source:
                module = module_of(Path(file))
                parsed = parse(source, language, module, own_definitions=True, before=parsed)
                known.parsed = parsed
            return symbol_in(parsed, line, character)

    def _file(self, file: str, language: str) -> _File:
        with self._lock:
            known = self._files.setdefault((file, language), _File())
            self._files.move_to_end((file, language))
            if len(self._files) > self._limit:
                self._files.popitem(last=False)
            return known


def module_of(file: Path) -> str:
    """Return the dotted name that a Python file is imported by, judging by its packages."""
    parts = [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts)
