"""The plain, frozen values that the indexer's modules exchange.

Lines are 1-based and inclusive everywhere in the indexer; paths are relative to the workspace root
and written with forward slashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

# The domain of commands, settings, directives and the like.
OTHER_DOMAIN = "other"

BlockKind = Literal["prose", "code", "signature"]

# Gets the path of a file that a document includes and returns its text; None where it is missing,
# too large, no text or outside of the indexed folders, "" where it is a page of the index itself.
Include = Callable[[str], str | None]


def nothing_included(path: str) -> None:
    """Include no file."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that chunks normally keep whole: a paragraph, list item, table or code block.

    `text` is Markdown. For Markdown and plain text it is the source lines themselves; other
    formats are rendered to it, so that the same text serves display, embedding and lexical search.
    A long table is several blocks: with `repeated_lines` it goes on with that of the block before,
    whose head these first lines repeat.
    """

    text: str
    start_line: int
    end_line: int
    kind: BlockKind = "prose"
    repeated_lines: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link out of a section to another part of the project.

    `text` is what the link shows, `context` the sentence around it in plain words, "" where it
    stands in a bare list of links. `target` is what the page alone tells of where it leads:

    - a path from the root without steps up, ``docs/x.md#y``, or one from the root of the site that
      is built from the pages, ``/x/y#z``; each may lack its suffix or its fragment;
    - ``#y``, a fragment of the page itself;
    - ``:kind:name`` or ``:name``, what is called so somewhere in the project (``:ref:setup``).
    """

    text: str
    context: str
    target: str


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a link leads: a file, and in it a line; None for the file as a whole."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading's own text (not its sub-headings'), or a documented symbol's entry.

    `heading_path` runs from the document's title to this section's own title, inclusive.
    `symbols` are the qualified names this section documents, e.g. ``("os.path.join",)``.
    `domain` is the family of languages that they belong to ("python", "c", …), "" where the text
    does not tell and `OTHER_DOMAIN` for names that are no code's. `start_line` is the heading's
    first line; `end_line` the last line of the section's own text. `labels` are the names under
    which links find it, beside its title; those with a slash in front are addresses of its page.
    `keywords` are what its authors index it under. Both are of the page for its first section.
    """

    title: str
    heading_path: tuple[str, ...]
    blocks: tuple[Block, ...]
    start_line: int
    end_line: int
    symbols: tuple[str, ...] = ()
    domain: str = ""
    links: tuple[Link, ...] = ()
    labels: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class Joint(NamedTuple):
    """How a chunk's text joins that of the chunk before it in its section.

    `gap` is the white space between the two. With `is_in_code` both are pieces of one block of
    code, each with its own fences; with `repeated_lines` both are pieces of one table, whose head
    are so many lines.
    """

    gap: str = "\n\n"
    is_in_code: bool = False
    repeated_lines: int = 0


APART = Joint()
"""Between blocks."""

SectionId = tuple[str, tuple[str, ...]]
"""A section of the index: the path of its file, and its heading path."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a section that fits the embedder.

    `id` holds no line number: moving text re-embeds nothing. `content_hash` covers `embedded_text`
    and is the key of the vector cache. The section's `links`, `labels` and `keywords` are with its
    first chunk; they are not embedded. `joint` says how the text goes on from the chunk before.
    `position` is how many chunks its file has before it, as
    pieces of an included file all have the same lines. `terms` are its index terms, separated by
    spaces, where it comes from the index.
    """

    id: str
    path: str
    title: str
    heading_path: tuple[str, ...]
    symbols: tuple[str, ...]
    text: str
    content_hash: str
    start_line: int
    end_line: int
    domain: str = ""
    links: tuple[Link, ...] = ()
    labels: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    joint: Joint = APART
    position: int = 0
    terms: str = field(default="", compare=False, repr=False)

    @property
    def section(self) -> SectionId:
        """The section that it is a piece of."""
        return self.path, self.heading_path

    @property
    def breadcrumb(self) -> str:
        """The path of headings that leads to it, or its title."""
        return " > ".join(self.heading_path) or self.title

    @property
    def embedded_text(self) -> str:
        """What the embedder and the lexical index see: the heading path, then the text."""
        return embedded_text(self.heading_path, self.text)


def embedded_text(heading_path: tuple[str, ...], text: str) -> str:
    """Join a heading path and a text the way both indexes see them."""
    return f"{' > '.join(heading_path)}\n{text}" if heading_path else text


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk with its score (higher is better; 1.0 for an exact symbol match).

    `name` is the documented name by which a look-up of a symbol has come to it, and
    `is_overridden` says that the symbol overrides the one of that name.
    `rest` are the chunks that follow it in its section; only a look-up of a symbol fills them in.
    `handicap` is what its file's standing has taken off the score.
    """

    chunk: Chunk
    score: float
    rest: tuple[Chunk, ...] = ()
    name: str = ""
    is_overridden: bool = False
    handicap: float = 0.0


@dataclass(frozen=True, slots=True)
class Use:
    """A section of the manual whose code uses a symbol, by its chunk that does; `code` is the block
    of code, without fences or an interpreter's prompts."""

    chunk: Chunk
    code: str


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages to answer a question from: `hits` best first, widened by their neighbours.

    `relevance` is the probability that one of the first four answers it (0 to 1).
    """

    hits: tuple[Hit, ...] = ()
    relevance: float = 0.0


@dataclass(frozen=True, slots=True)
class UnaskedSection:
    """A section whose questions are to be written: those that its beginning, `text`, answers.

    `key` is the hash of its contents. `questions` are written already where only their vectors are
    missing; None otherwise.
    """

    key: str
    path: str
    heading_path: tuple[str, ...]
    text: str
    questions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """How many sections with different contents the index has, and how many have questions."""

    sections: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class FileRow:
    """A manifest row: what is stored for a file, as it was on disk when it was indexed.

    `size` is in bytes, `digest` the hash of the file's bytes, `contents` that of its chunks
    (`contents_of`); `error` says why a file was skipped (then it has no chunks). `facts` are those
    of a source, as `languages.facts.dumped` writes them. `dependencies` are the other files that
    its reading rests on, as (path, stamp); see `ingest.dependencies`. `remark` says in words where
    most of a page is not in its chunks.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str
    chunks: int
    error: str = ""
    contents: str = ""
    facts: str = ""
    dependencies: tuple[tuple[str, str], ...] = ()
    remark: str = ""


Span = tuple[int, int, int]
"""Where a chunk stands in its file: its first line, its last, and its position."""


def span_of(chunk: Chunk) -> Span:
    """Return where a chunk stands in its file."""
    return chunk.start_line, chunk.end_line, chunk.position


def contents_of(spans: Mapping[str, Span]) -> str:
    """Return a hash of a file's chunks, given as id -> span; "" for none.

    Ids stand for texts, so two files of the same hash hold the same chunks at the same lines.
    """
    lines = [f"{chunk_id} {' '.join(map(str, span))}" for chunk_id, span in sorted(spans.items())]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest() if lines else ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not in the index, with the reason in words for its owner."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Documentation that is not in the index: files of one `kind`, a suffix, or a page by its path.

    `reason` says in words why, and what its owner can do.
    """

    kind: str
    files: int
    reason: str

    @property
    def label(self) -> str:
        """What it is in words: "38 .odt files", or the path of a page."""
        if not self.kind.startswith("."):
            return self.kind
        return f"{self.files} {self.kind} file{'' if self.files == 1 else 's'}"

    @property
    def as_left_out(self) -> Skipped:
        """The same as a row of what is left out: of a suffix, ``*.odt``."""
        if not self.kind.startswith("."):
            return Skipped(self.kind, self.reason)
        return Skipped(f"*{self.kind}", f"{self.label}: {self.reason}")


FileKind = Literal["page", "source"]


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file of the index. `behind` says in words why it ranks behind the manual; "" for others."""

    path: str
    kind: FileKind
    chunks: int
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds, by path, and what it does not.

    Of what is left out, a path with a slash at its end is a folder, and ``*.suffix`` all files of
    that.
    """

    files: tuple[IndexedFile, ...] = ()
    left_out: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run of indexing did.

    `files` and `chunks` say what the index holds afterwards; the other counts are of chunks and of
    this run. `reused` chunks are new to a file but their vectors were cached. `kinds` counts the
    files that were read by their suffixes, the most frequent first. `seconds` is wall time.
    """

    files: int = 0
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    moved: int = 0
    deleted: int = 0
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[Unread, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


Phase = Literal["reading", "embedding"]
"""What is done at a time: files are read, or passages embedded."""

UNITS: Mapping[Phase, str] = {"reading": "files", "embedding": "passages"}
"""What is counted meanwhile."""

Progress = Callable[[int, int, Phase], None]
"""Gets how many files, or passages, of a run are done and how many there are."""


def no_progress(done: int, total: int, phase: Phase) -> None:
    """Report nothing."""


IndexState = Literal["opening", "indexing", "ready", "closed", "failed"]


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """A snapshot of a workspace's index. `generation` grows by one with each stored change.

    `embedded`, `reused`, `moved` and `deleted` count chunks as a SyncReport does, since opening.
    `questions` is of sections with generated questions; all 0 where nobody asked for any.
    `model` is the embedding model's name. `pending_files` wait to be read, or for vectors of some
    of their chunks, which are `pending_chunks`: names and words answer for these, but not meaning.
    `pending_reads` are the first kind of these files.
    """

    state: IndexState
    files: int = 0
    chunks: int = 0
    pending_files: int = 0
    pending_chunks: int = 0
    generation: int = 0
    skipped: tuple[Skipped, ...] = ()
    detail: str = ""
    embedded: int = 0
    reused: int = 0
    moved: int = 0
    deleted: int = 0
    unread: tuple[Unread, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    questions: QuestionCounts = QuestionCounts()
    model: str = ""
    pending_reads: int = 0
