"""The symbol at a position of a Go document."""

from __future__ import annotations

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.go.syntax import SYNTAX
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.project import Project

IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    return generic.resolve(parsed, offset, project, SYNTAX)
