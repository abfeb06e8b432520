"""Makes a bundle: a folder that carries askdocs to a machine without a network.

It holds the wheels of a pinned list and of askdocs, pip, the VS Code extension, the sha256 of each
file, and install.py, which installs all this there with nothing but Python. The wheels lie in one
archive, cut into parts for media and transfers that take no large files. `make bundle` runs this.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from requirements.install import MANIFEST, PART_PREFIX, SUMS, VSIX, Manifest, sha256

ROOT = Path(__file__).resolve().parents[1]
INSTALLER = Path(__file__).with_name("install.py")
# The newest glibc (2.x) that a pinned package insists on; wheels for older ones fit more machines.
_GLIBC_MINOR = 31
_MODEL_BYTES = 300_000_000
# What bytecode takes, in sizes of its source.
_BYTECODE_RATIO = 1.5


class BundleError(Exception):
    """The bundle cannot be made; the message says why and what to do next."""


def main() -> int:
    """Make a bundle; 0 where it is complete."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--build", choices=("cpu", "gpu"), default="cpu")
    arguments.add_argument("--python", default="", help="the target's Python, such as 3.12")
    arguments.add_argument("--part", type=int, default=600, help="size of the largest file (MiB)")
    given = arguments.parse_args()
    this_python = f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        make(given.folder, given.build, given.python or this_python, given.part << 20)
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or given.folder}: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run it again; the bundle is not complete.", file=sys.stderr)
        return 130
    return 0


def make(folder: Path, build: str, python: str, part_bytes: int) -> None:
    """Make the bundle for a build (cpu, gpu) and a Python version. Raises BundleError."""
    if not re.fullmatch(r"3\.\d+", python):
        raise BundleError(f"{python} is not a Python version. Write it like TARGET_PYTHON=3.12.")
    if part_bytes < 1 << 20:
        raise BundleError("A part has at least 1 MiB. Write its size as in PART=600.")
    clear(folder)
    wheels = folder / "wheels"
    download(ROOT / "requirements" / f"{build}.txt", wheels, python)
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    _pip("download", "--no-deps", "--only-binary=:all:", "--dest", str(folder), "pip")
    shutil.copyfile(ROOT / "client-vscode" / VSIX, folder / VSIX)
    manifest = pack(wheels, folder, python, part_bytes)
    shutil.rmtree(wheels)
    size = sum((folder / name).stat().st_size for name in manifest.files)
    print(f"{folder} holds askdocs for Python {python}: {len(manifest.wheels)} wheels, ", end="")
    print(f"{size / 1e6:.0f} MB in {len(manifest.files)} files.")
    print(f"The sha256 of its {SUMS} is {sha256(folder / SUMS)}.")


def clear(folder: Path) -> None:
    """Make the folder, or delete an earlier bundle in it, first the sums, which say it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in (SUMS, MANIFEST, f"{PART_PREFIX}*", "pip-*.whl"):
        for path in folder.glob(pattern):
            path.unlink()
    shutil.rmtree(folder / "wheels", ignore_errors=True)


def download(requirements: Path, wheels: Path, python: str) -> None:
    """Download the wheels of a list of pinned requirements."""
    options = ["--no-deps", "--only-binary=:all:", "--python-version", python]
    machine = platform.machine()
    names = [f"manylinux_2_{minor}" for minor in range(_GLIBC_MINOR, 4, -1)]
    for name in (*names, "manylinux2014", "linux"):
        options += ["--platform", f"{name}_{machine}"]
    if os.environ.get("UV_TORCH_BACKEND") == "cpu":
        options += ["--extra-index-url", torch_index(requirements)]
    _pip("download", *options, "--dest", str(wheels), "--requirement", str(requirements))


def torch_index(requirements: Path) -> str:
    """Return the address of PyTorch's index of CPU builds. uv knows it, pip does not."""
    torch = re.search(r"^torch==.+$", requirements.read_text("utf-8"), re.MULTILINE)
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "compile", "--quiet", "--no-deps", "--emit-index-annotation", "-"]
    done = subprocess.run(
        command, input=torch[0] if torch else "", stdout=subprocess.PIPE, text=True, check=False
    )
    index = re.search(r"# from (\S+)", done.stdout)
    if index is None:
        raise BundleError("uv finds no CPU build of torch, for the reason above.")
    return index[1]


def _pip(command: str, *arguments: str) -> None:
    """Run a command of pip, which says by itself what it cannot find."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, command, *arguments], check=False).returncode:
        raise BundleError("pip cannot get what the bundle needs, for the reason above.")


def pack(wheels: Path, folder: Path, python: str, part_bytes: int) -> Manifest:
    """Write the parts, the installer, the manifest and, when all is there, the sums.

    The same wheels give the same bytes, so that a lost part can be made again.
    """
    names = sorted(path.name for path in wheels.iterdir())
    with PartWriter(folder, part_bytes) as parts, tarfile.open(fileobj=parts, mode="w|") as archive:
        for name in names:
            archive.add(wheels / name, name, filter=_anonymous)
    shutil.copyfile(INSTALLER, folder / INSTALLER.name)
    pip = next(folder.glob("pip-*.whl")).name
    files = [*parts.names, INSTALLER.name, pip, VSIX]
    manifest = Manifest(python, names, files, disk_bytes=installed_bytes(wheels))
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", "utf-8")
    sums = [f"{sha256(folder / name)}  {name}\n" for name in (MANIFEST, *files)]
    (folder / SUMS).write_text("".join(sums), "ascii")
    return manifest


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Take out of a member what differs from one machine and day to the next."""
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member


class PartWriter(io.RawIOBase):
    """Writes one stream into files of a folder, none larger than `part_bytes` (bytes)."""

    def __init__(self, folder: Path, part_bytes: int) -> None:
        self.names: list[str] = []
        self._folder = folder
        self._part_bytes = part_bytes
        self._room = 0
        self._file: BinaryIO = io.BytesIO()

    def write(self, data: Any) -> int:
        """Write all of the data, into as many parts as it takes; returns its length (bytes)."""
        rest = memoryview(data)
        while rest:
            if not self._room:
                self._open_next()
            count = self._file.write(rest[: self._room])
            self._room -= count
            rest = rest[count:]
        return len(data)

    def close(self) -> None:
        """Close the last part."""
        self._file.close()
        super().close()

    def _open_next(self) -> None:
        self._file.close()
        self.names.append(f"{PART_PREFIX}{len(self.names) + 1:03}")
        self._file = (self._folder / self.names[-1]).open("wb")
        self._room = self._part_bytes


def installed_bytes(wheels: Path) -> int:
    """Return the disk space that installing the wheels takes at most (bytes)."""
    total = _MODEL_BYTES
    for wheel in wheels.iterdir():
        total += wheel.stat().st_size
        for file in zipfile.ZipFile(wheel).infolist():
            total += file.file_size
            total += int(_BYTECODE_RATIO * file.file_size) if file.filename.endswith(".py") else 0
    return total


if __name__ == "__main__":
    sys.exit(main())
