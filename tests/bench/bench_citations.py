"""How well the check of citations tells what a passage says from what it does not.

    make bench-citations DOCS="FOLDER …"

Prints precision and recall of words alone, of nearness in meaning alone and of both, and for each
kind of sentence how many are judged right. The folders are any documentation; those that the
sentences written by hand are about bring these along.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tests.bench.citation_pairs import Pair, build_pairs
from tests.fakes import make_hit

from askdocs_indexer.embed import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_server.citations import NEARNESS_MIN, Checker, Nearness, unknown_nearness
from askdocs_server.passages import cite
from askdocs_server.units import units


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


def _print_totals(name: str, pairs: Sequence[Pair], judged: Sequence[bool]) -> None:
    columns = []
    for written in (False, True):
        rows = [
            (pair.is_supported, found)
            for pair, found in zip(pairs, judged, strict=True)
            if pair.kind.startswith("written") is written
        ]
        right = sum(is_true and found for is_true, found in rows)
        precision = right / max(sum(found for _, found in rows), 1)
        recall = right / max(sum(is_true for is_true, _ in rows), 1)
        columns.append(f"{precision:5.3f} / {recall:5.3f}")
    print(f"{name:34s}  {columns[0]:>15s}  {columns[1]:>15s}")


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
    print(f"{'precision / recall':34s}  {'by rules':>15s}  {'by hand':>15s}")
    _print_totals(f"meaning alone (nearness {NEARNESS_MIN})", pairs, near)
    _print_totals("words alone", pairs, words)
    _print_totals("words, where open meaning", pairs, both)
    _print_totals("words in order (small models)", pairs, strict)
    print(f"meaning was asked for {known.asked} of {len(pairs)} sentences")
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
