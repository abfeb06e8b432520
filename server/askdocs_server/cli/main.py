"""The entry point: arguments in, one command run, its errors turned into exit codes.

Nothing heavy is imported before a command needs it: `--help` and usage errors answer at once.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from askdocs_server.cli import ask, doctor, hover, index, lsp, search, status, stop
from askdocs_server.cli.errors import FAILED, INTERRUPTED, UsageError, exit_code, message
from askdocs_server.cli.output import note

_COMMANDS = tuple(
    module.COMMAND for module in (lsp, index, search, hover, ask, status, stop, doctor)
)
_DEBUG_VARIABLE = "ASKDOCS_DEBUG"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrongly called."""
    options = build_parser().parse_args(arguments)
    _configure_logging(options.debug)
    code = _guarded(options)
    if code == INTERRUPTED:
        # A library may be deep in C code on another thread, and Python would wait for it.
        sys.stderr.flush()
        os._exit(code)
    return code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="askdocs", description="A language server that knows your project's documentation."
    )
    parser.add_argument("--version", action="version", version=f"askdocs {version('askdocs')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        description = f"{command.summary[0].upper()}{command.summary[1:]}."
        sub = commands.add_parser(command.name, help=command.summary, description=description)
        _add_common_arguments(sub)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def _add_common_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options of every command")
    group.add_argument(
        "--root",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the project (default: this folder; of lsp: what the editor opens)",
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="KEY=VALUE",
        help="a setting for this run, e.g. llm.mode=off (repeatable; see docs/settings.md)",
    )
    group.add_argument(
        "--debug",
        action="store_true",
        default=bool(os.environ.get(_DEBUG_VARIABLE)),
        help=f"log everything and show tracebacks (also: {_DEBUG_VARIABLE}=1)",
    )


def _assignment(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE, e.g. llm.mode=off")
    return key.strip(), value.strip()


def _guarded(options: argparse.Namespace) -> int:
    """Run a command; every error becomes a message and an exit code, never a bare traceback."""
    try:
        if options.root is not None:
            options.root = _existing(options.root)
        code: int = options.run(options)
    except BrokenPipeError:
        return FAILED  # The reader of our output has gone, as `head` does.
    except (Exception, KeyboardInterrupt, asyncio.CancelledError) as error:
        if options.debug:
            traceback.print_exc()
        note(message(error))
        return exit_code(error)
    return code


def _existing(root: Path) -> Path:
    """Return `--root` as an absolute path. Raises UsageError where it is no folder of ours."""
    try:
        if not root.exists():
            raise UsageError(f"{root} does not exist. Give an existing folder with --root.")
        if not root.is_dir():
            raise UsageError(f"{root} is a file. Give the folder of the project with --root.")
        readable = os.access(root, os.R_OK | os.X_OK)
    except PermissionError:
        readable = False
    if not readable:
        raise UsageError(f"You may not read {root}. Change its mode, or give another --root.")
    return root.resolve()


def _configure_logging(debug: bool) -> None:
    """Log to stderr: our own warnings, and nothing of the libraries unless for debugging."""
    logging.basicConfig(
        level=logging.INFO if debug else logging.CRITICAL,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for name in ("askdocs_server", "askdocs_indexer"):
        logging.getLogger(name).setLevel(logging.DEBUG if debug else logging.WARNING)
    if not debug:
        warnings.filterwarnings("ignore")
        # Loading a model draws a bar of its own, across ours.
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


if __name__ == "__main__":
    sys.exit(run())
