"""`askdocs hover`: the documentation of the symbol at a position in a source file."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from askdocs_indexer.ingest.unread import why_unread
from askdocs_indexer.languages.registry import language_of, titles
from askdocs_indexer.lines import LINE_BREAK
from askdocs_indexer.paths import expanded
from askdocs_server.cli.batch import Row, answer_lines, count_field, open_batch, text_field
from askdocs_server.cli.command import Command, add_batch, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, hits_object, note
from askdocs_server.cli.search import require_either
from askdocs_server.cli.session import add_daemon, bring_in_step, opened
from askdocs_server.errors import RowError, UsageError
from askdocs_server.host.project import Project
from askdocs_server.text.lines import code_point

_POSITION = re.compile(r"(?P<file>.+):(?P<line>\d+):(?P<column>\d+)", re.DOTALL)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "position",
        nargs="?",
        metavar="FILE:LINE:COL",
        help="where the cursor is; line and column count from 1, as editors show them",
    )
    add_json(parser)
    add_daemon(parser)
    add_batch(
        parser,
        '{"file": "…", "line": 0, "character": 0}, an LSP position in UTF-16; "definitions", a '
        "list of the same, tells where another language server finds the symbol defined",
    )


async def _run(options: argparse.Namespace, output: Output) -> int:
    require_either(options.position, options.batch, "FILE:LINE:COL")
    lines = open_batch(options.batch) if options.batch else None
    position = find_position(options.position, options.root) if lines is None else None
    if position is not None and language_of(str(position[0])) is None:
        return _shown([], position[0], options, output)  # Whatever is indexed.
    async with opened(options) as project:
        await bring_in_step(project, names_only=True)
        if lines is not None:

            async def answer(row: Row) -> Row:
                return hits_object(await _hover_row(project, options.root, row))

            return await answer_lines(lines, output, answer, hits_object([]))
        assert position is not None
        file, source, line, character = position
        hits = await project.hover(str(file), source, line, character, with_uses=True)
    return _shown(hits, file, options, output)


def _shown(hits: Sequence[Row], file: Path, options: argparse.Namespace, output: Output) -> int:
    """Show the hits of a hover, or say why there are none."""
    if options.json:
        output.json(hits_object(hits))
    elif hits:
        best = hits[0]
        output.line(best["shown"])
        output.line()
        output.line(output.faint(f"{best['path']}:{best['start_line']}"))
        _print_uses(output, best["uses"])
    if not hits:
        note(_why_nothing(file))
    return OK


def _why_nothing(file: Path) -> str:
    """Return why nothing is shown at a position of a file."""
    if language_of(str(file)) is not None:
        return "nothing is documented there; an editor shows no hover."
    if reason := why_unread(file.suffix.lower()):
        return reason
    kind = f"{file.suffix} files" if file.suffix else "files without a suffix"
    return f"askdocs shows no hovers for {kind}; it does for {', '.join(titles())}."


def _print_uses(output: Output, uses: list[dict[str, Any]]) -> None:
    if uses:
        output.line()
        output.line("More in the docs:")
    for use in uses:
        position = output.faint(f"{use['path']}:{use['start_line']}")
        output.line(f"  {use['title']}  {position}")


async def _hover_row(project: Project, root: Path, row: Row) -> list[dict[str, Any]]:
    file = _located(text_field(row, "file"), root)
    line, units = count_field(row, "line"), count_field(row, "character")
    try:
        source = _read(file)
    except UsageError as error:
        raise RowError(str(error)) from None
    character = code_points(source, line, units)
    return await project.hover(str(file), source, line, character, _definitions(row, root))


def _definitions(row: Row, root: Path) -> list[dict[str, Any]]:
    """Return where a row says that its symbol is defined. Raises RowError."""
    listed = row.get("definitions") or []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise RowError('"definitions" must be a list of {"file", "line", "character"}')
    return [
        {
            "file": str(_located(text_field(item, "file"), root).resolve()),
            "line": count_field(item, "line"),
            "character": count_field(item, "character"),
        }
        for item in listed
    ]


def find_position(text: str, root: Path) -> tuple[Path, str, int, int]:
    """Return (file, its text, 0-based line, 0-based code point) of FILE:LINE:COL."""
    match = _POSITION.fullmatch(text)
    if match is None:
        raise UsageError(f"{text} is not FILE:LINE:COL, e.g. src/app.py:12:5.")
    line, column = int(match["line"]), int(match["column"])
    if not line or not column:
        raise UsageError(f"{text}: lines and columns count from 1.")
    file = _located(match["file"], root)
    source = _read(file)
    rows = LINE_BREAK.split(source)
    if line > len(rows):
        raise UsageError(f"{file} has {len(rows)} lines, so there is no line {line}.")
    last = len(rows[line - 1]) + 1
    if column > last:
        raise UsageError(f"{file}:{line} ends at column {last}, so there is no column {column}.")
    return file, source, line - 1, column - 1


def _located(file: str, root: Path) -> Path:
    """Return a file as the shell means it or, if it does not exist, relative to the root."""
    path = expanded(file)
    # The index knows files by where they are in the workspace.
    return (path if path.exists() else root / path).absolute()


def _read(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}). Give a source file.") from None
    if b"\0" in data:
        raise UsageError(f"{file} is a binary file. Give a source file.")
    # An encoding other than UTF-8 only garbles single letters; names and positions stay right.
    return data.decode("utf-8-sig", errors="replace")


def code_points(source: str, line: int, units: int) -> int:
    """Return how many code points lie before the UTF-16 unit `units` of a 0-based line.

    A position beyond the line's end means the end, as in LSP.
    """
    return code_point(source, line, units, "utf-16") or 0


COMMAND = Command("hover", "show the documentation of a symbol", _add_arguments, printing(_run))
