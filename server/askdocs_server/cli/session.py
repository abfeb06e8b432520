"""A workspace for the length of one command: settings, the host, an index in step with the disk."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from askdocs_indexer.errors import EmbedderError
from askdocs_server.cli.output import note, progress
from askdocs_server.settings import Settings
from askdocs_server.settings_loading import load_settings

if TYPE_CHECKING:
    from askdocs_server.host import Host, Workspace

# A command that is interrupted waits this long for its threads; the index survives a kill.
_GRACE_SECONDS = 5.0


def settings_of(options: argparse.Namespace) -> Settings:
    """Load the settings for `--root` and `--set`; tell what was ignored. Raises SettingsError."""
    settings, warnings = load_settings(options.root, overrides=dict(options.set))
    for warning in warnings:
        note(f"warning: {warning}")
    return settings


def without_model(settings: Settings) -> Settings:
    """Return the settings with answers left to the passages."""
    return dataclasses.replace(settings, llm=dataclasses.replace(settings.llm, mode="off"))


@asynccontextmanager
async def opened(options: argparse.Namespace, settings: Settings) -> AsyncIterator[Session]:
    """Open the index of `--root` as it is stored. Raises IndexerError."""
    from askdocs_server.host import Host  # Late: it brings in numpy, watchdog and more.

    host = Host(settings)
    try:
        yield Session(host, await host.open(options.root, settings, watch=False))
    finally:
        await _close(host)


async def prepare(session: Session) -> None:
    """Bring the index in step with the disk, and load the embedder meanwhile."""
    await asyncio.gather(bring_in_step(session), _load_embedder(session))


async def bring_in_step(session: Session) -> None:
    """Bring the index in step with the disk; the embedder is loaded for new text only."""
    with progress("Bringing the index in step") as report:
        await session.workspace.sync(report)


async def _load_embedder(session: Session) -> None:
    try:
        await session.host.work(session.host.embedder.load)
    except EmbedderError as error:
        note(f"warning: {error} Until then, search goes by words alone.")


@dataclasses.dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    host: Host
    workspace: Workspace


async def _close(host: Host) -> None:
    task = asyncio.current_task()
    interrupted = task is not None and task.cancelling() > 0
    try:
        async with asyncio.timeout(_GRACE_SECONDS if interrupted else None):
            await host.aclose()
    except TimeoutError:
        note("not everything ended in time and was cut off; the index is sound.")
