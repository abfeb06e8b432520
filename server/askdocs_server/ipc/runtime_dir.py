"""The folder of sockets and locks, which only this user can enter.

Light on purpose: `askdocs lsp` needs it within milliseconds of its start.
"""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path

from askdocs_indexer.system.processes import user_id
from askdocs_server.errors import RuntimeDirectoryError

MAX_SOCKET_PATH_BYTES = 100
"""The kernel takes 107 (Linux) or 103 (macOS) bytes in `sockaddr_un.sun_path`."""
LONGEST_SOCKET_NAME = len("daemon-0123abcd.sock.4194304")


def runtime_directory(*, create: bool = True) -> Path:
    """Return the folder, created with mode 0700 where it is missing and `create` is set.

    Raises RuntimeDirectoryError, also for a missing folder that is not to be created.

    It lies in the user's runtime directory or, if there is none or its path is too long for a
    socket, among the temporary files, or in /tmp if they have a long path too. A folder that others
    made or could enter is refused: whoever can write there could pose as the daemon.
    """
    directory = _path()
    try:
        if create:
            directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
        status, parent_status = directory.lstat(), directory.parent.stat()
    except OSError as error:
        raise RuntimeDirectoryError(
            f"{directory} cannot be made ({error.strerror}). It holds askdocs's sockets: make "
            "room there, or set XDG_RUNTIME_DIR to a folder of yours."
        ) from error
    if problem := _problem(status, parent_status):
        raise RuntimeDirectoryError(
            f"{directory} {problem}, so askdocs does not use it for its sockets. Remove it or run "
            f"`chmod 700 {directory}`, or set XDG_RUNTIME_DIR to a folder of yours."
        )
    return directory


def _path() -> Path:
    preferred = _of_the_user()
    if preferred is None:
        return _temporary("")
    ours = preferred / "askdocs"
    return ours if _is_short(ours) else _temporary(_digest(preferred))


def _of_the_user() -> Path | None:
    """Return the runtime directory that the system gives this user."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if given.startswith("/"):
        return Path(given)
    usual = Path(f"/run/user/{user_id()}")
    return usual if os.access(usual, os.W_OK) else None


def _temporary(suffix: str) -> Path:
    import tempfile  # Late: slow to import, and rarely needed.

    above, name = Path(tempfile.gettempdir()), f"askdocs-{user_id()}{suffix}"
    return above / name if _is_short(above / name) else Path("/tmp") / f"{name}{_digest(above)}"


def _is_short(folder: Path) -> bool:
    """Return whether the sockets in a folder have paths that the kernel takes."""
    return len(os.fsencode(folder)) + 1 + LONGEST_SOCKET_NAME <= MAX_SOCKET_PATH_BYTES


def _digest(folder: Path) -> str:
    """Return what keeps two users' folders apart where both have paths that are too long."""
    return f"-{zlib.crc32(os.fsencode(folder)):08x}"


def _problem(status: os.stat_result, parent_status: os.stat_result) -> str:
    """Return what is wrong with a directory or with its parent; "" if nothing is."""
    me = user_id()
    if not stat.S_ISDIR(status.st_mode):
        return "is not a folder"
    if status.st_uid != me:
        return "belongs to another user"
    if status.st_mode & 0o077:
        return f"is open to others (mode {stat.S_IMODE(status.st_mode):04o})"
    if parent_status.st_uid not in (0, me) or (
        parent_status.st_mode & 0o022 and not parent_status.st_mode & stat.S_ISVTX
    ):
        return "lies where others could put another folder in its place"
    return ""
