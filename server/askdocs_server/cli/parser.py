"""The arguments of the command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from askdocs_server import __version__
from askdocs_server.cli.command import Command

# Each is a module of this package, and only the called command is imported: an editor waits for
# `askdocs lsp`.
_COMMANDS = (
    *("lsp", "mcp", "index", "search", "hover", "ask"),
    *("status", "model", "doctor", "stop", "demo"),
)


def parsed(given: Sequence[str], debug: bool) -> argparse.Namespace:
    """Return the arguments of a call. Raises UsageError, and SystemExit as argparse does.

    `debug` says whether everything is logged, which the environment may have asked for.
    """
    called = given[:1] if given[:1] and given[0] in _COMMANDS else _COMMANDS
    options = build_parser(called).parse_args(given, argparse.Namespace(debug=debug))
    if options.root is not None:
        options.root = _existing(options.root)
    return options


def build_parser(names: Sequence[str] = _COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of these commands."""
    parser = argparse.ArgumentParser(
        prog="askdocs", description="A language server that knows your project's documentation."
    )
    parser.add_argument("--version", action="version", version=f"askdocs {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        command: Command = import_module(f"askdocs_server.cli.{name}").COMMAND
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
        help="the project (default: this folder; of lsp and mcp: what the client opens)",
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
        help="log everything and show tracebacks (also: ASKDOCS_DEBUG=1)",
    )


def _assignment(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE, e.g. llm.mode=off")
    return key.strip(), value.strip()


def _existing(root: Path) -> Path:
    """Return `--root` as an absolute path. Raises UsageError if it is not a readable folder."""
    from askdocs_server.errors import UsageError

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
