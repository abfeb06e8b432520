"""The languages whose symbols can be resolved.

Another language is one more row here and one more folder beside this file: a module with a
``resolve(parsed, offset, return_types)`` function.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from tree_sitter import Language as Grammar

from askdocs_server.symbols.model import ReturnTypes, Symbol

if TYPE_CHECKING:
    from askdocs_server.symbols.parsing import Parsed

Resolve = Callable[["Parsed", int, ReturnTypes | None], Symbol | None]


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its file suffixes, the LSP language ids it goes by, and its two modules.

    `grammar` is "module:function" of the tree-sitter grammar, `folder` the package beside this
    file that resolves its symbols. Both are imported when the language is first used.
    """

    name: str
    suffixes: tuple[str, ...]
    language_ids: tuple[str, ...]
    grammar: str
    folder: str


LANGUAGES = (
    Language(
        "python",
        (".py", ".pyi", ".pyw"),
        ("python",),
        "tree_sitter_python:language",
        "python",
    ),
    Language(
        "javascript",
        (".js", ".mjs", ".cjs", ".jsx"),
        ("javascript", "javascriptreact"),
        "tree_sitter_javascript:language",
        "javascript",
    ),
    Language(
        "typescript",
        (".ts", ".mts", ".cts"),
        ("typescript",),
        "tree_sitter_typescript:language_typescript",
        "javascript",
    ),
    Language(
        "tsx",
        (".tsx",),
        ("typescriptreact",),
        "tree_sitter_typescript:language_tsx",
        "javascript",
    ),
    Language("go", (".go",), ("go",), "tree_sitter_go:language", "go"),
    Language("rust", (".rs",), ("rust",), "tree_sitter_rust:language", "rust"),
    Language("java", (".java",), ("java",), "tree_sitter_java:language", "java"),
    Language("c", (".c",), ("c",), "tree_sitter_c:language", "c"),
    Language(
        "cpp",
        (".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp"),
        ("cpp", "cuda-cpp", "objective-cpp"),
        "tree_sitter_cpp:language",
        "c",
    ),
)


def language_of(path_or_suffix: str) -> str | None:
    """Name the language of a path, a suffix (".py") or an LSP language id ("typescriptreact").

    Returns None where the language is not supported.
    """
    suffix = PurePath(path_or_suffix).suffix.lower() or path_or_suffix.lower()
    for language in LANGUAGES:
        if suffix in language.suffixes or path_or_suffix in language.language_ids:
            return language.name
    return None


@cache
def grammar_of(name: str) -> Grammar | None:
    """Load the tree-sitter grammar of a language; None where the language is not supported."""
    language = _find(name)
    if language is None:
        return None
    module, function = language.grammar.split(":")
    return Grammar(getattr(importlib.import_module(module), function)())


@cache
def resolver_of(name: str) -> Resolve | None:
    """Load the function that resolves a language's symbols; None where it is not supported."""
    language = _find(name)
    if language is None:
        return None
    module = importlib.import_module(f"{__package__}.{language.folder}")
    resolve: Resolve = module.resolve
    return resolve


def _find(name: str) -> Language | None:
    return next((language for language in LANGUAGES if language.name == name), None)
