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
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measurement import Measurement, PeerFigure, run
from tests.bench.peers import tools
from tests.bench.peers.corpora import DEPTH, Corpus, Retrieval, Span, load_corpus, score
from tests.bench.peers.tools import Tool, Workspace
from tests.bench.processes import (
    CommandError,
    Usage,
    kill_group,
    last_words,
    median_of,
    run_command,
    tree_cpu,
    tree_memory,
)

from askdocs_indexer.embedding.loading import locate_model

_PROJECT = Path(__file__).parents[2]
_COLD_QUERIES = 3
_WARM_UP = 3
_SAVES = 5
_FOUND_SECONDS = 60.0
_POLL_SECONDS = 0.02
_SERVER_SECONDS = 120.0
# Loads the model by plain sentence-transformers and embeds one query.
_ENCODE_ONE = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode([sys.argv[2]])
"""


@dataclass(slots=True)
class Figures:
    """What was measured of one program on one corpus, by the name of the row."""

    usages: dict[str, Usage] = field(default_factory=dict)
    retrieval: Retrieval | None = None
    problem: str = ""


class Session:
    """A program that has an index open and answers queries."""

    def __init__(self, process: subprocess.Popen[str], tool: Tool, log: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._tool = tool
        self._log = log

    def search(self, query: str) -> list[dict[str, Any]]:
        """Return the hits, with paths as they are in the corpus."""
        assert self._process.stdin is not None
        print(json.dumps({"query": query, "limit": DEPTH}), file=self._process.stdin, flush=True)
        hits = self._reply()["hits"]
        return [{**hit, "path": hit["path"].removesuffix(self._tool.suffix)} for hit in hits]

    def wait(self) -> None:
        """Wait until it is ready."""
        self._reply()

    def _reply(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CommandError(last_words(self._log.read_text("utf-8", "replace")))
        return json.loads(line)


@contextmanager
def opened(tool: Tool, workspace: Workspace, *, watch: bool = False) -> Iterator[Session]:
    """Run a session. Raises CommandError where it does not start."""
    log = workspace.home / "session.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            tool.session_command(workspace, watch=watch),
            env=workspace.environment,
            cwd=workspace.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            session = Session(process, tool, log)
            session.wait()
            yield session
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
        finally:
            kill_group(process.pid)


class Server:
    """The server that a program needs, if it does; what it takes counts as the program's."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._counted = 0.0

    def cpu(self) -> float:
        """Return the processor time since it was last asked for, or since its start (s)."""
        if self._pid is None:
            return 0.0
        before, self._counted = self._counted, tree_cpu(self._pid)
        return self._counted - before

    def memory(self) -> float:
        """Return its memory (MiB)."""
        return 0.0 if self._pid is None else tree_memory(self._pid)


@contextmanager
def serving(tool: Tool, workspace: Workspace) -> Iterator[Server]:
    """Run the server of a program. Raises CommandError where it does not start."""
    if tool.server is None:
        yield Server()
        return
    log = workspace.home / "server.log"
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            tool.server(workspace),
            env=workspace.environment,
            cwd=workspace.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + _SERVER_SECONDS
            while not _listens(tool.port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise CommandError(last_words(log.read_text("utf-8", "replace")))
                time.sleep(_POLL_SECONDS)
            yield Server(process.pid)
        finally:
            kill_group(process.pid)


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def measure_tool(tool: Tool, corpus: Corpus, top: Path, model: Path) -> Figures:
    """Measure one program; what it could not do is in `problem`."""
    figures = Figures()
    root, home = top / tool.name / "docs", top / tool.name / "home"
    home.mkdir(parents=True)
    workspace = Workspace(root, home, model)
    try:
        tool.check_installed()
        corpus.lay_out(root, tool.suffix)
        tool.set_up(workspace)
        with serving(tool, workspace) as server:
            _commands(tool, corpus, workspace, server, figures)
            _warm(tool, corpus, workspace, server, figures)
        if tool.watches:
            with opened(tool, workspace, watch=True) as session:
                figures.usages["save"] = saves(session, _edited_page(tool, corpus, workspace))
    except (CommandError, OSError, subprocess.TimeoutExpired, TimeoutError) as error:
        figures.problem = last_words(str(error))
    return figures


def _commands(
    tool: Tool, corpus: Corpus, workspace: Workspace, server: Server, figures: Figures
) -> None:
    """Index and search by commands, each a process of its own."""
    usages: dict[str, list[Usage]] = {}

    def step(name: str, command: list[str]) -> None:
        usage = run_command(command, workspace.environment, workspace.root).usage
        usage = Usage(usage.cpu + server.cpu(), usage.wall, usage.memory + server.memory())
        print(f"{corpus.name}, {tool.name}: {name} {usage}", file=sys.stderr, flush=True)
        usages.setdefault(name, []).append(usage)
        figures.usages[name] = median_of(usages[name])

    step("index", tool.index(workspace))
    step("again", tool.index(workspace))
    _insert_line(_edited_page(tool, corpus, workspace), "The heron stands still in the reeds.")
    step("edit", tool.index(workspace))
    for question in corpus.questions[:_COLD_QUERIES]:
        step("cold", tool.search(workspace, question.text))


def _warm(
    tool: Tool, corpus: Corpus, workspace: Workspace, server: Server, figures: Figures
) -> None:
    """Ask all questions of an open session."""
    hits, walls, before = [], [], 0.0
    with opened(tool, workspace) as session:
        for number, question in enumerate(corpus.questions):
            if number == _WARM_UP:
                server.cpu()
                before = tree_cpu(session.pid)
            started = time.perf_counter()
            hits.append(session.search(question.text))
            walls.append(time.perf_counter() - started)
        later = walls[_WARM_UP:]
        cpu = (tree_cpu(session.pid) - before + server.cpu()) / max(1, len(later))
        memory = tree_memory(session.pid) + server.memory()
    figures.usages["warm"] = Usage(cpu, statistics.median(later or walls), memory)
    figures.retrieval = score(corpus.questions, [spans(row) for row in hits])


def spans(hits: Sequence[dict[str, Any]]) -> list[Span]:
    """Return where hits lie; one without lines overlaps nothing."""
    return [Span(hit["path"], hit["start_line"] or 0, hit["end_line"] or 0) for hit in hits]


def saves(session: Session, page: Path) -> Usage:
    """Save a page several times; returns how long the new line took to be found."""
    walls = []
    for number in range(_SAVES):
        word = f"kestrel{number}q"
        query = f"Where does the {word} hover?"
        _insert_line(page, f"The {word} hovers over the field at noon.")
        started = time.perf_counter()
        while not any(word in hit["text"] for hit in session.search(query)):
            if time.perf_counter() - started > _FOUND_SECONDS:
                raise TimeoutError(f"a save is not found after {_FOUND_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
        walls.append(time.perf_counter() - started)
    return Usage(0.0, statistics.median(walls))


def _edited_page(tool: Tool, corpus: Corpus, workspace: Workspace) -> Path:
    """Return the page of middle size, of those that answer nothing: an edit moves lines."""
    answering = {span.path for question in corpus.questions for span in question.relevant}
    others = [page for page in corpus.pages if page not in answering] or corpus.pages
    pages = sorted(others, key=lambda page: (corpus.folder / page).stat().st_size)
    return workspace.root / f"{pages[len(pages) // 2]}{tool.suffix}"


def _insert_line(page: Path, text: str) -> None:
    """Put a paragraph in the middle of a page, between two others."""
    paragraphs = page.read_text("utf-8").split("\n\n")
    middle = len(paragraphs) // 2
    page.write_text("\n\n".join([*paragraphs[:middle], text, *paragraphs[middle:]]), "utf-8")


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
    cold = [run_command(encode, environment, _PROJECT).usage for _ in range(_COLD_QUERIES)]
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
        f"search, warm ({len(corpus.questions) - _WARM_UP} questions)",
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
