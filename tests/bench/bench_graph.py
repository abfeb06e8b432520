"""How long the symbol graph takes: reading facts, loading it, following a save, resolving a name.

    python -m tests.bench.bench_graph [FOLDER …] [--copies N]

Without a folder it reads the sources of this project. `--copies` reads them so many times under
other paths, as a large workspace would have. The floor of reading is to parse the same files with
tree-sitter; a name's is to parse its file. Times are of the processor, per core.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measurement import Measurement, percentile, run
from tree_sitter import Node, Parser

from askdocs_indexer.grammars import grammar_of
from askdocs_indexer.languages.facts import dumped
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import is_package_file, language_of
from askdocs_indexer.readers.decoding import decode
from askdocs_indexer.symbols.facts import read_facts, stored_graph
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_indexer.types import FileRow

PROJECT = Path(__file__).parents[2]
NAMES = 2_000


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    """Append the seconds of processor time that a block takes."""
    started = time.thread_time()
    yield
    seconds.append(time.thread_time() - started)


def sources(folders: list[Path], copies: int) -> dict[str, str]:
    """Return the texts of all sources and package files by path."""
    files = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            path = file.relative_to(folder).as_posix()
            is_read = language_of(path) or is_package_file(path)
            if is_read and file.is_file() and not {"node_modules", ".venv"} & {*file.parts}:
                files[f"{folder.name}/{path}"] = decode(file.read_bytes())
    return {f"copy{n}/{path}": text for n in range(copies) for path, text in files.items()}


def reading(files: dict[str, str]) -> tuple[list[FileRow], list[Measurement]]:
    """Read all facts; returns manifest rows with them, and the speed for each language."""
    spent: dict[str, list[float]] = defaultdict(list)
    floors: dict[str, list[float]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    rows = []
    for path, text in files.items():
        language = language_of(path) or "packages"
        sizes[language] += len(text.encode())
        with timed(spent[language]):
            facts = read_facts(path, text)
        grammar = grammar_of(language)
        if grammar is not None:
            with timed(floors[language]):
                Parser(grammar).parse(text.encode("utf-8", "replace"))
        rows.append(FileRow(path, 0, 0, "", 0, facts=dumped(facts)))
    speeds = []
    for language, size in sizes.most_common():
        floor = sum(floors[language])
        speed = size / 1e6 / sum(spent[language])
        what = f"facts read of {language}, {size / 1e6:.2f} MB"
        least = size / 1e6 / floor if floor else None
        speeds.append(Measurement(what, speed, "MB/CPU s", floor=least))
    return rows, speeds


def loading(files: dict[str, str], rows: list[FileRow]) -> Iterator[Measurement]:
    """Load the graph from its rows, change a file, and look names up."""
    seconds: list[float] = []
    with timed(seconds):
        graph = stored_graph(rows)
    declared = sum(len(facts.declarations) for row in rows if (facts := graph.facts(row.path)))
    what = f"graph of {len(graph)} files, {declared} declarations"
    yield Measurement(f"{what}: loaded", seconds[0], "CPU s")
    tracemalloc.start()
    again = stored_graph(rows)
    yield Measurement(f"{what}: memory", tracemalloc.get_traced_memory()[0] / 2**20, "MiB")
    tracemalloc.stop()
    del again
    saves: list[float] = []
    for path in list(files)[:200]:
        facts = graph.facts(path)
        graph.put(path, None)
        with timed(saves):
            graph.put(path, facts)
    yield Measurement(f"{what}: a save at most", 1000 * max(saves), "CPU ms")
    looks: list[float] = []
    for parsed, line, column in positions(files):
        with timed(looks):
            symbol_in(parsed, line, column, graph)
    for share, name in ((0.5, "median"), (0.95, "95 %")):
        look = 1000 * percentile(looks, share)
        yield Measurement(f"{what}: a name, {name}", look, "CPU ms")


def positions(files: dict[str, str]) -> Iterator[tuple[Parsed, int, int]]:
    """Yield identifiers spread over the files; each file is parsed and read once before."""
    step = max(1, len(files) // 200)
    for path in list(files)[::step]:
        language = language_of(path)
        if language is None:
            continue
        parsed = Parsed(files[path], language, path)
        nodes = [*identifiers(parsed.tree.root_node)] if parsed.tree is not None else []
        for node in nodes[:: max(1, len(nodes) * 200 // NAMES)]:
            line, column = parsed.position_of(node.start_byte)
            yield parsed, line, column


def identifiers(node: Node) -> Iterator[Node]:
    """Yield the names below a node."""
    if not node.child_count and "identifier" in node.type:
        yield node
    for child in node.children:
        yield from identifiers(child)


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Read the sources, and use their graph."""
    folders = options.folders or [PROJECT / "server", PROJECT / "indexer"]
    files = sources(folders, options.copies)
    rows, speeds = reading(files)
    yield from speeds
    yield from loading(files, rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--copies", type=int, default=1)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
