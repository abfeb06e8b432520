"""`askdocs status`: what is indexed of a project, and where that is kept."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import DatabaseInUseError
from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output
from askdocs_server.cli.session import opened, settings_of
from askdocs_server.settings import Settings


async def _run(options: argparse.Namespace, output: Output) -> int:
    settings = settings_of(options)
    found = await _status(options, settings)
    if options.json:
        output.json(found)
    else:
        _print(found, output)
    return OK


async def _status(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Return the state of the root's index. Reading it loads no model and changes no document."""
    from askdocs_indexer.paths import index_folder

    place = settings.index.uri or str(index_folder(options.root) / "index.db")
    found: dict[str, Any] = {"root": str(options.root), "database": place, "state": "absent"}
    found |= {"detail": "", "files": 0, "chunks": 0, "skipped": []}
    if not settings.index.uri and not await asyncio.to_thread(Path(place).exists):
        return found | {"detail": "Nothing is indexed yet: run `askdocs index`."}
    try:
        async with opened(options, settings) as session:
            status = session.workspace.index.status()
            return found | {
                "state": status.state,
                "files": status.files,
                "chunks": status.chunks,
                "skipped": [dataclasses.asdict(one) for one in status.skipped],
                "detail": status.detail,
            }
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


COMMAND = Command("status", "say what is indexed of a project, and where", add_json, printing(_run))
