"""The folder of sockets and locks: a place that only this user can enter.

Light on purpose: `askdocs lsp` needs it within milliseconds of its start.
"""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path

from askdocs_server.errors import RuntimeDirectoryError

MAX_SOCKET_PATH_BYTES = 100
"""The kernel takes 107 (Linux) or 103 (macOS) bytes in `sockaddr_un.sun_path`."""
LONGEST_SOCKET_NAME = len("daemon-0123abcd.sock.4194304")


def runtime_directory(*, create: bool = True) -> Path:
    """Return the folder, created with mode 0700 where it is missing and `create` is set.

    Raises RuntimeDirectoryError, also for a missing folder that is not to be created.

    It lies in the user's runtime directory or, where there is none or its path is too long for a
    socket, among the temporary files. One that others could enter, or have made, is refused: who
    can write there could answer in the daemon's place.
    """
    directory = _place()
    try:
        if create:
            directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
        found, above = directory.lstat(), directory.parent.stat()
    except OSError as error:
        raise RuntimeDirectoryError(
            f"{directory} cannot be made ({error.strerror}). It holds askdocs's sockets: make "
            "room there, or set XDG_RUNTIME_DIR to a folder of yours."
        ) from error
    if problem := _problem(found, above):
        raise RuntimeDirectoryError(
            f"{directory} {problem}, so askdocs does not use it for its sockets. Remove it or run "
            f"`chmod 700 {directory}`, or set XDG_RUNTIME_DIR to a folder of yours."
        )
    return directory


def _place() -> Path:
    preferred = _of_the_user()
    if preferred is None:
        return _temporary("")
    ours = preferred / "askdocs"
    if len(os.fsencode(ours)) + 1 + LONGEST_SOCKET_NAME <= MAX_SOCKET_PATH_BYTES:
        return ours
    # Two runtime directories stay two, also where both are too long.
    return _temporary(f"-{zlib.crc32(os.fsencode(preferred)):08x}")


def _of_the_user() -> Path | None:
    """Return the runtime directory that the system gives this user."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if given.startswith("/"):
        return Path(given)
    usual = Path(f"/run/user/{os.getuid()}")
    return usual if os.access(usual, os.W_OK) else None


def _temporary(suffix: str) -> Path:
    import tempfile  # Late: it is slow to import, and few need it.

    return Path(tempfile.gettempdir()) / f"askdocs-{os.getuid()}{suffix}"


def _problem(found: os.stat_result, above: os.stat_result) -> str:
    """Return what is wrong with a directory, given the one that it lies in; "" if nothing is."""
    me = os.getuid()
    if not stat.S_ISDIR(found.st_mode):
        return "is not a folder"
    if found.st_uid != me:
        return "belongs to another user"
    if found.st_mode & 0o077:
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o})"
    if above.st_uid not in (0, me) or (above.st_mode & 0o022 and not above.st_mode & stat.S_ISVTX):
        return "lies where others could put another folder in its place"
    return ""
