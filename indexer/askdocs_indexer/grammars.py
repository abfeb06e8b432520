"""The languages that sources are written in, and their tree-sitter grammars.

To add a language, add a row here. Grammars are imported when they are first used.
"""

from __future__ import annotations

import importlib
from functools import cache

from tree_sitter import Language

# Name -> ("module:function" of the grammar, file suffixes).
_LANGUAGES = {
    "python": ("tree_sitter_python:language", (".py", ".pyi", ".pyw")),
    "javascript": ("tree_sitter_javascript:language", (".js", ".mjs", ".cjs", ".jsx")),
    "typescript": ("tree_sitter_typescript:language_typescript", (".ts", ".mts", ".cts")),
    "tsx": ("tree_sitter_typescript:language_tsx", (".tsx",)),
    "go": ("tree_sitter_go:language", (".go",)),
    "rust": ("tree_sitter_rust:language", (".rs",)),
    "java": ("tree_sitter_java:language", (".java",)),
    "kotlin": ("tree_sitter_kotlin:language", (".kt", ".kts")),
    "c": ("tree_sitter_c:language", (".c",)),
    "cpp": (
        "tree_sitter_cpp:language",
        (".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp"),
    ),
    "csharp": ("tree_sitter_c_sharp:language", (".cs",)),
    "php": ("tree_sitter_php:language_php", (".php",)),
    "ruby": ("tree_sitter_ruby:language", (".rb",)),
    "json": ("tree_sitter_json:language", (".ipynb",)),
}
_BY_SUFFIX = {suffix: name for name, (_, suffixes) in _LANGUAGES.items() for suffix in suffixes}


def language_of(path: str) -> str | None:
    """Name the language of a path, or of a bare suffix (".py"), by its ending; None if unknown."""
    _, dot, suffix = path.rpartition(".")
    return _BY_SUFFIX.get(f"{dot}{suffix}".lower())


def is_source(path: str) -> bool:
    """Return whether a file is a program's source, whose docstrings and doc comments are read."""
    return language_of(path) not in (None, "json")


@cache
def grammar_of(language: str) -> Language | None:
    """Load the grammar of a language; None if it has no row."""
    if language not in _LANGUAGES:
        return None
    module, function = _LANGUAGES[language][0].split(":")
    return Language(getattr(importlib.import_module(module), function)())
