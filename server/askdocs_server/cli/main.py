"""The entry point: arguments in, one command run, its errors turned into exit codes.

Nothing heavy is imported before a command needs it: `--help` and usage errors answer at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from askdocs_server import __version__
from askdocs_server.cli.command import Command
from askdocs_server.cli.output import note

# Each is a module of this package, and only the called command is imported: an editor waits for
# `askdocs lsp`.
_COMMANDS = (
    *("lsp", "mcp", "index", "search", "hover", "ask"),
    *("status", "model", "doctor", "stop", "demo"),
)
_DEBUG_VARIABLE = "ASKDOCS_DEBUG"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 called wrongly."""
    given = sys.argv[1:] if arguments is None else arguments
    called = given[:1] if given[:1] and given[0] in _COMMANDS else _COMMANDS
    options = build_parser(called).parse_args(given)
    _configure_logging(options.debug)
    return _guarded(options)


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
        return 1  # The reader of our output is gone, as with `head`.
    except BaseException as error:
        if isinstance(error, SystemExit | GeneratorExit):
            raise
        return _failed(error, options.debug)
    return code


def _failed(error: BaseException, debug: bool) -> int:
    """Say what went wrong and return the exit code."""
    from askdocs_server.cli.errors import INTERRUPTED, exit_code, message

    if debug:
        import traceback

        traceback.print_exception(error)
    note(message(error))
    code = exit_code(error)
    if code == INTERRUPTED:
        # A library may be deep in C code on another thread, and Python would wait for it.
        sys.stderr.flush()
        os._exit(code)
    return code


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


def _configure_logging(debug: bool) -> None:
    """Log our own warnings to stderr, and what the libraries log only with `debug`."""
    import logging
    import warnings

    logging.basicConfig(
        level=logging.INFO if debug else logging.CRITICAL,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for name in ("askdocs_server", "askdocs_indexer"):
        logging.getLogger(name).setLevel(logging.DEBUG if debug else logging.WARNING)
    if not debug:
        warnings.filterwarnings("ignore")
        # Loading a model draws its own progress bar, across ours.
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


if __name__ == "__main__":
    sys.exit(run())
