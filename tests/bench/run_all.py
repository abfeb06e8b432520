"""All benchmarks that a machine without a GPU runs by itself, one after the other, in one table.

    python -m tests.bench.run_all --out FILE.md [--only NAME …] [--src FOLDER …]
        [--docs FOLDER … --questions FILE … [--files N]]

With `--src` the graph and the readers are measured on those folders, with `--docs` the search, and
with `--questions` too the programs that askdocs is compared with. Each benchmark is a process of
its own; what its processes took is in the table's heading. Ends with 1 where a ratio misses its
budget or a benchmark fails: a time depends on the machine, a ratio to a floor of the same run
hardly.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measurement import Measurement, parsed, table
from tests.bench.processes import CommandError, Usage, last_words, run_command

_PROJECT = Path(__file__).parents[2]
_MISSED = 1
NAMES = (
    *("index", "sync", "start", "hover", "search", "graph", "read", "languages", "rerank"),
    "peers",
)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark with its arguments."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a benchmark has measured, or why it has not."""

    benchmark: Benchmark
    measurements: Sequence[Measurement] = field(default=())
    usage: Usage = field(default=Usage(0.0, 0.0))
    problem: str = ""

    @property
    def has_failed(self) -> bool:
        return bool(self.problem) or any(row.misses_ratio for row in self.measurements)


def benchmarks(options: argparse.Namespace) -> list[Benchmark]:
    """Return what is to be run, with its arguments."""
    sources, documents = map(_texts, (options.src, options.docs))
    chosen = [
        Benchmark("index"),
        Benchmark("sync"),
        Benchmark("start"),
        Benchmark("hover"),
        *(Benchmark("search", (folder,)) for folder in documents or [str(_PROJECT / "docs")]),
        Benchmark("graph", sources),
        Benchmark("read", sources),
        Benchmark("languages"),
        Benchmark("rerank"),
    ]
    if documents and options.questions:
        questions = ("--questions", *_texts(options.questions), "--files", str(options.files))
        chosen.append(Benchmark("peers", ("--docs", *documents, *questions)))
    return [benchmark for benchmark in chosen if benchmark.name in (options.only or NAMES)]


def _texts(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(str(path.resolve()) for path in paths)


def outcome_of(benchmark: Benchmark) -> Outcome:
    """Run a benchmark in a process of its own."""
    with TemporaryDirectory(prefix="askdocs-bench-") as folder:
        result = Path(folder) / "figures.json"
        module = f"tests.bench.bench_{benchmark.name}"
        command = [sys.executable, "-m", module, *benchmark.arguments, "--json", str(result)]
        try:
            done = run_command(command, os.environ, _PROJECT, accepted=(0, _MISSED))
        except (CommandError, OSError) as error:
            return Outcome(benchmark, problem=str(error))
        if not result.is_file():  # It ended with that code for another reason.
            return Outcome(benchmark, problem=last_words(done.errors))
        return Outcome(benchmark, parsed(result.read_text("utf-8")), done.usage)


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the page: the machine, and a table for all; a benchmark that failed is a row of it."""
    yield "# Benchmarks of this machine\n\n"
    yield f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; "
    yield f"Python {platform.python_version()}\n\n"
    rows: list[Measurement] = []
    for outcome in outcomes:
        rows += outcome.measurements
        if outcome.problem:
            rows.append(Measurement(outcome.benchmark.name, problem=f"failed: {outcome.problem}"))
    yield table(rows)
    yield "\n"
    for outcome in outcomes:
        cpu, wall = outcome.usage.cpu, outcome.usage.wall
        yield f"- {outcome.benchmark.name}: {cpu:.0f} CPU s, {wall:.0f} s\n"


def processor() -> str:
    """Return the processor's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks and write the page; 1 where one has failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[], choices=NAMES)
    parser.add_argument("--src", type=Path, nargs="+", default=[])
    parser.add_argument("--docs", type=Path, nargs="+", default=[])
    parser.add_argument("--questions", type=Path, nargs="+", default=[])
    parser.add_argument("--files", type=int, default=0)
    options = parser.parse_args(arguments)
    outcomes = []
    for benchmark in benchmarks(options):
        print(f"{benchmark.name} …", file=sys.stderr, flush=True)
        outcomes.append(outcome_of(benchmark))
        # What is there already is not lost where a later one is interrupted.
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text("".join(report(outcomes)), encoding="utf-8")
    print(options.out.read_text("utf-8"))
    return int(any(outcome.has_failed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
