"""`askdocs index`: bring the index in step with the disk and say what that took."""

from __future__ import annotations

import argparse
import dataclasses

from askdocs_indexer.types import SyncReport
from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, note, progress
from askdocs_server.cli.session import opened, settings_of


async def _run(options: argparse.Namespace, output: Output) -> int:
    settings = settings_of(options)
    async with opened(options, settings) as session:
        with progress("Indexing") as report:
            done = await session.workspace.sync(report)
    for skipped in done.skipped:
        note(f"skipped {skipped.path}: {skipped.reason}")
    if options.json:
        output.json(dataclasses.asdict(done))
    else:
        output.line(_sentence(done))
    return OK


def _sentence(report: SyncReport) -> str:
    return (
        f"{report.files} files with {report.chunks} passages are indexed: {report.embedded} "
        f"embedded, {report.reused} reused, {report.moved} moved, {report.deleted} deleted, "
        f"{len(report.skipped)} files skipped, in {report.seconds:.1f} s."
    )


COMMAND = Command(
    "index", "bring the index in step with the files on disk", add_json, printing(_run)
)
