"""`askdocs status`: what is indexed of a project, where that is kept, and whether a daemon runs."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output
from askdocs_server.daemon.connect import join
from askdocs_server.daemon.handshake import Hello
from askdocs_server.daemon.paths import Place
from askdocs_server.errors import RuntimeDirectoryError
from askdocs_server.settings.loader import load_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)
    parser.set_defaults(daemon=False)


async def _run(options: argparse.Namespace, output: Output) -> int:
    daemon = await asyncio.to_thread(_daemon)
    found = await _status(options) | {"daemon": daemon}
    if options.json:
        output.json(found)
    else:
        _print(found, output)
    return OK


def _daemon() -> dict[str, Any] | None:
    """Return what the daemon says of itself; None where none runs."""
    try:
        joined = join(Place.of_this_user(), Hello("status"))
    except RuntimeDirectoryError:
        return None
    if joined is None:
        return None
    connection, reply = joined
    connection.close()
    return {"pid": reply.pid, "version": reply.version, **reply.about}


async def _status(options: argparse.Namespace) -> dict[str, Any]:
    """Return the state of the root's index. Reading it loads no model and changes no document."""
    from askdocs_indexer.errors import DatabaseInUseError
    from askdocs_indexer.paths import index_folder
    from askdocs_server.cli.session import opened

    settings, _ = load_settings(options.root, overrides=dict(options.set))
    place = settings.index.uri or str(index_folder(options.root) / "index.db")
    found: dict[str, Any] = {"root": str(options.root), "database": place, "state": "absent"}
    found |= {"detail": "", "skipped": [], "files": 0, "chunks": 0, "generation": 0}
    if not settings.index.uri and not await asyncio.to_thread(Path(place).exists):
        return found | {"detail": "Nothing is indexed yet: run `askdocs index`."}
    try:
        async with opened(options, patience=0) as project:
            return found | await project.status()
    except DatabaseInUseError as error:
        return found | {"state": "in use", "detail": str(error)}


def _print(found: dict[str, Any], output: Output) -> None:
    output.line(f"project   {found['root']}")
    output.line(f"index     {found['database']}")
    counts = f"{found['files']} files with {found['chunks']} passages"
    output.line(f"state     {found['state']}" + (f": {counts}" if found["files"] else ""))
    if found["detail"]:
        output.line(f"          {found['detail']}")
    for skipped in found["skipped"]:
        output.line(f"skipped   {skipped['path']}: {skipped['reason']}")
    daemon = found["daemon"]
    if daemon is None:
        output.line("daemon    none runs; an editor starts it")
    else:
        output.line(
            f"daemon    process {daemon['pid']}, version {daemon['version']}, "
            f"{daemon['sessions']} editors"
        )


COMMAND = Command(
    "status", "say what is indexed of a project, and where", _add_arguments, printing(_run)
)
