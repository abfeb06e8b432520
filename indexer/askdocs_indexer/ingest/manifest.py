"""The manifest in memory, with the counts that a status shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from askdocs_indexer.ingest.formats import is_candidate
from askdocs_indexer.languages.registry import is_package_file
from askdocs_indexer.types import FileRow, Skipped, Unread


class Manifest(Mapping[str, FileRow]):
    """Rows by path. Only one thread changes them.

    The counts follow each change, so any thread may read them at no cost: `files` in the index,
    `chunks` of them, the `skipped` files with reasons and the `remarks` on pages, in order of their
    paths.
    """

    def __init__(self, rows: Iterable[FileRow] = ()) -> None:
        self.files = 0
        self.chunks = 0
        self.skipped: tuple[Skipped, ...] = ()
        self._rows: dict[str, FileRow] = {}
        self.remarks: tuple[Unread, ...] = ()
        self._kinds: Counter[str] = Counter()
        self._reasons: dict[str, str] = {}
        self._remarks: dict[str, str] = {}
        self._dependents: defaultdict[str, set[str]] = defaultdict(set)
        self.put(rows)

    def __getitem__(self, path: str) -> FileRow:
        return self._rows[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, rows: Iterable[FileRow]) -> None:
        """Add rows, replacing those of the same paths."""
        reasons, remarks = dict(self._reasons), dict(self._remarks)
        for row in rows:
            self._note(self._rows.get(row.path), -1)
            self._note(row, 1)
            # The facts live in the symbol graph.
            self._rows[row.path] = replace(row, facts="") if row.facts else row
            for texts, text in ((reasons, row.error), (remarks, row.remark)):
                texts.pop(row.path, None)
                if text:
                    texts[row.path] = text
        self._tell(reasons, remarks)

    def remove(self, paths: Iterable[str]) -> None:
        """Drop the rows of files, if any."""
        reasons, remarks = dict(self._reasons), dict(self._remarks)
        for path in paths:
            self._note(self._rows.pop(path, None), -1)
            reasons.pop(path, None)
            remarks.pop(path, None)
        self._tell(reasons, remarks)

    @property
    def kinds(self) -> dict[str, int]:
        """How many files were read of each suffix, the most frequent first."""
        kinds = dict(self._kinds)  # At once: another thread may count.
        ordered = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))
        return {kind: count for kind, count in ordered if count}

    @property
    def left_out(self) -> tuple[Skipped, ...]:
        """The skipped files, and the pages most of which is in no chunk."""
        return (*self.skipped, *(page.as_left_out for page in self.remarks))

    def indexed(self) -> list[FileRow]:
        """Return the rows of the files that count as indexed, by path. Any thread may ask."""
        rows = list(self._rows.values())  # At once: another thread may change them.
        return sorted(filter(_is_indexed, rows), key=lambda row: row.path)

    def dependents(self, key: str) -> frozenset[str]:
        """Return the files that rest on a file at or below `key`."""
        below = f"{key}/" if key else ""
        resting = (
            files
            for path, files in self._dependents.items()
            if path == key or path.startswith(below)
        )
        return frozenset().union(*resting)

    def _note(self, row: FileRow | None, sign: int) -> None:
        """Count a row that is added (1) or dropped (-1)."""
        if row is None:
            return
        is_read = _is_indexed(row)
        self.files += sign * is_read
        self.chunks += sign * row.chunks
        name = PurePosixPath(row.path)
        self._kinds[name.suffix.lower() or name.name] += sign * is_read
        for path, _ in row.dependencies:
            resting = self._dependents[path]
            (resting.add if sign > 0 else resting.discard)(row.path)
            if not resting:
                del self._dependents[path]

    def _tell(self, reasons: dict[str, str], remarks: dict[str, str]) -> None:
        """Have the counts tell why files were skipped, and what is remarked on pages."""
        if reasons != self._reasons:
            self._reasons = reasons
            self.skipped = tuple(Skipped(path, reasons[path]) for path in sorted(reasons))
        if remarks != self._remarks:
            self._remarks = remarks
            self.remarks = tuple(Unread(path, 1, remarks[path]) for path in sorted(remarks))


def _is_indexed(row: FileRow) -> bool:
    """Return whether a file counts as indexed: candidates that are no documents do not."""
    if row.error or is_package_file(row.path):
        return False
    return row.chunks > 0 or not is_candidate(row.path)
