"""How the command line ends: its exit codes, and what it says about each kind of failure.

Only light modules are imported here, so that a mistyped command is answered at once.
"""

from __future__ import annotations

import asyncio

from askdocs_indexer.errors import IndexerError, RootError
from askdocs_server.daemon.client import DaemonFailedError
from askdocs_server.daemon.connect import DaemonError
from askdocs_server.generation.errors import GenerationError
from askdocs_server.ipc.runtime_dir import RuntimeDirectoryError
from askdocs_server.settings.loader import SettingsError

OK = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


class UsageError(Exception):
    """The command was called in a wrong way; the message says how to call it."""


class CommandError(Exception):
    """The command cannot do its work; the message says what to do."""


EXPECTED = (
    IndexerError,
    GenerationError,
    SettingsError,
    UsageError,
    CommandError,
    DaemonError,
    DaemonFailedError,
    RuntimeDirectoryError,
    TimeoutError,
)
"""Errors whose message is meant for the user as it is; all others are surprises."""


def exit_code(error: BaseException) -> int:
    """Return the exit code for an error."""
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
        return INTERRUPTED
    return USAGE if isinstance(error, UsageError | SettingsError | RootError) else FAILED


def message(error: BaseException) -> str:
    """Return what to tell the user: what is wrong and what to do next."""
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
        return "Interrupted. What was finished is kept; run the command again to go on."
    if isinstance(error, TimeoutError):
        return str(error) or "It took too long. Try again when the machine is less busy."
    if isinstance(error, EXPECTED):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{place}. Run `askdocs doctor` to see what is in the way."
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed. Run `make setup`; `askdocs doctor` shows the rest."
    return (
        f"Something unexpected went wrong ({type(error).__name__}: {error}). Run it again with "
        "--debug for the details, or run `askdocs doctor`."
    )
