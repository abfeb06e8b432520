"""The symbol at a position of a Kotlin document."""

from __future__ import annotations

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.kotlin.syntax import SYNTAX
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.project import Project


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; none for the keyword in ``Type::class``."""
    symbol = generic.resolve(parsed, offset, project, SYNTAX)
    return symbol if symbol is not None and symbol.name != "class" else None
