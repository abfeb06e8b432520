"""Users, processes, and the sockets between them."""

from __future__ import annotations

import os
import socket
import sys

from askdocs_indexer.errors import UnsupportedSystemError


def user_id() -> int:
    """Return the number of the user that this process runs for."""
    if sys.platform != "win32":
        return os.getuid()
    raise UnsupportedSystemError


def user_home() -> str:
    """Return this user's home folder as the system knows it, whatever HOME says.

    "" for a user without an entry, as in containers.
    """
    if sys.platform != "win32":
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return ""
    raise UnsupportedSystemError


def is_running(process: int) -> bool:
    """Return whether there is a process of a number."""
    if sys.platform != "win32":
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except OSError:
            pass
        return True
    raise UnsupportedSystemError


def unix_socket() -> socket.socket:
    """Return a new Unix socket, neither bound nor connected."""
    if sys.platform != "win32":
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    raise UnsupportedSystemError
