"""What can go wrong in the server. Every message says what happened and what to do next.

AskdocsError                         of askdocs_indexer, which has errors of its own below it
├── SettingsError                    a setting on the command line is wrong
├── UsageError                       a command is called wrongly
│   ├── RowError                     a line of a batch is not what the command takes
│   ├── ArgumentError                a tool for agents is called with wrong arguments
│   └── NoRootError                  an agent names no project
├── CommandError                     a command cannot do its work
├── RuntimeDirectoryError            the private folder of sockets cannot be used
├── DaemonError                      there is no daemon to connect to
├── DaemonFailedError                the daemon cannot do what was asked
│   └── DaemonGoneError              it has ended; the next daemon can be asked again
├── HandshakeError                   the first line of a connection is not ours
├── RefusedError                     a message is answered with an error (lsp/protocol.py)
└── GenerationError                  no text is generated
    ├── GeneratorMissingError        vLLM, the model or the endpoint is missing: retrying is no use
    ├── ChildFailedError             the local vLLM does not start, or ends on its own
    └── RequestFailedError           one generation fails or takes too long
        ├── ModelLoadingError        the server is still loading its model; it only needs time
        └── PromptTooLongError       the prompt does not fit into the model's context
"""

from __future__ import annotations

from askdocs_indexer.errors import AskdocsError, IndexerError, RootError, UnsupportedSystemError

__all__ = ["AskdocsError", "IndexerError", "RootError", "UnsupportedSystemError"]


class SettingsError(AskdocsError, ValueError):
    """A setting given on the command line is wrong; the message names the key."""


class UsageError(AskdocsError):
    """The command was called wrongly; the message says how to call it."""


class RowError(UsageError):
    """A line of a batch is not what the command takes; the message names the field."""


class ArgumentError(UsageError):
    """A tool was called with a wrong argument; the message names it and what it must be."""


class NoRootError(UsageError):
    """There is no project to search; the message says how to name a project."""


class CommandError(AskdocsError):
    """The command cannot do its work; the message says what to do."""


class RuntimeDirectoryError(AskdocsError, OSError):
    """The folder cannot be used; the message says why and what to do."""


class DaemonError(AskdocsError, OSError):
    """There is no daemon to connect to; the message says why and what to do."""


class DaemonFailedError(AskdocsError):
    """The daemon could not do what was asked; the message says why."""


class DaemonGoneError(DaemonFailedError):
    """The daemon has ended; the next daemon can be asked again."""


class HandshakeError(AskdocsError, ValueError):
    """The first line of a connection is not ours; the message says what is wrong."""


class GenerationError(AskdocsError):
    """Base of all errors that generation raises deliberately."""


class GeneratorMissingError(GenerationError):
    """Something that must be installed or configured first is missing."""


class ChildFailedError(GenerationError):
    """The local vLLM did not start, or ended on its own."""


class RequestFailedError(GenerationError):
    """One generation failed or took too long. `status` is the HTTP status of a refusal, or None."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class ModelLoadingError(RequestFailedError):
    """The server is still loading its model; it only needs time."""


class PromptTooLongError(RequestFailedError):
    """The prompt does not fit into the model's context."""


def is_expected(error: BaseException) -> bool:
    """Whether an error's message is meant for the user as it is; all others are unexpected."""
    return isinstance(error, AskdocsError | TimeoutError)


def message(error: BaseException, details: str) -> str:
    """What to tell the user: what is wrong and what to do next.

    `details` is a sentence that says how to learn more about an unexpected error.
    """
    if isinstance(error, TimeoutError):
        return str(error) or "It took too long. Try again when the machine is less busy."
    if is_expected(error):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        file = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{file}. Run `askdocs doctor` to see what is in the way."
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed. Run `make setup`; `askdocs doctor` shows the rest."
    return f"Something unexpected went wrong ({type(error).__name__}: {error}). {details}"
