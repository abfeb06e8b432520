"""What holds for the chunks of every file, of prose or of source, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.types import Chunk


def numbered(text: str) -> str:
    """Make each WORD of a template a word that occurs nowhere else."""
    parts = text.split("WORD")
    return parts[0] + "".join(f"w{number:03}w{part}" for number, part in enumerate(parts[1:]))


def words_of(text: str) -> list[str]:
    """Return the words that `numbered` made."""
    return re.findall(r"w\d{3}w", text)


def check_words(text: str, chunks: Sequence[Chunk]) -> None:
    """Every word is in one chunk, and that chunk covers its line."""
    for number, line in enumerate(lines_of(text), 1):
        for word in words_of(line):
            holders = [chunk for chunk in chunks if word in chunk.text]
            assert len(holders) == 1, word
            assert holders[0].start_line <= number <= holders[0].end_line, word


def check_lines(text: str, chunks: Sequence[Chunk], *, may_touch: bool = False) -> None:
    """Chunks lie in the file and share no line; where they `may_touch`, an end is a start."""
    last, count = 0, len(lines_of(text))
    for chunk in chunks:
        assert last < chunk.start_line + may_touch, chunk
        assert chunk.start_line <= chunk.end_line <= count, chunk
        last = chunk.end_line


def check_ids(text: str, chunks: Callable[[str], tuple[Chunk, ...]]) -> None:
    """Ids are unique, the same each time, and do not depend on line numbers."""
    before = chunks(text)
    assert before == chunks(text), "another reading gives other chunks"
    ids = [chunk.id for chunk in before]
    assert len({*ids}) == len(ids), ids
    after = chunks(f"\n{text}")
    assert [chunk.id for chunk in after] == ids
    assert [chunk.start_line - 1 for chunk in after] == [chunk.start_line for chunk in before]
