"""The languages whose symbols can be resolved.

Another language is one more row here and one more folder beside this file: a module with a
``resolve(parsed, offset)`` function. Its grammar is a row of the indexer's table.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from askdocs_indexer import grammars
from askdocs_indexer.languages.model import Symbol

if TYPE_CHECKING:
    from askdocs_indexer.languages.parsing import Parsed

Resolve = Callable[["Parsed", int], Symbol | None]

# Language -> the folder beside this file whose module resolves its symbols.
_FOLDERS = {
    "python": "python",
    "javascript": "javascript",
    "typescript": "javascript",
    "tsx": "javascript",
    "go": "go",
    "rust": "rust",
    "java": "java",
    "c": "c",
    "cpp": "c",
}
# What LSP clients call a language where that is not our name for it.
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
    if path_or_suffix in _FOLDERS:
        return path_or_suffix
    language = _LANGUAGE_IDS.get(path_or_suffix) or grammars.language_of(path_or_suffix)
    return language if language in _FOLDERS else None


@cache
def resolver_of(language: str) -> Resolve | None:
    """Load the function that resolves a language's symbols; None where it is not supported."""
    if language not in _FOLDERS:
        return None
    module = importlib.import_module(f"{__package__}.{_FOLDERS[language]}.references")
    resolve: Resolve = module.resolve
    return resolve
