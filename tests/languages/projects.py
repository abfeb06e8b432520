"""Projects of several files, written as one text, and what a name in them stands for.

A case begins with ``--- language: expected``. ``>>> path`` begins a file; the cursor stands at ¦ in
one of them. ``=== name`` before the first case begins files that cases take with ``<<< name``.
Expected is ``path:line`` of the declaration that comes first, the qualified name of
something outside of the project, ``none`` (no symbol) or ``unknown`` (one without a meaning).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import language_of
from askdocs_indexer.symbols.facts import read_facts
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.resolution import symbol_in


def graph_of(files: dict[str, str]) -> SymbolGraph:
    graph = SymbolGraph()
    for path, text in files.items():
        graph.put(path, read_facts(path, text))
    return graph


def look_up(marked: dict[str, str]) -> tuple[Symbol | None, SymbolGraph]:
    """Find the symbol at ¦ in a project."""
    files = {path: text.replace("¦", "") for path, text in marked.items()}
    path, before = next((p, t.split("¦")[0]) for p, t in marked.items() if "¦" in t)
    graph = graph_of(files)
    parsed = Parsed(files[path], str(language_of(path)), path)
    column = len(before.rpartition("\n")[2])
    return symbol_in(parsed, before.count("\n"), column, graph), graph


def meaning(marked: dict[str, str]) -> str:
    """Say what the name at ¦ stands for, in the words of a case."""
    symbol, graph = look_up(marked)
    if symbol is None:
        return "none"
    for identity in symbol.identities:
        declared = graph.family(identity.family).declared(identity.names)
        for path in sorted(declared):
            return f"{path}:{declared[path][0].line}"
    if symbol.candidates:
        return symbol.candidates[0]
    return "unknown" if not symbol.identities else ".".join(symbol.identities[0].names)


def read_projects(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (language, expected, files with the mark) of each case in a file."""
    head, *parts = f"\n{path.read_text('utf-8')}".split("\n--- ")
    shared = {}
    for part in head.split("\n=== ")[1:]:
        name, _, rest = part.partition("\n")
        shared[name.strip()] = _files(rest)
    for part in parts:
        head, _, rest = part.partition("\n")
        language, _, expected = head.partition(": ")
        rest, *taken = f"\n{rest}".split("\n<<< ")
        files = _files(rest)
        for name in taken:
            files |= shared[name.strip()]
        yield language, expected.strip(), files


def _files(text: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for piece in f"\n{text}".split("\n>>> ")[1:]:
        name, _, text = piece.partition("\n")
        files[name.strip()] = text if text.endswith("\n") else f"{text}\n"
    return files
