"""Sources: docstrings and doc comments as documents, one section for each documented symbol."""

from __future__ import annotations

from askdocs_indexer.grammars import language_of
from askdocs_indexer.languages.registry import docs_reader_of
from askdocs_indexer.languages.source import sections_from
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.inclusion.comments import CommentSyntax
from askdocs_indexer.readers.inclusion.expansion import expanded
from askdocs_indexer.types import Include, Section, nothing_included


def read_source(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return a section for each symbol that a source documents."""
    language = language_of(path) or ""
    declarations = docs_reader_of(language)
    if declarations is None:
        return ()
    expansion = expanded(lines_of(text), path, include, CommentSyntax())
    declared = declarations("\n".join(expansion.lines), path, language)
    return expansion.in_document(sections_from(declared, path))
