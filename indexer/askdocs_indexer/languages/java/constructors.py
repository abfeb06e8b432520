"""A type's constructor, which has the type's name: `Type.Type`."""

from __future__ import annotations

from dataclasses import replace

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.project import Identity, Project


def constructed(symbol: Symbol, project: Project) -> Symbol:
    """Return a symbol that is a type with its constructor before it, if it declares one."""
    first = symbol.identities[0]
    made = Identity(first.family, (*first.names, *first.names[-1:]))
    if not project.declarations(made):
        return symbol
    return replace(symbol, identities=(made, *symbol.identities))
