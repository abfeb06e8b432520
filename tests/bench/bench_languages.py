"""How well passages are found in languages that the bundled embedding model does not know.

    make bench-languages

Prints for each language how often the right section comes first for a word of it, often in another
form than in the text, and for a question in other words; and how often among the first three. The
little manuals lie in `languages/`, and so do their questions: [section, word, question].
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.measurement import Measurement, run

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

_FOLDER = Path(__file__).parent / "languages"
_DEPTH = 3


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Measure each language in an index of its own, and all of them in one."""
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(model=options.model))
    questions = json.loads((_FOLDER / "questions.json").read_text("utf-8"))
    for language in questions:
        yield from _measure([language], questions, embedder, print_missed=options.missed)
    yield from _measure([*questions], questions, embedder, print_missed=False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="bundled", help="as in the setting embedding.model")
    parser.add_argument("--missed", action="store_true", help="print what is not found first")


def _measure(
    languages: Sequence[str],
    questions: dict[str, list[tuple[str, str, str]]],
    embedder: SentenceTransformerEmbedder,
    *,
    print_missed: bool,
) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as root:
        os.environ["XDG_CACHE_HOME"] = cache
        for language in languages:
            text = (_FOLDER / f"{language}.md").read_text("utf-8")
            (Path(root) / f"{language}.md").write_text(text, "utf-8")
        index = WorkspaceIndex(Path(root), DocsSettings(), IndexSettings(), embedder)
        index.open()
        index.sync()
        words, sentences = [], []
        for language in languages:
            for title, word, question in questions[language]:
                wanted = (f"{language}.md", title)
                words.append(_rank(index, word, wanted))
                sentences.append(_rank(index, question, wanted))
                for query, rank in ((word, words[-1]), (question, sentences[-1])):
                    if print_missed and rank != 1:
                        print(f"    {title}: {query} ({rank or 'not found'})")
        index.close()
    name = languages[0] if len(languages) == 1 else "all in one"
    for what, ranks, depth in (
        ("a word, R@1", words, 1),
        ("a question, R@1", sentences, 1),
        (f"a question, R@{_DEPTH}", sentences, _DEPTH),
    ):
        share = sum(0 < rank <= depth for rank in ranks) / len(ranks)
        yield Measurement(f"search in {name}: {what}", share)


def _rank(index: WorkspaceIndex, query: str, wanted: tuple[str, str]) -> int:
    """Return at which rank the wanted section comes, 0 if it is not among the first ten."""
    hits = [(hit.chunk.path, hit.chunk.title) for hit in index.search(query, 10)]
    return hits.index(wanted) + 1 if wanted in hits else 0


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
