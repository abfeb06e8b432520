"""What askdocs's own methods send, as JSON. Plain dictionaries, so that nothing is left out.

The ranges of passages cover whole lines, 0-based, the end exclusive; their `character` is always 0
and so the same in every position encoding. Those of quoted words have others. Scores run from 0 to
1; times are in milliseconds, `seconds` apart.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class PositionWire(TypedDict):
    line: int
    character: int


class RangeWire(TypedDict):
    start: PositionWire
    end: PositionWire


class HitWire(TypedDict):
    """`breadcrumb` is the path of headings that leads to the passage."""

    uri: str
    range: RangeWire
    title: str
    excerpt: str
    score: float
    breadcrumb: str


class QuoteWire(TypedDict):
    """Words that stand in a file; the range is the whole passage where their own is not known."""

    text: str
    range: RangeWire


class CitationWire(HitWire):
    """`verified`: whether the passage holds the words of what cites it; null where nothing does.

    `quotes` are these words.
    """

    number: int
    verified: bool | None
    quotes: list[QuoteWire]


class CitationsPart(TypedDict):
    """The first partial result of a question."""

    kind: Literal["citations"]
    citations: list[CitationWire]


class TextPart(TypedDict):
    """A later partial result: the next piece of the answer."""

    kind: Literal["text"]
    text: str


class ResetPart(TypedDict):
    """A later partial result: the texts so far are withdrawn, and those that follow replace them.

    `text` is empty, for clients that take each part for text.
    """

    kind: Literal["reset"]
    text: str


class IndexState(TypedDict):
    """The state of the index that an answer is based on."""

    state: str
    generation: int
    pendingFiles: int


class SearchResult(TypedDict):
    hits: list[HitWire]
    index: IndexState


class TimingsWire(TypedDict):
    retrieveMs: float
    rewriteMs: float | None
    firstTokenMs: float | None
    totalMs: float


class AskResult(TypedDict):
    answer: str
    citations: list[CitationWire]
    abstained: bool
    model: str | None
    index: IndexState
    timings: TimingsWire


class ReindexResult(TypedDict):
    files: int
    chunks: int
    embedded: int
    deleted: int
    seconds: float


class FileWire(TypedDict):
    """`behind` says in words why a file ranks behind the manual; null for others."""

    uri: str
    path: str
    kind: Literal["page", "source"]
    chunks: int
    behind: str | None


class LeftOutWire(TypedDict):
    """`path` may be that of a folder, which ends in a slash, or a pattern such as ``*.odt``."""

    path: str
    reason: str


class ContentsResult(TypedDict):
    files: list[FileWire]
    leftOut: list[LeftOutWire]
    index: IndexState


class LeavingWire(TypedDict):
    """What leaves the machine, in words, and the name of the host that it goes to."""

    what: str
    to: str


class SkippedWire(TypedDict):
    uri: str
    path: str
    reason: str


class UnreadWire(TypedDict):
    kind: str
    files: int
    reason: str


class QuestionCountsWire(TypedDict):
    sections: int
    written: int


class IndexStatusWire(TypedDict):
    """`state` is opening, indexing, ready, closed or failed; `detail` says why in words.

    `pendingFiles` wait to be read, which are `pendingReads`, or for the vectors of their chunks,
    which are `pendingChunks`: hovers and searches by words know these already.
    `embedded`, `reused`, `moved` and `deleted` count chunks since the index was opened. `questions`
    says how many sections there are and of how many the questions are written.
    """

    state: str
    files: int
    chunks: int
    pendingFiles: int
    pendingReads: int
    pendingChunks: int
    generation: int
    skipped: list[SkippedWire]
    unread: list[UnreadWire]
    detail: str
    embedded: int
    reused: int
    moved: int
    deleted: int
    questions: QuestionCountsWire


class EmbedderStatusWire(TypedDict):
    state: str
    model: str
    device: str
    detail: str


class RerankerStatusWire(TypedDict):
    state: str
    model: str
    device: str
    detail: str


class GeneratorStatusWire(TypedDict):
    state: str
    model: str
    where: str
    detail: str


class FolderStatusWire(TypedDict):
    uri: str
    name: str
    index: IndexStatusWire


class StatusResult(TypedDict):
    """`index` sums up the indexes of all folders; its state is the worst of theirs.

    `leaves` is all that leaves the machine by the settings; nothing does where it is empty.
    """

    index: IndexStatusWire
    embedder: EmbedderStatusWire
    reranker: RerankerStatusWire
    verifier: RerankerStatusWire
    generator: GeneratorStatusWire
    leaves: list[LeavingWire]
    workspaceFolders: list[FolderStatusWire]
