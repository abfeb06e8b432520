"""A project as askdocs sees it, and what of it a language server's answers mean."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, zip_longest
from pathlib import Path, PurePosixPath

from tests.bench.language_servers import Place
from tests.symbols.documented import chunks_in
from tree_sitter import Query, QueryCursor

from askdocs_indexer.errors import ReadError
from askdocs_indexer.grammars import grammar_of, is_source
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_wanted
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, path_to, text_of
from askdocs_indexer.languages.project import Identity
from askdocs_indexer.languages.registry import family_of, language_of
from askdocs_indexer.readers.decoding import decode
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.storage.outline_table import OutlineEntry, OutlineTable
from askdocs_indexer.storage.symbol_table import SymbolTable, last_part
from askdocs_indexer.symbols.facts import read_facts
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.links import Links, resolved
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_indexer.symbols.view import View

_NAME = re.compile(r"~?([#$\w]+)")
_CONSTRUCTORS = frozenset({"__init__", "__new__", "constructor"})
# What stands where a definition has no name of its own.
_NAMELESS = frozenset({"", "default", "export"})


@dataclass(frozen=True, order=True)
class Use:
    """A name in a source, at a line (1-based) and column (0-based, in code points)."""

    path: str
    line: int
    column: int
    name: str
    language: str


class Project:
    """The files of a folder, as texts by relative path, and what askdocs makes of them."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        self.files = files
        self.graph = SymbolGraph()
        for path, text in files.items():
            self.graph.put(path, read_facts(path, text))
        self.chunks = chunks_in(dict(files))
        self.symbols, self.outline = SymbolTable(), OutlineTable()
        for chunk in self.chunks.values():
            entry = OutlineEntry(
                chunk.heading_path, chunk.start_line, chunk.end_line, len(chunk.text)
            )
            self.outline.add(chunk.path, chunk.id, entry)
            self.symbols.add(chunk.id, chunk.symbols, chunk.path, chunk.domain)
        self._links = Links(self.graph, self.symbols, self.outline)
        self._lines: dict[str, list[str]] = {}
        self._parsed: Parsed | None = None

    # -- names and what askdocs shows for them ------------------------------------------------

    def uses(self, languages: Sequence[str], count: int, seed: int, under: str = "") -> list[Use]:
        """Draw names from the files below a folder, from every one a name before a second."""
        chance = random.Random(seed)
        of_files = []
        for path in sorted(self.files):
            is_below = PurePosixPath(path).is_relative_to(under)
            if is_below and language_of(path) in languages:
                names = sorted(_names(self.parsed(path)))
                chance.shuffle(names)
                of_files.append(names)
        chance.shuffle(of_files)
        rounds = (use for row in zip_longest(*of_files) for use in row if use is not None)
        return sorted(islice(rounds, count))

    def shown(self, use: Use) -> frozenset[str]:
        """Return the chunks that a hover on a name would show."""
        symbol = symbol_in(self.parsed(use.path), use.line - 1, use.column, self.graph)
        return self._linked(symbol) if symbol is not None else frozenset()

    def parsed(self, path: str) -> Parsed:
        """Return a file's tree, which is kept until the next file's is asked for."""
        if self._parsed is None or self._parsed.path != path:
            self._parsed = Parsed(self.files[path], str(language_of(path)), path)
        return self._parsed

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file."""
        if path not in self._lines:
            self._lines[path] = self.files[path].split("\n")
        return self._lines[path]

    def _linked(self, symbol: Symbol) -> frozenset[str]:
        link = self._links.of(symbol)
        return frozenset(link.chunk_ids) if link is not None else frozenset()

    # -- what a server's answer means ---------------------------------------------------------

    def path_of(self, place: Place) -> str | None:
        """Return the relative path of a place's file; None where it is none of the project's."""
        if not place.path.is_relative_to(self.root):
            return None
        path = place.path.relative_to(self.root).as_posix()
        return path if path in self.files else None

    def documentation(self, place: Place, use: Use) -> frozenset[str]:
        """Return the chunks that document what is declared at a place."""
        name = self.name_at(place)
        ids = {*self._comments(self.path_of(place), place.line, name)}
        for identity in self.declared(place, use):
            declared = self.graph.family(identity.family).declared(identity.names)
            for path, declarations in declared.items():
                for line in {declaration.line for declaration in declarations}:
                    ids |= {*self._comments(path, line, name)}
            ids |= {*self._pages(identity, name)}
        return frozenset(ids)

    def related(self, place: Place, use: Use) -> frozenset[str]:
        """Return the chunks of what a declaration overrides, or is an alias of."""
        symbols = (
            Symbol(identity.names[-1], (), (0, 0), (0, 0), identity.family, (identity,))
            for identity in self.declared(place, use)
        )
        return frozenset[str]().union(*map(self._linked, symbols))

    def answers(self, place: Place, use: Use) -> bool:
        """Return whether a name may be defined at a place.

        Some servers answer for the call or operator around a name that they do not know, or get no
        further than the import of it, or the key itself in a literal of a type that they miss.
        """
        facts = self.graph.facts(use.path)
        imported = {one.name for one in facts.imports} if facts is not None else set()
        if self.path_of(place) == use.path:
            around = self._around(place)
            is_same = (place.line, len(self._before(place))) == (use.line, use.column)
            if use.name in imported and any("import" in kind for kind in around):
                return False
            if is_same and around[-2:-1] == ["pair"]:
                return False
        names = {self.name_at(place)} | {one.names[-1] for one in self.declared(place, use)}
        return use.name in names | imported or not names.isdisjoint(_NAMELESS)

    def declared(self, place: Place, use: Use) -> list[Identity]:
        """Return the symbols that a file declares at a place."""
        facts = self.graph.facts(self.path_of(place) or "")
        if facts is None:
            return []
        name = self.name_at(place)
        at_line = (one.names for one in facts.declarations if one.line == place.line)
        rows = {(*facts.module, *names) for names in at_line}
        found = {names for names in rows if names and names[-1] in (name, "default")}
        # A constructor stands for its type where that is named.
        made = {names[:-1] for names in found if names[-2:-1] == (use.name,)}
        found |= made if name in (*_CONSTRUCTORS, use.name) else set()
        if not found and facts.module and self._stands_for_module(place):
            found.add(facts.module)
        return [Identity(family_of(facts.language), names) for names in sorted(found)]

    def name_at(self, place: Place) -> str:
        """Return the name at a place; that of its module where the place is a whole file."""
        facts = self.graph.facts(self.path_of(place) or "")
        if _is_file(place) and facts is not None and facts.module:
            return facts.module[-1]
        name = _NAME.match(self._line(place), len(self._before(place)))
        return name[1] if name else ""

    def _stands_for_module(self, place: Place) -> bool:
        return _is_file(place) or self._line(place).startswith("package ")

    def _around(self, place: Place) -> list[str]:
        """Return the types of the nodes at a place, from the file's down to the leaf's."""
        parsed = self.parsed(self.path_of(place) or "")
        offset = parsed.offset_of(place.line - 1, len(self._before(place)))
        if parsed.tree is None or offset is None:
            return []
        return [node.type for node in path_to(parsed.tree.root_node, offset)]

    def _line(self, place: Place) -> str:
        lines = self.lines(self.path_of(place) or "")
        return lines[place.line - 1] if place.line <= len(lines) else ""

    def _before(self, place: Place) -> str:
        """Return what stands before a place in its line."""
        units = self._line(place).encode("utf-16-le")[: 2 * place.column]
        return units.decode("utf-16-le", "replace")

    def _comments(self, path: str | None, line: int, name: str) -> Iterator[str]:
        for chunk_id, entry in self.outline.of(path or "").items():
            if entry.start_line <= line <= entry.end_line:
                documented = {last_part(one.name) for one in self.symbols.of(chunk_id)}
                if name in documented or "default" in documented:
                    yield chunk_id

    def _pages(self, identity: Identity, name: str) -> Iterator[str]:
        with self.graph.lock:
            view = View(self.graph, "", family=identity.family)
            endings = map(self.symbols.ending, {identity.names[-1], name})
            for one in chain.from_iterable(endings):
                is_page = not is_source(one.path) and one.domain in ("", identity.family)
                if is_page and identity in resolved(view, one.name, one.path):
                    yield one.chunk_id


def read_project(root: Path, language: str | None) -> Project:
    """Read the files of a folder that askdocs would index, of a given language's family alone."""
    settings = DocsSettings()
    files: dict[str, str] = {}
    for path in Selection(root, settings, is_wanted).scan():
        if language and family_of(language_of(path) or language) != family_of(language):
            continue
        data = (root / path).read_bytes()
        if len(data) <= settings.max_file_bytes:
            try:
                files[path] = decode(data)
            except ReadError:
                continue
    return Project(root, files)


def _is_file(place: Place) -> bool:
    return (place.line, place.column) == (1, 0)


@cache
def _identifiers(language: str) -> Query:
    """Return a query for all leaves that are names."""
    grammar = grammar_of(language)
    assert grammar is not None
    kinds = {
        grammar.node_kind_for_id(number) or ""
        for number in range(grammar.node_kind_count)
        if grammar.node_kind_is_named(number) and grammar.node_kind_is_visible(number)
    }
    named = " ".join(
        f"({kind})"
        for kind in sorted(kinds - {"statement_identifier"})
        if kind.endswith(("identifier", "identifier_pattern"))
    )
    return Query(grammar, f"[{named}] @name")


def _names(parsed: Parsed) -> Iterator[Use]:
    if parsed.tree is None:
        return
    captures = QueryCursor(_identifiers(parsed.language)).captures(parsed.tree.root_node)
    for node in captures.get("name", ()):
        if node.child_count == 0 and (name := text_of(node)) not in ("", "_"):
            line, column = parsed.position_of(node.start_byte)
            yield Use(parsed.path, line + 1, column, name, parsed.language)
