"""The plain value that symbol resolution returns."""

from __future__ import annotations

from dataclasses import dataclass

from askdocs_indexer.languages.project import Identity


@dataclass(frozen=True, slots=True)
class Symbol:
    """The identifier under the cursor and what it may stand for.

    `name` is the identifier as written. `identities` are symbols of the workspace, `candidates` the
    qualified names of symbols outside of it, both most certain first; a caller shows the first one
    that is documented. There are none where only the name is known (an attribute of an untyped
    value). `family` is that of the language: nothing of another one answers. `start` and `end` are
    the 0-based (line, character) span of `name`, characters in code points, end exclusive.
    """

    name: str
    candidates: tuple[str, ...]
    start: tuple[int, int]
    end: tuple[int, int]
    family: str = ""
    identities: tuple[Identity, ...] = ()
