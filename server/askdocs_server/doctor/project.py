"""Looks at a project: its settings and its index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from askdocs_indexer.file_lock import holder_of
from askdocs_server.doctor.check import Check


def check_settings(ignored: Sequence[str]) -> Iterator[Check]:
    """Report each setting that was ignored."""
    step = "Correct it; docs/settings.md lists all settings."
    yield from (Check("settings", "warning", warning, step) for warning in ignored)
    if not ignored:
        yield Check("settings", "good", "all understood")


def check_index(root: Path, uri: str) -> Check:
    """Look whether the project has an index and whether a process holds it."""
    from askdocs_indexer.paths import index_folder

    if uri:
        return Check("index", "good", f"on the Milvus server {uri}")
    database = index_folder(root) / "index.db"
    if not database.exists():
        return Check("index", "good", "none yet; `askdocs index` or an editor makes it")
    holder = holder_of(database.with_suffix(".lock"))
    use = "free" if holder is None else f"in use by process {holder or 'unknown'}"
    return Check("index", "good", f"{database}, {use}")


def check_unread(root: Path) -> Iterator[Check]:
    """Report what documentation of a project is not in its index."""
    from askdocs_indexer.paths import index_folder
    from askdocs_indexer.record import read_record

    record = read_record(index_folder(root))
    for unread in record.unread if record is not None else ():
        yield Check("not read", "warning", f"{unread.label}: {unread.reason}")
