"""`askdocs index`: bring the index in step with the disk and say what that took.

With `--prune`, the indexes of projects that are gone are removed instead; with
`--forget-questions`, the questions that a model has written for the sections of this project.
"""

from __future__ import annotations

import argparse
import asyncio

from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import (
    Output,
    kinds_line,
    note,
    progress,
    report_sentence,
    skipped_lines,
    unread_lines,
)
from askdocs_server.cli.session import add_daemon, opened


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--prune",
        action="store_true",
        help="index nothing; remove the indexes of projects whose folder is gone",
    )
    instead.add_argument(
        "--forget-questions",
        action="store_true",
        help="index nothing; delete the questions that a model has written for the sections",
    )
    add_json(parser)
    add_daemon(parser)


async def _run(options: argparse.Namespace, output: Output) -> int:
    if options.prune:
        return await _prune(options, output)
    if options.forget_questions:
        return await _forget_questions(options, output)
    async with opened(options) as project:
        with progress() as report:
            done = await project.sync(report)
    if done["kinds"]:
        note(f"read: {kinds_line(done['kinds'])}")
    for line in skipped_lines(done["skipped"]):
        note(f"skipped {line}")
    for line in unread_lines(done["unread"]):
        note(f"not read: {line}")
    if options.json:
        output.json(done)
    else:
        output.line(report_sentence(done))
    return OK


async def _forget_questions(options: argparse.Namespace, output: Output) -> int:
    async with opened(options) as project:
        forgotten = await project.forget_questions()
    if options.json:
        output.json({"forgotten": forgotten})
    else:
        output.line(
            f"The questions of {forgotten} sections are deleted. Set search.generatedQuestions to "
            "off to have none written again."
        )
    return OK


async def _prune(options: argparse.Namespace, output: Output) -> int:
    from askdocs_indexer.prune import prune

    pruned = await asyncio.to_thread(prune)
    if options.json:
        rows = [
            {"root": index.root, "folder": str(index.folder), "bytes": index.size}
            for index in pruned
        ]
        output.json({"pruned": rows})
        return OK
    for index in pruned:
        size = f"{index.size / 1e6:.1f} MB"
        output.line(f"Removed the index of {index.root}, which is gone: {index.folder} ({size}).")
    if not pruned:
        output.line("No index was removed: each belongs to a project that exists or is in use.")
    return OK


COMMAND = Command(
    "index", "bring the index in step with the files on disk", _add_arguments, printing(_run)
)
