"""What is left out of an index: by format, and by settings and ignore rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from askdocs_indexer.ingest.files import ALWAYS
from askdocs_indexer.ingest.formats import selection_of
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.standing.standing import foreign
from askdocs_indexer.types import Skipped

# So many files of a folder are named that are left out for the same reason.
_NAMED = 3
_FOREIGN = "a translation into a language that docs.languages does not name"


def left_out(root: Path, docs: DocsSettings) -> tuple[Skipped, ...]:
    """Return what is left out below a root, as the disk is now, and why.

    A folder whose path ends in a slash stands for all that is in it or, with a number in the
    reason, for so many of its files; `*.suffix` for files of a format that is not read. It looks at
    all folders, and so takes about a second for 100,000 files.
    """
    notes: dict[str, str] = {}
    selection = selection_of(root, docs, notes.__setitem__)
    files = {*selection.scan()}
    translations = foreign(files, docs.languages)
    notes |= dict.fromkeys(translations, _FOREIGN)
    selection.unread.sum_up()
    unread = (kind.as_left_out for kind in selection.unread.report)
    by_rules = sorted(summed_up(notes, files - translations), key=lambda row: row.path)
    return (*unread, *by_rules)


def summed_up(notes: dict[str, str], files: Collection[str]) -> Iterator[Skipped]:
    """Yield what is left out, as key -> reason, by folders.

    `files` are those that are not: a folder with any of them is named for some of its files only.
    """
    whole = _whole_folders(notes, files)
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, reason in notes.items():
        groups[_group(key, reason, whole), reason].append(key)
    for (folder, reason), keys in groups.items():
        if len(keys) == 1 or (len(keys) <= _NAMED and folder not in whole):
            yield from (Skipped(key, reason) for key in keys)
        else:
            yield Skipped(folder, f"{reason} ({_counted(keys)})")


def _whole_folders(notes: dict[str, str], files: Collection[str]) -> frozenset[str]:
    """Return the folders of which all is left out for a single reason."""
    reasons: defaultdict[str, set[str]] = defaultdict(set)
    for key, reason in (*notes.items(), *((file, "") for file in files)):
        for folder in _above(key):
            reasons[folder].add(reason)
    return frozenset(
        folder for folder, some in reasons.items() if len(some) == 1 and "" not in some
    )


def _group(key: str, reason: str, whole: Collection[str]) -> str:
    """Return what a file or folder is summed up under."""
    if reason == ALWAYS:
        return f"**/{PurePosixPath(key).name}/"
    above = [*_above(key)]
    return next((folder for folder in above if folder in whole), above[-1] if above else "./")


def _above(key: str) -> Iterator[str]:
    """Yield the folders that hold a file or folder, the outermost first, each with its slash."""
    parts = key.rstrip("/").split("/")[:-1]
    yield from ("/".join((*parts[:end], "")) for end in range(1, len(parts) + 1) if parts[end - 1])


def _counted(keys: Iterable[str]) -> str:
    kinds = Counter("folder" if key.endswith("/") else "file" for key in keys)
    return ", ".join(
        f"{kinds[kind]:,} {kind}{'' if kinds[kind] == 1 else 's'}"
        for kind in ("folder", "file")
        if kinds[kind]
    )
