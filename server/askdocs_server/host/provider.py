"""Where a session gets its host: a host of its own, or one shared with other sessions."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Protocol

from askdocs_server.settings.model import DaemonSettings

if TYPE_CHECKING:
    from askdocs_server.host.host import Host


class Hosts(Protocol):
    """Gives and takes back hosts. Used from one event loop."""

    def configure(self, settings: DaemonSettings) -> None:
        """Take the settings that a session wants for its process; the latest count."""

    async def acquire(self) -> Host:
        """Return a host."""

    async def release(self, host: Host) -> None:
        """Give back a host after its session has closed its folders."""


async def new_host() -> Host:
    """Create a host. Its imports take a second, so a thread does them."""
    module = await asyncio.to_thread(importlib.import_module, "askdocs_server.host.host")
    host: Host = module.Host()
    return host


class OwnHost:
    """A host for a single session."""

    def configure(self, settings: DaemonSettings) -> None:
        """The process ends with its session, whatever the settings."""

    async def acquire(self) -> Host:
        """Create it."""
        return await new_host()

    async def release(self, host: Host) -> None:
        """Close it."""
        await host.aclose()


class SharedHost:
    """One host for all sessions, created for the first of them. `settings` are the process's."""

    def __init__(self, settings: DaemonSettings) -> None:
        self.settings = settings
        self._host: Host | None = None
        self._creating = asyncio.Lock()

    def configure(self, settings: DaemonSettings) -> None:
        """Take the settings of the session that read them last."""
        self.settings = settings

    async def acquire(self) -> Host:
        """Return it."""
        async with self._creating:
            if self._host is None:
                self._host = await new_host()
            return self._host

    async def release(self, host: Host) -> None:
        """It stays for other sessions, and for later ones."""

    async def aclose(self) -> None:
        """Close it, once all sessions have ended."""
        async with self._creating:
            if self._host is not None:
                await self._host.aclose()
