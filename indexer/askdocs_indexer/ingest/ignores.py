"""What git leaves out: its ignore rules, matched by pathspec, and linked worktrees.

As gitignore(5) has it, the user's own excludes file is weaker than the clone's `info/exclude`, and
that is weaker than the `.gitignore` files of the repository, of which the deepest with an opinion
decides. `.askdocsignore` files are like those, and stronger than the `.gitignore` beside them.
Only these count within another repository, such as a submodule, as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pathspec

from askdocs_indexer.globs import patterns
from askdocs_indexer.ingest.repositories import (
    Repository,
    excludes_file,
    repository_around,
    repository_at,
)
from askdocs_indexer.paths import read_file

_GITIGNORE, _ASKDOCSIGNORE = ".gitignore", ".askdocsignore"
_IGNORE_FILES = (_GITIGNORE, _ASKDOCSIGNORE)
_IGNORE_FILE_BYTES = 1_000_000


class Rules(NamedTuple):
    """Patterns and the folder that they are relative to. Those `of_git` end at its repository."""

    folder: Path
    spec: pathspec.GitIgnoreSpec
    of_git: bool = True


class Ignores:
    """The ignore rules of folders. In lists of them, the later are the stronger.

    The files are read anew each time; git is asked only once where the user's excludes file is.
    """

    def __init__(self) -> None:
        self._excludes: dict[Path, Path] = {}

    def above(self, base: Path) -> list[Rules]:
        """Return the rules that the rest of its repository has for a folder that is opened.

        Where they leave out that folder as a whole, they say nothing about its files: whoever opens
        it wants them.
        """
        repository = repository_around(base)
        if repository is None or repository.top == base:
            return []
        rules: list[Rules] = []
        folder = repository.top
        for part in base.relative_to(repository.top).parts:
            rules = self.within(folder, rules)
            folder /= part
            if ignoring(rules, folder, True):
                return []
        return rules

    def within(self, folder: Path, above: list[Rules]) -> list[Rules]:
        """Return the rules in a folder, of those above that hold for it and its own."""
        # Git follows no link to a `.gitignore`.
        files = [] if _is_link(folder / _GITIGNORE) else [folder / _GITIGNORE]
        if repository := repository_at(folder):
            above = [rules for rules in above if not rules.of_git]
            files = [self._excludes_of(repository), repository.exclude, *files]
        of_git = (Rules(folder, spec) for file in files for spec in _specs_in(file))
        own = (Rules(folder, spec, False) for spec in _specs_in(folder / _ASKDOCSIGNORE))
        return [*above, *of_git, *own]

    def ruled_by(self, file: Path) -> Path | None:
        """Return the folder for which a file says what is left out; None for other files."""
        if file.name in _IGNORE_FILES or file.name == ".git":
            return file.parent
        if file.parts[-3:] == (".git", "info", "exclude"):
            return file.parents[2]
        return next((top for top, excludes in self._excludes.items() if excludes == file), None)

    def _excludes_of(self, repository: Repository) -> Path:
        top = repository.top
        if top not in self._excludes:
            self._excludes[top] = excludes_file(top)
        return self._excludes[top]


def ignoring(rules: list[Rules], path: Path, is_folder: bool) -> Rules | None:
    """Return the rules by which git would ignore `path`, the strongest with an opinion; None where
    it would not."""
    for each in reversed(rules):
        relative = path.relative_to(each.folder).as_posix() + ("/" if is_folder else "")
        verdict = each.spec.check_file(relative).include
        if verdict is not None:
            return each if verdict else None
    return None


def is_second_copy(folder: Path, base: Path) -> bool:
    """Return whether a folder below `base` is a worktree of a repository that is there already.

    Where no working tree is the main one, each of them counts.
    """
    repository = repository_at(folder)
    if repository is None or not repository.is_linked:
        return False
    main, own = repository.main, repository_around(base)
    if own is not None and own.common == repository.common:
        return own.is_linked or main is not None
    return main is not None and main.is_relative_to(base)


def _specs_in(file: Path) -> Iterator[pathspec.GitIgnoreSpec]:
    """Yield the rules of a file, if it has any."""
    try:
        text = read_file(file, _IGNORE_FILE_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return
    if lines := tuple(line for line in text.splitlines() if line and not line.startswith("#")):
        yield patterns(lines)


def _is_link(path: Path) -> bool:
    """Return whether `path` is a link; False where it cannot be accessed."""
    try:
        return path.is_symlink()
    except OSError:
        return False
