"""Questions about projects, with what the search says to them.

Folders are named owner+name, as `projects/README.md` lays them out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.index import open_index
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_wanted
from askdocs_indexer.retrieval.searcher import Results, Searcher
from askdocs_indexer.retrieval.sureness import Signs
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.types import Chunk
from askdocs_indexer.workspace import WorkspaceIndex

OWN = Path(__file__).parent / "projects" / "questions.jsonl"
DEPTH = 10


@dataclass(frozen=True)
class Question:
    """A question about a project; `expected` are the places that answer it, if any."""

    id: str
    project: str
    text: str
    expected: tuple[dict[str, Any], ...]

    def is_answered_by(self, chunk: Chunk) -> bool:
        """Return whether a chunk overlaps one of the places that answer."""
        return any(
            chunk.path == lines["path"]
            and chunk.start_line <= lines["end_line"]
            and lines["start_line"] <= chunk.end_line
            for lines in self.expected
        )


@dataclass(frozen=True)
class Asked:
    """A question with its results; `rank` is that of the first hit that answers, 0 for none."""

    question: Question
    results: Results
    signs: Signs
    rank: int


def questions_in(files: Iterable[Path]) -> list[Question]:
    """Read questions, one JSON object a line."""
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [
        Question(row["id"], row["repo"], row["question"], tuple(row["expected"])) for row in rows
    ]


def ask(
    sources: Path, questions: Iterable[Question], embedder: SentenceTransformerEmbedder
) -> Iterator[Asked]:
    """Index the projects that lie in `sources`, and ask each its questions."""
    by_project: dict[str, list[Question]] = {}
    for question in questions:
        by_project.setdefault(question.project, []).append(question)
    for project, of_project in sorted(by_project.items()):
        root = (sources / project.replace("/", "+")).resolve()
        if not root.is_dir():
            continue
        index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), embedder)
        index.open()
        index.sync()
        index.close()
        selection = Selection(root, DocsSettings(), is_wanted)
        opened = open_index(selection, DocsSettings(), IndexSettings(), embedder)
        opened.store.open_vectors()
        try:
            yield from (_asked(opened.searcher, question) for question in of_project)
        finally:
            opened.close()


def _asked(searcher: Searcher, question: Question) -> Asked:
    results = searcher.results(question.text, DEPTH)
    signs = searcher.signs(question.text, results)
    ranks = (
        rank for rank, hit in enumerate(results.hits, start=1) if question.is_answered_by(hit.chunk)
    )
    if signs is None:
        raise ValueError(f"the index of {question.project} is empty")
    return Asked(question, results, signs, next(ranks, 0))
