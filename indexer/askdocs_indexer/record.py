"""The record of an index, for those who do not open it.

A small file beside the database tells whose index it is, what it held last, and how far the process
that fills it has come. It is a hint: nothing is lost without it, and the index does not rely on it.
The time of its last change is that of the index's last use.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from askdocs_indexer.errors import DatabaseInUseError
from askdocs_indexer.types import IndexStatus, Phase, Skipped, Unread

log = logging.getLogger(__name__)

RECORD_NAME = "record.json"
# Progress is written at most once in this time.
_PROGRESS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """The state of an index when it was last recorded.

    `root` is the workspace's folder. `is_complete` says that all documents are in the index, whose
    vectors are those of `model`.
    `process` is the id of the process that fills it, or 0: `done` of `total` files are read,
    or passages embedded, as `phase` says.
    """

    root: str
    files: int = 0
    chunks: int = 0
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[Unread, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = False
    model: str = ""
    process: int = 0
    done: int = 0
    total: int = 0
    phase: Phase = "reading"


def read_record(folder: Path) -> IndexRecord | None:
    """Return the record in an index's folder; None where there is none that can be read."""
    try:
        row = json.loads((folder / RECORD_NAME).read_text("utf-8"))
        skipped = tuple(Skipped(**entry) for entry in row.pop("skipped"))
        unread = tuple(Unread(**entry) for entry in row.pop("unread", ()))
        return IndexRecord(skipped=skipped, unread=unread, **row)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def in_use_error(folder: Path, holder: str) -> DatabaseInUseError:
    """Return the error that tells who holds an index, and how far filling it has come."""
    who = f"Another askdocs (process {holder or 'unknown'}) holds this workspace's index"
    process = int(holder) if holder.isdigit() else None
    record = read_record(folder)
    if record is None or not record.process or record.process != process:
        step = "Close the editor that runs it, or wait until it has finished, and try again."
        return DatabaseInUseError(f"{who}. {step}", process)
    what = "files are read" if record.phase == "reading" else "passages are embedded"
    count = f"{record.done} of {record.total} {what}"
    message = f"{who} and is filling it: {count}. Wait until it has finished, and try again."
    return DatabaseInUseError(message, process, record.done, record.total)


class Recorder:
    """Writes an index's record. Used by one thread at a time, which holds the index's lock.

    It continues the existing record. Where the record cannot be written, such as on a full disk, it
    is skipped.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._record = read_record(folder) or IndexRecord(str(root))
        self._written = 0.0
        self._write(replace(self._record, root=str(root), process=0, done=0, total=0))

    def progress(self, done: int, total: int, phase: Phase) -> None:
        """Note how far a run has come."""
        if not self._record.process or time.monotonic() - self._written >= _PROGRESS_SECONDS:
            record = replace(self._record, process=os.getpid(), is_complete=False)
            self._write(replace(record, done=done, total=total, phase=phase))

    def finish(self, status: IndexStatus, *, is_complete: bool) -> None:
        """Note what the index holds after a run; a run that was cut short leaves it incomplete."""
        self._write(
            IndexRecord(
                self._record.root,
                status.files,
                status.chunks,
                status.skipped,
                status.unread,
                status.kinds,
                is_complete=is_complete,
                model=status.model,
            )
        )

    @property
    def is_complete(self) -> bool:
        """Whether all documents were in the index at the end of the last run."""
        return self._record.is_complete

    def _write(self, record: IndexRecord) -> None:
        self._record, self._written = record, time.monotonic()
        partial = self._folder / f"{RECORD_NAME}.new"
        try:
            partial.write_text(json.dumps(asdict(record)), "utf-8")
            partial.replace(self._folder / RECORD_NAME)
        except OSError as error:
            log.debug("%s is not written (%s)", self._folder / RECORD_NAME, error)
            with suppress(OSError):
                partial.unlink(missing_ok=True)
