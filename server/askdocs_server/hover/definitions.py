"""Definitions that an editor's other language servers give for the identifier under the cursor.

They know a file's types and what is installed better than a parser can; what we know is which
symbol a page documents. So their word decides what an identifier stands for, and where it leads to
nothing that is known here, our own look-up does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.languages.facts import FileFacts
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import language_of
from askdocs_indexer.paths import read_file
from askdocs_indexer.symbols.definitions import DefinitionSpan, Occurrence, Position, last_name
from askdocs_indexer.symbols.facts import facts_of
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.hover.parse_cache import ParsedFiles
from askdocs_server.text.lines import code_point

MAX_DEFINITIONS = 20
"""How many definitions of an identifier are read; the rest are the worse ones."""
# A larger file is generated, and reading its symbols would take longer than a hover may.
_MAX_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Definition:
    """Where something is defined, as another language server says.

    `start` and `end` are 0-based lines with characters in the units of `encoding`: the span of the
    name or of the whole declaration, or empty at the start of either. `source` is the text that an
    editor has open; None for that on disk.
    """

    file: Path
    start: Position
    end: Position
    source: str | None = None
    encoding: str = "utf-16"


class Definitions:
    """The definitions of one identifier, best first. `files` remembers what is parsed for them."""

    def __init__(
        self,
        index: WorkspaceIndex,
        definitions: Iterable[Definition] = (),
        files: ParsedFiles | None = None,
    ) -> None:
        self._index = index
        self._definitions = tuple(definitions)[:MAX_DEFINITIONS]
        self._files = files or ParsedFiles()

    def __bool__(self) -> bool:
        """Return whether there are any: the editor's other language servers know the file."""
        return bool(self._definitions)

    def symbols(self, occurrence: Occurrence) -> Iterator[Symbol]:
        """Yield what an identifier may stand for, best first: nothing for a local.

        Behind the first definition only those of its name count, or of the identifier's: others of
        an overloaded function or of a union's members, and not the type of a variable.
        """
        names = {occurrence.symbol.name}
        is_known = False
        for position, definition in enumerate(self._definitions):
            symbol = self._defined(occurrence, definition)
            is_local = symbol is not None and not (symbol.identities or symbol.candidates)
            if is_local and not position:
                return
            if symbol is None or is_local or (position and last_name(symbol) not in names):
                continue
            names.add(last_name(symbol))
            is_known = True
            yield symbol
        if not is_known:
            yield occurrence.symbol

    def _defined(self, occurrence: Occurrence, definition: Definition) -> Symbol | None:
        """Return what an identifier stands for by one definition, as `WorkspaceIndex.defined`."""
        file, source = definition.file, definition.source
        language = language_of(file.name)
        if language is None:
            return None
        source = _text(file) if source is None else source
        if source is None or len(source) > _MAX_BYTES:
            return None
        start, end = (
            _code_points(source, position, definition.encoding)
            for position in (definition.start, definition.end)
        )
        if start is None:
            return None
        with self._files.parsed(self._path(file), language, source) as parsed:
            span = DefinitionSpan(parsed, start, max(start, end or start))
            return self._index.defined(occurrence, span, self._facts)

    def _path(self, file: Path) -> str:
        """Return the path relative to the workspace, or an absolute one, that links lead to."""
        real = Path(os.path.realpath(file))
        return self._index.key_of(real) or real.as_posix()

    def _facts(self, path: str) -> FileFacts | None:
        """Return the facts of a file on disk; None where it cannot be read."""
        file = self._index.root / path
        language, source = language_of(path), _text(file)
        if language is None or source is None:
            return None
        return facts_of(Parsed(source, language, path))


def _text(file: Path) -> str | None:
    try:
        data = read_file(file, _MAX_BYTES)
    except (OSError, ValueError):
        return None
    return None if b"\0" in data else data.decode("utf-8-sig", "replace")


def _code_points(source: str, position: Position, encoding: str) -> Position | None:
    line, units = position
    character = code_point(source, line, units, encoding)
    return None if character is None else (line, character)
