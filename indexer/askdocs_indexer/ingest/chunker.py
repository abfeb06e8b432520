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
from dataclasses import replace
from itertools import pairwise

from askdocs_indexer.types import Block, Chunk, Section, embedded_text
from askdocs_indexer.words.forms import cluster_start
from askdocs_indexer.words.sentences import clause_ends, sentence_ends, space_ends

# Stored with the index: a new value here rebuilds it. It covers the readers too.
CHUNKER_VERSION = "6"

_DIGEST_BYTES = 16
# A heading path may take up to a whole chunk; the text still gets this share of `limit`.
_LEAST_SHARE = 3
# A last chunk below this share of a full chunk takes a block from the chunk before it.
_TAIL_SHARE = 5

# A table's head may have no line of its own in the source.
_HEAD_LINES = 2

_PARAGRAPH = "\n\n"
_FENCE = re.compile(r"\s*(?P<fence>`{3,40}+|~{3,40}+)[^\n`]{0,80}+\n")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_TABLE = re.compile(r"[\s>]*+(?:(?:[-*+]|\d{1,9}[.)])\s++)*\|")
# How far behind a cut is looked to see whether a sentence ends there (characters).
_LOOK_AHEAD = 20


def chunks_of(path: str, sections: Sequence[Section], limit: int) -> tuple[Chunk, ...]:
    """Cut the sections of the document at `path` into chunks, in reading order.

    `limit` is in characters of a chunk's embedded text, heading path included. A section without
    text gives a chunk only if it documents symbols: a bare heading lives on in the heading paths
    below it.
    """
    seen: Counter[str] = Counter()
    chunks: list[Chunk] = []
    for section in sections:
        for start_line, end_line, text in _spans(section, limit):
            identity = json.dumps([path, section.heading_path, section.symbols, text])
            occurrence = seen[identity]
            seen[identity] += 1
            chunks.append(
                Chunk(
                    id=_digest(f"{identity}{occurrence}"),
                    path=path,
                    title=section.title,
                    heading_path=section.heading_path,
                    symbols=section.symbols,
                    text=text,
                    content_hash=_digest(embedded_text(section.heading_path, text)),
                    start_line=start_line,
                    end_line=end_line,
                    domain=section.domain,
                )
            )
    return tuple(chunks)


def _spans(section: Section, limit: int) -> Iterator[tuple[int, int, str]]:
    """Yield (first line, last line, text) of a section's chunks; the first holds its heading."""
    blocks = [block for block in section.blocks if block.text.strip()]
    if not blocks:
        if section.symbols:
            yield section.start_line, section.end_line, section.title
        return
    room = max(limit - len(embedded_text(section.heading_path, "")), limit // _LEAST_SHARE)
    heading = [section.start_line]
    for piece in _packed(blocks, room):
        start_line = min([*heading, *(block.start_line for block in piece)])
        # A declaration is read before its description, even where it comes below.
        shown = sorted(piece, key=lambda block: block.kind != "signature")
        yield start_line, max(block.end_line for block in piece), _joined(shown)
        heading = []


def _packed(blocks: Sequence[Block], room: int) -> list[list[Block]]:
    """Fill chunks of `room` characters with whole blocks; cut the blocks that outgrow a chunk."""
    pieces: list[list[Block]] = []
    size = 0
    for block in blocks:
        space = room
        if pieces and pieces[-1][-1].kind == "signature" and block.kind == "prose":
            # A signature says little without the beginning of its text.
            left = room - size - len(_PARAGRAPH)
            space = left if left > room // 2 else room
        for part in _parts(block, space):
            grown = size + len(_gap(pieces[-1][-1], part)) + len(part.text) if pieces else 0
            if pieces and grown <= room:
                pieces[-1].append(part)
                size = grown
            else:
                pieces.append([part])
                size = len(part.text)
    _even_out(pieces, room)
    return pieces


def _even_out(pieces: list[list[Block]], room: int) -> None:
    """Give a tiny last chunk the last block of the chunk before it, if both then fit."""
    if len(pieces) < 2 or len(_joined(pieces[-1])) >= room // _TAIL_SHARE:
        return
    before, last = pieces[-2][:-1], [pieces[-2][-1], *pieces[-1]]
    if len(_joined(before)) >= room // _TAIL_SHARE and len(_joined(last)) <= room:
        pieces[-2:] = [before, last]


def _joined(blocks: Sequence[Block]) -> str:
    parts = [block.text for block in blocks[:1]]
    for before, block in pairwise(blocks):
        parts += (_gap(before, block), block.text)
    return "".join(parts).strip("\n")


def _gap(before: Block, block: Block) -> str:
    """Keep list items together that are together in the source."""
    together = block.start_line <= before.end_line + 1 and _LIST_ITEM.match(block.text)
    return "\n" if together else _PARAGRAPH


# -- blocks that outgrow a chunk ------------------------------------------------------------------


def _parts(block: Block, room: int) -> Iterator[Block]:
    """Yield a block in parts of at most `room` characters, each with its own lines."""
    if len(block.text) <= room:
        yield block
        return
    opening, lines, closing = _unfenced(block.text)
    inner = max(room - len(opening) - len(closing), room // 2)
    source_lines = _source_lines(block, len(lines), bool(opening), bool(closing))
    done = 0
    for text, used in _cut(lines, inner):
        # The lines above the text (a directive, a fence) go with the first part.
        first, last = source_lines(done)[0], source_lines(done + max(used, 1) - 1)[1]
        yield replace(
            block,
            text=f"{opening}{text}{closing}",
            start_line=first if done else block.start_line,
            end_line=block.end_line if done + used >= len(lines) else max(first, last),
        )
        done += used


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
    if extra >= -_HEAD_LINES and _TABLE.match(block.text):
        least, most = -_HEAD_LINES, extra

    def within(index: int) -> int:
        return block.start_line + max(0, min(index, count - 1))

    return lambda index: (within(index + least), within(index + most))


def _unfenced(text: str) -> tuple[str, list[str], str]:
    """Split a fenced code block into its opening line, its code and its closing line."""
    fence = _FENCE.match(text)
    if fence is None:
        return "", text.split("\n"), ""
    lines = text[fence.end() :].split("\n")
    closed = len(lines) > 1 and lines[-1].strip() == fence["fence"]
    return fence[0], lines[:-1] if closed else lines, f"\n{lines[-1]}" if closed else ""


def _cut(lines: Sequence[str], room: int) -> Iterator[tuple[str, int]]:
    """Yield (text, lines that end in it): runs of whole lines, or pieces of an overlong line."""
    run: list[str] = []
    size = 0
    for line in lines:
        if run and size + 1 + len(line) > room:
            yield "\n".join(run), len(run)
            run, size = [], 0
        *pieces, rest = _cut_line(line, room)
        yield from ((piece, 0) for piece in pieces)
        size += len(rest) + (1 if run else 0)
        run.append(rest)
    yield "\n".join(run), len(run)


def _cut_line(line: str, room: int) -> list[str]:
    """Cut a line behind the last sentence, clause, word or character within `room` characters."""
    pieces: list[str] = []
    start = 0
    while len(line) - start > room:
        size = _first_cut(line[start : start + room + _LOOK_AHEAD], room)
        pieces.append(line[start : start + size].rstrip())
        start += size
    return [*pieces, line[start:]]


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
