"""What a benchmark has measured, beside what it should be and what it could be at best.

Times are of the processor, summed over all processes that take part, wherever the unit says CPU:
other load on the machine does not change those much. The wall time stands beside them.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_COLUMNS = ("what", "budget", "measured", "wall", "floor", "peers", "ratio")


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a figure may be, or the least."""

    value: float
    is_least: bool = False

    def holds(self, figure: float) -> bool:
        return figure >= self.value if self.is_least else figure <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {_number(self.value)}"


def at_most(value: float) -> Limit:
    return Limit(value)


def at_least(value: float) -> Limit:
    return Limit(value, is_least=True)


@dataclass(frozen=True, slots=True)
class PeerFigure:
    """The figure of another program for the same work, or why it has none."""

    name: str
    measured: float | None = None
    problem: str = ""
    wall: float | None = None

    def __str__(self) -> str:
        wall = "" if self.wall is None else f" ({_number(self.wall)})"
        return f"{self.name} {self.problem or _number(self.measured)}{wall}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. `floor`, `peers`, `budget` have its unit, and `wall` the same without "CPU"."""

    what: str
    measured: float | None = None
    unit: str = ""
    wall: float | None = None
    floor: float | None = None
    peers: tuple[PeerFigure, ...] = field(default=())
    budget: Limit | None = None
    ratio_budget: Limit | None = None
    # Why there is no figure.
    problem: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure beside its floor."""
        if self.measured is None or not self.floor:
            return None
        return self.measured / self.floor

    @property
    def misses_ratio(self) -> bool:
        """Whether the ratio breaks its budget, or could not be taken although it has one."""
        if self.ratio_budget is None:
            return False
        return self.ratio is None or not self.ratio_budget.holds(self.ratio)

    @property
    def misses_budget(self) -> bool:
        """Whether the figure itself is over its budget; on a slow machine that proves nothing."""
        return (
            self.budget is not None
            and self.measured is not None
            and not self.budget.holds(self.measured)
        )

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        budgets = [f"{self.budget} {self.unit}".rstrip()] if self.budget else []
        budgets += [f"ratio {self.ratio_budget}"] if self.ratio_budget else []
        measured = f"{_number(self.measured)} {self.unit}".rstrip()
        ratio = _number(self.ratio)
        return (
            self.what,
            ", ".join(budgets),
            self.problem or measured + (" (over)" if self.misses_budget else ""),
            "" if self.wall is None else f"{_number(self.wall)} {self.unit.replace('CPU ', '')}",
            _number(self.floor),
            "; ".join(map(str, self.peers)),
            f"**{ratio or 'none'}, missed**" if self.misses_ratio else ratio,
        )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share of them lies, by the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(measurements: Iterable[Measurement]) -> str:
    """Return measurements as a table in Markdown."""
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    rows += [tuple(map(_escaped, measurement.cells())) for measurement in measurements]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def dumped(measurements: Iterable[Measurement]) -> str:
    """Return measurements as JSON."""
    return json.dumps([asdict(measurement) for measurement in measurements], indent=1)


def parsed(text: str) -> list[Measurement]:
    """Read what `dumped` has written."""
    return [_from_json(row) for row in json.loads(text)]


def run(
    doc: str | None,
    measure: Callable[[argparse.Namespace], Iterable[Measurement]],
    add_arguments: Callable[[argparse.ArgumentParser], object] = lambda parser: None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Run a benchmark from the command line; returns 1 where a ratio misses its budget."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    add_arguments(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    measurements = [*measure(options)]
    if options.json:
        options.json.write_text(dumped(measurements), encoding="utf-8")
    print(table(measurements), end="")
    return int(any(measurement.misses_ratio for measurement in measurements))


def _from_json(row: dict[str, Any]) -> Measurement:
    for name in ("budget", "ratio_budget"):
        row[name] = Limit(**row[name]) if row[name] else None
    row["peers"] = tuple(PeerFigure(**peer) for peer in row["peers"])
    return Measurement(**row)


def _number(value: float | None) -> str:
    """Write a figure with three digits that count."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")
