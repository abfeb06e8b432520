"""The entry point: arguments in, one command run, its errors turned into exit codes.

Nothing heavy is imported before a command needs it: `--help` and usage errors answer at once. And
nothing at all before `run` is entered, where Ctrl-C has its message from the first moment on.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # As type checkers take it; the module of this name is not needed.
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_INTERRUPTED = 130
_WHEN_INTERRUPTED = (
    "askdocs: Interrupted. What was finished is kept; run the command again to go on."
)
_DEBUG_VARIABLE = "ASKDOCS_DEBUG"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 called wrongly.

    Every error becomes a message and an exit code, never a bare traceback. Where the user
    interrupts the command, the process ends with the exit code 130.
    """
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given or bool(os.environ.get(_DEBUG_VARIABLE))
    try:
        return _run(given, debug)
    except BrokenPipeError:
        return 1  # The reader of our output is gone, as with `head`.
    except Exception as error:
        return _failed(error, debug)
    except KeyboardInterrupt as error:
        _end_interrupted(error, debug)


def _run(given: Sequence[str], debug: bool) -> int:
    from askdocs_indexer.system.support import check_system

    check_system()
    from askdocs_server.cli.parser import parsed

    options = parsed(given, debug)
    _configure_logging(debug)
    code: int = options.run(options)
    return code


def _failed(error: Exception, debug: bool) -> int:
    """Say what went wrong and return the exit code."""
    from askdocs_server.cli.errors import exit_code, message
    from askdocs_server.cli.output import note

    if debug:
        import traceback

        traceback.print_exception(error)
    note(message(error))
    return exit_code(error)


def _end_interrupted(error: KeyboardInterrupt, debug: bool) -> NoReturn:
    """Say so, and end at once: a library may be deep in C code on another thread."""
    from askdocs_server.ipc.signals import ignore_interrupts

    ignore_interrupts()
    if debug:
        import traceback

        traceback.print_exception(error)
    print(_WHEN_INTERRUPTED, file=sys.stderr, flush=True)
    os._exit(_INTERRUPTED)


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
