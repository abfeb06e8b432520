"""What a text store holds that no process has open, read without a trace."""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from askdocs_indexer.read_only import read_only
from askdocs_indexer.storage.fingerprint import Fingerprint
from askdocs_indexer.storage.text_store import FILE_COLUMNS, file_row, text_file
from askdocs_indexer.types import FileRow, Span

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a text store holds, without its texts.

    `spans` are those of each file's chunks, path -> id -> span, and `unembedded` the content hashes
    of the chunks without vectors, by id.
    """

    files: Mapping[str, FileRow] = field(default_factory=dict)
    spans: Mapping[str, Mapping[str, Span]] = field(default_factory=dict)
    unembedded: Mapping[str, str] = field(default_factory=dict)


def snapshot(folder: Path, fingerprint: Fingerprint) -> Snapshot:
    """Read the text store of a fingerprint that no process has open; nothing is written.

    It is empty where there is none, or none that can be read.
    """
    path = text_file(folder, fingerprint)
    if not path.is_file():
        return Snapshot()
    try:
        with read_only(path) as texts:
            files = [file_row(row) for row in texts.execute(f"SELECT {FILE_COLUMNS} FROM files")]
            rows = texts.execute("SELECT path, id, start_line, end_line, position FROM chunks")
            spans: defaultdict[str, dict[str, Span]] = defaultdict(dict)
            for file, chunk_id, *span in rows:
                spans[file][chunk_id] = (span[0], span[1], span[2])
            waiting = texts.execute("SELECT id, content_hash FROM chunks WHERE NOT is_embedded")
            return Snapshot({row.path: row for row in files}, spans, dict(waiting.fetchall()))
    except (sqlite3.Error, OSError, ValueError, TypeError) as error:
        log.info("%s is not read (%s)", path, error)
        return Snapshot()
