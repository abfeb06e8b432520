"""What can go wrong in the indexer. Every message says what to do next.

AskdocsError                     the root of all, those of askdocs_server included
├── UnsupportedSystemError       askdocs does not run on this operating system
└── IndexerError
    ├── RootError                the workspace root is missing or not a folder
    ├── ReadError                a document cannot be read (it is skipped, the rest goes on)
    ├── EmbedderError            the embedding model cannot be loaded
    ├── RerankerError            the re-ranking model cannot be used (searches go on without it)
    └── StoreError               the index cannot be read or written
        ├── DatabaseInUseError   another process holds the database
        └── StoreDamagedError    the database does not open or load
"""

from __future__ import annotations


class AskdocsError(Exception):
    """Base of all errors that askdocs raises on purpose: the message is meant for the user."""


class UnsupportedSystemError(AskdocsError):
    """askdocs does not run on this operating system; the message says where it does."""

    def __init__(self) -> None:
        super().__init__(
            "Windows itself cannot run askdocs: install it in WSL, the Linux inside Windows "
            "(https://learn.microsoft.com/windows/wsl/install), and open the project there, in "
            "VS Code with “WSL: Reopen Folder in WSL”."
        )


class IndexerError(AskdocsError):
    """Base of all errors that the indexer raises on purpose."""


class RootError(IndexerError):
    """The workspace root is missing or not a folder."""


class ReadError(IndexerError):
    """A document cannot be read."""


class EmbedderError(IndexerError):
    """The embedding model cannot be loaded."""


class RerankerError(IndexerError):
    """The re-ranking model cannot be used."""


class StoreError(IndexerError):
    """The index cannot be read or written."""


class DatabaseInUseError(StoreError):
    """Another process holds the database: Milvus Lite admits one process per directory.

    `process` is that process, None where it is unknown. While it fills the index, `done` of `total`
    files are read, or passages embedded; both are 0 otherwise.
    """

    def __init__(
        self, message: str, process: int | None = None, done: int = 0, total: int = 0
    ) -> None:
        super().__init__(message)
        self.process = process
        self.done = done
        self.total = total


class StoreDamagedError(StoreError):
    """The database does not open or load."""
