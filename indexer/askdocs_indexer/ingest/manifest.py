"""The manifest in memory, with the counts that a status shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from askdocs_indexer.ingest.formats import is_candidate
from askdocs_indexer.languages.registry import is_package_file
from askdocs_indexer.types import FileRow, Skipped


class Manifest(Mapping[str, FileRow]):
    """Rows by path. Only one thread changes them.

    The counts follow each change, so any thread may read them at no cost: `files` in the index,
    `chunks` of them, and the `skipped` files with reasons, in order of their paths.
    """

    def __init__(self, rows: Iterable[FileRow] = ()) -> None:
        self.files = 0
        self.chunks = 0
        self.skipped: tuple[Skipped, ...] = ()
        self._rows: dict[str, FileRow] = {}
        self._reasons: dict[str, str] = {}
        self.put(rows)

    def __getitem__(self, path: str) -> FileRow:
        return self._rows[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, rows: Iterable[FileRow]) -> None:
        """Add rows, replacing those of the same paths."""
        reasons = dict(self._reasons)
        for row in rows:
            self._count(self._rows.get(row.path), -1)
            self._count(row, 1)
            # The facts live in the symbol graph.
            self._rows[row.path] = replace(row, facts="") if row.facts else row
            reasons.pop(row.path, None)
            if row.error:
                reasons[row.path] = row.error
        self._set_reasons(reasons)

    def remove(self, paths: Iterable[str]) -> None:
        """Drop the rows of files, if any."""
        reasons = dict(self._reasons)
        for path in paths:
            self._count(self._rows.pop(path, None), -1)
            reasons.pop(path, None)
        self._set_reasons(reasons)

    def _count(self, row: FileRow | None, sign: int) -> None:
        if row is not None:
            self.files += sign * _is_indexed(row)
            self.chunks += sign * row.chunks

    def _set_reasons(self, reasons: dict[str, str]) -> None:
        if reasons != self._reasons:
            self._reasons = reasons
            self.skipped = tuple(Skipped(path, reasons[path]) for path in sorted(reasons))


def _is_indexed(row: FileRow) -> bool:
    """Return whether a file counts as indexed: candidates that are no documents do not."""
    if row.error or is_package_file(row.path):
        return False
    return row.chunks > 0 or not is_candidate(row.path)
