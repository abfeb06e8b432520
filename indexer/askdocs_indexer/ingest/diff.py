"""What to do for a file: its chunks as they are on disk, compared with the stored chunks."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from askdocs_indexer.embedding.window import Window
from askdocs_indexer.errors import ReadError
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.coverage import remark
from askdocs_indexer.ingest.dependencies import Dependencies, trusted_time
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import (
    HEAD_BYTES,
    is_candidate,
    is_page,
    is_recognised,
    reader_within,
    text_of,
)
from askdocs_indexer.languages.facts import FileFacts, dumped
from askdocs_indexer.languages.registry import is_package_file
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.symbols.facts import read_facts
from askdocs_indexer.types import Chunk, FileRow, Span, contents_of, span_of

log = logging.getLogger(__name__)

# A group of files is stored together: large enough to cost little for each, small enough that an
# urgent file waits a moment and a crash loses little.
_GROUP_CHUNKS = 128
_GROUP_FILES = 200
# How the error of a file begins that is larger than the settings allow.
TOO_LARGE = "larger than docs.maxFileBytes"
# No file has this digest: a row that carries it is work in progress.
UNFINISHED = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What to do for a file; `row` is None where the file leaves the index."""

    path: str
    row: FileRow | None
    facts: FileFacts | None = None
    new: tuple[Chunk, ...] = ()
    moved: tuple[Chunk, ...] = ()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is on disk; `row` is None for one that is not there."""

    path: str
    row: FileRow | None = None
    chunks: tuple[Chunk, ...] = ()
    facts: FileFacts | None = None


class Examiner:
    """Compares files with the stored chunks, in groups. Used by one thread at a time.

    `spans` returns a file's stored chunks, id -> span. `manifest` is the caller's; it is read again
    for each file.
    """

    def __init__(
        self,
        selection: Selection,
        docs: DocsSettings,
        window: Window,
        spans: Callable[[str], Mapping[str, Span]],
        manifest: Mapping[str, FileRow],
    ) -> None:
        self._selection = selection
        self._docs = docs
        self._window = window
        self._spans = spans
        self._manifest = manifest

    def next_group(self, paths: deque[str], gone: Container[str]) -> list[FileChange]:
        """Take paths from the left and return what to do for them; empty at the end.

        A path in `gone`, or one that is no longer a file, leaves the index.
        """
        files: list[_File] = []
        size = 0
        while paths and size < _GROUP_CHUNKS and len(files) < _GROUP_FILES:
            path = paths.popleft()
            file = _File(path) if path in gone else self._read(path)
            files.append(file)
            size += len(file.chunks)
        return [self._compared(file) for file in files]

    def _compared(self, file: _File) -> FileChange:
        path, row, chunks = file.path, file.row, file.chunks
        stored = self._spans(path)
        previous = self._manifest.get(path)
        if row and previous and previous == replace(row, mtime_ns=previous.mtime_ns, facts=""):
            return FileChange(path, row, file.facts)  # Only touched.
        return FileChange(
            path,
            row,
            file.facts,
            new=tuple(chunk for chunk in chunks if chunk.id not in stored),
            moved=tuple(
                chunk for chunk in chunks if stored.get(chunk.id, span_of(chunk)) != span_of(chunk)
            ),
            stale=tuple(stored.keys() - {chunk.id for chunk in chunks}),
        )

    def _read(self, path: str) -> _File:
        """Return a file as it is now."""
        file = self._selection.root / path
        dependencies = Dependencies(self._selection, self._docs.max_file_bytes)
        now = time.time_ns()
        stat: os.stat_result | None = None
        data, error = b"", ""
        chunks: tuple[Chunk, ...] = ()
        facts: FileFacts | None = None
        told = ""
        try:
            stat = file.stat()
            if is_candidate(path) and not is_recognised(path, _head(file)):
                return _File(path, _row(path, stat, now))
            if stat.st_size > self._docs.max_file_bytes:
                raise ReadError(f"larger than docs.maxFileBytes ({self._docs.max_file_bytes})")
            data = file.read_bytes()
            text = text_of(path, data)
            chunks, facts = self._contents(path, text, dependencies)
            told = remark(text, chunks) if is_page(path) else ""
        except (FileNotFoundError, NotADirectoryError):
            return _File(path)
        except OSError as problem:
            stat, error = None, f"cannot be read: {problem.strerror}"
        except ReadError as problem:
            data, error = b"", str(problem)
        row = replace(
            _row(path, stat, now, data),
            chunks=len(chunks),
            error=error,
            contents=contents_of({chunk.id: span_of(chunk) for chunk in chunks}),
            facts=dumped(facts),
            dependencies=dependencies.stamps,
            remark=told,
        )
        return _File(path, row, chunks, facts)

    def _contents(
        self, path: str, text: str, dependencies: Dependencies
    ) -> tuple[tuple[Chunk, ...], FileFacts | None]:
        reader = reader_within(self._selection.root, path, dependencies.note)
        if reader is None and not is_package_file(path):
            raise ReadError("no reader for this format")
        try:
            sections = reader(text, path, dependencies.included) if reader is not None else ()
            facts = read_facts(path, text)
        except ReadError:
            raise
        except Exception as error:  # A single document must not keep all others out of the index.
            log.exception("the reader of %s failed", path)
            raise ReadError(f"the reader failed ({error!r}); please report it") from error
        return chunks_of(path, sections, self._docs.chunk_characters, self._window), facts


def _row(path: str, stat: os.stat_result | None, now: int, data: bytes = b"") -> FileRow:
    """Return the row of a file without chunks."""
    return FileRow(
        path=path,
        size=stat.st_size if stat else 0,
        mtime_ns=trusted_time(stat, now) if stat else 0,
        digest=hashlib.blake2b(data, digest_size=16).hexdigest(),
        chunks=0,
    )


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(HEAD_BYTES)
