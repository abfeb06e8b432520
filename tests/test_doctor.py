"""The doctor: what it calls broken, what is only a warning, and the next step it gives."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import socket
import tempfile
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from askdocs_indexer.embedding import hub
from askdocs_indexer.paths import index_folder
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_indexer.system.watches import watch_limits
from askdocs_server.daemon import connect
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.doctor import Check, answer_model, examine
from askdocs_server.doctor.answer_model import (
    check_answer_model,
    check_network,
    free_memory_gib,
)
from askdocs_server.doctor.cuda import check_compiler, check_driver, check_gpu
from askdocs_server.doctor.installed import check_openvino, check_package, check_python, check_vllm
from askdocs_server.doctor.machine import (
    check_cache,
    check_daemon,
    check_sockets,
    check_watches,
)
from askdocs_server.doctor.models import check_embedding_model
from askdocs_server.doctor.project import check_index, check_settings
from askdocs_server.generation import bundled
from askdocs_server.generation.gpu.card import Gpu, Selection
from askdocs_server.generation.models import LLAMA
from askdocs_server.settings.model import LlmSettings, Settings

BIG = Gpu("H100", 80.0, 79.0)
SMALL_CARD = Gpu("Laptop", 12.5, 12.0)


def check(found: Check, verdict: str, *words: str) -> None:
    assert found.verdict == verdict
    for word in words:
        assert word in f"{found.detail} {found.next_step}"
    assert bool(found.next_step) == (verdict != "good")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """No module can be found."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


async def test_a_sound_machine_is_found_sound(tmp_path: Path) -> None:
    found = [one async for one in examine(tmp_path, Settings(), [])]
    names = {one.name for one in found}
    assert {"python", "pymilvus", "vllm", "embedding model", "gpu", "index", "settings"} <= names
    assert [one for one in found if one.verdict == "broken"] == []


def test_python() -> None:
    check(check_python((3, 11)), "good")
    check(check_python((3, 10)), "broken", "3.11")


def test_package() -> None:
    check(check_package("pytest", "pytest", "tests"), "good")
    check(check_package("no-such-thing", "nosuchthing", "does it"), "broken", "missing", "does it")
    check(check_package("pytest", "nosuchthing", "tests"), "broken", "files are missing")


def test_openvino_can_be_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    check(check_openvino(), "good")
    monkeypatch.setattr(importlib.metadata, "version", _missing)
    check(check_openvino(), "warning", "missing", "slow")


def _missing(name: str) -> str:
    raise importlib.metadata.PackageNotFoundError(name)


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    ("llm", "verdict", "words"),
    [
        (LlmSettings(), "warning", "make setup"),
        (LlmSettings(mode="off"), "good", "llm.mode is off"),
        (LlmSettings(endpoint="http://x"), "good", "llm.endpoint is set"),
        (LlmSettings(mode="local", endpoint="http://x"), "warning", "make setup"),
    ],
)
def test_no_vllm(llm: LlmSettings, verdict: str, words: str) -> None:
    check(check_vllm(llm), verdict, words)


def test_embedding_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(check_embedding_model(EmbeddingSettings("bundled")), "good", "checksum right")
    in_folder = check_embedding_model(EmbeddingSettings(str(tmp_path)))
    check(in_folder, "broken", str(tmp_path), "holds no model")
    monkeypatch.setattr(hub, "unreachable", lambda: "")
    check(check_embedding_model(EmbeddingSettings("some/model")), "good", "at its first use")
    monkeypatch.setattr(hub, "unreachable", lambda: "The hub is away.")
    missing = check_embedding_model(EmbeddingSettings("some/model"))
    check(missing, "warning", "some/model is not here", "The hub is away.", "words alone")


@pytest.mark.usefixtures("without")
def test_no_embedding_model() -> None:
    check(check_embedding_model(EmbeddingSettings("bundled")), "broken", "not installed")


def test_a_damaged_embedding_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"half")
    spec = ModuleSpec("x", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    check(check_embedding_model(EmbeddingSettings("bundled")), "broken", "damaged", "reinstall")


async def test_answer_model_elsewhere() -> None:
    async def look(llm: LlmSettings, verdict: str, *words: str) -> None:
        check(await check_answer_model(llm, None), verdict, *words)

    await look(LlmSettings(mode="off"), "good", "passages")
    await look(LlmSettings(endpoint="http://x"), "good", "http://x")
    await look(LlmSettings(endpoint="x:80"), "warning", "not an address", "http://gpu-box")
    await look(LlmSettings(mode="endpoint"), "warning", "Set llm.endpoint")


async def test_bundled_answer_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"half")
    monkeypatch.setattr(bundled, "find_gguf", lambda: file)
    settings = LlmSettings(model="bundled")
    check(await check_answer_model(settings, None), "warning", "damaged", "Reinstall")
    whole = hashlib.sha256(b"half").hexdigest()
    monkeypatch.setattr(bundled.check_gguf, "__defaults__", (whole,))
    found = await check_answer_model(settings, None)
    check(found, "good", "checksum right", "to be converted")
    monkeypatch.setattr(answer_model, "free_memory_gib", lambda: 1.5)
    found = await check_answer_model(settings, None)
    check(found, "warning", "needs 2.3 GiB of memory, 1.5 are there", "smaller")


@pytest.mark.parametrize(("free", "words"), [(12.0, "--llm Qwen/Qwen2.5-1.5B"), (2.0, "endpoint")])
async def test_without_a_gpu_no_model_starts_and_one_is_proposed(
    free: float, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_model, "free_memory_gib", lambda: free)
    check(await check_answer_model(LlmSettings(), None), "good", "none: Without a GPU", words)


@pytest.mark.parametrize(
    ("llm", "gpu", "verdict", "words"),
    [
        (LlmSettings(model="some/model"), None, "good", "some/model"),
        (LlmSettings(model="/no/folder"), None, "warning", "there is no folder"),
        (LlmSettings(), BIG, "warning", "gated, and there is no HF_TOKEN"),
        (LlmSettings(model=LLAMA.name), None, "warning", "needs 17.0 GiB of memory"),
        (LlmSettings(model=LLAMA.name), SMALL_CARD, "warning", "GPU memory, 11.0 are there"),
        (LlmSettings(model=LLAMA.name, gpu_memory_gib=9), BIG, "warning", "llm.gpuMemoryGiB"),
        (LlmSettings(model="some/Model-7B"), BIG, "good", "some/Model-7B"),
    ],
)
async def test_named_answer_model(
    llm: LlmSettings,
    gpu: Gpu | None,
    verdict: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(answer_model, "free_memory_gib", lambda: 10.0)
    check(await check_answer_model(llm, gpu), verdict, words)


@pytest.mark.parametrize("access", ["token", "token file", "cached"])
async def test_a_gated_model_that_can_be_had(
    access: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    if access == "token":
        monkeypatch.setenv("HF_TOKEN", "hf_x")
    elif access == "token file":
        (tmp_path / "token").write_text("hf_x")
    else:
        folder = tmp_path / "hub" / "models--meta-llama--Llama-3.1-8B-Instruct" / "snapshots" / "1"
        folder.mkdir(parents=True)
        (folder / "config.json").touch()
    check(await check_answer_model(LlmSettings(), BIG), "good", LLAMA.name)


def test_free_memory(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    assert free_memory_gib(file) == float("inf")
    file.write_text("MemTotal:       16000000 kB\nMemAvailable:    2097152 kB\n")
    assert free_memory_gib(file) == 2.0


def test_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    check(check_network(), "good", "no proxy")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    check(check_network(), "good", "HTTPS_PROXY", "SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
    check(check_network(), "good", "authorities of SSL_CERT_FILE")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.crt"))
    check(check_network(), "warning", "REQUESTS_CA_BUNDLE", "is missing")


def test_gpu() -> None:
    def first(selection: Selection, *, wanted: bool) -> Check:
        return next(check_gpu(selection, wanted=wanted))

    check(first(Selection(None, "It is too old."), wanted=False), "good", "on the CPU")
    check(first(Selection(BIG), wanted=True), "good", "H100", "79 of 80 GiB")
    check(first(Selection(None, "It is too old."), wanted=True), "warning", "CUDA build", "too old")
    shared = replace(BIG, unified=True)
    check(first(Selection(shared), wanted=False), "good", "shared with the machine")
    names = [one.name for one in check_gpu(Selection(BIG, driver="580.1"), wanted=True)]
    assert names == ["gpu", "driver", "compiler"]
    assert [one.name for one in check_gpu(Selection(BIG), wanted=False)] == ["gpu"]


@pytest.mark.parametrize(
    ("driver", "cuda", "verdict", "words"),
    [
        ("580.159.04", 13, "good", "580.159.04"),
        ("570.211.01", 13, "warning", "driver 580 or newer"),
        ("570.211.01", 12, "good", "570"),
        ("520.61.05", 12, "warning", "driver 525 or newer"),
        ("", 13, "good", "unknown"),
        ("570.211.01", 0, "good", "570"),
    ],
)
def test_driver(driver: str, cuda: int, verdict: str, words: str) -> None:
    check(check_driver(driver, cuda), verdict, words)


def test_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Python.h").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    check(check_compiler(tmp_path, {}), "warning", "a C compiler", "apt install gcc")
    for program in ("gcc", "nvcc"):
        (tmp_path / program).touch(mode=0o755)
    check(check_compiler(tmp_path, {"VLLM_USE_FLASHINFER_SAMPLER": "1"}), "good")
    check(check_compiler(tmp_path / "none", {}), "warning", "Python.h", "python3-dev")
    (tmp_path / "nvcc").unlink()
    check(check_compiler(tmp_path, {"VLLM_USE_FLASHINFER_SAMPLER": "0"}), "good", "not needed")
    asked = check_compiler(tmp_path, {"VLLM_USE_FLASHINFER_SAMPLER": "1"})
    check(asked, "warning", "no nvcc", "Unset VLLM_USE_FLASHINFER_SAMPLER")


def test_cache(tmp_path: Path) -> None:
    check(check_cache(tmp_path / "new"), "good", str(tmp_path / "new"))
    (tmp_path / "new").chmod(0o777)
    check(check_cache(tmp_path / "new"), "warning", "chmod go-w")
    (tmp_path / "file").touch()
    check(check_cache(tmp_path / "file"), "broken", "XDG_CACHE_HOME")


def test_the_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        check(check_daemon(), "good", "none runs")
        paths = DaemonPaths.of_this_user()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(paths.socket))
            listener.listen()
            monkeypatch.setattr(connect, "_GREETING_SECONDS", 0.1)
            check(check_daemon(), "broken", "does not answer", "askdocs stop")
        paths.directory.chmod(0o755)
        check(check_daemon(), "good", "none can run")


def test_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(check_sockets(), "good")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "askdocs").mkdir(mode=0o700, exist_ok=True)
    (tmp_path / "askdocs").chmod(0o755)
    check(check_sockets(), "warning", "is open to others", "chmod 700", "process of its own")


@pytest.mark.parametrize(
    ("watches", "instances", "verdict", "words"),
    [
        ("192536", "128", "good", "4 needed"),
        ("3", "128", "warning", "max_user_watches"),
        ("192536", "4", "warning", "max_user_instances"),
    ],
)
def test_watches(tmp_path: Path, watches: str, instances: str, verdict: str, words: str) -> None:
    root, inotify = tmp_path / "root", tmp_path / "inotify"
    for name in ("a", "b/c", "node_modules/d"):
        (root / name).mkdir(parents=True)
    inotify.mkdir()
    (inotify / "max_user_watches").write_text(watches)
    (inotify / "max_user_instances").write_text(instances)
    (found,) = check_watches(root, watch_limits(inotify))
    check(found, verdict, words)
    assert list(check_watches(root, watch_limits(tmp_path / "none"))) == []


def test_settings() -> None:
    (good,) = check_settings([])
    check(good, "good")
    for found, name in zip(check_settings(["a is bad", "b is bad"]), "ab", strict=True):
        check(found, "warning", f"{name} is bad")


def test_index(tmp_path: Path) -> None:
    check(check_index(tmp_path, ""), "good", "none yet")
    check(check_index(tmp_path, "http://milvus"), "good", "http://milvus")
    folder = index_folder(tmp_path)
    (folder / "index.db").mkdir(parents=True)
    check(check_index(tmp_path, ""), "good", "free")
    with (folder / "index.lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        check(check_index(tmp_path, ""), "good", "free")  # Its owner is gone.
        fcntl.flock(lock, fcntl.LOCK_EX)
        check(check_index(tmp_path, ""), "good", "process 4711")
