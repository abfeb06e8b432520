"""Installs askdocs from this folder, without a network: python3 install.py FOLDER

FOLDER becomes a virtual environment with askdocs; it must not exist yet, or be empty. Needed is a
Python of the version that the bundle was made for, and nothing else. The bundle is checked first.
What fails or is interrupted leaves nothing behind; run the same command again.
"""

# Kept to the syntax of Python 3.7, so that an older Python can say that it is too old.
from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import importlib
import io
import json
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import venv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

SUMS = "SHA256SUMS"
MANIFEST = "bundle.json"
PART_PREFIX = "askdocs.tar."
VSIX = "askdocs.vsix"
MARKER = ".askdocs-is-being-installed"


class InstallError(Exception):
    """askdocs cannot be installed; the message says why and what to do next."""


@dataclass(frozen=True)
class Manifest:
    """What a bundle holds, as its bundle.json says."""

    python: str
    """Version of Python that the wheels are for, such as `3.11`."""
    wheels: list[str]
    """Names of the wheel files."""
    files: list[str]
    """Names of the files beside the manifest: parts of the archive in their order, and others."""
    disk_bytes: int
    """Disk space that installing takes at most."""


def main() -> int:
    """Install askdocs; 0 where all went well, 130 where it was interrupted, else 1."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("folder", type=Path, help="where the virtual environment is made")
    target: Path = arguments.parse_args().folder
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        install(Path(__file__).resolve().parent, target.expanduser().absolute())
    except InstallError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(_explain(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is left behind. Run it again to start over.", file=sys.stderr)
        return 130
    return 0


def install(bundle: Path, target: Path) -> None:
    """Check the bundle, install it into the target and say what comes next. Raises InstallError."""
    if sys.version_info < (3, 11):  # noqa: UP036
        raise InstallError(f"askdocs needs Python 3.11 or newer, and this is {_python()}.")
    sums = read_sums(bundle)
    small = {name for name in sums if not name.startswith(PART_PREFIX)}
    check_sums(bundle, sums, small)
    manifest = Manifest(**json.loads((bundle / MANIFEST).read_text("utf-8")))
    if not sums.keys() >= set(manifest.files):
        raise InstallError(f"{bundle / SUMS} is cut short. Copy it again.")
    pip = next(bundle / name for name in manifest.files if name.startswith("pip-"))
    check_python(manifest.python)
    check_wheels(manifest.wheels, pip)
    check_target(target)
    with _timed("Check the files"):
        check_sums(bundle, sums, sums.keys() - small)
    with claimed(target) as lock:
        check_space(target, manifest.disk_bytes)
        parts = [bundle / name for name in manifest.files if name.startswith(PART_PREFIX)]
        _fill(target, parts, pip, lock)
    _say_next_steps(bundle, target)


# -- what is checked before anything is written ---------------------------------------------


def read_sums(bundle: Path) -> dict[str, str]:
    """Return the sha256 of each file of the bundle. Raises InstallError where a file is missing."""
    path = bundle / SUMS
    if not path.is_file():
        raise InstallError(f"{path} is missing: copy the whole bundle into one folder.")
    lines = path.read_text("ascii", "replace").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    missing = [name for name in sorted({*sums, MANIFEST}) if not (bundle / name).is_file()]
    if missing:
        raise InstallError(f"Missing in {bundle}: {', '.join(missing)}. Copy them there.")
    return sums


def check_sums(bundle: Path, sums: dict[str, str], names: Iterable[str]) -> None:
    """Raise InstallError unless each of the named files can be read and has its sha256."""
    damaged = [name for name in sorted(names) if not _is_intact(bundle / name, sums[name])]
    if damaged:
        raise InstallError(f"Damaged in {bundle}: {', '.join(damaged)}. Copy them again.")


def _is_intact(path: Path, digest: str) -> bool:
    try:
        return sha256(path) == digest
    except OSError:  # Such as a medium with scratches.
        return False


def check_python(wanted: str) -> None:
    """Raise InstallError unless this is the Python that the wheels are for."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if version != wanted:
        raise InstallError(
            f"This bundle is for Python {wanted}, and this is {_python()}. Run "
            f"`python{wanted} install.py`, or make a bundle with `TARGET_PYTHON={version}`."
        )


def check_wheels(wheels: Iterable[str], pip: Path) -> None:
    """Raise InstallError unless this machine can load each wheel, by the rules of pip."""
    sys.path.insert(0, str(pip))
    tags: Any = importlib.import_module("pip._vendor.packaging.tags")
    utils: Any = importlib.import_module("pip._vendor.packaging.utils")
    sys.path.remove(str(pip))
    supported = frozenset(tags.sys_tags())
    foreign = [
        name for name in wheels if supported.isdisjoint(utils.parse_wheel_filename(name)[-1])
    ]
    if foreign:
        machine = " ".join((platform.system(), platform.machine(), *platform.libc_ver())).strip()
        raise InstallError(
            f"{len(foreign)} wheels of this bundle are not for this machine ({machine}), such as "
            f"{foreign[0]}. Make the bundle on a machine of the same kind."
        )


def check_target(target: Path) -> None:
    """Raise InstallError where the target is taken, or its folder is not there."""
    if not target.parent.is_dir():
        raise InstallError(f"{target.parent} is not a folder. Make it, or name another one.")
    if (target / MARKER).exists() or not os.path.lexists(target):
        return
    if not target.is_dir() or any(target.iterdir()):
        raise InstallError(f"{target} exists already. Name another folder, or delete it.")


def check_space(target: Path, needed: int) -> None:
    """Raise InstallError where the target's disk has less room than is needed (bytes)."""
    free = shutil.disk_usage(target).free
    if free < needed:
        raise InstallError(
            f"{target} has {free / 1e9:.1f} GB of free disk space, and installing takes "
            f"{needed / 1e9:.1f} GB. Make room, or name a folder on another disk."
        )


# -- what is written ------------------------------------------------------------------------


@contextlib.contextmanager
def claimed(target: Path) -> Iterator[int]:
    """Hold the target folder for this installation; yields the descriptor of its lock.

    The folder is emptied where an installation into it was killed, and again where this one fails.
    """
    target.mkdir(exist_ok=True)
    marker = target / MARKER
    with marker.open("w") as lock:
        try:
            _lock(lock)
        except BlockingIOError:
            raise InstallError(f"Another installation into {target} is running.") from None
        try:
            _empty(target)
            yield lock.fileno()
        except BaseException:
            _empty(target)
            marker.unlink()
            with contextlib.suppress(OSError):  # It may not be ours to delete.
                target.rmdir()
            raise
        marker.unlink()


def _lock(file: TextIO) -> None:
    """Lock a file for as long as it is open. Raises BlockingIOError where somebody else has it."""
    if sys.platform != "win32":  # `check_wheels` turns Windows away.
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _empty(target: Path) -> None:
    """Delete all but the marker, which stays to the last."""
    for path in target.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARKER:
            path.unlink()


def _fill(target: Path, parts: list[Path], pip: Path, lock: int) -> None:
    """Make the environment in the target and install the wheels of the parts into it."""
    wheels = target / "wheels"
    python = str(target / "bin" / "python")
    with _timed("Join the parts"):
        unpack(parts, wheels)
    with _timed("Install the packages"):
        venv.EnvBuilder(symlinks=True, with_pip=False).create(target)
        options = ["--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--quiet"]
        command = [python, "-I", f"{pip}/pip", "install", *options, *map(str, wheels.iterdir())]
        if not _run(command, lock):
            raise InstallError("pip fails for the reason above. Run this again once that is fixed.")
        shutil.rmtree(wheels)
    with _timed("Compile the modules"):
        # A few packages hold files that no Python compiles, so its exit code says nothing.
        _run([python, "-I", "-m", "compileall", "-qq", "-j0", str(target / "lib")], lock)
    with _timed("Prepare the bundled answer model"):
        if not _run([python, "-I", "-m", "askdocs_server.generation.bundled"], lock):
            print("The first question tries this again.", file=sys.stderr)


def unpack(parts: list[Path], wheels: Path) -> None:
    """Write the files of the archive that the parts make up into a new folder."""
    wheels.mkdir()
    stream = io.BufferedReader(PartReader(parts), 1 << 20)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            source = archive.extractfile(member)
            if source is not None:
                with (wheels / Path(member.name).name).open("wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)


class PartReader(io.RawIOBase):
    """Reads files one after the other, as if they were one."""

    def __init__(self, parts: Iterable[Path]) -> None:
        self._files = (path.open("rb") for path in parts)
        self._file = next(self._files, None)

    def readable(self) -> bool:
        """Return that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the current file goes; returns the bytes, 0 after the last."""
        while self._file is not None:
            count = self._file.readinto(buffer)
            if count:
                return count
            self._file.close()
            self._file = next(self._files, None)
        return 0


def _run(command: list[str], lock: int) -> bool:
    """Run a command without the user's settings of pip; return whether it succeeds.

    Its output is shown where it fails. It shares the lock, and does not outlive an interruption.
    """
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("PIP_")}
    process = subprocess.Popen(
        command,
        env={**environment, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[lock],
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode:
        print(output, end="", file=sys.stderr)
    return process.returncode == 0


# -- what is said ---------------------------------------------------------------------------


def _say_next_steps(bundle: Path, target: Path) -> None:
    server, vsix = target / "bin" / "askdocs", bundle / VSIX
    print(f"\naskdocs is installed in {target}. Next:\n")
    print(f"  {shlex.quote(str(server))} doctor")
    print(f"  code --install-extension {shlex.quote(str(vsix))}")
    print(f"\nPut {server.parent} on your PATH, or set askdocs.server.path to {server} in VS Code.")


def _explain(error: OSError) -> str:
    """Say in one sentence what the system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Make room and run it again; it starts over."
    return f"{error.filename or 'The system'}: {error.strerror or error}."


def _python() -> str:
    return f"Python {platform.python_version()} ({sys.executable})"


@contextlib.contextmanager
def _timed(title: str) -> Iterator[None]:
    print(f"{title}:", end=" ", flush=True)
    started = time.monotonic()
    try:
        yield
    finally:
        print(f"{time.monotonic() - started:.0f} s", flush=True)


def sha256(path: Path) -> str:
    """Return a file's sha256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _interrupt(signal_number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
