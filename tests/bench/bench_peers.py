"""askdocs beside other programs that search documentation by meaning, on the same weights.

    python -m tests.bench.bench_peers --docs FOLDER … --questions FILE … [--files N]

Each folder goes with a file of questions (see `peers/corpora.py`). `make bench-peers` installs the
programs first, each into an environment of its own. A program that cannot be run gets a row that
says so, with its own error.

Each command (index, index again, index after an edit, search) is a process of its own, as a user
would start it; the times are those of all its processes. A warm query goes to a session that is
open already. Floors of the same run: plain sentence-transformers over the same chunks, BM25 alone,
and numpy over all vectors.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measurement import Measurement, PeerFigure, run
from tests.bench.peers import tools
from tests.bench.peers.corpora import DEPTH, Corpus, Retrieval, Span, load_corpus, score
from tests.bench.peers.measuring import COLD_QUERIES, WARM_UP, Figures, measure_tool
from tests.bench.peers.tools import Workspace
from tests.bench.processes import Usage, median_of, run_command

from askdocs_indexer.embedding.loading import locate_model

_PROJECT = Path(__file__).parents[2]
# Loads the model by plain sentence-transformers and embeds one query.
_ENCODE_ONE = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode([sys.argv[2]])
"""


def floors(corpus: Corpus, top: Path, model: Path) -> tuple[Any, Usage]:
    """Return what `floors.py` says, and what a cold process takes to embed one query."""
    root, queries = top / "floors", top / "queries.json"
    corpus.lay_out(root)
    queries.write_text(json.dumps([question.text for question in corpus.questions]))
    home = top / "floor-home"
    home.mkdir()
    environment = Workspace(root, home, model).environment
    command = [sys.executable, "-m", "tests.bench.peers.floors", str(root), str(model)]
    measured = run_command([*command, str(queries)], environment, _PROJECT)
    encode = [sys.executable, "-c", _ENCODE_ONE, str(model), corpus.questions[0].text]
    cold = [run_command(encode, environment, _PROJECT).usage for _ in range(COLD_QUERIES)]
    return json.loads(measured.output.splitlines()[-1]), median_of(cold)


def rows(
    corpus: Corpus, own: Figures, peers: dict[str, Figures], floor: Any, cold: Usage
) -> Iterator[Measurement]:
    """Lay the figures of a corpus out; each figure in seconds or MiB stands beside its peers'."""

    def row(
        what: str,
        name: str,
        unit: str,
        figure: Callable[[Usage], float],
        wall: Callable[[Usage], float] = lambda usage: 0.0,
        least: float | None = None,
    ) -> Measurement:
        def cell(peer: str, figures: Figures) -> PeerFigure:
            usage = figures.usages.get(name)
            if usage is not None:
                return PeerFigure(peer, figure(usage), wall=wall(usage) or None)
            return PeerFigure(peer, problem="failed" if figures.problem else "has none")

        usage = own.usages.get(name)
        return Measurement(
            f"{corpus.name}: {what}",
            figure(usage) if usage else None,
            unit,
            wall=(wall(usage) or None) if usage else None,
            floor=least,
            peers=tuple(cell(*peer) for peer in peers.items()),
            problem="" if usage else "failed",
        )

    def seconds(what: str, name: str, least: float | None = None) -> Measurement:
        return row(what, name, "CPU s", lambda one: one.cpu, lambda one: one.wall, least)

    count = f"{len(corpus.pages)} pages, {floor['chunks']} chunks of askdocs'"
    yield seconds(f"cold index ({count})", "index", floor["encode"]["cpu"])
    yield row("memory at most, cold index", "index", "MiB", lambda one: one.memory)
    yield seconds("index again, nothing changed", "again")
    yield seconds("index again, one page edited", "edit", cold.cpu)
    yield seconds("search, cold", "cold", cold.cpu)
    yield row(
        f"search, warm ({len(corpus.questions) - WARM_UP} questions)",
        "warm",
        "CPU ms",
        lambda one: 1000 * one.cpu,
        lambda one: 1000 * one.wall,
        1000 * floor["dense"]["cpu"],
    )
    yield row("memory of the open session", "warm", "MiB", lambda one: one.memory)
    yield row("a watched save until it is found", "save", "s", lambda one: one.wall)
    yield from _retrieval(corpus, own, peers, floor)
    for name, figures in {"askdocs": own, **peers}.items():
        if figures.problem:
            yield Measurement(f"{corpus.name}: {name}", problem=f"failed: {figures.problem}")


def _retrieval(
    corpus: Corpus, own: Figures, peers: dict[str, Figures], floor: Any
) -> Iterator[Measurement]:
    def scored(way: str) -> Retrieval:
        hits = [[Span(**hit) for hit in row] for row in floor[way]["hits"]]
        return score(corpus.questions, hits)

    columns: dict[str, Retrieval | None] = {name: peers[name].retrieval for name in peers}
    columns |= {"BM25 alone": scored("words"), "vectors alone": scored("dense")}
    for attribute, what in (
        ("recall_1", f"R@1 of {len(corpus.questions)} questions"),
        ("recall_5", "R@5"),
        ("mrr", f"MRR@{DEPTH}"),
        ("lines", "lines of the first hit, mean"),
    ):
        yield Measurement(
            f"{corpus.name}: {what}",
            getattr(own.retrieval, attribute, None),
            problem="" if own.retrieval else "failed",
            peers=tuple(
                PeerFigure(name, getattr(column, attribute, None), "" if column else "failed")
                for name, column in columns.items()
            ),
        )


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Measure all programs on each corpus."""
    if len(options.docs) != len(options.questions):
        sys.exit("Give as many files of questions as folders, in the same order.")
    try:
        pairs = zip(options.docs, options.questions, strict=True)
        corpora = [load_corpus(folder.resolve(), file, options.files) for folder, file in pairs]
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    model = Path(locate_model("bundled")[0])
    for corpus in corpora:
        with TemporaryDirectory(prefix="askdocs-peers-") as top:
            floor, cold = floors(corpus, Path(top), model)
            own, *others = (
                measure_tool(tool, corpus, Path(top), model)
                for tool in (tools.askdocs(), tools.memsearch(), tools.vectorcode())
            )
        names = ("memsearch", "VectorCode")
        yield from rows(corpus, own, dict(zip(names, others, strict=True)), floor, cold)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--docs", type=Path, nargs="+", required=True, metavar="FOLDER")
    parser.add_argument("--questions", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--files", type=int, default=0, help="so many pages of each (0: all)")


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
