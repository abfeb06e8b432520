"""The askdocs language server and command line.

The names below are the package's API, whatever module they live in; docs/python-api.md describes
them. Each is imported when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # As type checkers take it; the module of this name is not needed.
if TYPE_CHECKING:
    from typing import Any

    from askdocs_indexer.languages.registry import language_of
    from askdocs_indexer.symbols.resolution import symbol_at
    from askdocs_server.answers.pipeline import Answer, Citations, Reset, Text, Waiting
    from askdocs_server.answers.retrieval import AskRequest
    from askdocs_server.errors import AskdocsError
    from askdocs_server.host.host import Host, Workspace
    from askdocs_server.hover.lookup import hover_at
    from askdocs_server.settings.loader import load_settings
    from askdocs_server.settings.model import (
        AskSettings,
        HoverSettings,
        LlmSettings,
        SearchSettings,
        Settings,
    )

__all__ = [
    "Answer",
    "AskRequest",
    "AskSettings",
    "AskdocsError",
    "Citations",
    "Host",
    "HoverSettings",
    "LlmSettings",
    "Reset",
    "SearchSettings",
    "Settings",
    "Text",
    "Waiting",
    "Workspace",
    "hover_at",
    "language_of",
    "load_settings",
    "symbol_at",
]

__version__ = "0.1.0"

_HOMES = {
    "askdocs_server.answers.pipeline": ("Answer", "Citations", "Reset", "Text", "Waiting"),
    "askdocs_server.answers.retrieval": ("AskRequest",),
    "askdocs_server.errors": ("AskdocsError",),
    "askdocs_server.host.host": ("Host", "Workspace"),
    "askdocs_server.hover.lookup": ("hover_at",),
    "askdocs_server.settings.loader": ("load_settings",),
    "askdocs_server.settings.model": (
        "AskSettings",
        "HoverSettings",
        "LlmSettings",
        "SearchSettings",
        "Settings",
    ),
    "askdocs_indexer.languages.registry": ("language_of",),
    "askdocs_indexer.symbols.resolution": ("symbol_at",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a name of the API from its home. Raises AttributeError."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name]), name)
