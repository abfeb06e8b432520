"""`askdocs index`: bring the index in step with the disk and say what that took."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, note, progress
from askdocs_server.cli.session import add_daemon, opened


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)
    add_daemon(parser)


async def _run(options: argparse.Namespace, output: Output) -> int:
    async with opened(options) as project:
        with progress("Indexing") as report:
            done = await project.sync(report)
    for skipped in done["skipped"]:
        note(f"skipped {skipped['path']}: {skipped['reason']}")
    if options.json:
        output.json(done)
    else:
        output.line(_sentence(done))
    return OK


def _sentence(report: Mapping[str, Any]) -> str:
    return (
        f"{report['files']} files with {report['chunks']} passages are indexed: "
        f"{report['embedded']} embedded, {report['reused']} reused, {report['moved']} moved, "
        f"{report['deleted']} deleted, {len(report['skipped'])} files skipped, in "
        f"{report['seconds']:.1f} s."
    )


COMMAND = Command(
    "index", "bring the index in step with the files on disk", _add_arguments, printing(_run)
)
