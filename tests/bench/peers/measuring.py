"""What one program takes to index a corpus and to search it, and how well it answers."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.peers.corpora import Corpus, Retrieval, Span, score
from tests.bench.peers.running import Server, Session, opened, serving
from tests.bench.peers.tools import Tool, Workspace
from tests.bench.processes import (
    CommandError,
    Usage,
    last_words,
    median_of,
    run_command,
    tree_cpu,
    tree_memory,
)

COLD_QUERIES = 3
WARM_UP = 3
_SAVES = 5
_FOUND_SECONDS = 60.0
_POLL_SECONDS = 0.02


@dataclass(slots=True)
class Figures:
    """What was measured of one program on one corpus, by the name of the row."""

    usages: dict[str, Usage] = field(default_factory=dict)
    retrieval: Retrieval | None = None
    problem: str = ""


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
    for question in corpus.questions[:COLD_QUERIES]:
        step("cold", tool.search(workspace, question.text))


def _warm(
    tool: Tool, corpus: Corpus, workspace: Workspace, server: Server, figures: Figures
) -> None:
    """Ask all questions of an open session."""
    hits, walls, before = [], [], 0.0
    with opened(tool, workspace) as session:
        for number, question in enumerate(corpus.questions):
            if number == WARM_UP:
                server.cpu()
                before = tree_cpu(session.pid)
            started = time.perf_counter()
            hits.append(session.search(question.text))
            walls.append(time.perf_counter() - started)
        later = walls[WARM_UP:]
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
