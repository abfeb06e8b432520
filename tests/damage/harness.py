"""Documents, the index over them, ways to damage it, and how it is found to have healed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Contents, contents, differences, rebuilt, synced, until

from askdocs_indexer.paths import index_folder
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.types import SyncReport
from askdocs_indexer.workspace import WorkspaceIndex

# Searches to compare. They are exact only while there are fewer chunks than a search looks at.
WORDS = ("topic3", "donkeys3")

# What an index consists of, by role: a pattern below its folder.
ROLES = {
    f"vectors: {role}": f"index.db/collections/vectors_*/{pattern}"
    for role, pattern in {
        "rows": "**/data/*.parquet",
        "deleted rows": "**/delta/*.parquet",
        "index": "**/*.idx",
        "log of rows": "wal/*data*",
        "log of deletions": "wal/*delta*",
        "list of files": "manifest.json",
        "list of files of before": "manifest.json.prev",
        "schema": "schema.json",
    }.items()
} | {"texts": "texts_*.sqlite", "texts: log": "texts_*.sqlite-wal"}


@dataclass(frozen=True)
class Remains:
    """What a killed process left: its index folder, the documents since, and what they give."""

    root: Path
    folder: Path
    truth: Contents


def page(number: int, word: str = "horses", parts: int = 5) -> str:
    head = f"# Page {number}\n\nAn introduction.\n"
    sections = (
        f"\n## `mod{number}.call{part}(a)`\n\nOf topic{number * 10 + part} and {word}{part} here.\n"
        for part in range(parts)
    )
    return head + "".join(sections)


def write(root: Path, number: int, word: str = "horses", parts: int = 5, top: str = "") -> None:
    (root / f"page{number}.md").write_text(top + page(number, word, parts))


@contextmanager
def opened(root: Path, *, watched: bool = False) -> Iterator[WorkspaceIndex]:
    """Open the index of a folder, `watched` until it is in step with the folder and all is open."""
    index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), FakeEmbedder())
    try:
        index.open()
        if watched:
            index.start()
            until(lambda: is_ready(index) and is_warm(index))
        yield index
    finally:
        index.close()


def is_ready(index: WorkspaceIndex) -> bool:
    """Whether an index has looked at its folder and has nothing left to do."""
    status = index.status()
    return status.state == "ready" and status.generation > 0 and not status.pending_files


def is_warm(index: WorkspaceIndex) -> bool:
    """Whether an index has opened its vectors, as it does behind a first look."""
    return index._open is not None and index._open.store._index is not None


def asked(index: WorkspaceIndex) -> bool:
    """Ask in every way, which must never raise; return whether the first page is found."""
    index.document(["mod1.call1"], 5)
    return any("topic3 " in hit.chunk.text for hit in index.passages("topic3", 20).hits)


def found(index: WorkspaceIndex, word: str) -> bool:
    """Whether a search for a word finds a passage with it."""
    return any(word in hit.chunk.text.split() for hit in index.search(word, 50))


def work_of(report: SyncReport) -> int:
    return report.embedded + report.reused + report.moved + report.deleted


def set_aside(root: Path) -> set[tuple[str, int]]:
    """Return the names and inodes of the damaged databases that were moved out of the way."""
    found = index_folder(root).glob("*.damaged")
    return {(path.name, path.lstat().st_ino) for path in found}


def check_equal(index: WorkspaceIndex, truth: Contents, when: str) -> None:
    """Compare an index with a clean rebuild."""
    told = differences(contents(index, tuple(truth.found)), truth)
    assert not told, f"{when}:\n" + "\n".join(told)


def check_heals(root: Path, truth: Contents) -> str:
    """Open, ask and sync: equal to a clean rebuild, now and later; return what the status says."""
    before = set_aside(root)
    with opened(root) as index:
        asked(index)
        synced(index)
        status = index.status()
        assert status.state == "ready"
        assert (set_aside(root) != before) == ("damaged" in status.detail)
        if "damaged" in status.detail:  # What was made anew reopens as always.
            check_equal(index, truth, "after a rebuild")
            return status.detail
        assert answers(index) == truth.found
    with opened(root) as index:
        assert work_of(synced(index)) == 0
        assert index.status().detail == ""
        check_equal(index, replace(truth, found={}), "after reopening")
    return status.detail


def answers(index: WorkspaceIndex) -> dict[str, tuple[tuple[str, float], ...]]:
    """Search for the words to compare, as in Contents."""
    return {
        word: tuple((hit.chunk.id, round(hit.score, 9)) for hit in index.search(word, 10))
        for word in WORDS
    }


def check_in_step(index: WorkspaceIndex, root: Path) -> None:
    """Wait for a watched index and compare; then reopen it and compare again."""
    truth = rebuilt(root, WORDS)
    until(lambda: is_ready(index) and index.status().files == len(truth.files))
    check_equal(index, truth, "while it is open")
    index.close()
    with opened(root) as again:
        synced(again)
        check_equal(again, truth, "after reopening")


def newest(folder: Path, role: str) -> Path:
    """Return the newest file of a role: what is older has often been replaced by it."""
    files = sorted(folder.glob(ROLES[role]))
    assert files, f"this index has no {role}"
    return files[-1]


def scramble(file: Path) -> None:
    file.write_bytes(random.Random(7).randbytes(file.stat().st_size))


def replaced(content: bytes) -> Callable[[Path], None]:
    """Return a damage that leaves a file with `content` in place of the database."""

    def damage(database: Path) -> None:
        shutil.rmtree(database)
        database.write_bytes(content)

    return damage


def removed(pattern: str) -> Callable[[Path], None]:
    """Return a damage that removes what matches."""

    def damage(database: Path) -> None:
        found = [*database.parent.glob(pattern)]
        assert found, pattern
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def scramble_all(pattern: str) -> Callable[[Path], None]:
    """Return a damage that overwrites every file that matches."""

    def damage(database: Path) -> None:
        for file in database.parent.glob(pattern):
            scramble(file)

    return damage


def in_child(
    function: Callable[..., None], cache: Path, *arguments: object, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Call a function of a test module in a process of its own, with an index cache.

    It gets the arguments as text, those with a slash as paths.
    """
    read = "*(Path(one) if '/' in one else one for one in sys.argv[1:])"
    imports = f"from {function.__module__} import {function.__name__} as function"
    code = f"import sys; from pathlib import Path; {imports}; function({read})"
    return subprocess.run(
        [*before, sys.executable, "-c", code, *map(str, arguments)],
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        timeout=80,
    )
