"""Which files are documentation: ignore rules, globs, links and formats.

As in git, a folder that is left out cannot be re-entered.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from askdocs_indexer.globs import patterns
from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.ignores import (
    Ignores,
    Rules,
    ignoring,
    is_second_copy,
)
from askdocs_indexer.ingest.unread import HEAD_BYTES, UnreadFiles, is_unread
from askdocs_indexer.languages.registry import is_package_file
from askdocs_indexer.paths import expanded, is_spelled, key_on_disk
from askdocs_indexer.settings import DocsSettings

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
LeftOut = Callable[[str, str], None]
"""Gets the key of a file that is left out, or of a folder with a slash behind it, and why."""

ALWAYS = "folders of this name are always left out"
_IGNORED = "git ignores it"
_IGNORED_HERE = ".askdocsignore"
_SECOND_COPY = "a linked worktree: its repository is here already"
_EXCLUDED = "docs.exclude"
_NOT_INCLUDED = "not in docs.include"
_LINK = "a link to what is indexed itself, or is outside of the indexed folders"
_NO_FILE = "a link that leads nowhere, or no regular file"
_SOURCE = "docs.docstrings is false"


def nobody_told(key: str, reason: str) -> None:
    """Tell nobody of what is left out."""


class Selection:
    """The files of a workspace that belong to its index.

    Keys are paths relative to the root with forward slashes; files of `docs.extra` folders, which
    lie outside the root, have absolute keys. `root / key` is the file in both cases. `left_out` is
    told of folders that are not looked into, and of files that the settings or the rules leave out
    although they can be read.
    """

    def __init__(
        self,
        root: Path,
        docs: DocsSettings,
        readable: Callable[[str], bool],
        left_out: LeftOut = nobody_told,
    ) -> None:
        self.root = root
        self.extra = tuple((root / expanded(folder)).resolve() for folder in docs.extra)
        self._readable = readable
        self._left_out = left_out
        self._include = patterns(docs.include) if docs.include else None
        self._exclude = patterns(docs.exclude)
        self._ignores = Ignores()
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

    def key_on_disk(self, path: Path) -> str | None:
        """Return the key of an absolute path as a user or an editor has it, with links and all.

        Its names may be spelled in another way than on the disk; keys are spelled as on the disk.
        """
        key = self.key_of(path) or self.key_of(path.resolve())
        return key and key_on_disk(self.root, key)

    def ruled_by(self, file: Path) -> Path | None:
        """Return the folder for which a file says what is left out; None for other files."""
        return self._ignores.ruled_by(file)

    def scan(self, key: str = "") -> Iterator[str]:
        """Yield the keys of all documentation at or below `key`, as the disk is now."""
        self.unread.forget(key, below=not _is_file(self.root / key))
        if key == "":
            self._ignores = Ignores()
            for folder in (self.root, *self.extra):
                yield from self._scan_within(folder, folder)
            return
        target = self.root / key
        for folder in (self.root, *self.extra):
            if target.is_relative_to(folder):
                yield from self._scan_within(folder, target)
                return

    def _scan_within(self, base: Path, target: Path) -> Iterator[str]:
        """Scan `target`, honouring the ignore rules of `base` and of the folders down to it."""
        rules = self._ignores.above(base)
        folder = base
        for part in target.relative_to(base).parts:
            if not is_spelled(folder, part):
                return
            rules = self._ignores.within(folder, rules)
            folder /= part
            is_folder = folder != target or _is_folder(folder)
            if folder.is_symlink() and is_folder:
                return
            if is_folder and _why_pruned(folder, base, rules):
                return
        if _is_folder(target):
            yield from self._walk(base, target, rules)
        elif self._accepts(target, rules):
            yield self._key(target)

    def _walk(self, base: Path, folder: Path, rules: list[Rules]) -> Iterator[str]:
        pending = [(folder, rules)]
        while pending:
            current, above = pending.pop()
            active = self._ignores.within(current, above)
            try:
                entries = sorted(os.scandir(current), key=lambda entry: entry.name)
            except OSError:
                continue  # Nothing in an unreadable folder could be shown.
            for entry in entries:
                path = current / entry.name
                if entry.is_dir(follow_symlinks=False):
                    if reason := _why_pruned(path, base, active):
                        self._left_out(f"{self._key(path)}/", reason)
                    else:
                        pending.append((path, active))
                elif self._accepts(path, active):
                    yield self._key(path)

    def _accepts(self, path: Path, rules: list[Rules]) -> bool:
        key = self._key(path)
        if not _is_text(key):
            return False
        if not self._readable(key):
            self._note_unread(path, key, rules)
            return False
        if reason := self._why_left_out(path, key, rules):
            self._left_out(key, reason)
        return not reason

    def _note_unread(self, path: Path, key: str, rules: list[Rules]) -> None:
        """Note a file that no reader reads, or no reader is to read."""
        if not self._docstrings and is_source(key):
            self._left_out(key, _SOURCE)
            return
        unread = is_unread(key, partial(_head, path), docstrings=self._docstrings)
        if unread and not self._why_left_out(path, key, rules):
            self.unread.add(key)

    def _why_left_out(self, path: Path, key: str, rules: list[Rules]) -> str:
        """Return why a file is not wanted, whatever its format; "" for one that is."""
        # What names a package is read also where builds write others of its name: git tracks it.
        if not is_package_file(key) and (ignoring_rules := ignoring(rules, path, False)):
            return _ignored_by(ignoring_rules)
        self._links.discard(key)
        if path.is_symlink():
            self._links.add(key)
        if not _is_file(path):
            return _NO_FILE
        if path.is_symlink() and not self._admits_link(path):
            return _LINK
        if self._exclude.match_file(key):
            return _EXCLUDED
        outside_root = Path(key).is_absolute()
        is_included = outside_root or self._include is None or self._include.match_file(key)
        return "" if is_included else _NOT_INCLUDED

    def _admits_link(self, link: Path) -> bool:
        """Never follow a link out of the indexed folders, nor to files that are indexed anyway."""
        target = self.key_of(link.resolve())
        return target is not None and not any(self.scan(target))

    def _key(self, path: Path) -> str:
        key = self.key_of(path)
        if key is None:
            raise ValueError(f"{path} lies outside the indexed folders")
        return key


def _why_pruned(folder: Path, base: Path, rules: list[Rules]) -> str:
    """Return why nothing below a folder is looked at; "" where it is."""
    if folder.name in PRUNED_FOLDERS:
        return ALWAYS
    if ignoring_rules := ignoring(rules, folder, True):
        return _ignored_by(ignoring_rules)
    return _SECOND_COPY if is_second_copy(folder, base) else ""


def _ignored_by(rules: Rules) -> str:
    return _IGNORED if rules.of_git else _IGNORED_HERE


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


def _head(path: Path) -> bytes:
    if path.is_symlink() or not _is_file(path):
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError:
        return b""
