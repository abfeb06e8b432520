"""Which files are documentation: ignore files, globs, links and formats.

Ignore rules are git's own, read by pathspec: nested `.gitignore` and `.askdocsignore` files, each
matched relative to its folder, where a pruned folder cannot be re-entered.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pathspec

from askdocs_indexer.ingest.unread import UnreadFiles, is_unread
from askdocs_indexer.languages.registry import is_package_file
from askdocs_indexer.paths import expanded
from askdocs_indexer.settings import DocsSettings

log = logging.getLogger(__name__)

IGNORE_FILES = (".gitignore", ".askdocsignore")

# Folders that hold no documentation of the project itself, whatever its ignore files say.
PRUNED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "site-packages",
    }
)


class Selection:
    """The files of a workspace that belong to its index.

    Keys are paths relative to the root with forward slashes; files of `docs.extra` folders, which
    lie outside the root, have absolute keys. `root / key` is the file in both cases.
    """

    def __init__(self, root: Path, docs: DocsSettings, readable: Callable[[str], bool]) -> None:
        self.root = root
        self.extra = tuple((root / expanded(folder)).resolve() for folder in docs.extra)
        self._readable = readable
        self._include = _patterns(docs.include) if docs.include else None
        self._exclude = _patterns(docs.exclude)
        self._links: set[str] = set()
        self._docstrings = docs.docstrings
        self.unread = UnreadFiles()

    @property
    def links(self) -> frozenset[str]:
        """The keys of the links met so far: no event tells of a change to their targets."""
        return frozenset(self._links)

    def key_of(self, path: Path) -> str | None:
        """Return the key of an absolute path, or None where it lies in no indexed folder."""
        if path == self.root:
            return ""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        inside_extra = any(path.is_relative_to(folder) for folder in self.extra)
        return path.as_posix() if inside_extra else None

    def scan(self, key: str = "") -> Iterator[str]:
        """Yield the keys of all documentation at or below `key`, as the disk is now."""
        self.unread.forget(key, below=not _is_file(self.root / key))
        if key == "":
            for folder in (self.root, *self.extra):
                yield from self._scan_within(folder, folder)
            return
        target = self.root / key
        for folder in (self.root, *self.extra):
            if target.is_relative_to(folder):
                yield from self._scan_within(folder, target)
                return

    def _scan_within(self, base: Path, target: Path) -> Iterator[str]:
        """Scan `target`, honouring the ignore files of the folders between `base` and it."""
        rules: list[_Rules] = []
        folder = base
        for part in target.relative_to(base).parts:
            rules = [*rules, *_rules_in(folder)]
            folder /= part
            is_folder = folder != target or _is_folder(folder)
            if folder.is_symlink() and is_folder:
                return
            if is_folder and (part in PRUNED_FOLDERS or _ignored(rules, folder, True)):
                return
        if _is_folder(target):
            yield from self._walk(target, rules)
        elif self._accepts(target, rules):
            yield self._key(target)

    def _walk(self, folder: Path, rules: list[_Rules]) -> Iterator[str]:
        pending = [(folder, rules)]
        while pending:
            current, above = pending.pop()
            active = [*above, *_rules_in(current)]
            try:
                entries = sorted(os.scandir(current), key=lambda entry: entry.name)
            except OSError:
                continue  # Nothing in an unreadable folder could be shown.
            for entry in entries:
                path = current / entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in PRUNED_FOLDERS and not _ignored(active, path, True):
                        pending.append((path, active))
                elif self._accepts(path, active):
                    yield self._key(path)

    def _accepts(self, path: Path, rules: list[_Rules]) -> bool:
        key = self._key(path)
        if not _is_text(key):
            return False
        if not self._readable(key):
            if is_unread(key, docstrings=self._docstrings) and self._is_selected(path, key, rules):
                self.unread.add(key)
            return False
        return self._is_selected(path, key, rules)

    def _is_selected(self, path: Path, key: str, rules: list[_Rules]) -> bool:
        """Return whether a file is wanted, whatever its format."""
        # What names a package is read also where builds write others of its name: git tracks it.
        if not is_package_file(key) and _ignored(rules, path, False):
            return False
        self._links.discard(key)
        if path.is_symlink():
            self._links.add(key)
        if not _is_file(path):
            return False
        if path.is_symlink() and not self._admits_link(path):
            return False
        if self._exclude.match_file(key):
            return False
        outside_root = Path(key).is_absolute()
        return outside_root or self._include is None or self._include.match_file(key)

    def _admits_link(self, link: Path) -> bool:
        """Never follow a link out of the indexed folders, nor to files that are indexed anyway."""
        target = self.key_of(link.resolve())
        return target is not None and not any(self.scan(target))

    def _key(self, path: Path) -> str:
        key = self.key_of(path)
        if key is None:
            raise ValueError(f"{path} lies outside the indexed folders")
        return key


_Rules = tuple[Path, pathspec.GitIgnoreSpec]


def _rules_in(folder: Path) -> list[_Rules]:
    """Read a folder's ignore files; the later in the list, the stronger."""
    rules = []
    for name in IGNORE_FILES:
        try:
            lines = (folder / name).read_text("utf-8", errors="replace").splitlines()
        except OSError:
            continue
        rules.append((folder, _patterns(tuple(lines))))
    return rules


@lru_cache(maxsize=256)
def _patterns(lines: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    """Compile patterns; like git, skip lines that are not patterns, such as a lone `!`."""
    return pathspec.GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        log.warning("%r is not an ignore pattern and is skipped", line)
        return False
    return True


def _is_folder(path: Path) -> bool:
    """Return whether `path` is a folder; False where it cannot be accessed."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    """Return whether `path` is a file or a link to a file; False for a link to itself."""
    try:
        return path.is_file()
    except OSError:
        return False


def _is_text(key: str) -> bool:
    """Return whether a name can be stored and shown: the system's names are bytes, ours are not."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _ignored(rules: list[_Rules], path: Path, is_folder: bool) -> bool:
    """Return whether git would ignore `path`: the deepest file with an opinion decides."""
    for folder, spec in reversed(rules):
        relative = path.relative_to(folder).as_posix() + ("/" if is_folder else "")
        verdict = spec.check_file(relative).include
        if verdict is not None:
            return verdict
    return False
