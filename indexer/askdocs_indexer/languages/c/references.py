"""The symbol at a position of a C or C++ document."""

from __future__ import annotations

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.c.syntax import C, CPP
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.project import Project


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    return generic.resolve(parsed, offset, project, C if parsed.language == "c" else CPP)
