"""How fast documents are read, and how much of what they show is in their passages.

    python -m tests.bench.bench_read [FOLDER …] [--least N]

Without a folder it reads the documentation of this project. Each format is read as indexing reads
it, with what pages include, and cut into chunks that fit the bundled embedding model. The floor is
to split the same text into words. Times are of the processor, per core. Pages that hold less than
the share `--least` are named.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.bench.measurement import Measurement, run

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.embedding.window import Window
from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.coverage import coverage
from askdocs_indexer.ingest.dependencies import Dependencies
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_page, is_wanted, reader_within
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings

PROJECT = Path(__file__).parents[2] / "docs"
WORD = re.compile(r"\w+")


@dataclass
class Format:
    """What was read of one format; sizes in bytes, times in seconds."""

    size: int = 0
    chunks: int = 0
    seconds: float = 0.0
    floor: float = 0.0
    coverages: list[tuple[float, str]] = field(default_factory=list)


def read(folder: Path, docs: DocsSettings, window: Window, formats: dict[str, Format]) -> None:
    """Read the documents of a folder."""
    selection = Selection(folder.resolve(), docs, lambda key: is_wanted(key, docstrings=True))
    for path in selection.scan():
        dependencies = Dependencies(selection, docs.max_file_bytes)
        text = dependencies.text(path)
        reader = reader_within(selection.root, path, dependencies.note)
        if text is None or reader is None:
            continue
        suffix = PurePosixPath(path).suffix.lower()
        row = formats["sources" if is_source(path) else suffix or "no suffix"]
        started = time.thread_time()
        sections = reader(text, path, dependencies.included)
        chunks = chunks_of(path, sections, docs.chunk_characters, window)
        row.seconds += time.thread_time() - started
        started = time.thread_time()
        WORD.findall(text)
        row.floor += time.thread_time() - started
        row.size += len(text.encode())
        row.chunks += len(chunks)
        if is_page(path):
            row.coverages.append((coverage(text, chunks), f"{folder.name}/{path}"))


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Yield the speed for each format and how much it holds; name the pages that lose most."""
    formats: dict[str, Format] = defaultdict(Format)
    window = SentenceTransformerEmbedder(EmbeddingSettings(model="bundled")).window
    for folder in options.folders:
        read(folder, DocsSettings(), window, formats)
    for name, row in sorted(formats.items(), key=lambda item: -item[1].size):
        megabytes = row.size / 1e6
        what = f"{name}, {megabytes:.2f} MB, {row.chunks} chunks"
        floor = megabytes / max(row.floor, 1e-9)
        yield Measurement(f"read {what}", megabytes / row.seconds, "MB/CPU s", floor=floor)
        if shares := sorted(row.coverages):
            mean = sum(share for share, _ in shares) / len(shares)
            yield Measurement(f"words held of {name}, mean", mean)
        for share, path in shares[:3]:
            if share < options.least:
                print(f"{share:.2f} of {path}", file=sys.stderr)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="*", type=Path, default=[PROJECT])
    parser.add_argument("--least", type=float, default=0.8)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
