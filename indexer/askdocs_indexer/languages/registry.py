"""The languages that sources are written in.

Another language is one more row here, one in `grammars.py`, and one more folder beside this file:

- `docs.py`: ``declarations(text, path, language)``, what the file documents
- `facts.py`: ``read(parsed)``, what the file declares and imports
- `modules.py`: ``RULES``, where imports lead
- `packages.py`: ``read(kind, text)``, what a package file says, if the language has such files
- `preprocessor.py`: ``prepare(language, data, path)``, if a grammar cannot read the text as it is
- `mending.py`: ``mended(data)``, the text as a grammar that fails on it can read it
- `references.py`: ``resolve(parsed, offset, project)``, the symbol at a position, and
  ``IDENTIFIERS``, the types of nodes that are names
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from askdocs_indexer import grammars
from askdocs_indexer.languages.facts import FileFacts
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.project import Project
from askdocs_indexer.languages.rules import Rules

if TYPE_CHECKING:
    from askdocs_indexer.languages.parsing import Parsed
    from askdocs_indexer.languages.source import Declared

# (A file's text, its path, its language) -> what it documents.
ReadDocs = Callable[[str, str, str], Iterator["Declared"]]
Resolve = Callable[["Parsed", int, Project], Symbol | None]
ReadFacts = Callable[["Parsed"], FileFacts]
Mend = Callable[[bytes], bytes]
# (A file's text, its path) -> its language and the text that the grammar sees instead.
Prepare = Callable[[bytes, str], tuple[str, bytes]]

# Language -> (the folder beside this file that knows it, its family). Only the same family answers
# for a name.
_LANGUAGES = {
    "python": ("python", "python"),
    "javascript": ("javascript", "javascript"),
    "typescript": ("javascript", "javascript"),
    "tsx": ("javascript", "javascript"),
    "go": ("go", "go"),
    "rust": ("rust", "rust"),
    "java": ("java", "jvm"),
    "kotlin": ("kotlin", "jvm"),
    "c": ("c", "c"),
    "cpp": ("c", "c"),
    "csharp": ("csharp", "csharp"),
    "php": ("php", "php"),
    "ruby": ("ruby", "ruby"),
}
# Files that name a folder's package -> (their kind, the folder beside this file that
# reads them). Each kind is a language of `FileFacts`.
_PACKAGE_FILES = {
    "cargo.toml": ("cargo", "rust"),
    "go.mod": ("gomod", "go"),
    "jsconfig.json": ("tsconfig", "javascript"),
    "package.json": ("npm", "javascript"),
    "pyproject.toml": ("pyproject", "python"),
    "setup.cfg": ("setupcfg", "python"),
    "tsconfig.app.json": ("tsconfig", "javascript"),
    "tsconfig.base.json": ("tsconfig", "javascript"),
    "tsconfig.json": ("tsconfig", "javascript"),
}
# Languages whose text is prepared for its grammar, or mended where the grammar fails on it.
_PREPARED = frozenset({"c", "cpp", "kotlin"})
_MENDED = frozenset({"csharp", "javascript", "typescript", "tsx"})
# How languages are written, where that is not their name with a capital.
_TITLES = {
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "tsx": "TypeScript",
    "cpp": "C++",
    "csharp": "C#",
    "php": "PHP",
}
# What LSP clients call a language, where that differs from our name.
_LANGUAGE_IDS = {
    "javascriptreact": "javascript",
    "typescriptreact": "tsx",
    "cuda-cpp": "cpp",
    "objective-cpp": "cpp",
}


def language_of(path_or_suffix: str) -> str | None:
    """Name the language of a path, a suffix (".py") or an LSP language id ("typescriptreact").

    Returns None where the language is not supported.
    """
    if path_or_suffix in _LANGUAGES:
        return path_or_suffix
    language = _LANGUAGE_IDS.get(path_or_suffix) or grammars.language_of(path_or_suffix)
    return language if language in _LANGUAGES else None


def family_of(language: str) -> str:
    """Return the family of a language or of a kind of package files."""
    if language in _LANGUAGES:
        return _LANGUAGES[language][1]
    folders = {folder for kind, folder in _PACKAGE_FILES.values() if kind == language}
    return next((row[1] for row in _LANGUAGES.values() if row[0] in folders), language)


def languages() -> tuple[str, ...]:
    """Return the names of all languages."""
    return tuple(_LANGUAGES)


def titles() -> tuple[str, ...]:
    """Return how all languages are written, in the order of the table."""
    return tuple(dict.fromkeys(_TITLES.get(name, name.capitalize()) for name in _LANGUAGES))


@cache
def resolver_of(language: str) -> Resolve | None:
    """Load the function that resolves a language's symbols; None where it is not supported."""
    if language not in _LANGUAGES:
        return None
    resolve: Resolve = _module(language, "references").resolve
    return resolve


@cache
def identifiers_of(language: str) -> frozenset[str]:
    """Load the types of nodes that are names in a language; none where it is not supported."""
    if language not in _LANGUAGES:
        return frozenset()
    identifiers: frozenset[str] = _module(language, "references").IDENTIFIERS
    return identifiers


def is_package_file(path: str) -> bool:
    """Return whether a file names a package, and says nothing else that is read."""
    return PurePosixPath(path).name.lower() in _PACKAGE_FILES


def package_facts(path: str, text: str) -> FileFacts | None:
    """Return what a package file says; None where it says nothing that can be read."""
    file = PurePosixPath(path)
    kind, folder = _PACKAGE_FILES[file.name.lower()]
    read = importlib.import_module(f"{__package__}.{folder}.packages").read
    package: dict[str, str] = read(kind, text)
    if not package:
        return None
    return FileFacts(kind, file.parts[:-1], package=tuple(sorted(package.items())))


@cache
def fact_reader_of(language: str) -> ReadFacts | None:
    """Load the function that reads a file's facts; None where the language is not supported."""
    if language not in _LANGUAGES:
        return None
    read: ReadFacts = _module(language, "facts").read
    return read


@cache
def docs_reader_of(language: str) -> ReadDocs | None:
    """Load the function that reads what a file documents; None where the language is not
    supported."""
    if language not in _LANGUAGES:
        return None
    read: ReadDocs = _module(language, "docs").declarations
    return read


@cache
def mender_of(language: str) -> Mend | None:
    """Load the function that makes a language's code readable for its grammar, if it has one."""
    if language not in _MENDED:
        return None
    mend: Mend = _module(language, "mending").mended
    return mend


@cache
def preparation_of(language: str) -> Prepare:
    """Load the function that makes a file's text readable for the grammar of its language."""
    if language not in _PREPARED:
        return lambda data, path: (language, data)
    return partial(_module(language, "preprocessor").prepare, language)


@cache
def rules_of(family: str) -> Rules:
    """Load the rules of a family of languages."""
    language = next((name for name, row in _LANGUAGES.items() if row[1] == family), "")
    rules: Rules = _module(language, "modules").RULES if language else Rules()
    return rules


def _module(language: str, name: str) -> Any:
    return importlib.import_module(f"{__package__}.{_LANGUAGES[language][0]}.{name}")
