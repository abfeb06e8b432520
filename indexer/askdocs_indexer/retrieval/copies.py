"""Passages that say the same: copies of a file, bundles of sources, texts that were reused.

Two texts are alike where most runs of their words are the same (w-shingling; Broder, "On the
Resemblance and Containment of Documents", 1997).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from askdocs_indexer.grammars import is_source
from askdocs_indexer.storage.symbol_table import last_part
from askdocs_indexer.types import Chunk, Hit

_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 3
# The share of a text's shingles that a better hit must have for it to say nothing new: under the
# same title, and under another, where texts of a few words say the same of different things.
_CONTAINED = 0.8
_CONTAINED_ELSEWHERE = 0.95
_LEAST_ELSEWHERE = 20
# Folders and names of files that are made of sources by a build.
_BUILT = re.compile(
    r"(?:^|[/._-])(?:assets|build|bundled?|bundles|cjs|dist|esm|iife|min|mjs|out|public|static|umd)"
    r"(?=[/._-]|$)",
    re.IGNORECASE,
)
_SOURCES = re.compile(r"(?:^|/)(?:include|lib|src|source|sources)/", re.IGNORECASE)

Size = Callable[[str], int]
"""Returns how many chunks a file has."""


def without_copies(hits: Iterable[Hit], limit: int, size: Size) -> list[Hit]:
    """Return the first hits, best first, of which none repeats a better one.

    Of a source and what was made of it, the source takes the better one's place.
    """
    distinct: list[Hit] = []
    known: list[_Text] = []
    for hit in hits:
        text = _text(hit.chunk)
        same = next((index for index, other in enumerate(known) if _repeats(text, other)), None)
        if same is None:
            if len(distinct) == limit:
                break
            distinct.append(hit)
            known.append(text)
        elif _is_origin(hit, distinct[same], size):
            better = distinct[same]
            distinct[same] = replace(hit, score=better.score, handicap=better.handicap)
    return distinct


def copied_files(contents: Mapping[str, frozenset[str]], size: Size) -> dict[str, str]:
    """Return the files that hold the same as another one, each with that.

    `contents` are the hashes of each file's chunks.
    """
    alike: defaultdict[tuple[bool, frozenset[str]], list[str]] = defaultdict(list)
    for path, hashes in contents.items():
        alike[is_source(path), hashes].append(path)
    copies: dict[str, str] = {}
    for paths in alike.values():
        origin, *others = sorted(paths, key=lambda path: _order(path, size))
        copies |= dict.fromkeys(others, origin)
    return copies


@dataclass(frozen=True, slots=True)
class _Text:
    """What is said of what: a title, or a symbol's own name, and the runs of words of the text."""

    name: str
    shingles: frozenset[str]


def _text(chunk: Chunk) -> _Text:
    name = last_part(chunk.title) if is_source(chunk.path) else chunk.title
    words = _WORD.findall(chunk.text.casefold())
    last = max(len(words) - _SHINGLE_WORDS, 0)
    shingles = (" ".join(words[at : at + _SHINGLE_WORDS]) for at in range(last + 1))
    return _Text(name.casefold(), frozenset(shingles))


def _repeats(text: _Text, other: _Text) -> bool:
    """Return whether a text says nothing that another does not."""
    common = len(text.shingles & other.shingles)
    if text.name == other.name:
        return common >= _CONTAINED * len(text.shingles)
    return common >= max(_CONTAINED_ELSEWHERE * len(text.shingles), _LEAST_ELSEWHERE)


def _is_origin(hit: Hit, copy: Hit, size: Size) -> bool:
    """Return whether a hit's file is what another hit's file was made of, or copied from."""
    path, other = hit.chunk.path, copy.chunk.path
    return is_source(path) == is_source(other) and _order(path, size) < _order(other, size)


def _order(path: str, size: Size) -> tuple[bool, bool, int, int, str]:
    """Order copies: what no build has made, in a folder of sources, and the smallest, as a bundle
    of files is larger than each of them."""
    is_built = _BUILT.search(path) is not None
    return is_built, _SOURCES.search(path) is None, size(path), len(path), path
