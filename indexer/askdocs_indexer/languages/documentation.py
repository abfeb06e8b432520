"""Sources: docstrings and doc comments as documents, one section for each documented symbol.

Another language is one more module with a `declarations` function and one more row in `_MODULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from askdocs_indexer.grammars import language_of
from askdocs_indexer.languages.c import docs as c
from askdocs_indexer.languages.csharp import docs as csharp
from askdocs_indexer.languages.go import docs as go
from askdocs_indexer.languages.java import docs as java
from askdocs_indexer.languages.javascript import docs as javascript
from askdocs_indexer.languages.kotlin import docs as kotlin
from askdocs_indexer.languages.php import docs as php
from askdocs_indexer.languages.python import docs as python
from askdocs_indexer.languages.ruby import docs as ruby
from askdocs_indexer.languages.rust import docs as rust
from askdocs_indexer.languages.source import Declared, sections_from
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.inclusion.comments import CommentSyntax
from askdocs_indexer.readers.inclusion.expansion import expanded
from askdocs_indexer.types import Include, Section, nothing_included

__all__ = ["read_source"]

# Each takes (text, path, language).
_DECLARATIONS: dict[str, Callable[[str, str, str], Iterator[Declared]]] = {
    "python": python.declarations,
    "javascript": javascript.declarations,
    "typescript": javascript.declarations,
    "tsx": javascript.declarations,
    "go": go.declarations,
    "rust": rust.declarations,
    "java": java.declarations,
    "kotlin": kotlin.declarations,
    "c": c.declarations,
    "cpp": c.declarations,
    "csharp": csharp.declarations,
    "php": php.declarations,
    "ruby": ruby.declarations,
}


def read_source(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return a section for each symbol that a source documents."""
    language = language_of(path) or ""
    declarations = _DECLARATIONS.get(language)
    if declarations is None:
        return ()
    expansion = expanded(lines_of(text), path, include, CommentSyntax())
    declared = declarations("\n".join(expansion.lines), path, language)
    return expansion.in_document(sections_from(declared, path))
