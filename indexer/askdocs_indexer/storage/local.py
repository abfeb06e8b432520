"""Milvus Lite in this process, behind a Unix socket that only this user can reach.

pymilvus by itself would have Milvus Lite listen on a TCP port of the loopback interface, without a
password: every user of the machine could read and change the index.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from askdocs_indexer.errors import StoreDamagedError, StoreError
from askdocs_indexer.storage.client import silence_grpc
from askdocs_indexer.system.processes import is_running, unix_socket, user_id

log = logging.getLogger(__name__)

_PREFIX = "askdocs-milvus-"
# The kernel takes 103 bytes at least, and Milvus Lite adds two to a name that we make.
_MAX_FOLDER_BYTES = 85


def is_local(uri: str) -> bool:
    """Return whether `index.uri` means a database of Milvus Lite."""
    return uri.endswith(".db")


class LocalServer:
    """Milvus Lite on a database, from creation to `close`; clients find it at `address`.

    Create it only while no other process uses the database. Raises StoreError where the database
    may not be used or no socket can be made, and StoreDamagedError where it does not open.
    """

    def __init__(self, database: Path) -> None:
        silence_grpc()
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        if database.exists() and not os.access(database, os.R_OK | os.W_OK):
            raise StoreError(f"{database} cannot be read and written. Correct its permissions.")
        self._folder = _private_folder()
        host = f"unix:{self._folder}/socket"
        try:
            self._server, self._database, _ = start_server_in_thread(os.fspath(database), host)
        except Exception as error:
            log.info("%s does not open (%s)", database, error)
            self._remove()
            raise StoreDamagedError(f"the database does not open: {error}") from error
        # Milvus Lite writes a port behind whatever its host is.
        self.address = f"{host}:0"

    def close(self) -> None:
        """Stop serving and release the database."""
        try:
            self._server.stop(grace=2).wait()
        finally:
            try:
                self._database.close()
            finally:
                self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def release_memory() -> None:
    """Give back what reading and writing rows took: Arrow, in which Milvus Lite has them, keeps it.

    That is four times the size of the vectors.
    """
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()


def _private_folder() -> Path:
    """Return a new folder of mode 0700 that holds a socket. Raises StoreError where it cannot."""
    above = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if not above.is_dir() or len(os.fsencode(above)) > _MAX_FOLDER_BYTES - len(_PREFIX) - 20:
        above = Path(tempfile.gettempdir())
    try:
        _remove_dead(above)
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=above))
        with unix_socket() as trial:
            trial.bind(f"{folder}/trial")
    except OSError as error:
        raise StoreError(
            f"No socket can be made in {above} ({error.strerror or error}). Make room there, or "
            "set XDG_RUNTIME_DIR to another folder of yours."
        ) from error
    return folder


def _remove_dead(above: Path) -> None:
    """Remove the folders of processes that were killed."""
    for folder in above.glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):  # Another process may be removing it.
            if pid.isdigit() and folder.lstat().st_uid == user_id() and not is_running(int(pid)):
                shutil.rmtree(folder)
