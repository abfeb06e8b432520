"""Finding, checking and converting the bundled model; the conversion itself runs in tests/e2e."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from askdocs_server.errors import GeneratorMissingError
from askdocs_server.generation import bundled


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "askdocs" / "models"


def test_the_installed_file_is_the_tested_one() -> None:
    bundled.check_gguf(bundled.find_gguf())


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    with pytest.raises(GeneratorMissingError, match="Reinstall"):
        bundled.check_gguf(other)


async def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "PACKAGE", "askdocs_no_such_package")
    with pytest.raises(GeneratorMissingError, match="make setup"):
        await bundled.ensure_bundled()


def test_the_command_says_what_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bundled, "PACKAGE", "askdocs_no_such_package")
    assert bundled.main() == 3
    assert "make setup" in capsys.readouterr().err


def write_slowly(gguf: Path, target: Path) -> None:
    (target / "config.json").write_text(gguf.name)
    time.sleep(0.05)
    (target / "model.safetensors").write_text("weights")


def test_many_at_once_convert_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    barrier = threading.Barrier(4)

    def write(gguf: Path, target: Path) -> None:
        written.append(target)
        write_slowly(gguf, target)

    def convert(_: int) -> Path:
        barrier.wait()
        return bundled.convert()

    monkeypatch.setattr(bundled, "_write_model", write)
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(convert, range(4)))
    assert folders == {bundled.bundled_directory()}
    assert len(written) == 1
    assert sorted(path.name for path in folders.pop().iterdir()) == [
        "config.json",
        "model.safetensors",
    ]
    assert {path.name for path in cache.iterdir()} == {".lock", bundled.bundled_directory().name}


def test_a_failed_or_killed_conversion_leaves_nothing_in_the_way(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(gguf: Path, target: Path) -> None:
        (target / "config.json").touch()
        raise OSError("No space left on device")

    killed = cache / f"{bundled.bundled_directory().name}.partial-killed"
    killed.mkdir(parents=True)
    monkeypatch.setattr(bundled, "_write_model", fail)
    assert bundled.main() == 1
    error = capsys.readouterr().err
    assert "No space left on device" in error
    assert "300 MB free" in error
    assert [path.name for path in cache.iterdir()] == [".lock"]
    monkeypatch.setattr(bundled, "_write_model", write_slowly)
    assert bundled.main() == 0
    assert bundled.bundled_directory().is_dir()
