"""What is under the cursor: the symbol, and the qualified names it may stand for.

Entry points: `symbol_at` for one look-up, or `parse` once for each version of a document and
`symbol_in` for each look-up in it. `languages.py` lists the languages; each has a folder.
"""

from __future__ import annotations

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import language_of, resolver_of

__all__ = [
    "Parsed",
    "Symbol",
    "language_of",
    "parse",
    "symbol_at",
    "symbol_in",
]


def parse(
    source: str,
    language: str,
    module: str = "",
    own_definitions: bool = False,
    before: Parsed | None = None,
) -> Parsed:
    """Parse a document once for any number of look-ups.

    `language` is a name that `language_of` gives. `module` is the dotted name that the file is
    imported by, where known ("package.__init__" for a package itself): relative imports then
    resolve. With `own_definitions` the classes and functions that the file itself defines resolve
    too, as members of `module`; without, they are None like any other local name. Given a version
    `before` this one, only what an edit touched is parsed again.
    """
    return Parsed(source, language, module, own_definitions, before)


def symbol_in(parsed: Parsed, line: int, character: int) -> Symbol | None:
    """Find and resolve the symbol at a 0-based line and character (in code points).

    Returns None where documentation has nothing to say: keywords, literals, strings, comments,
    locals, parameters, the file's own definitions, or a position beyond the text.
    """
    resolve = resolver_of(parsed.language)
    offset = parsed.offset_of(line, character)
    if resolve is None or offset is None or parsed.tree is None:
        return None
    return resolve(parsed, offset)


def symbol_at(source: str, language: str, line: int, character: int) -> Symbol | None:
    """`parse` and `symbol_in` in one call, for a single look-up."""
    return symbol_in(parse(source, language), line, character)
