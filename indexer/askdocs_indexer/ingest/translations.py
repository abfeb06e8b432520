"""Pages that are left out because they are translations into languages that nobody asked for.

Whether a page is a translation depends on all other files: one that comes or goes can bring pages
elsewhere into the index, or take them out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from askdocs_indexer.paths import below
from askdocs_indexer.standing.standing import foreign


class Translations:
    """Remembers which files are on disk, and which of them are in other than the wanted languages.

    For no wanted languages it does nothing, at no cost.
    """

    def __init__(self, languages: Collection[str]) -> None:
        self.left_out: frozenset[str] = frozenset()
        self._languages = languages
        self._files: set[str] = set()

    def update(self, scanned: Mapping[str, Collection[str]]) -> frozenset[str]:
        """Note what is on disk at or below some keys, and return the files to look at as well."""
        if not self._languages:
            return frozenset()
        for key, files in scanned.items():
            self._files -= below(sorted(self._files), key)
            self._files.update(files)
        before, self.left_out = self.left_out, foreign(self._files, self._languages)
        return frozenset(before & self._files) - self.left_out
