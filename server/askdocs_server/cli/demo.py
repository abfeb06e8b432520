"""`askdocs demo`: the whole job in a terminal, on a copy of a project."""

from __future__ import annotations

import argparse
from pathlib import Path

from askdocs_server.cli.command import Command, run_interruptibly
from askdocs_server.cli.errors import OK


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--question", default="", help="what to ask (default: of a heading)")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write a picture of the terminal")


def _run(options: argparse.Namespace) -> int:
    from askdocs_server.cli.demonstration import Demo, default_question

    demo = Demo(options.root, options.question or default_question(options.root))
    run_interruptibly(demo.run())
    if options.svg:
        demo.picture(options.svg)
    return OK


COMMAND = Command("demo", "show the whole job on a copy of the project", _add_arguments, _run)
