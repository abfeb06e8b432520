"""How the command line ends: its exit codes, and what it says about each kind of failure.

Only light modules are imported here, so that a mistyped command is answered at once.
"""

from __future__ import annotations

from typing import Any

from askdocs_indexer.errors import DatabaseInUseError
from askdocs_server import errors
from askdocs_server.errors import RootError, SettingsError, UsageError

OK = 0
FAILED = 1
USAGE = 2

_DETAILS = "Run it again with --debug for the details, or run `askdocs doctor`."


def exit_code(error: BaseException) -> int:
    """Return the exit code for an error."""
    return USAGE if isinstance(error, UsageError | SettingsError | RootError) else FAILED


def message(error: BaseException) -> str:
    """Return what to tell the user: what is wrong and what to do next."""
    return errors.message(error, _DETAILS)


def error_object(error: BaseException) -> dict[str, Any]:
    """Return an error as `--json` gives it; where the index is in use, with its holder."""
    fields: dict[str, Any] = {"message": message(error)}
    if isinstance(error, DatabaseInUseError):
        fields |= {"process": error.process, "done": error.done, "total": error.total}
    return {"error": fields}
