"""Carrying askdocs to a machine without a network: parts, sums, the installer, on tiny wheels."""

from __future__ import annotations

import ast
import base64
import ensurepip
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from requirements import bundle, install

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PART_BYTES = 4096
# Stands for the preparation of the answer model: it leaves a trace, and lasts as long as is wished.
MODEL = """
import os, pathlib, sys, time
pathlib.Path(os.environ["MODEL_FILE"]).touch()
time.sleep(float(os.environ.get("MODEL_SECONDS", "0")))
sys.exit(os.environ.get("MODEL_FAILURE"))
"""


def write_wheel(folder: Path, name: str, files: dict[str, str], tag: str = "py3-none-any") -> Path:
    """Write a wheel as pip wants it."""
    info = f"{name}-1.0.dist-info"
    entries = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = f"{info}/RECORD,,\n"
    for path, text in entries.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{path},sha256={digest.decode()},{len(text.encode())}\n"
    wheel = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**entries, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return wheel


def pip_wheel() -> Path:
    """Return the wheel of pip that comes with Python."""
    folder = (
        sysconfig.get_config_var("WHEEL_PKG_DIR") or f"{Path(ensurepip.__file__).parent}/_bundled"
    )
    return next(Path(folder).glob("pip-*.whl"))


def make_bundle(folder: Path, python: str = PYTHON, tag: str = "py3-none-any") -> Path:
    """Make a bundle of two small wheels in several parts."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    model = {"askdocs_server/__init__.py": "", "askdocs_server/generation/__init__.py": ""}
    write_wheel(wheels, "askdocs", {**model, "askdocs_server/generation/bundled.py": MODEL})
    write_wheel(wheels, "needed", {"needed.py": "ANSWER = 42\n", "text.txt": "x" * 9000}, tag)
    shutil.copy(pip_wheel(), folder)
    (folder / install.VSIX).write_text("extension")
    bundle.pack(wheels, folder, python, PART_BYTES)
    shutil.rmtree(wheels)
    return folder


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "on a disk").mkdir()
    return tmp_path / "on a disk" / "askdocs"


def start(packed: Path, target: Path, **environment: str) -> subprocess.Popen[str]:
    """Start the installer as a user does, without anything of this environment."""
    return subprocess.Popen(
        [sys.executable, "-I", str(packed / "install.py"), str(target)],
        env={"MODEL_FILE": str(packed.parent / "model"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def check_installed(packed: Path, target: Path, **environment: str) -> tuple[str, str]:
    """Install, and look at what is there; returns what was printed to stdout and stderr."""
    process = start(packed, target, **environment)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    answer = [str(target / "bin" / "python"), "-I", "-c", "print(__import__('needed').ANSWER)"]
    assert subprocess.run(answer, capture_output=True, text=True, check=True).stdout == "42\n"
    assert {path.name for path in target.iterdir()} <= {
        "bin", "include", "lib", "lib64", "pyvenv.cfg", ".gitignore"
    }  # fmt: skip
    return output, errors


def check_refused(packed: Path, target: Path, *messages: str) -> None:
    """Install, and see it refused with these messages and nothing written."""
    process = start(packed, target)
    output, errors = process.communicate()
    assert process.returncode == 1, output
    assert "Traceback" not in errors
    for message in messages:
        assert message in errors
    assert not (target / "bin").exists()


# -- parts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part_bytes", [1, 7, 4096, 1 << 20])
def test_parts_are_joined_as_they_were_cut(tmp_path: Path, part_bytes: int) -> None:
    data = os.urandom(5000)
    with bundle.PartWriter(tmp_path, part_bytes) as writer:
        for begin in range(0, len(data), 1000):
            writer.write(data[begin : begin + 1000])
    parts = [tmp_path / name for name in writer.names]
    assert max(part.stat().st_size for part in parts) == min(part_bytes, len(data))
    assert len(parts) == -(-len(data) // part_bytes)
    assert install.PartReader(parts).read() == data


def test_wheels_come_out_as_they_went_in(tmp_path: Path, packed: Path) -> None:
    manifest = json.loads((packed / install.MANIFEST).read_text())
    parts = [packed / name for name in manifest["files"] if name.startswith("askdocs.tar.")]
    assert len(parts) > 2
    install.unpack(parts, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == manifest["wheels"]
    assert zipfile.ZipFile(tmp_path / "out" / manifest["wheels"][1]).testzip() is None


def test_a_part_can_be_made_anew(tmp_path: Path, packed: Path) -> None:
    again = make_bundle(tmp_path / "again")
    assert (again / install.SUMS).read_text() == (packed / install.SUMS).read_text()


def test_an_earlier_bundle_goes_and_other_files_stay(packed: Path) -> None:
    (packed / "notes.txt").touch()
    bundle.clear(packed)
    names = {path.name for path in packed.iterdir()}
    assert names == {"notes.txt", "install.py", install.VSIX}


@pytest.mark.parametrize(
    ("python", "part_bytes", "message"),
    [("three", 1 << 20, "TARGET_PYTHON=3.12"), ("3.12", 0, "PART=600")],
)
def test_what_cannot_be_made_is_said(
    tmp_path: Path, python: str, part_bytes: int, message: str
) -> None:
    with pytest.raises(bundle.BundleError, match=message):
        bundle.make(tmp_path / "bundle", "cpu", python, part_bytes)


# -- the installer --------------------------------------------------------------------------


def test_it_installs_and_says_what_comes_next(packed: Path, target: Path) -> None:
    output, errors = check_installed(packed, target)
    assert not errors
    assert f"'{target / 'bin' / 'askdocs'}' doctor" in output
    assert f"code --install-extension {packed / 'askdocs.vsix'}" in output
    assert (packed.parent / "model").exists()
    assert list(target.glob("lib/python*/site-packages/__pycache__/needed.*.pyc"))


def test_neither_settings_of_pip_nor_a_missing_model_stop_it(packed: Path, target: Path) -> None:
    target.mkdir()  # An empty folder is filled.
    reason = "The disk of the cache is full."
    _, errors = check_installed(
        packed, target, PIP_REQUIRE_VIRTUALENV="1", PIP_TARGET="/nowhere", MODEL_FAILURE=reason
    )
    assert errors == f"{reason}\nThe first question tries this again.\n"


def damage(path: Path) -> None:
    """Change one byte in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    """Take the last line away."""
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


@pytest.mark.parametrize(
    ("name", "harm", "messages"),
    [
        ("askdocs.tar.002", Path.unlink, ["Missing", "askdocs.tar.002", "Copy them there."]),
        ("askdocs.tar.002", damage, ["Damaged", "askdocs.tar.002", "Copy them again."]),
        ("askdocs.vsix", damage, ["Damaged", "askdocs.vsix", "Copy them again."]),
        ("bundle.json", damage, ["Damaged", "bundle.json", "Copy them again."]),
        ("bundle.json", Path.unlink, ["Missing", "bundle.json"]),
        ("SHA256SUMS", Path.unlink, ["SHA256SUMS is missing", "the whole bundle"]),
        ("SHA256SUMS", cut_short, ["SHA256SUMS is cut short", "Copy it again."]),
    ],
)
def test_what_is_missing_or_damaged_is_named(
    packed: Path, target: Path, name: str, harm: Callable[[Path], object], messages: list[str]
) -> None:
    harm(packed / name)
    check_refused(packed, target, *messages)
    assert not target.exists()


def test_another_python_is_refused(tmp_path: Path, target: Path) -> None:
    packed = make_bundle(tmp_path / "bundle", python="3.99")
    (packed / "askdocs.tar.001").write_bytes(b"")  # It is said before the parts are read.
    check_refused(packed, target, "for Python 3.99", f"TARGET_PYTHON={PYTHON}")
    assert not target.exists()


def test_another_machine_is_refused(tmp_path: Path, target: Path) -> None:
    packed = make_bundle(tmp_path / "bundle", tag="py3-none-manylinux_2_99_riscv64")
    check_refused(packed, target, "1 wheels", "needed-1.0-py3-none-manylinux_2_99_riscv64.whl")
    assert not target.exists()


def test_the_installer_is_read_by_an_old_python() -> None:
    ast.parse(bundle.INSTALLER.read_text(), feature_version=(3, 7))


def test_an_old_python_is_told(packed: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    with pytest.raises(install.InstallError, match=r"needs Python 3\.11 or newer"):
        install.install(packed, target)


def test_a_folder_that_is_taken_stays_as_it_is(packed: Path, target: Path) -> None:
    target.mkdir()
    (target / "mine.txt").touch()
    check_refused(packed, target, "exists already")
    assert [path.name for path in target.iterdir()] == ["mine.txt"]


def test_a_folder_in_no_folder_is_refused(packed: Path, target: Path) -> None:
    check_refused(packed, target / "askdocs", f"{target} is not a folder")


def test_a_disk_that_is_too_small_is_refused(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "installed_bytes", lambda wheels: 1 << 60)
    check_refused(make_bundle(tmp_path / "bundle"), target, "GB of free disk space", "Make room")
    assert not target.exists()


# -- interruptions --------------------------------------------------------------------------


def test_a_killed_installation_is_started_anew(packed: Path, target: Path) -> None:
    (target / "lib").mkdir(parents=True)
    (target / "lib" / "half").touch()
    (target / install.MARKER).touch()
    check_installed(packed, target)
    assert not (target / "lib" / "half").exists()


def test_an_interrupted_installation_leaves_nothing(packed: Path, target: Path) -> None:
    process = start(packed, target, MODEL_SECONDS="60")
    while not (packed.parent / "model").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted" in errors
    assert not target.exists()


def test_two_at_once_do_not_meet(packed: Path, target: Path) -> None:
    target.mkdir()
    with (target / install.MARKER).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        check_refused(packed, target, "Another installation")
