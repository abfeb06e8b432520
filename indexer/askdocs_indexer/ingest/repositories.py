"""Git repositories, as far as their ignore rules and working trees go.

The layout is that of gitrepository-layout(5). Git itself is asked for a setting alone, because
only it knows all the files, includes and conditions that a setting may come from.
"""

from __future__ import annotations

import logging
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.paths import expanded, read_file

log = logging.getLogger(__name__)

_GIT_SECONDS = 2.0
_GITFILE_BYTES = 16_384
# Set where git runs a hook, these would lead to that repository instead of the folder's own.
_LEADS_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")


@dataclass(frozen=True, slots=True)
class Repository:
    """A working tree: its `top` folder, and the folder that all of its worktrees share.

    `is_linked` says that it was made by `git worktree add` beside other working trees.
    """

    top: Path
    common: Path
    is_linked: bool = False

    @property
    def exclude(self) -> Path:
        """The file with the ignore rules of this clone alone."""
        return self.common / "info" / "exclude"

    @property
    def main(self) -> Path | None:
        """The top of the working tree that is not linked; None where the repository is bare."""
        is_checked_out = self.common.name == ".git" and _exists(self.common / "index")
        return self.common.parent if is_checked_out else None


def repository_at(top: Path) -> Repository | None:
    """Return the repository whose working tree has its top at a folder, if there is one."""
    mark = top / ".git"
    if _exists(mark / "HEAD"):
        return Repository(top, mark)
    try:
        text = read_file(mark, _GITFILE_BYTES).decode("utf-8", "surrogateescape")
    except OSError:
        return None
    if not text.startswith("gitdir:"):
        return None
    folder = Path(os.path.normpath(top / text.removeprefix("gitdir:").strip()))
    is_linked = folder.parent.name == "worktrees"
    return Repository(top, folder.parent.parent if is_linked else folder, is_linked)


def repository_around(folder: Path) -> Repository | None:
    """Return the repository that a folder lies in, if any."""
    for top in (folder, *folder.parents):
        if repository := repository_at(top):
            return repository
    return None


def excludes_file(top: Path) -> Path:
    """Return the file of the user's own ignore rules (core.excludesFile); it may not exist."""
    environment = {key: text for key, text in os.environ.items() if key not in _LEADS_ELSEWHERE}
    command = ["git", "-C", str(top), "config", "--type=path", "--get", "core.excludesFile"]
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("git cannot be asked for core.excludesFile (%s)", error)
        return _usual_excludes_file()
    if done.returncode:
        return _usual_excludes_file()  # The setting is not set.
    return top / os.fsdecode(done.stdout.rstrip(b"\n"))


def _usual_excludes_file() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return expanded(folder) / "git" / "ignore"


def _exists(path: Path) -> bool:
    """Return whether a file is there; False where it cannot be accessed."""
    try:
        return path.exists()
    except OSError:
        return False
