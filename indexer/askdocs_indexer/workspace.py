"""A workspace's index: the conductor of the opened index, the watcher and the worker.

Writing is serialised by a single lock; a worker thread writes what the watcher reports. Searching
is allowed from any thread as soon as the index is open.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.errors import EmbedderError, IndexerError, RootError, StoreError
from askdocs_indexer.index import OpenIndex, open_index
from askdocs_indexer.ingest.change_queue import ChangeQueue
from askdocs_indexer.ingest.formats import selection_of
from askdocs_indexer.ingest.left_out import left_out
from askdocs_indexer.ingest.manifest import Manifest
from askdocs_indexer.ingest.plan import Plan, Planner
from askdocs_indexer.ingest.watcher import Watcher
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.rules import ReadFacts
from askdocs_indexer.paths import index_folder
from askdocs_indexer.reranking.reranker import Reranker
from askdocs_indexer.retrieval.searcher import Searcher
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.storage import Waiting, ensure_writable
from askdocs_indexer.symbols.definitions import DefinitionSpan, Occurrence
from askdocs_indexer.system.watches import why_polling
from askdocs_indexer.types import (
    Contents,
    Destination,
    Hit,
    IndexState,
    IndexStatus,
    Passages,
    Phase,
    Progress,
    QuestionCounts,
    SyncReport,
    UnaskedSection,
    Use,
    no_progress,
)

log = logging.getLogger(__name__)

# After a failure (a full disk, a server away) the same changes are tried again.
_RETRY_SECONDS = 5.0
# As sites that show sources name their lines: `app.py#L3`, `app.py#L3-L9`.
_LINE_FRAGMENT = re.compile(r"L(\d{1,7})(?:-L?\d+)?")

_Result = TypeVar("_Result")


class WorkspaceIndex:
    """The index of a workspace root. Raises RootError where `root` is not a folder.

    `on_change` is called from any thread after each change of `status()`.
    """

    def __init__(
        self,
        root: Path,
        docs: DocsSettings,
        index: IndexSettings,
        embedder: Embedder,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.root = _existing(root)
        self._docs = docs
        self._index = index
        self._embedder = embedder
        self._on_change = on_change
        self._changes = ChangeQueue()
        self._selection = selection_of(self.root, docs)
        self._watcher = Watcher(self._selection, self._changes.put)
        self._writing = threading.Lock()
        self._closing = threading.Event()
        self._worker: threading.Thread | None = None
        self._open: OpenIndex | None = None
        self._is_doubtful = False
        self._state: IndexState = "opening"
        self._failure = ""
        self._damage = ""
        self._pending = 0
        self._generation = 0
        self._follows_questions = False

    # -- life -------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the stored index, so that it can be searched; no documents are read.

        A damaged database is set aside and replaced by an empty one. Raises StoreError.
        """
        with self._writing:
            self._reopen()
        self._set("ready")

    def start(self) -> None:
        """Keep the index in step with the disk from now on, beginning with a reconcile."""
        self._watcher.start()
        self._changes.put([""], at_once=True)
        self._worker = threading.Thread(target=self._work, name=f"askdocs-sync-{self.root.name}")
        self._worker.start()

    def close(self) -> None:
        """Stop watching and writing, and close the database."""
        self._closing.set()
        try:
            self._watcher.stop()
        finally:
            self._changes.close()
            if self._worker is not None:
                self._worker.join()
            with self._writing:
                self._close()
        self._set("closed")

    # -- writing ----------------------------------------------------------------------------

    def sync(
        self,
        keys: Iterable[str] = ("",),
        progress: Progress | None = None,
        *,
        names_only: bool = False,
    ) -> SyncReport:
        """Bring files and folders in step with the disk now, on the caller's thread.

        Where nothing but names is looked up, as by a hover, `names_only` leaves the vectors to a
        later call; until then searches go by words. Raises InterruptedError when the index is
        closed meanwhile, and IndexerError.
        """
        with self._writing:
            return self._sync(keys, progress, names_only=names_only)

    def reindex(self, path: Path | None = None, progress: Progress | None = None) -> SyncReport:
        """Read a file or folder (by default everything) again, whatever the manifest says."""
        key = "" if path is None else self._selection.key_on_disk(path.resolve())
        if key is None:
            raise IndexerError(f"{path} is outside the workspace {self.root}.")
        with self._writing:
            if self._is_doubtful:
                self._recover()
                self._changes.put([""])
            self._opened().synchronizer.forget(key)
            return self._sync([key], progress)

    def touch(self, path: Path) -> None:
        """Look at a file soon: an editor says that it was saved."""
        if (key := self._selection.key_on_disk(path)) is not None:
            self._changes.put([key], at_once=True)

    def prefer(self, path: Path) -> None:
        """Have a file read, and embedded, before others: a user is looking at it."""
        index, key = self._open, self.key_of(path)
        if index is not None and key:
            index.synchronizer.prefer(key)

    # -- reading ----------------------------------------------------------------------------

    def search(self, query: str, limit: int, reranker: Reranker | None = None) -> list[Hit]:
        """Return the best passages for a question, best first; empty while still opening."""
        return self._searched(lambda searcher: searcher.search(query, limit, reranker), [])

    def passages(self, query: str, limit: int, reranker: Reranker | None = None) -> Passages:
        """Like `search`, with each hit widened by its neighbours in the same section."""
        return self._searched(
            lambda searcher: searcher.passages(query, limit, reranker), Passages()
        )

    def document(self, names: Sequence[str], limit: int) -> list[Hit]:
        """Return the passages that document the first of these qualified names that any does."""
        return self._searched(lambda searcher: searcher.document(names, limit), [])

    def symbol(self, parsed: Parsed, line: int, character: int) -> Symbol | None:
        """Find the symbol at a 0-based position (in code points) of a document of the workspace."""
        return self._searched(lambda searcher: searcher.symbol(parsed, line, character), None)

    def occurrence(self, parsed: Parsed, line: int, character: int) -> Occurrence | None:
        """Find the identifier at a 0-based position (in code points), whether or not it is known
        what it stands for."""
        return self._searched(lambda searcher: searcher.occurrence(parsed, line, character), None)

    def defined(
        self, occurrence: Occurrence, definition: DefinitionSpan, read: ReadFacts
    ) -> Symbol | None:
        """Return what an identifier stands for by a definition from elsewhere.

        None where that says nothing; the symbol of a local has no identities and no candidates.
        """
        return self._searched(lambda searcher: searcher.defined(occurrence, definition, read), None)

    def documentation(self, symbol: Symbol, limit: int) -> list[Hit]:
        """Return the passages that document what a symbol stands for, the best first."""
        return self._searched(lambda searcher: searcher.documentation(symbol, limit), [])

    def uses(self, symbol: Symbol, language: str, limit: int) -> list[Use]:
        """Return sections of the manual whose code uses a symbol, as `Uses.of` says.

        There are none while documents wait to be read: what is there would change each time.
        """
        if self._state != "ready" or len(self._changes):
            return []
        return self._searched(lambda searcher: searcher.uses(symbol, language, limit), [])

    def notation(self, symbol: Symbol) -> str:
        """Return the identity of a symbol as SCIP writes it; "" for one outside of the sources."""
        return self._searched(lambda searcher: searcher.notation(symbol), "")

    def destination(self, page: str, target: str) -> Destination | None:
        """Return where a link on a page leads; None outside of the root, or where that is unclear.

        `page` is the path of a file, `target` as in `Link.target`.
        """
        section = self._searched(lambda searcher: searcher.destination(page, target), None)
        path, _, fragment = target.partition("#")
        line = _LINE_FRAGMENT.fullmatch(fragment)
        if section is None and path.startswith("/"):
            return None
        if section is None or line or not (fragment or target.startswith(":")):
            whole = Destination(section.path if section else path)
            section = replace(whole, line=int(line[1])) if line else whole
        return section if self._holds(section.path) else None

    def _holds(self, path: str) -> bool:
        """Return whether a path is that of a file within the root; links do not lead out of it."""
        file = (self.root / path).resolve()
        return bool(path) and file.is_file() and file.is_relative_to(self.root)

    def key_of(self, file: Path) -> str:
        """Return the path of a file relative to the root; "" for one outside of the workspace."""
        return self._selection.key_on_disk(file) or ""

    def status(self) -> IndexStatus:
        """Return a snapshot. It costs next to nothing, so an event loop may ask at any time."""
        index = self._open
        manifest = index.synchronizer.manifest if index else Manifest()
        done = index.synchronizer.done if index else SyncReport()
        waiting = index.store.waiting if index else Waiting()
        reads = self._pending + len(self._changes)
        return IndexStatus(
            state=self._state,
            files=manifest.files,
            chunks=manifest.chunks,
            pending_files=reads + waiting.files,
            pending_reads=reads,
            pending_chunks=len(waiting),
            generation=self._generation,
            skipped=manifest.skipped,
            unread=(*self._selection.unread.report, *manifest.remarks),
            kinds=manifest.kinds,
            detail=" ".join(filter(None, self._details())),
            embedded=done.embedded,
            reused=done.reused,
            moved=done.moved,
            deleted=done.deleted,
            questions=index.questions.counts if index else QuestionCounts(),
            model=self._embedder.model,
        )

    def contents(self) -> Contents:
        """Return which files the index holds, and what is left out of it as the disk is now."""
        index = self._opened()
        left = (*index.synchronizer.manifest.left_out, *left_out(self.root, self._docs))
        return Contents(tuple(index.files()), left)

    def plan(self, progress: Progress = no_progress) -> Plan:
        """Return what a run of indexing would do now, without doing it.

        Where the index is rebuilt, that is what is left of it. Raises as `sync` does.
        """
        index = self._opened()
        selection = selection_of(self.root, self._docs)
        stored, known = index.store.snapshot(), index.known_vectors
        planner = Planner(selection, self._docs, self._embedder, stored, known)
        return planner.plan(progress, self._closing)

    # -- generated questions ----------------------------------------------------------------

    def unasked(self, limit: int) -> list[UnaskedSection]:
        """Return up to `limit` of the sections whose questions are to be written next.

        There are none while documents wait to be read. Raises StoreError.
        """
        index = self._open
        if index is None or self._state != "ready" or len(self._changes):
            return []
        if not self._follows_questions:
            with self._writing:
                index.update_questions()
            self._follows_questions = True
            self._on_change()
        return index.questions.unasked(limit)

    def put_questions(self, section: UnaskedSection, questions: Sequence[str]) -> None:
        """Add the questions that a section answers to the index. Raises EmbedderError."""
        if (index := self._open) is not None:
            index.questions.put(section.key, questions)
            self._on_change()

    def forget_questions(self) -> int:
        """Delete all generated questions; returns how many sections had some."""
        forgotten = self._opened().questions.forget()
        self._on_change()
        return forgotten

    # -- inside -----------------------------------------------------------------------------

    def _searched(self, search: Callable[[Searcher], _Result], nothing: _Result) -> _Result:
        """Search; again if the searcher was replaced meanwhile."""
        searcher = self._open.searcher if self._open else None
        try:
            return search(searcher) if searcher else nothing
        except StoreError:
            successor = self._open.searcher if self._open else None
            if successor is not searcher:
                return search(successor) if successor else nothing
            self._is_doubtful = True
            if self._worker is None:
                raise
            # The worker reopens the database, and the status says so.
            log.exception("a search failed")
            self._changes.put([""])
            return nothing

    def _work(self) -> None:
        while (batch := self._changes.take()) is not None:
            try:
                self.sync(batch)
                self._warm()
            except InterruptedError:
                return
            except Exception as error:
                log.exception("indexing failed; trying again in %s s", _RETRY_SECONDS)
                self._failure = f"Indexing failed: {error} It is tried again."
                self._set("failed")
                self._closing.wait(_RETRY_SECONDS)
                self._changes.put(batch)

    def _warm(self) -> None:
        """Make what the next search needs now rather than under somebody's cursor."""
        with self._writing:
            if self._open is not None:
                self._open.store.warm()
                if self._open.store.waiting:  # Some vectors turned out to be lost.
                    self._sync((), None)

    def _recover(self) -> None:
        """Reopen the database after a failure: it may not hold all that was written to it.

        While nothing can be written the database stays open and answers.
        """
        ensure_writable(index_folder(self.root))
        self._reopen()
        self._is_doubtful = False

    def _reopen(self) -> None:
        self._close()
        self._open = open_index(self._selection, self._docs, self._index, self._embedder)
        self._follows_questions = False

    def _close(self) -> None:
        index, self._open = self._open, None
        if index is not None:
            self._damage = index.damage or self._damage
            index.close()

    def _sync(
        self, keys: Iterable[str], progress: Progress | None, *, names_only: bool = False
    ) -> SyncReport:
        wanted = frozenset(keys)
        if self._is_doubtful:
            self._recover()
            wanted = frozenset({""})
        index = self._opened()
        was_complete = index.recorder.is_complete
        self._set("indexing")

        def report(done: int, total: int, phase: Phase) -> None:
            self._pending = total - done if phase == "reading" else 0
            index.recorder.progress(done, total, phase)
            self._generation += bool(done)
            if progress is not None:
                progress(done, total, phase)
            self._on_change()

        try:
            result = index.synchronizer.sync(
                wanted, report, self._closing, self._changes.settled, names_only=names_only
            )
            if "" in wanted and not names_only:
                index.complete()
                self._generation += 1  # Even where nothing differed: the first look is over.
            self._follow_questions(index, result)
        except BaseException as error:
            # Neither a model that does not load nor a stop makes the database doubtful.
            self._is_doubtful |= not isinstance(error, EmbedderError | InterruptedError)
            self._record(index, is_complete=False)
            self._set("failed")
            raise
        finally:
            self._pending = 0
        self._failure = ""
        is_complete = not index.store.waiting and ("" in wanted or was_complete)
        self._record(index, is_complete=is_complete)
        self._set("ready")
        return result

    def _follow_questions(self, index: OpenIndex, result: SyncReport) -> None:
        """Have generated questions, where there are any, follow what a run has changed."""
        has_changed = result.embedded or result.reused or result.deleted
        if has_changed if self._follows_questions else index.questions.is_used:
            index.update_questions()
            self._follows_questions = True

    def _record(self, index: OpenIndex, *, is_complete: bool) -> None:
        """Record what the index holds, for those who do not open it."""
        status = self.status()
        index.recorder.finish(status, is_complete=is_complete)

    def _opened(self) -> OpenIndex:
        if self._open is None:
            raise IndexerError(f"The index of {self.root} is not open.")
        return self._open

    def _details(self) -> Iterator[str]:
        """Yield what a user should know besides the state."""
        yield self._failure
        yield (self._open and self._open.damage) or self._damage
        if self._open is not None:
            yield self._open.detail
        if self._watcher.polling:
            yield why_polling()

    def _set(self, state: IndexState) -> None:
        self._state = state
        self._on_change()


def _existing(root: Path) -> Path:
    if not root.is_dir():
        raise RootError(f"{root} is not a folder. Give an existing folder with --root.")
    return root.resolve()
