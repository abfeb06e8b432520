"""The folder of sockets: where it lies, and which ones are refused."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from askdocs_server.errors import RuntimeDirectoryError
from askdocs_server.ipc import runtime_dir
from askdocs_server.ipc.runtime_dir import (
    LONGEST_SOCKET_NAME,
    MAX_SOCKET_PATH_BYTES,
    runtime_directory,
)
from askdocs_server.ipc.sockets import listen


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime directory whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="rt-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_for_its_user_alone(short: Path) -> None:
    before = os.umask(0)
    try:
        assert runtime_directory() == short / "askdocs"
    finally:
        os.umask(before)
    assert mode(short / "askdocs") == 0o700
    assert runtime_directory() == short / "askdocs"


def test_a_missing_parent_is_made(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short / "a" / "b"))
    assert runtime_directory() == short / "a" / "b" / "askdocs"
    assert mode(short / "a" / "b") == 0o700


def test_long_paths_give_short_ones_apart(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short))
    found = []
    for name in ("a", "b"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(short / (name * 100)))
        found.append(runtime_directory())
    assert found[0] != found[1]
    for folder in found:
        assert mode(folder) == 0o700
        assert len(str(folder)) + 1 + LONGEST_SOCKET_NAME <= MAX_SOCKET_PATH_BYTES


@pytest.mark.parametrize("name", ["XDG_RUNTIME_DIR", ""])
def test_temporary_files_may_have_a_long_path_as_well(
    short: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As on macOS, whose folder for them takes half of a socket's path."""
    monkeypatch.setattr(runtime_dir, "_of_the_user", lambda: short / ("a" * 100) if name else None)
    monkeypatch.setattr("tempfile.tempdir", str(short / ("b" * 100)))
    folder = runtime_directory()
    try:
        assert folder.parent == Path("/tmp")
        assert folder.name.startswith(f"askdocs-{os.getuid()}-")
        listen(folder / ("s" * LONGEST_SOCKET_NAME)).close()
    finally:
        shutil.rmtree(folder)


def a_file(place: Path) -> None:
    place.write_text("")


def a_link(place: Path) -> None:
    place.symlink_to(place.parent)


def open_to(bits: int) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        place.mkdir()
        place.chmod(bits)

    return make


def in_an_open_folder(place: Path) -> None:
    place.mkdir(mode=0o700)
    place.parent.chmod(0o777)


def of_another_user(place: Path) -> None:
    place.mkdir(mode=0o700)
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(place, 12345, 12345)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (a_file, "cannot be made"),
        (a_link, "is not a folder"),
        (open_to(0o755), "open to others (mode 0755)"),
        (open_to(0o770), "open to others"),
        (open_to(0o701), "open to others"),
        (in_an_open_folder, "another folder in its place"),
        (of_another_user, "belongs to another user"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_it_is_refused(short: Path, prepare: Callable[[Path], None], words: str) -> None:
    prepare(short / "askdocs")
    with pytest.raises(RuntimeDirectoryError) as error:
        runtime_directory()
    assert words in str(error.value)
    assert "XDG_RUNTIME_DIR" in str(error.value)
