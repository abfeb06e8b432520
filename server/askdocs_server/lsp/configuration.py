"""The editor's settings, asked for or pushed, merged with the others; warnings are shown once."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_server.settings.loader import WORKSPACE_FILES, load_settings
from askdocs_server.settings.model import Settings

log = logging.getLogger(__name__)

SECTION = "askdocs"
_OURS = frozenset(section.name for section in dataclasses.fields(Settings))
# An editor that does not answer within this time has no settings for us.
_ANSWER_SECONDS = 5.0


class Configuration:
    """Loads settings for folders on behalf of one editor."""

    def __init__(self, server: LanguageServer, overrides: Mapping[str, object]) -> None:
        self._server = server
        self._overrides = overrides
        self._pushed: Mapping[str, object] = {}
        self._defaults: Mapping[str, object] = {}
        self._shown: set[str] = set()

    def pushed(self, settings: Any) -> None:
        """Take what an editor sends unasked: at initialize, or with a change.

        Our settings stand under `askdocs`, or bare; some editors send all others along with them.
        """
        if not isinstance(settings, Mapping):
            return
        own = settings.get(SECTION)
        if not isinstance(own, Mapping):
            own = {key: value for key, value in settings.items() if key.partition(".")[0] in _OURS}
        if own or SECTION in settings:
            self._pushed = own

    def take_defaults(self, options: Any) -> None:
        """Take what an editor has in place of our defaults, from its options at initialize."""
        defaults = options.get("defaults") if isinstance(options, Mapping) else None
        self._defaults = defaults if isinstance(defaults, Mapping) else {}

    def is_source(self, path: Path) -> bool:
        """Return whether a file of the workspace may hold settings."""
        return path.name in WORKSPACE_FILES

    async def load(self, folders: Iterable[Path]) -> dict[Path, Settings]:
        """Return the settings of each folder."""
        paths = list(folders)
        editors = await self._asked(paths)
        loaded = {}
        for path, editor in zip(paths, editors, strict=True):
            try:
                settings, warnings = await asyncio.to_thread(
                    load_settings, path, editor, self._overrides, self._defaults
                )
            except Exception as error:
                log.exception("the settings of %s cannot be read", path)
                settings, warnings = Settings(), [f"Settings are left at their defaults: {error}"]
            loaded[path] = settings
            for warning in warnings:
                self.tell_once(warning)
        return loaded

    def tell_once(self, warning: str) -> None:
        """Show a warning in the editor, unless it was shown before."""
        if warning not in self._shown:
            self._shown.add(warning)
            self._server.window_show_message(
                types.ShowMessageParams(types.MessageType.Warning, f"askdocs: {warning}")
            )

    async def _asked(self, paths: list[Path]) -> list[Mapping[str, object]]:
        """Ask the editor for each folder's settings; what it pushed stands in where it cannot."""
        workspace = self._server.client_capabilities.workspace
        if not paths or not (workspace and workspace.configuration):
            return [self._pushed] * len(paths)
        items = [types.ConfigurationItem(path.as_uri(), SECTION) for path in paths]
        request = asyncio.ensure_future(
            self._server.workspace_configuration_async(types.ConfigurationParams(items))
        )
        # The wait may end early, but not the request: pygls fails on a late answer to it.
        await asyncio.wait({request}, timeout=_ANSWER_SECONDS)
        if not request.done() or request.cancelled() or request.exception() is not None:
            log.warning("the editor did not send its settings")
            return [self._pushed] * len(paths)
        answers = [*request.result(), *[None] * len(paths)][: len(paths)]
        return [answer if isinstance(answer, Mapping) else self._pushed for answer in answers]
