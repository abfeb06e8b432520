"""`askdocs search`: the passages that answer a question, best first."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from askdocs_server.cli.batch import Row, answer_lines, open_batch, text_field
from askdocs_server.cli.command import Command, add_batch, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, hits_object, note
from askdocs_server.cli.session import add_daemon, opened, prepare
from askdocs_server.errors import UsageError

_LIMIT = 10
# Characters of a passage that a list shows.
_EXCERPT = 240


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="?", metavar="QUERY", help="a question or a few words")
    parser.add_argument(
        "--limit", type=int, default=_LIMIT, metavar="N", help=f"at most N hits (default {_LIMIT})"
    )
    add_json(parser)
    add_daemon(parser)
    add_batch(parser, '{"query": "…"}')


async def _run(options: argparse.Namespace, output: Output) -> int:
    require_either(options.query, options.batch, "QUERY")
    if options.limit < 1:
        raise UsageError(f"--limit must be at least 1, not {options.limit}.")
    lines = open_batch(options.batch) if options.batch else None
    async with opened(options, searches=True) as project:
        await prepare(project)
        if lines is not None:

            async def answer(row: Row) -> Row:
                return hits_object(await project.search(text_field(row, "query"), options.limit))

            return await answer_lines(lines, output, answer, hits_object([]))
        hits = await project.search(options.query, options.limit)
    if options.json:
        output.json(hits_object(hits))
    else:
        print_hits(hits, output)
    if not hits:
        note("nothing was found. `askdocs status` shows what is indexed.")
    return OK


def require_either(argument: str | None, batch: str | None, name: str) -> None:
    """Raise UsageError unless exactly one of a command's argument and `--batch` is given."""
    if (argument is None) == (batch is None):
        raise UsageError(f"Give either {name} or --batch FILE.")
    if argument is not None and not argument.strip():
        raise UsageError(f"{name} is empty.")


def print_hits(hits: Sequence[Mapping[str, Any]], output: Output) -> None:
    """Write hits as a list for people to read."""
    for number, hit in enumerate(hits, 1):
        location = output.strong(f"{hit['path']}:{hit['start_line']}")
        title = " > ".join(hit["heading"]) or hit["title"]
        score = output.faint(f"{hit['score']:.2f}")
        output.line(f"{number:2}. {location}  {title}  {score}")
        output.line(f"    {excerpt(hit['text'], _EXCERPT)}")


def excerpt(text: str, limit: int) -> str:
    """Return the beginning of a text on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[:limit].rsplit(' ', 1)[0]} …"


COMMAND = Command(
    "search", "find the passages that answer a question", _add_arguments, printing(_run)
)
