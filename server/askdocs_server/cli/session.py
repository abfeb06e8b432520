"""A project for the length of one command: in the daemon if one runs, else in this process."""

from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from askdocs_indexer.errors import DatabaseInUseError
from askdocs_indexer.file_lock import holder_of
from askdocs_indexer.types import Progress
from askdocs_server.cli.output import note
from askdocs_server.cli.progress import progress
from askdocs_server.daemon.client import remote_plan, remote_project
from askdocs_server.daemon.connect import attach, join
from askdocs_server.daemon.handshake import Hello, Reply
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import RuntimeDirectoryError
from askdocs_server.host.project import LocalProject, Project, Row, plan_row
from askdocs_server.settings.loader import load_settings
from askdocs_server.settings.model import Settings

if TYPE_CHECKING:
    from askdocs_server.host.host import Host

# An interrupted command waits this long for its threads; the index survives a kill.
_GRACE_SECONDS = 1.5
# How long to wait for an index that another command holds, and how often to note its progress.
_IN_USE_SECONDS = 60.0
_NOTE_SECONDS = 5.0
_POLL_SECONDS = 0.2

NO_MODEL = {"llm.mode": "off"}
"""The settings that leave answers to the passages."""


def add_daemon(parser: argparse.ArgumentParser) -> None:
    """Add `--daemon`."""
    parser.add_argument(
        "--daemon",
        action="store_true",
        help="start the daemon that editors share where none runs, so that the next command is "
        "fast; a running one is used in any case",
    )


@asynccontextmanager
async def opened(
    options: argparse.Namespace,
    overrides: Mapping[str, str] | None = None,
    *,
    searches: bool = False,
) -> AsyncIterator[Project]:
    """Open the project of `--root` as its index is stored. Raises IndexerError, SettingsError.

    `overrides` win over `--set`. With `searches`, the models for that are loaded while the index is
    opened. An index that another command holds is waited for, up to a minute.
    """
    given = {**dict(options.set), **(overrides or {})}
    settings, warnings = load_settings(options.root, overrides=given)
    for warning in warnings:
        note(f"warning: {warning}")
    async with AsyncExitStack() as stack:
        joined = await asyncio.to_thread(_daemon, options, given)
        if joined is not None:
            connection = joined[0]
        else:
            host = await stack.enter_async_context(_own_host())
            if searches:
                host.preload(settings)
            project_or_connection = await _opened_here(host, options, settings, given)
            if not isinstance(project_or_connection, socket.socket):
                yield project_or_connection
                return
            connection = project_or_connection
        project, noticed = await stack.enter_async_context(remote_project(connection, options.root))
        for warning in noticed:
            if warning not in warnings:
                note(f"warning: {warning}")
        yield project


async def planned(options: argparse.Namespace, report: Progress) -> Row:
    """Return what a run of indexing would do, as `plan_row` says; an index that nobody has open is
    not opened. Raises IndexerError, SettingsError."""
    from askdocs_indexer.paths import index_folder
    from askdocs_indexer.record import in_use_error

    given = dict(options.set)
    settings, warnings = load_settings(options.root, overrides=given)
    for warning in warnings:
        note(f"warning: {warning}")
    folder = index_folder(options.root)
    holder = await asyncio.to_thread(holder_of, folder / "index.lock")
    if holder is None:
        async with _own_host() as host:
            return plan_row(await host.plan(options.root, settings, report))
    joined = await asyncio.to_thread(_daemon, options, given)
    if joined is None:
        raise in_use_error(folder, holder)
    connection, reply = joined
    if str(reply.pid) != holder:
        connection.close()
        raise in_use_error(folder, holder)
    return await remote_plan(connection, options.root, report)


async def prepare(project: Project) -> None:
    """Bring the index in step with the disk, and have the embedder loaded."""
    await bring_in_step(project, names_only=False)
    if problem := await project.load_embedder():
        note(f"warning: {problem} Until then, search goes by words alone.")


async def bring_in_step(project: Project, *, names_only: bool) -> None:
    """Bring the index in step with the disk, or its names and words alone."""
    with progress() as report:
        await project.sync(report, names_only=names_only)


def _daemon(
    options: argparse.Namespace, given: Mapping[str, str]
) -> tuple[socket.socket, Reply] | None:
    """Attach to the daemon; None where none runs without `--daemon`. Raises DaemonError."""
    hello = Hello("command", overrides=given, joins=True)
    try:
        paths = DaemonPaths.of_this_user()
    except RuntimeDirectoryError:
        if options.daemon:
            raise
        return None
    return attach(paths, hello) if options.daemon else join(paths, hello)


async def _opened_here(
    host: Host,
    options: argparse.Namespace,
    settings: Settings,
    given: Mapping[str, str],
) -> socket.socket | Project:
    """Open the project in this process, or attach to a daemon that has started since."""
    loop = asyncio.get_running_loop()
    deadline, next_note, last_note = loop.time() + _IN_USE_SECONDS, loop.time(), ""
    while True:
        try:
            workspace = await host.open(options.root, settings, watch=False)
            return LocalProject(workspace)
        except DatabaseInUseError as error:
            now, text = loop.time(), f"waiting: {error}"
            if now >= deadline:
                raise
            if now >= next_note and text != last_note:
                note(text)
                next_note, last_note = now + _NOTE_SECONDS, text
        await asyncio.sleep(_POLL_SECONDS)
        if (joined := await asyncio.to_thread(_daemon, options, given)) is not None:
            return joined[0]


@asynccontextmanager
async def _own_host() -> AsyncIterator[Host]:
    from askdocs_server.host.host import Host  # Late: it brings in numpy, watchdog and more.

    host = Host()
    try:
        yield host
    finally:
        task = asyncio.current_task()
        interrupted = task is not None and task.cancelling() > 0
        try:
            async with asyncio.timeout(_GRACE_SECONDS if interrupted else None):
                await host.aclose()
        except TimeoutError:
            note("not everything ended in time and was cut off; the index is sound.")
