"""A status that is shown until Ctrl-C, as it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output

# A look takes some milliseconds, and no daemon is kept alive by it.
_SECONDS = 1.0

Row = dict[str, Any]
Look = Callable[..., Awaitable[Row]]
Lines = Callable[[Row], Iterable[str]]


async def watch(look: Look, lines: Lines, output: Output, *, as_json: bool) -> int:
    """Show what `look` returns, again after each change, until Ctrl-C, which is no failure.

    On a terminal it stays in place; else each state is written below the last one, with `as_json`
    on a line.
    """
    try:
        if as_json:
            await _follow(look, output.json)
        elif output.is_terminal:
            await _in_place(look, lines, output)
        else:
            await _follow(look, lambda row: output.line("\n".join((*lines(row), ""))))
    except asyncio.CancelledError:
        return OK
    return OK


async def _follow(look: Look, show: Callable[[Row], None]) -> None:
    shown: Row | None = None
    while True:
        row = await look(is_first=shown is None)
        if shown is None or _steady(row) != _steady(shown):
            show(row)
            shown = row
        await asyncio.sleep(_SECONDS)


async def _in_place(look: Look, lines: Lines, output: Output) -> None:
    """Draw over the last state; the last one stays, and the cursor comes back."""
    from rich.console import Console  # Late: a library that draws.
    from rich.live import Live
    from rich.text import Text

    console = Console(file=output.data, no_color=not output.styled)
    with Live(console=console, auto_refresh=False) as live:
        await _follow(look, lambda row: live.update(Text("\n".join(lines(row))), refresh=True))


def _steady(row: Row) -> Row:
    """Return what counts as a change: neither the daemon's age, nor how much memory is free."""
    daemon = row["daemon"] and {**row["daemon"], "seconds": 0}
    answers = {**row["answers"], "detail": ""}
    return {**row, "daemon": daemon, "answers": answers}
