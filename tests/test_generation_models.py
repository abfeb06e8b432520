"""Which model, on what, with which arguments."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from askdocs_server.generation import local, paths, vllm_child
from askdocs_server.generation.errors import GeneratorMissingError
from askdocs_server.generation.generator import create_generator
from askdocs_server.generation.gpu import Gpu, detect_gpu, parse_smi
from askdocs_server.generation.local import choose_model, folder_profile
from askdocs_server.generation.models import BUNDLED, LLAMA, LLAMA_4BIT, ModelProfile, profile_for
from askdocs_server.settings import LlmSettings

BIG = Gpu("H100", 80.0, 79.0)
SMALL_CARD = Gpu("Laptop", 12.0, 11.0)
TINY_CARD = Gpu("Old", 4.0, 3.5)


@pytest.mark.parametrize(
    ("name", "small", "gib"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", False, 15.0),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", True, 0.26),
        ("Qwen/Qwen2.5-0.5B-Instruct", True, 0.93),
        ("mistralai/Mistral-7B-v0.3", False, 13.04),
        ("some/unsized-model", False, 0.0),
    ],
)
def test_a_models_name_tells_its_profile(name: str, small: bool, gib: float) -> None:
    profile = profile_for(name)
    assert (profile.name, profile.small) == (name, small)
    assert profile.weights_gib == pytest.approx(gib, abs=0.01)


@pytest.mark.parametrize(
    ("build", "gpu", "memory", "expected"),
    [
        ("cpu", BIG, 0, BUNDLED),
        ("cuda", None, 0, BUNDLED),
        ("cuda", BIG, 0, LLAMA),
        ("cuda", SMALL_CARD, 0, LLAMA_4BIT),
        ("cuda", BIG, 13, LLAMA_4BIT),
        ("cuda", TINY_CARD, 0, BUNDLED),
    ],
)
def test_the_default_model_is_the_best_that_fits(
    build: vllm_child.Build, gpu: Gpu | None, memory: float, expected: ModelProfile
) -> None:
    assert vllm_child.default_profile(build, gpu, memory) == expected


@pytest.mark.parametrize(
    ("profile", "gpu", "memory", "expected"),
    [
        (LLAMA, BIG, 0, 21 / 80),
        (LLAMA, BIG, 40, 0.5),
        (LLAMA_4BIT, SMALL_CARD, 0, 0.95),
        (profile_for("unsized"), BIG, 0, 0.6),
    ],
)
def test_gpu_memory_is_asked_for_by_need(
    profile: ModelProfile, gpu: Gpu, memory: float, expected: float
) -> None:
    assert vllm_child.memory_fraction(profile, gpu, memory) == pytest.approx(expected)


def test_arguments_on_cpu_and_gpu() -> None:
    on_cpu = vllm_child.arguments("/model", BUNDLED, Path("/s"), None, 0)
    assert on_cpu[:3] == (sys.executable, "-m", "askdocs_server.generation.vllm_child")
    for flag, value in (
        ("--model", "/model"),
        ("--uds", "/s"),
        ("--block-size", "32"),
        ("--max-num-batched-tokens", "256"),
        ("--max-model-len", "4096"),
        ("--kv-cache-memory-bytes", "268435456"),
    ):
        assert on_cpu[on_cpu.index(flag) + 1] == value
    assert "--gpu-memory-utilization" not in on_cpu
    on_gpu = vllm_child.arguments("meta/llama", LLAMA, Path("/s"), BIG, 0)
    assert on_gpu[on_gpu.index("--gpu-memory-utilization") + 1] == "0.263"
    assert "--enable-prefix-caching" in on_gpu
    assert "--enforce-eager" not in on_gpu


def test_environment_on_cpu_and_gpu() -> None:
    base = {"PATH": "/bin", "PYTHONDONTWRITEBYTECODE": "1", "VLLM_CPU_KVCACHE_SPACE": ""}
    on_cpu = vllm_child.environment(base, local_model=True, on_gpu=False)
    assert on_cpu["PATH"] == "/bin"
    assert on_cpu["HF_HUB_OFFLINE"] == "1"
    assert on_cpu["VLLM_CPU_OMP_THREADS_BIND"] == "nobind"
    assert not {"PYTHONDONTWRITEBYTECODE", "VLLM_CPU_KVCACHE_SPACE"} & on_cpu.keys()
    on_gpu = vllm_child.environment(base, local_model=False, on_gpu=True)
    assert not {"HF_HUB_OFFLINE", "LD_PRELOAD", "VLLM_CPU_OMP_THREADS_BIND"} & on_gpu.keys()


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("", "it wrote no message"),
        ("INFO 11-22 18:55:49 [launcher.py:254] loading\nlast words", "last words"),
        (
            "(EngineCore pid=7) ERROR 11-22 18:55:49 [core.py:9] ValueError: bad shape\n"
            "(APIServer pid=5) RuntimeError: Engine failed. See root cause above.",
            "ValueError: bad shape",
        ),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried 2 GiB", "llm.gpuMemoryGiB"),
        ("OSError: You are trying to access a gated repo.", "HF_TOKEN"),
        ("OSError: We couldn't connect to the hub", "llm.model to a local folder"),
    ],
)
def test_the_log_is_put_into_words(log: str, expected: str) -> None:
    assert expected in vllm_child.explain(log)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("NVIDIA H100, 81920, 81000\nother, 1, 1\n", Gpu("NVIDIA H100", 80.0, 81000 / 1024)),
        ("No devices were found\n", None),
        ("GPU, [N/A], [N/A]\n", None),
        ("", None),
    ],
)
def test_nvidia_smi_is_read(output: str, expected: Gpu | None) -> None:
    assert parse_smi(output) == expected


async def test_a_gpu_is_found_through_nvidia_smi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\n[ \"$1 $2\" = '-i 1' ] && echo 'Card, 2048, 1024'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1,2")
    assert await detect_gpu() == Gpu("Card", 2.0, 1.0)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert await detect_gpu() is None
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert await detect_gpu() is None


def test_a_folders_files_tell_its_profile(tmp_path: Path) -> None:
    with pytest.raises(GeneratorMissingError, match=r"config\.json"):
        folder_profile(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"max_position_embeddings": 2048}))
    with (tmp_path / "model.safetensors").open("wb") as weights:
        weights.truncate(2**30)
    profile = folder_profile(tmp_path)
    assert (profile.name, profile.context_tokens) == (tmp_path.name, 2048)
    assert profile.weights_gib == 1.0


@pytest.mark.parametrize(
    ("build", "gpu", "settings", "message"),
    [
        ("cuda", None, LlmSettings(), "make setup"),
        ("cpu", None, LlmSettings(model="/no/such/folder"), "no folder"),
    ],
)
async def test_what_is_missing_is_named(
    build: vllm_child.Build,
    gpu: Gpu | None,
    settings: LlmSettings,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def detect() -> Gpu | None:
        return gpu

    monkeypatch.setattr(vllm_child, "installed_build", lambda: build)
    monkeypatch.setattr(local, "detect_gpu", detect)
    with pytest.raises(GeneratorMissingError, match=message):
        await choose_model(settings)


async def test_without_vllm_the_status_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm_child.importlib.util, "find_spec", lambda name: None)
    generator = create_generator(LlmSettings())
    seen = []
    generator.subscribe(seen.append)
    try:
        assert await generator.ready(5.0) is False
        assert generator.status.state == "failed"
        assert "make setup" in generator.status.detail
        assert "llm.mode" in generator.status.detail
        assert [status.state for status in seen] == ["starting", "failed"]
    finally:
        await generator.aclose()


@pytest.mark.parametrize(
    ("settings", "state", "where"),
    [
        (LlmSettings(), "idle", "local"),
        (LlmSettings(mode="off"), "off", ""),
        (LlmSettings(endpoint="http://box/v1"), "idle", "http://box/v1"),
        (LlmSettings(mode="local", endpoint="http://box/v1"), "idle", "local"),
        (LlmSettings(mode="endpoint"), "failed", ""),
    ],
)
async def test_the_settings_choose_the_generator(
    settings: LlmSettings, state: str, where: str
) -> None:
    generator = create_generator(settings)
    assert (generator.status.state, generator.status.where) == (state, where)
    if state in ("off", "failed"):
        assert "llm.mode" in generator.status.detail
        generator.ensure_started()
        assert await generator.ready(1.0) is False
        with pytest.raises(GeneratorMissingError):
            generator.stream([], 1)
    await generator.aclose()


def test_sockets_find_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "askdocs").symlink_to(tmp_path)
    folder = paths.socket_directory()
    assert folder.parent == tmp_path
    assert folder.name != "askdocs"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_old_logs_are_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = paths.log_file().parent
    for number in range(20):
        (folder / f"vllm-{number}x.log").touch()
    assert paths.log_file().parent == folder
    assert len(list(folder.iterdir())) == 5
