"""From sections to chunks that fit the embedder.

A chunk is cut where a block ends. Only a block that alone outgrows a chunk is cut inside: at line
ends, a line at sentence ends, a sentence between words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from askdocs_indexer.embedding.window import UNLIMITED, Window
from askdocs_indexer.joining import joined, unfenced
from askdocs_indexer.lines import TABLE_HEAD_LINES
from askdocs_indexer.types import APART, Block, Chunk, Joint, Link, Section, embedded_text
from askdocs_indexer.words.forms import cluster_start
from askdocs_indexer.words.sentences import clause_ends, sentence_ends, space_ends

# Stored with the index: a new value here rebuilds it. It covers the readers too.
CHUNKER_VERSION = "9"

_DIGEST_BYTES = 16
# How many headings without text lead to one section; pages of nothing else must stay cheap.
_MOST_BARE = 16
# A heading path may take up to a whole chunk; the text still gets this share of `limit`.
_LEAST_SHARE = 3
# A last chunk below this share of a full chunk takes a block from the chunk before it.
_TAIL_SHARE = 5

_LINE, _PARAGRAPH = "\n", "\n\n"
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_TABLE = re.compile(r"[\s>]*+(?:(?:[-*+]|\d{1,9}[.)])\s++)*\|")
# How far behind a cut is looked to see whether a sentence ends there (characters).
_LOOK_AHEAD = 20


def chunks_of(
    path: str, sections: Sequence[Section], limit: int, window: Window = UNLIMITED
) -> tuple[Chunk, ...]:
    """Cut the sections of the document at `path` into chunks, in reading order.

    `limit` is in characters of a chunk's embedded text, heading path included, which also fits the
    embedder's `window`. A section without text gives a chunk only if it documents symbols: a bare
    heading lives on in the heading paths below it, and what leads to it then leads there.
    """
    seen: Counter[str] = Counter()
    chunks: list[Chunk] = []
    for section in _with_bare(sections):
        heading_path, measure = _measured(section, limit, window)
        connections = _Connections(section.links, section.labels, section.keywords)
        for start_line, end_line, text, joint in _spans(section, measure):
            further = (*connections.parts, *(joint if joint != APART else ()))
            identity = json.dumps([path, heading_path, section.symbols, text, *further])
            occurrence = seen[identity]
            seen[identity] += 1
            chunks.append(
                Chunk(
                    id=_digest(f"{identity}{occurrence}"),
                    path=path,
                    title=section.title,
                    heading_path=heading_path,
                    symbols=section.symbols,
                    text=text,
                    content_hash=_digest(embedded_text(heading_path, text)),
                    start_line=start_line,
                    end_line=end_line,
                    domain=section.domain,
                    links=connections.links,
                    labels=connections.labels,
                    keywords=connections.keywords,
                    joint=joint,
                    position=len(chunks),
                )
            )
            connections = _NOT_CONNECTED
    return tuple(chunks)


@dataclass(frozen=True, slots=True)
class _Connections:
    """What connects a section with others; it is with the section's first chunk."""

    links: tuple[Link, ...] = ()
    labels: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def parts(self) -> list[object]:
        """What of it belongs to a chunk's identity: a change must rewrite the chunk's row."""
        links = [(link.text, link.context, link.target) for link in self.links]
        return [links, self.labels, self.keywords] if self != _NOT_CONNECTED else []


_NOT_CONNECTED = _Connections()


def _with_bare(sections: Sequence[Section]) -> Iterator[Section]:
    """Yield sections that have a chunk, with what connects the bare headings that lead to them.

    Those are the headings around them, and the page's first.
    """
    bare: list[Section] = []
    for section in sections:
        path = section.heading_path
        leading = [
            above
            for above in bare
            if above is sections[0] or path[: len(above.heading_path)] == above.heading_path
        ]
        if not section.symbols and not any(block.text.strip() for block in section.blocks):
            bare = [*leading, section][-_MOST_BARE:]
            continue
        bare = []
        whole = (*leading, section)
        yield (
            replace(
                section,
                links=tuple(dict.fromkeys(link for each in whole for link in each.links)),
                labels=tuple(dict.fromkeys(label for each in whole for label in each.labels)),
                keywords=tuple(dict.fromkeys(words for each in whole for words in each.keywords)),
            )
            if leading
            else section
        )


class _Measure:
    """Measures the texts of a section, in characters.

    A text whose tokens take a larger share of the chunk than its characters do counts for as many
    characters as that share is. So sizes can be added up, and what fits `room` fits both bounds.
    """

    def __init__(self, room: int, tokens: int, window: Window) -> None:
        self.room = room
        self._tokens = tokens
        self._window = window
        self._gaps = {gap: max(len(gap), self._share(window.gap)) for gap in (_LINE, _PARAGRAPH)}

    def sizes(self, texts: Sequence[str]) -> list[int]:
        """Return the size of each text; of one that is too long anyway, its characters."""
        if self._window is UNLIMITED:
            return [len(text) for text in texts]
        fitting = [text for text in texts if len(text) <= self.room]
        tokens = dict(zip(fitting, self._window.count(fitting), strict=True))
        return [max(len(text), self._share(tokens.get(text, 0))) for text in texts]

    def size(self, text: str) -> int:
        """Return the size of a text."""
        return self.sizes([text])[0]

    def gap(self, before: Block, block: Block) -> int:
        """Return the size of what stands between two blocks."""
        return self._gaps[_gap(before, block)]

    def total(self, parts: Sequence[_Part]) -> int:
        """Return the size of a chunk of these parts."""
        gaps = sum(self.gap(before.block, part.block) for before, part in pairwise(parts))
        return gaps + sum(part.size for part in parts)

    @property
    def line(self) -> int:
        """The size of a line's end."""
        return self._gaps[_LINE]

    def _share(self, tokens: int) -> int:
        return -(-tokens * self.room // self._tokens)


class _Part(NamedTuple):
    """A block, or a part of one, with its size; `joint` joins it to the part before it."""

    block: Block
    size: int
    joint: Joint | None = None


def _measured(section: Section, limit: int, window: Window) -> tuple[tuple[str, ...], _Measure]:
    """Return a section's heading path, shortened where it leaves no tokens, and its measure."""
    heading_path = section.heading_path
    texts = (*heading_path, *(block.text for block in section.blocks))
    # No tokenizer makes more tokens of ASCII characters than they are.
    if sum(map(len, texts)) + len(_PARAGRAPH) * len(texts) <= window.size and all(
        map(str.isascii, texts)
    ):
        window = UNLIMITED
    else:
        heading_path = _shortened(heading_path, window)
    heading = embedded_text(heading_path, "")
    room = max(limit - len(heading), limit // _LEAST_SHARE)
    return heading_path, _Measure(room, window.size - sum(window.count([heading])), window)


def _shortened(heading_path: tuple[str, ...], window: Window) -> tuple[str, ...]:
    """Leave out the outer headings, and the end of the last, that leave a chunk too few tokens."""
    most = window.size - window.size // _LEAST_SHARE

    def is_too_long(path: tuple[str, ...]) -> bool:
        text = embedded_text(path, "")
        return not (text.isascii() and len(text) <= most) and window.count([text])[0] > most

    while len(heading_path) > 1 and is_too_long(heading_path):
        heading_path = heading_path[1:]
    while heading_path and len(heading_path[0]) > 1 and is_too_long(heading_path):
        title = heading_path[0]
        heading_path = (title[: cluster_start(title, len(title) // 2)],)
    return heading_path


def _spans(section: Section, measure: _Measure) -> Iterator[tuple[int, int, str, Joint]]:
    """Yield (first line, last line, text, joint) of a section's chunks; the first holds its
    heading."""
    blocks = [block for block in section.blocks if block.text.strip()]
    # A declaration is read before its description, even where it comes below.
    blocks.sort(key=lambda block: block.kind != "signature")
    if not blocks:
        if section.symbols:
            yield section.start_line, section.end_line, section.title, APART
        return
    heading, before = [section.start_line], None
    for piece in _packed(blocks, measure):
        start_line = min([*heading, *(part.block.start_line for part in piece)])
        end_line = max(part.block.end_line for part in piece)
        yield start_line, end_line, _joined(piece), _joint(before, piece[0])
        heading, before = [], piece[-1]


def _packed(blocks: Sequence[Block], measure: _Measure) -> list[list[_Part]]:
    """Fill chunks with whole blocks; cut the blocks that outgrow a chunk."""
    room = measure.room
    pieces: list[list[_Part]] = []
    size = 0
    sizes = measure.sizes([block.text for block in blocks])
    for whole in map(_Part, blocks, sizes):
        space = room
        if pieces and pieces[-1][-1].block.kind == "signature" and whole.block.kind == "prose":
            # A signature says little without the beginning of its text.
            left = room - size - measure.gap(pieces[-1][-1].block, whole.block)
            space = left if left > room // 2 else room
        for part in _parts(whole, space, measure):
            gap = measure.gap(pieces[-1][-1].block, part.block) if pieces else 0
            if pieces and size + gap + part.size <= room:
                pieces[-1].append(part)
                size += gap + part.size
            else:
                pieces.append([part])
                size = part.size
    _even_out(pieces, measure)
    return pieces


def _even_out(pieces: list[list[_Part]], measure: _Measure) -> None:
    """Give a tiny last chunk the last block of the chunk before it, if both then fit."""
    tiny = measure.room // _TAIL_SHARE
    if len(pieces) < 2 or measure.total(pieces[-1]) >= tiny:
        return
    before, last = pieces[-2][:-1], [pieces[-2][-1], *pieces[-1]]
    if measure.total(before) >= tiny and measure.total(last) <= measure.room:
        pieces[-2:] = [before, last]


def _joined(parts: Sequence[_Part]) -> str:
    joints = map(_joint, [None, *parts], parts)
    texts = (part.block.text for part in parts)
    return joined(zip(joints, texts, strict=True)).strip("\n")


def _joint(before: _Part | None, part: _Part) -> Joint:
    if before is None:
        return APART
    if part.block.repeated_lines:
        return part.joint or Joint(_LINE, repeated_lines=part.block.repeated_lines)
    return part.joint or Joint(_gap(before.block, part.block))


def _gap(before: Block, block: Block) -> str:
    """Keep list items together that are together in the source."""
    is_near = before.start_line <= block.start_line <= before.end_line + 1
    together = is_near and _LIST_ITEM.match(block.text)
    return _LINE if together else _PARAGRAPH


# -- blocks that outgrow a chunk ------------------------------------------------------------------


def _parts(whole: _Part, room: int, measure: _Measure) -> Iterator[_Part]:
    """Yield a block in parts of at most the size `room`, each with its own lines."""
    if whole.size <= room:
        yield whole
        return
    block = whole.block
    opening, lines, closing = unfenced(block.text)
    fences = sum(measure.sizes([opening, closing]))
    inner = max(room - fences, room // 2)
    source_lines = _source_lines(block, len(lines), bool(opening), bool(closing))
    done, joint = 0, None
    for text, size, used, gap in _cut(lines, inner, measure):
        # The lines above the text (a directive, a fence) go with the first part.
        first, last = source_lines(done)[0], source_lines(done + max(used, 1) - 1)[1]
        part = replace(
            block,
            text=f"{opening}{text}{closing}",
            start_line=first if done else block.start_line,
            end_line=block.end_line if done + used >= len(lines) else max(first, last),
        )
        yield _Part(part, fences + size, joint)
        done, joint = done + used, Joint(gap, bool(opening))


def _source_lines(
    block: Block, lines: int, is_opened: bool, is_closed: bool
) -> Callable[[int], tuple[int, int]]:
    """Return a function from the index of a text line to the source lines between which it lies.

    A source with more lines than the text's code has them above it. Where prose was rendered from
    more lines, or from fewer, all that is known is that their order is the same.
    """
    count = block.end_line - block.start_line + 1
    fenced = is_opened and count == lines + 1 + is_closed
    extra = 1 if fenced else count - lines
    least, most = extra if is_opened else min(extra, 0), max(extra, 0)
    # A table's head may have no line of its own in the source.
    if extra >= -TABLE_HEAD_LINES and _TABLE.match(block.text):
        least, most = -TABLE_HEAD_LINES, extra

    def within(index: int) -> int:
        return block.start_line + max(0, min(index, count - 1))

    return lambda index: (within(index + least), within(index + most))


def _cut(lines: Sequence[str], room: int, measure: _Measure) -> Iterator[tuple[str, int, int, str]]:
    """Yield (text, size, lines that end in it, white space behind it): runs of whole lines, or
    pieces of a long line."""
    run: list[str] = []
    size = 0
    for line, line_size in zip(lines, measure.sizes(lines), strict=True):
        if run and size + measure.line + line_size > room:
            yield "\n".join(run), size, len(run), _LINE
            run, size = [], 0
        *pieces, (rest, rest_size, _) = _cut_line(line, line_size, room, measure)
        yield from ((piece, piece_size, 0, gap) for piece, piece_size, gap in pieces)
        size += rest_size + (measure.line if run else 0)
        run.append(rest)
    yield "\n".join(run), size, len(run), _LINE


def _cut_line(line: str, size: int, room: int, measure: _Measure) -> list[tuple[str, int, str]]:
    """Cut a line behind the last sentence, clause, word or character that fits; with the sizes and
    the white space behind each piece."""
    pieces: list[tuple[str, int, str]] = []
    start = 0
    while size > room and len(line) - start > 1:
        most = min(room, len(line) - start - 1)
        piece, used, size = "", 0, room + 1
        while size > room and most > 0:
            used = _first_cut(line[start : start + most + _LOOK_AHEAD], most)
            piece = line[start : start + used].rstrip()
            size = measure.size(piece)
            most = min(most - 1, most * room // max(size, 1))
        # More of it would not fit between two pieces in one chunk.
        pieces.append((piece, size, line[start + len(piece) : start + used][: len(_PARAGRAPH)]))
        start += used
        left = len(line) - start
        size = left if left > room else measure.size(line[start:])
    return [*pieces, (line[start:], size, "")]


def _first_cut(text: str, room: int) -> int:
    """Return how much of a text, which goes on, to take into a piece of `room` characters."""
    half = room // 2
    for ends in (sentence_ends(text, half), clause_ends(text, half), space_ends(text, half)):
        if fitting := [end for end in ends if len(text[:end].rstrip()) <= room]:
            return fitting[-1]
    return cluster_start(text, room)


def _digest(text: str) -> str:
    encoded = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).hexdigest()
