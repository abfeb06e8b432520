"""How well the check of citations tells what a passage says from what it does not.

    make bench-citations DOCS="FOLDER …"

Prints how many true sentences are kept and how many false ones are caught by words alone, by
nearness in meaning alone and by both, for each kind of sentence how many are judged right, and what
the check of an answer takes. The folders are any documentation; those that the sentences written by
hand are about bring these along.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tests.bench.citation_pairs import Pair, build_pairs
from tests.fakes import make_hit

from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_server.answers.passages import cite
from askdocs_server.answers.verification.checker import (
    NEARNESS_MIN,
    Checker,
    Nearness,
    unknown_nearness,
)
from askdocs_server.text.segments import units

_PARTS = ("rules", "dev", "held-out")


class _Known:
    """Nearness from vectors that were computed before; `asked` counts how often it was needed."""

    def __init__(self, pairs: Sequence[Pair], embedder: Embedder) -> None:
        texts = {unit.text for pair in pairs for unit in units(pair.passage)}
        ordered = sorted(texts | {pair.sentence for pair in pairs})
        self._vectors = dict(zip(ordered, embedder.encode_passages(ordered), strict=True))
        self._unrelated = embedder.unrelated
        self.asked = 0

    async def __call__(self, text: str, others: Sequence[str]) -> Mapping[str, float]:
        self.asked += 1
        # The check has taken the list mark away.
        vector = self._vectors.get(text)
        return {} if vector is None else {one: self._near(vector, one) for one in others}

    def best(self, pair: Pair) -> float:
        """Return how near the passage's nearest sentence comes."""
        vector = self._vectors[pair.sentence]
        return max((self._near(vector, unit.text) for unit in units(pair.passage)), default=0.0)

    def _near(self, vector: np.ndarray, text: str) -> float:
        return (float(self._vectors[text] @ vector) - self._unrelated) / (1 - self._unrelated)


async def _judged(pairs: Sequence[Pair], near: Nearness, *, strict: bool = False) -> list[bool]:
    found = []
    for pair in pairs:
        checker = Checker(cite([make_hit(pair.passage, pair.title)]), near, strict=strict)
        found.append((await checker.check(pair.sentence)).supported is True)
    return found


def _part(pair: Pair) -> str:
    return pair.kind.split(":")[0] if pair.kind.startswith(("dev:", "held-out:")) else "rules"


def _print_totals(name: str, pairs: Sequence[Pair], judged: Sequence[bool]) -> None:
    columns = []
    for part in _PARTS:
        rows = [
            (pair.is_supported, found)
            for pair, found in zip(pairs, judged, strict=True)
            if _part(pair) == part
        ]
        kept = [found for is_true, found in rows if is_true]
        passed = [found for is_true, found in rows if not is_true]
        columns.append(
            f"{sum(kept):4d} of {len(kept):4d}  {len(passed) - sum(passed):4d} of {len(passed):4d}"
        )
    print(f"{name:34s}  " + "  ".join(f"{column:>26s}" for column in columns))


async def _print_time(pairs: Sequence[Pair]) -> None:
    """Print what an answer of eight sentences about four passages takes, by words."""
    taken = []
    for start in range(0, len(pairs) - 4, 4):
        some = pairs[start : start + 4]
        citations = cite([make_hit(p.passage, p.title, f"{n}.md") for n, p in enumerate(some)])
        begun = time.process_time()
        checker = Checker(citations)
        for pair in [*some, *some]:
            await checker.check(pair.sentence)
        taken.append(1000 * (time.process_time() - begun))
    median, most = np.percentile(taken, [50, 99])
    print(f"\nCPU ms for 8 sentences and 4 passages: median {median:.1f}, 99 of 100 {most:.1f}")


def _print_kinds(pairs: Sequence[Pair], judged: Mapping[str, Sequence[bool]]) -> None:
    names = list(judged)
    print(f"\n{'judged right':34s}  count  " + "  ".join(f"{name:>14s}" for name in names))
    kinds: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        kinds[not pair.is_supported, pair.kind].append(number)
    for (is_false, kind), numbers in sorted(kinds.items()):
        shares = [np.mean([judged[name][n] is not is_false for n in numbers]) for name in names]
        label = f"{'false' if is_false else 'true'}: {kind}"
        print(f"{label:34s}  {len(numbers):5d}  " + "  ".join(f"{s:14.3f}" for s in shares))


async def _run(pairs: Sequence[Pair]) -> None:
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    known = _Known(pairs, embedder)
    near = [known.best(pair) >= NEARNESS_MIN for pair in pairs]
    words = await _judged(pairs, unknown_nearness)
    both = await _judged(pairs, known)
    strict = await _judged(pairs, unknown_nearness, strict=True)
    print(f"{'true kept, false caught':34s}  " + "  ".join(f"{part:>26s}" for part in _PARTS))
    _print_totals(f"meaning alone (nearness {NEARNESS_MIN})", pairs, near)
    _print_totals("words alone", pairs, words)
    _print_totals("words, where open meaning", pairs, both)
    _print_totals("words in order (small models)", pairs, strict)
    print(f"meaning was asked for {known.asked} of {len(pairs)} sentences")
    await _print_time(pairs)
    _print_kinds(pairs, {"meaning": near, "words": words, "both": both, "in order": strict})


def main() -> None:
    """Build the pairs, judge them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", nargs="+", type=Path, help="folders of documentation")
    parser.add_argument("--passages", type=int, default=70, help="passages of each folder")
    options = parser.parse_args()
    pairs = build_pairs(options.docs, options.passages)
    if not pairs:
        raise SystemExit("There is no documentation in these folders.")
    asyncio.run(_run(pairs))


if __name__ == "__main__":
    main()
