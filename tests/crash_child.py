"""Edits a folder at random and indexes it, until it is killed: `crash_child.py ROOT SEED`."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

WORDS = ("horses", "cows", "ponies", "apples", "river", "mountain", "engine", "window")
NAMES = tuple(f"{folder}file{number}.md" for folder in ("", "a/", "a/b/") for number in range(6))


class Editor:
    """Random edits of the documents below a folder, the same for the same seed."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)

    def edit(self) -> None:
        """Make one edit."""
        path = self.root / self.random.choice(NAMES)
        path.parent.mkdir(parents=True, exist_ok=True)
        one = (self._create, self._change, self._insert, self._rename, self._delete, self._ignore)
        self.random.choices(one, weights=(6, 6, 5, 3, 2, 1))[0](path)

    def _section(self, number: int) -> str:
        words = " ".join(self.random.choices(WORDS, k=6))
        symbol = f"`mod{self.random.randrange(9)}.call{number}(a)`"
        return f"## {self.random.choice((symbol, f'Part {number}'))}\n\nOf {words}.\n"

    def _create(self, path: Path) -> None:
        count = self.random.choice((1, 5, 40))
        sections = "\n".join(self._section(number) for number in range(count))
        path.write_text(f"# Title\n\n{self.random.choice(WORDS)}\n\n{sections}")

    def _lines(self, path: Path) -> list[str]:
        return path.read_text().split("\n") if path.is_file() else []

    def _change(self, path: Path) -> None:
        lines = self._lines(path)
        for place in range(len(lines)):
            if lines[place].startswith("Of") and self.random.random() < 0.2:
                lines[place] = f"Of {' '.join(self.random.choices(WORDS, k=6))}."
        path.write_text("\n".join(lines))

    def _insert(self, path: Path) -> None:
        lines = self._lines(path)
        lines.insert(self.random.choice((0, self.random.randint(0, len(lines)))), "")
        path.write_text("\n".join(lines))

    def _rename(self, path: Path) -> None:
        if path.is_file():
            path.rename(self.root / "a" / Path(self.random.choice(NAMES)).name)

    def _delete(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def _ignore(self, path: Path) -> None:
        (path.parent / ".gitignore").write_text(self.random.choice(("", "file3.md\n", "b/\n")))


def main(root: Path, seed: int) -> None:
    """Edit and index for ever."""
    import pymilvus  # noqa: F401 - loaded before the clock of the killer starts

    print("begun", flush=True)
    editor = Editor(root, seed)
    (root / "a").mkdir(exist_ok=True)
    while True:
        index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), FakeEmbedder())
        index.open()
        for _ in range(editor.random.randint(1, 40)):
            for _ in range(editor.random.randint(1, 6)):
                editor.edit()
            if editor.random.random() < 0.05:
                index.reindex()
            index.sync()
        index.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
