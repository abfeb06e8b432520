"""What all sessions of a process share: executors, models and workspace indexes.

The event loop never blocks: everything slow runs on the host's own threads, and every wait on them
can be cancelled and has a time limit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, aclosing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from askdocs_indexer.embedding.choice import choose
from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.embedding.loading import free_memory
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.index import planned
from askdocs_indexer.ingest.plan import Plan
from askdocs_indexer.reranking.reranker import CrossEncoderReranker, Reranker
from askdocs_indexer.settings import EmbeddingSettings, RerankerSettings
from askdocs_indexer.types import (
    Contents,
    Hit,
    IndexStatus,
    Passages,
    Progress,
    SyncReport,
    Use,
)
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.pipeline import Answer, Asker, AskEvent
from askdocs_server.answers.quoting.quotes import Quote, best_quotes
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.answers.rewriting import Rewriter
from askdocs_server.answers.verification.entailment import (
    CrossEncoderEntailment,
    Entailment,
    Judgement,
)
from askdocs_server.answers.verification.location import located
from askdocs_server.expansion.background import Expansion
from askdocs_server.generation.base import Generator
from askdocs_server.generation.pool import Generators, sampling_of
from askdocs_server.host import models
from askdocs_server.host.index_pool import Roots, SharedIndex
from askdocs_server.host.links import uri_of
from askdocs_server.host.models import Models
from askdocs_server.hover.definitions import Definition, Definitions
from askdocs_server.hover.lookup import HoverContext, HoverResult, hover_at
from askdocs_server.hover.parse_cache import ParsedFiles
from askdocs_server.hover.uses import Uses
from askdocs_server.settings.model import (
    EntailmentSettings,
    GeneratedQuestions,
    LlmSettings,
    Settings,
)
from askdocs_server.summaries.cache import Summaries
from askdocs_server.summaries.subject import subject_of
from askdocs_server.text.links import Locate

log = logging.getLogger(__name__)

# Searches wait on Milvus and on the embedder, not on each other.
_QUERY_THREADS = 4
# How many of them may serve one session, so that a flood of requests leaves others free.
_QUERIES_PER_SESSION = 2
# A popup waits so long for what is only added to it.
_USES_SECONDS = 0.02
# Long work mostly waits, for another writer or for the disk.
_BACKGROUND_THREADS = 32
_QUERY_SECONDS = 20.0
# All folders of a large project on a slow disk.
_LOOK_SECONDS = 120.0

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Loaded = TypeVar("_Loaded", Reranker, Entailment)

Changed = Callable[[Path | None], None]
"""Called with the root whose index has a new status, or None if a model has."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One session's use of a workspace root; others may use the same index. Close it in the end.

    `_slots` are the session's share of the query threads, for all of its roots together.
    """

    root: Path
    settings: Settings
    _host: Host
    _shared: SharedIndex
    _slots: asyncio.Semaphore
    _watches: bool = False
    _files: ParsedFiles = field(default_factory=ParsedFiles)
    _defining_files: ParsedFiles = field(default_factory=ParsedFiles)

    @property
    def index(self) -> WorkspaceIndex:
        """The index. Raises IndexerError while it is being opened with other settings."""
        return self._shared.index

    @property
    def has_own_settings(self) -> bool:
        """Whether the index is open with these settings: another session may have opened it with
        different settings, which count until it closes."""
        return self._shared.fits(self.settings)

    @property
    def is_in_editor(self) -> bool:
        """Whether a session uses the index that has it follow the disk, as editors do."""
        return self._shared.watchers > 0

    @property
    def embedder(self) -> Embedder:
        """The model that the index uses."""
        return self._host.embedder(self._shared.settings.embedding)

    @property
    def generated_questions(self) -> GeneratedQuestions:
        """Where this session allows that the questions of sections are written."""
        return self.settings.search.generated_questions

    @property
    def reranker(self) -> Reranker:
        """The model that orders the first hits of this session's searches anew."""
        return self._host.reranker(self.settings.reranking)

    @property
    def entailment(self) -> Entailment:
        """The model that judges what a large model writes in this session's answers."""
        return self._host.entailment(self.settings.entailment)

    @property
    def generator(self) -> Generator:
        """The model that writes this session's answers."""
        return self._host.generator(self.settings.llm)

    async def search(self, query: str, limit: int) -> list[Hit]:
        """Return the best passages for a question, best first. Raises TimeoutError."""
        reranker = self._host.loading(self.reranker)
        return await self._query(self.index.search, query, limit, reranker)

    async def passages(self, query: str, limit: int) -> Passages:
        """Like `search`, with each hit widened by its neighbours in the same section."""
        reranker = self._host.loading(self.reranker)
        return await self._query(self.index.passages, query, limit, reranker)

    async def document(self, name: str, limit: int) -> list[Hit]:
        """Return the passages that document a dotted name, best first. Raises TimeoutError."""
        return await self._query(self.index.document, [name], limit)

    async def hover(
        self,
        file: str,
        source: str,
        line: int,
        character: int,
        links_below: Path | None = None,
        definitions: Sequence[Definition] = (),
    ) -> HoverResult | None:
        """Return the documentation of the symbol at a position of `source`, or None.

        `line` and `character` are 0-based, in code points; `file` gives the language. With
        `links_below`, the root as the client names it, links to files are URIs. `definitions` are
        what other language servers say, best first.
        """
        if not self.settings.hover.enabled:
            return None
        context = HoverContext(
            self._files,
            self._locate(links_below),
            Definitions(self.index, definitions, self._defining_files),
        )
        settings = self.settings.hover
        return await self._query(
            hover_at, self.index, file, source, line, character, settings, context
        )

    async def summary(self, hover: HoverResult) -> str:
        """Return a generated summary of a hover, or "" where none is ready in time.

        It waits at most `hover.budgetMs`; a later summary is there for the next hover.
        """
        if not self.settings.hover.summaries or not hover.hits:
            return ""
        subject, budget = subject_of(hover, self.root), self.settings.hover.budget_ms / 1000
        sampling = sampling_of(self.settings.llm)
        return await self._host.summaries.get(subject, self.generator, budget, sampling)

    async def uses(self, hover: HoverResult, seconds: float = _USES_SECONDS) -> tuple[Use, ...]:
        """Return where the manual uses a hover's symbol, or nothing where that takes longer; it is
        there for the next hover."""
        return await self._host.uses.get(self.index, hover, seconds)

    async def ask(
        self, request: AskRequest, wait_for_model: float = 0.0, links_below: Path | None = None
    ) -> AsyncGenerator[AskEvent, None]:
        """Answer a question, as `Asker.run` says: Citations, then Text pieces, then the Answer.

        A model that is not ready gets up to `wait_for_model` seconds for that, behind quotes of the
        passages. Close the iterator (`contextlib.aclosing`) to abort the generation. With
        `links_below`, the root as the client names it, links of quotes to files are URIs.
        """
        settings, sampling = self.settings, sampling_of(self.settings.llm)
        rewrite = partial(
            self._host.rewriter.improved,
            generator=self.generator,
            seconds=settings.search.rewrite_ms / 1000,
        )
        asker = Asker(
            request,
            self.passages,
            self.generator,
            settings.ask,
            sampling,
            self.index.status().unread,
            rewrite,
            partial(self._quotes, self._locate(links_below)),
        )
        with self._host.summaries.held(), self._host.in_use():
            async with aclosing(asker.run(wait_for_model, self._judge)) as events:
                async for event in events:
                    yield await self._with_positions(event)

    async def _quotes(
        self, locate: Locate | None, question: str, citations: Sequence[Citation], lines: int
    ) -> list[Quote]:
        return await self._query(best_quotes, question, citations, lines, locate)

    def _locate(self, root: Path | None) -> Locate | None:
        """Return what finds the files that links lead to, as URIs below a root."""
        return None if root is None else partial(uri_of, self.index, root)

    async def _with_positions(self, event: AskEvent) -> AskEvent:
        """Return a whole answer with its quotes where they stand in the files, if that is quick."""
        if isinstance(event, Answer) and any(citation.quotes for citation in event.citations):
            with suppress(TimeoutError):
                citations = await self._query(located, self.root, event.citations)
                return replace(event, citations=citations)
        return event

    def _judge(self, pairs: Sequence[tuple[str, str]]) -> Future[list[Judgement]]:
        return self._host.loading(self.entailment).judge(pairs)

    async def contents(self) -> Contents:
        """Return which files the index holds, and what is left out of it. Raises TimeoutError."""
        async with asyncio.timeout(_LOOK_SECONDS):
            return await self._host.work(self.index.contents)

    async def sync(
        self, progress: Progress | None = None, *, names_only: bool = False
    ) -> SyncReport:
        """Bring the index in step with the disk; `names_only` is enough for hovers."""
        return await self._host.work(self.index.sync, ("",), progress, names_only=names_only)

    async def reindex(
        self, path: Path | None = None, progress: Progress | None = None
    ) -> SyncReport:
        """Read a file, a folder or everything again."""
        return await self._host.work(self.index.reindex, path, progress)

    async def load_models(self) -> None:
        """Load the models that searches use. Raises EmbedderError; a re-ranker only says so."""
        await self._host.work(self.embedder.load)
        await self._host.work(self.reranker.load)

    async def forget_questions(self) -> int:
        """Delete the generated questions; returns how many sections had some."""
        return await self._host.work(self.index.forget_questions)

    async def close(self) -> None:
        """Release the index; it closes with its last user."""
        self._shared.watchers -= self._watches
        await self._host.leave(self._shared)

    async def _query(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with self._host.in_use():
            async with asyncio.timeout(_QUERY_SECONDS), self._slots:
                return await self._host.query(function, *args, **kwargs)


class Host:
    """Owns the shared parts and their threads. Use from one event loop.

    All sessions share `summaries`, `uses` and `rewriter`. Callbacks given to `subscribe` are called
    on that loop after each change of any status.
    """

    def __init__(self) -> None:
        self.summaries = Summaries()
        self.uses = Uses(self.query)
        self.rewriter = Rewriter()
        self._loop = asyncio.get_running_loop()
        self._queries = ThreadPoolExecutor(_QUERY_THREADS, "askdocs-query")
        self._background = ThreadPoolExecutor(_BACKGROUND_THREADS, "askdocs-background")
        self._embedders = Models(self._new_embedder)
        self._rerankers = Models(self._new_reranker)
        self._entailments = Models(self._new_entailment)
        self._generators = Generators(lambda: self._changed(None))
        self._subscribers: list[Changed] = []
        self._expansion = Expansion(self.work)
        self._roots = Roots(self._new_index, self.work)

    def query_slots(self) -> asyncio.Semaphore:
        """Return a new session's share of the query threads."""
        return asyncio.Semaphore(_QUERIES_PER_SESSION)

    async def open(
        self,
        root: Path,
        settings: Settings,
        *,
        watch: bool = True,
        insist: bool = False,
        slots: asyncio.Semaphore | None = None,
    ) -> Workspace:
        """Open a root's index, or join the sessions that have it open. Raises IndexerError.

        With `watch`, the index is kept in step with the disk from now on, and the models that
        searches use are loaded in the background; so is the model that writes, where `llm.start`
        asks for that. An index that is open with other settings is reopened with these if the
        caller insists, and stays as it is otherwise. A session that opens several roots passes its
        `slots` for each.
        """
        root = await self.work(root.resolve)
        shared = await self._roots.join(root, settings, watch=watch, insist=insist)
        shared.watchers += watch
        workspace = Workspace(root, settings, self, shared, slots or self.query_slots(), watch)
        if watch:
            self._background.submit(self._load, workspace.embedder, workspace.reranker)
            self._background.submit(workspace.entailment.look)
            if settings.llm.start == "open":
                workspace.generator.ensure_started()
        return workspace

    def preload(self, settings: Settings) -> None:
        """Load the models that searches use in the background, while an index is being opened."""
        embedder = self.embedder(settings.embedding)
        self._background.submit(self._load, embedder, self.reranker(settings.reranking))

    async def status(self, root: Path) -> IndexStatus | None:
        """Return the status of a root's index; None while no session has it open."""
        return self._roots.status(await self.work(root.resolve))

    async def plan(self, root: Path, settings: Settings, progress: Progress) -> Plan:
        """Return what a run of indexing would do. Where no session has the index open, nothing is
        written; otherwise that is open with its own settings.

        Raises IndexerError, also for a model that would have to be downloaded first.
        """
        root = await self.work(root.resolve)
        if (index := self._roots.index(root)) is not None:
            return await self.work(index.plan, progress)
        await self.work(_ensure_at_hand, settings.embedding)
        embedder = self.embedder(settings.embedding)
        return await self.work(planned, root, settings.docs, embedder, progress)

    async def leave(self, shared: SharedIndex) -> None:
        """Release an index that `open` returned, and later the models that no other index uses."""
        self._release_models()  # Notes that those of this index are in use until now.
        try:
            await self._roots.leave(shared)
        finally:
            self._loop.call_later(models.UNUSED_SECONDS, self._release_models)

    def embedder(self, settings: EmbeddingSettings) -> Embedder:
        """The embedder with these settings; it loads its model when needed."""
        return self._embedders.get(settings)

    def reranker(self, settings: RerankerSettings) -> Reranker:
        """The re-ranker with these settings; it changes nothing before it is loaded."""
        return self._rerankers.get(settings)

    def entailment(self, settings: EntailmentSettings) -> Entailment:
        """The model with these settings that judges statements; none before it is loaded."""
        return self._entailments.get(settings)

    def loading(self, model: _Loaded) -> _Loaded:
        """Have a model that nobody has loaded loaded in the background, for later uses."""
        if model.state == "idle":
            self._background.submit(model.load)
        return model

    def generator(self, settings: LlmSettings) -> Generator:
        """The generator with these settings; it starts nothing until needed."""
        return self._generators.get(settings)

    def in_use(self) -> AbstractContextManager[None]:
        """Let nothing run that can wait, while a user waits for an answer and shortly after."""
        return self._expansion.held()

    def expand(self, current: Callable[[], Workspace | None]) -> Callable[[], None]:
        """Have the questions written that an open workspace's sections answer, where its settings
        of the moment allow it; returns what ends that."""
        return self._expansion.add(current)

    def subscribe(self, changed: Changed) -> Callable[[], None]:
        """Call `changed` on the loop after each change of status; returns what stops the calls."""
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed)

    async def aclose(self) -> None:
        """Close everything that is shared and end its threads and processes."""
        await self.summaries.aclose()
        await self.uses.aclose()
        await self._expansion.aclose()
        closing = (self._generators.aclose(), self._roots.aclose())
        await asyncio.gather(*closing, return_exceptions=True)
        self._queries.shutdown(wait=False, cancel_futures=True)
        self._background.shutdown(wait=False, cancel_futures=True)

    async def query(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a short read on the query threads. A cancelled wait leaves no queued call behind."""
        return await self._run(self._queries, function, *args, **kwargs)

    async def work(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run long work, such as indexing, on the background threads."""
        return await self._run(self._background, function, *args, **kwargs)

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        function: Callable[_P, _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        # wrap_future passes on a cancel, so a call that has not begun never begins.
        return await asyncio.wrap_future(pool.submit(function, *args, **kwargs))

    def _new_index(self, root: Path, settings: Settings) -> WorkspaceIndex:
        return WorkspaceIndex(
            root,
            settings.docs,
            settings.index,
            self.embedder(settings.embedding),
            lambda: self._changed(root),
        )

    def _new_embedder(self, settings: EmbeddingSettings) -> Embedder:
        return SentenceTransformerEmbedder(settings, lambda: self._changed(None))

    def _new_reranker(self, settings: RerankerSettings) -> Reranker:
        return CrossEncoderReranker(settings, lambda: self._changed(None))

    def _new_entailment(self, settings: EntailmentSettings) -> Entailment:
        return CrossEncoderEntailment(settings, lambda: self._changed(None))

    def _release_models(self) -> None:
        settings = self._roots.settings()
        embedders = self._embedders.release({each.embedding for each in settings})
        rerankers = self._rerankers.release({each.reranking for each in settings})
        entailments = self._entailments.release({each.entailment for each in settings})
        if embedders or rerankers or entailments:
            with suppress(RuntimeError):  # The host is closed.
                self._background.submit(free_memory)

    def _load(self, embedder: Embedder, reranker: Reranker) -> None:
        try:
            embedder.load()
        except EmbedderError as error:
            log.error("%s", error)
        reranker.load()

    def _changed(self, root: Path | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._notify, root)

    def _notify(self, root: Path | None) -> None:
        self._expansion.look()
        for changed in tuple(self._subscribers):
            changed(root)


def _ensure_at_hand(settings: EmbeddingSettings) -> None:
    """Raise EmbedderError where the model would have to be downloaded."""
    choice = choose(settings.model)
    if choice.folder is None:
        raise EmbedderError(
            f"{choice.name} is not on this machine, and planning downloads nothing. Download it "
            f"with `askdocs model use {choice.name}`, or add --set embedding.model=bundled."
        )
