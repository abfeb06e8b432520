"""`askdocs status`: what is indexed of a project, where the index is, and whether a daemon runs.

Nothing is opened for writing: if a daemon has the index open, it is asked; otherwise the record in
the index's folder tells what the index held last.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.file_lock import holder_of
from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, kinds_line, note, skipped_lines, unread_lines
from askdocs_server.cli.watch import watch
from askdocs_server.daemon.connect import join
from askdocs_server.daemon.handshake import Hello
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import RuntimeDirectoryError
from askdocs_server.settings.loader import load_settings
from askdocs_server.settings.model import LlmSettings

Row = dict[str, Any]


async def _run(options: argparse.Namespace, output: Output) -> int:
    if options.watch:
        look = partial(_status, options)
        return await watch(look, lines_of, output, as_json=options.json)
    status = await _status(options)
    if options.json:
        output.json(status)
    else:
        for line in lines_of(status):
            output.line(line)
    return OK


def _daemon() -> Row | None:
    """Return what the daemon says of itself; None where none runs."""
    try:
        joined = join(DaemonPaths.of_this_user(create=False), Hello("status"))
    except RuntimeDirectoryError:
        return None
    if joined is None:
        return None
    connection, reply = joined
    connection.close()
    return {"pid": reply.pid, "version": reply.version, **reply.about}


async def _status(options: argparse.Namespace, *, is_first: bool = True) -> Row:
    """Return the state of the root's index and of the daemon. Warnings are shown once."""
    from askdocs_indexer.paths import index_folder
    from askdocs_server.host.leaves import leaves
    from askdocs_server.text.addresses import without_key

    settings, warnings = load_settings(options.root, overrides=dict(options.set))
    if is_first:
        for warning in warnings:
            note(f"warning: {warning}")
    folder = index_folder(options.root)
    database = settings.index.uri or str(folder / "index.db")
    daemon = await asyncio.to_thread(_daemon)
    status: Row = {"root": str(options.root), "database": without_key(database), "state": "absent"}
    status |= {"detail": "", "skipped": [], "unread": [], "kinds": {}, "model": ""}
    status |= {"files": 0, "chunks": 0, "pending_files": 0, "pending_chunks": 0, "generation": 0}
    status |= {"leaves": [dataclasses.asdict(each) for each in leaves(settings)]}
    status |= {"questions": {"sections": 0, "written": 0}, "answers": _answers(settings.llm)}
    status |= {"daemon": daemon}
    holder = await asyncio.to_thread(holder_of, folder / "index.lock")
    if daemon is not None and holder == str(daemon["pid"]):
        opened_there = await _status_in_daemon(options.root)
        if opened_there is not None:
            return status | opened_there
    return status | await asyncio.to_thread(_recorded, folder, holder, Path(database))


def _answers(llm: LlmSettings) -> Row:
    """Return which model writes answers, and why none does."""
    from askdocs_server.generation.factory import create_generator

    status = create_generator(llm).status
    if status.state == "off":
        return {"model": None, "where": "", "detail": status.detail}
    return {"model": llm.model, "where": status.where, "detail": status.detail}


async def _status_in_daemon(root: Path) -> Row | None:
    """Return the status of an index that the daemon has open; None where it gives none."""
    from askdocs_server.daemon.client import remote_status

    daemon = DaemonPaths.of_this_user(create=False)
    joined = await asyncio.to_thread(join, daemon, Hello("command", joins=True))
    if joined is None:
        return None
    try:
        return await remote_status(joined[0], root)
    except IndexerError:
        return None  # Its version does not know the request, or it is ending.


def _recorded(folder: Path, holder: str | None, database: Path) -> Row:
    """Return what the folder of an index says of it. `holder` is the process that has it open."""
    from askdocs_indexer.record import in_use_error, read_record

    record = read_record(folder)
    status: Row = {}
    if record is not None:
        skipped = [dataclasses.asdict(skipped) for skipped in record.skipped]
        unread = [dataclasses.asdict(unread) for unread in record.unread]
        status = {"files": record.files, "chunks": record.chunks}
        status |= {"skipped": skipped, "unread": unread, "kinds": dict(record.kinds)}
        status |= {"model": record.model}
    if holder is not None:
        return status | {"state": "in use", "detail": str(in_use_error(folder, holder))}
    if record is None and not database.exists():
        return {"state": "absent", "detail": "Nothing is indexed yet: run `askdocs index`."}
    if record is None or not record.is_complete:
        detail = "Not all documents are in the index yet: run `askdocs index` to add the rest."
        return status | {"state": "incomplete", "detail": detail}
    return status | {"state": "ready"}


def lines_of(status: Row) -> Iterator[str]:
    """Yield what a status says, for people to read."""
    yield f"project   {status['root']}"
    yield f"index     {status['database']}"
    counts = f"{status['files']} files with {status['chunks']} passages"
    yield f"state     {status['state']}" + (f": {counts}" if status["files"] else "")
    if waiting := status["pending_files"]:
        yield f"          {waiting} files wait to be read, or for vectors"
    if waiting := status["pending_chunks"]:
        yield f"          {waiting} passages wait for their vectors; words find them already"
    if status["detail"]:
        yield f"          {status['detail']}"
    yield from _model_lines(status)
    if status["kinds"]:
        yield f"read      {kinds_line(status['kinds'])}"
    if (questions := status["questions"])["sections"]:
        counts = f"{questions['written']} of {questions['sections']} sections"
        yield f"questions {counts} have generated questions"
    for line in skipped_lines(status["skipped"]):
        yield f"skipped   {line}"
    for line in unread_lines(status["unread"]):
        yield f"not read  {line}"
    yield from _leaving_lines(status["leaves"])
    yield _daemon_line(status["daemon"])


def _model_lines(status: Row) -> Iterator[str]:
    if status["model"]:
        yield f"model     {status['model']}"
    if (answers := status["answers"])["model"]:
        yield f"answers   {answers['model']}, {answers['where'] or 'nowhere'}"
    if answers["detail"]:
        yield f"answers   {answers['detail']}"


def _leaving_lines(leaves: Sequence[Row]) -> Iterator[str]:
    if not leaves:
        yield "leaves    nothing leaves this machine"
    for each in leaves:
        yield f"leaves    {each['what']}: to {each['to']}"


def _daemon_line(daemon: Row | None) -> str:
    if daemon is None:
        return "daemon    none runs; an editor starts it"
    who = f"process {daemon['pid']}, version {daemon['version']}"
    return f"daemon    {who}, {daemon['sessions']} editors"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--watch",
        action="store_true",
        help="show it until Ctrl-C, as it changes; with --json, one line for each change",
    )
    add_json(parser)


COMMAND = Command(
    "status", "say what is indexed of a project, and where", _add_arguments, printing(_run)
)
