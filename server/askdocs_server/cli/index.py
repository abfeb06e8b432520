"""`askdocs index`: bring the index in step with the disk and say what that took.

With `--list` it says what is indexed instead, and with `--dry-run` what a run would do; with
`--prune`, the indexes of projects that are gone are removed, and with `--forget-questions`, the
questions that a model has written for the sections of this project.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.listing import print_contents, print_plan
from askdocs_server.cli.output import (
    Output,
    kinds_line,
    note,
    report_sentence,
    skipped_lines,
    unread_lines,
)
from askdocs_server.cli.progress import progress
from askdocs_server.cli.session import add_daemon, opened, planned
from askdocs_server.errors import UsageError
from askdocs_server.host.project import Row


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--list",
        action="store_true",
        help="index nothing; list the files that are indexed, what ranks behind and what is left "
        "out, and why",
    )
    instead.add_argument(
        "--dry-run",
        action="store_true",
        help="index nothing; say what would be read and embedded, and how long that takes",
    )
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
    parser.add_argument(
        "--progress",
        action="store_true",
        help="with --json: write how far it has come to stderr, one JSON object a line",
    )
    add_json(parser)
    add_daemon(parser)


async def _run(options: argparse.Namespace, output: Output) -> int:
    if options.progress and not options.json:
        raise UsageError("--progress is for programs and goes with --json.")
    if options.list:
        return await _list(options, output)
    if options.dry_run:
        return await _plan(options, output)
    if options.prune:
        return await _prune(options, output)
    if options.forget_questions:
        return await _forget_questions(options, output)
    async with opened(options) as project:
        with progress(as_events=options.progress) as report:
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


async def _list(options: argparse.Namespace, output: Output) -> int:
    contents: Row = {"files": [], "left_out": []}
    if await asyncio.to_thread(_is_indexed, options.root):
        async with opened(options) as project:
            contents = await project.contents()
    if options.json:
        output.json(contents)
    elif contents["files"] or contents["left_out"]:
        print_contents(contents, output)
    else:
        note(
            "nothing is indexed yet: run `askdocs index`, or see first what it would do with "
            "`askdocs index --dry-run`."
        )
    return OK


def _is_indexed(root: Path) -> bool:
    """Return whether a project has an index, without making one."""
    from askdocs_indexer.paths import index_folder
    from askdocs_indexer.record import read_record

    return read_record(index_folder(root)) is not None


async def _plan(options: argparse.Namespace, output: Output) -> int:
    with progress(as_events=options.progress) as report:
        plan = await planned(options, report)
    if options.json:
        output.json(plan)
    else:
        print_plan(plan, output)
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
