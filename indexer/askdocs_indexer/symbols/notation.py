"""Identities in the notation of SCIP symbols (https://github.com/sourcegraph/scip), to be read by
people and by tools that know such an index: ``python httpx . httpx/_client/Client#get().``"""

from __future__ import annotations

import re
from collections.abc import Iterator

from askdocs_indexer.languages.facts import Kind, Names
from askdocs_indexer.languages.project import Identity
from askdocs_indexer.symbols.view import View

_SIMPLE = re.compile(r"[\w+$-]+$")
_SUFFIXES: dict[Kind, str] = {
    "module": "/",
    "type": "#",
    "alias": "#",
    "function": "().",
    "value": ".",
}


def scip(view: View, identity: Identity) -> str:
    """Return `family package version descriptors`; the version is not known and always "."."""
    package = _escaped(_package(view, identity.names)) or "."
    return f"{identity.family} {package} . {''.join(_descriptors(view, identity.names))}"


def _package(view: View, names: Names) -> str:
    """Return the name of the package that stands nearest above a symbol's files."""
    folders = {tuple(path.split("/")[:-1]) for path, _ in view.declared(names)}
    around = [
        (len(folder), package["name"])
        for folder, package in view.all_packages()
        if "name" in package and any(inner[: len(folder)] == folder for inner in folders)
    ]
    return max(around, default=(0, ""))[1]


def _descriptors(view: View, names: Names) -> Iterator[str]:
    for end in range(1, len(names) + 1):
        declared = view.declarations(Identity(view.family, names[:end]))
        kind: Kind = declared[0].kind if declared else "module"
        if not declared and end == len(names) and not view.has(names):
            kind = "value"  # A member that only a page knows.
        name = names[end - 1]
        yield f"{name if _SIMPLE.match(name) else f'`{name}`'}{_SUFFIXES[kind]}"


def _escaped(name: str) -> str:
    """Write spaces as the notation does."""
    return name.replace(" ", "  ")
