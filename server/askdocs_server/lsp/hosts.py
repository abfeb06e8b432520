"""Where a session gets its host from: its own, or one that it shares with other sessions."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Protocol

from askdocs_server.settings import Settings

if TYPE_CHECKING:
    from askdocs_server.host import Host


class Hosts(Protocol):
    """Gives and takes back hosts. Used from one event loop."""

    async def acquire(self, settings: Settings) -> Host:
        """Return a host; `settings` count where this call creates it."""

    async def release(self, host: Host) -> None:
        """Say that the session has ended."""


class OwnHost:
    """A host for one session alone."""

    async def acquire(self, settings: Settings) -> Host:
        """Create it. Its imports take a second, so a thread does them."""
        module = await asyncio.to_thread(importlib.import_module, "askdocs_server.host")
        host: Host = module.Host(settings)
        return host

    async def release(self, host: Host) -> None:
        """Close it."""
        await host.aclose()
