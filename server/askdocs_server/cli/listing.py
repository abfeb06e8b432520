"""What an index holds, and what a run of indexing would do, for people to read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from askdocs_server.cli.output import Output, duration, rate

Row = dict[str, Any]

# A terminal shows the folders of longer lists instead, in at most so many rows. Pipes get all.
_MOST_ROWS = 60
_MOST_LEFT_OUT = 20


def print_contents(contents: Row, output: Output) -> None:
    """List the files of an index, with passages and why they rank behind, and what is left out."""
    files: Sequence[Row] = contents["files"]
    rows = [(file["chunks"], file["path"], file["behind"] or "") for file in files]
    is_folded = output.is_terminal and len(rows) > _MOST_ROWS
    if is_folded:
        rows = [*_by_folder(files)]
    passages = sum(file["chunks"] for file in files)
    output.line(output.strong(f"{len(files):,} files with {passages:,} passages"))
    width = max((len(path) for _, path, _ in rows), default=0)
    for chunks, path, behind in rows:
        line = f"{chunks:>8,}  {path}"
        if behind:
            line = f"{line:<{width + 10}}  {output.faint(behind)}"
        output.line(line)
    _print_left_out(contents["left_out"], output)
    if is_folded:
        output.line()
        output.line(output.faint("Each file is named in a pipe: `askdocs index --list | less`."))


def print_plan(plan: Row, output: Output) -> None:
    """Say what a run of indexing would do, and how long that takes."""
    output.line(f"read        {_files(plan['read'])}, {_files(plan['leaving'])} would leave")
    output.line(f"passages    {plan['chunks']:,} in {_files(plan['files'])}, {plan['new']:,} new")
    known = f"; {plan['reused']:,} more repeat these or have vectors" if plan["reused"] else ""
    output.line(f"embed       {plan['embedded']:,} passages{known}")
    for line in _time(plan):
        output.line(f"{line[0]:<12}{line[1]}")
    _print_left_out(plan["left_out"], output)
    output.line()
    output.line("Nothing was written. `askdocs index` does it.")


def _time(plan: Row) -> Iterator[tuple[str, str]]:
    if plan["seconds"] is None:
        yield "time", f"unknown. {plan['detail']}"
        return
    yield "time", f"about {duration(plan['seconds'])}"
    estimate = f"reading took {duration(plan['reading_seconds'])} just now"
    if plan["speed"]:
        estimate += (
            f"; the model embeds {rate(plan['speed'])} here, measured on some of these passages"
        )
    yield "", estimate


def _print_left_out(rows: Sequence[Row], output: Output) -> None:
    if not rows:
        return
    output.line()
    output.line(output.strong("Left out or not read"))
    most = _MOST_LEFT_OUT if output.is_terminal else len(rows)
    width = max(len(row["path"]) for row in rows[:most])
    for row in rows[:most]:
        output.line(f"  {row['path']:<{width}}  {output.faint(row['reason'])}")
    if len(rows) > most:
        output.line(f"  … and {len(rows) - most:,} more; a pipe or --json has them all")


def _by_folder(files: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    """Yield a row for each folder, as deep as fits into the rows of a terminal."""
    depth = max(file["path"].count("/") for file in files)
    while depth > 1 and len({_folder(file["path"], depth) for file in files}) > _MOST_ROWS:
        depth -= 1
    folders: defaultdict[str, list[Row]] = defaultdict(list)
    for file in files:
        folders[_folder(file["path"], depth)].append(file)
    for folder, held in sorted(folders.items()):
        reasons = Counter(_kind(file["behind"]) for file in held if file["behind"])
        chunks = sum(file["chunks"] for file in held)
        behind = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
        if len(reasons) == 1 and reasons.total() == len(held):
            behind = next(iter(reasons))
        yield chunks, f"{folder}  ({_files(len(held))})", behind


def _folder(path: str, depth: int) -> str:
    """Return the folder of a file, of at most so many levels."""
    levels = path.split("/")[:-1][:depth]
    return "/".join((*levels, "")) or "./"


def _kind(behind: str) -> str:
    """Return why a file ranks behind, without the one that it ranks behind."""
    return behind.partition(" of ")[0]


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"
