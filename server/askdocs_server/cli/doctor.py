"""`askdocs doctor`: see whether everything is there, and what to do where it is not."""

from __future__ import annotations

import argparse
import dataclasses

from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import FAILED, OK
from askdocs_server.cli.output import Output
from askdocs_server.doctor import Check, examine
from askdocs_server.settings.loader import load_settings

_MARKS = {"good": "✓", "warning": "!", "broken": "✗"}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--deep", action="store_true", help="also load and start the models, which takes a minute"
    )
    add_json(parser)


async def _run(options: argparse.Namespace, output: Output) -> int:
    settings, ignored = load_settings(options.root, overrides=dict(options.set))
    checks = []
    async for check in examine(options.root, settings, ignored, deep=options.deep):
        checks.append(check)
        if not options.json:
            _print(check, output)
    healthy = all(check.verdict != "broken" for check in checks)
    if options.json:
        output.json({"healthy": healthy, "checks": [dataclasses.asdict(check) for check in checks]})
    return OK if healthy else FAILED


def _print(check: Check, output: Output) -> None:
    output.line(f"{_MARKS[check.verdict]} {output.strong(check.name)}: {check.detail}")
    if check.next_step:
        output.line(f"  → {check.next_step}")


COMMAND = Command(
    "doctor",
    "see whether everything is there, and what to do where not",
    _add_arguments,
    printing(_run),
)
