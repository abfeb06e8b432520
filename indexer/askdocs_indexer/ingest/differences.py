"""Which files differ from what the manifest says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from askdocs_indexer.ingest.dependencies import are_current, changed_ns
from askdocs_indexer.ingest.diff import TOO_LARGE, UNFINISHED
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.manifest import Manifest
from askdocs_indexer.ingest.translations import Translations
from askdocs_indexer.paths import below
from askdocs_indexer.readers.pdf.decoding import is_installed_since
from askdocs_indexer.settings import DocsSettings


class Differences:
    """Compares the disk with a manifest, which it does not change. Used by one thread at a time."""

    def __init__(self, selection: Selection, docs: DocsSettings, manifest: Manifest) -> None:
        self._selection = selection
        self._docs = docs
        self._manifest = manifest
        self._translations = Translations(docs.languages)

    def of(self, keys: Iterable[str]) -> tuple[set[str], set[str]]:
        """Return (files that are gone, files that differ from their manifest row), at or below some
        keys or resting on what is there."""
        known = sorted(self._manifest)
        wanted = _outermost({*keys, *self._selection.links})
        scanned = {key: frozenset(self._selection.scan(key)) for key in wanted}
        self._selection.unread.sum_up()
        on_disk = frozenset().union(*scanned.values(), self._translations.update(scanned))
        on_disk -= self._translations.left_out
        gone = set().union(*(below(known, key) for key in scanned)) - on_disk
        gone |= self._translations.left_out & self._manifest.keys()
        changed = {path for path in on_disk if not self._is_current(path)}
        dependents = frozenset().union(*map(self._manifest.dependents, scanned)) - on_disk
        changed |= {path for path in dependents - gone if self._rests_on_another(path)}
        return gone - changed, changed

    def _rests_on_another(self, path: str) -> bool:
        """Return whether a file of the index rests on another version of some file than now.

        One that does not belong to the index any more is looked at for that reason.
        """
        return not self._is_current(path) and path in self._selection.scan(path)

    def _is_current(self, path: str) -> bool:
        row = self._manifest.get(path)
        if row is None or row.digest == UNFINISHED:
            return False
        try:
            stat = (self._selection.root / path).stat()
        except OSError:
            return False
        is_too_large = stat.st_size > self._docs.max_file_bytes
        if is_too_large != row.error.startswith(TOO_LARGE) or is_installed_since(row.error):
            return False  # What kept it out has changed.
        is_same = (row.size, row.mtime_ns) == (stat.st_size, changed_ns(stat))
        return is_same and are_current(self._selection, row.dependencies)


def _outermost(keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys that are not below another of them; the empty key contains all."""
    all_keys = frozenset(keys)
    if "" in all_keys:
        yield ""
        return
    for key in all_keys:
        slashes = (index for index, letter in enumerate(key) if letter == "/")
        if not any(key[:slash] in all_keys for slash in slashes if slash):
            yield key
