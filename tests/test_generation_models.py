"""Which model, on what, with which arguments."""

from __future__ import annotations

import json
import re
import stat
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from askdocs_indexer.system.cores import usable_cores
from askdocs_server.errors import GeneratorMissingError
from askdocs_server.generation import paths, vllm_child, vllm_generator
from askdocs_server.generation.factory import create_generator
from askdocs_server.generation.gpu.card import Gpu, Selection
from askdocs_server.generation.gpu.memory import GpuShare, default_profile, gpu_share
from askdocs_server.generation.models import BUNDLED, LLAMA, LLAMA_4BIT, ModelProfile, profile_for
from askdocs_server.generation.openai_client import (
    UNTOLD_CONTEXT_TOKENS,
    ServedModel,
    served_profile,
)
from askdocs_server.generation.vllm_generator import choose_model, folder_profile
from askdocs_server.ipc.processes import FRUGAL
from askdocs_server.settings.model import LlmSettings

BIG = Gpu("H100", 80.0, 79.0)
BUSY = Gpu("H100", 80.0, 12.0)
SMALL_CARD = Gpu("Laptop", 12.0, 11.0)
TINY_CARD = Gpu("Small", 4.0, 3.5)
OLD_CARD = Gpu("T4", 16.0, 15.5, 7.5)


@pytest.mark.parametrize(
    ("name", "small", "gib"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", False, 15.0),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", True, 0.26),
        ("Qwen/Qwen2.5-0.5B-Instruct", True, 0.93),
        ("mistralai/Mistral-7B-v0.3", False, 13.04),
        ("Qwen/Qwen2.5-7B-Instruct-AWQ", False, 4.56),
        ("RedHatAI/Mistral-7B-Instruct-FP8", False, 7.17),
        ("some/unsized-model", False, 0.0),
    ],
)
def test_a_models_name_tells_its_profile(name: str, small: bool, gib: float) -> None:
    profile = profile_for(name)
    assert (profile.name, profile.small) == (name, small)
    assert profile.weights_gib == pytest.approx(gib, abs=0.01)


@pytest.mark.parametrize(
    "name",
    [
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "/models/SmolLM2-135M-Instruct.Q4_1.gguf",
        "smollm2-135m-instruct-q8_0.gguf",
        "SmolLM2-135M-Instruct-f16.gguf",
        "SmolLM2-135M-Instruct.gguf",
    ],
)
def test_a_known_model_is_known_by_the_name_of_its_file(name: str) -> None:
    assert profile_for(name) == replace(BUNDLED, name=name)


@pytest.mark.parametrize(
    ("gpu", "memory", "expected"),
    [
        (None, 0, BUNDLED),
        (BIG, 0, LLAMA),
        (SMALL_CARD, 0, LLAMA_4BIT),
        (BUSY, 0, LLAMA_4BIT),
        (BIG, 13, LLAMA_4BIT),
        (TINY_CARD, 0, BUNDLED),
    ],
)
def test_the_default_model_is_the_best_that_fits_what_is_free(
    gpu: Gpu | None, memory: float, expected: ModelProfile
) -> None:
    assert default_profile(gpu, memory) == expected


@pytest.mark.parametrize(
    ("profile", "gpu", "memory", "expected"),
    [
        # Weights, six GiB of KV cache and two of overhead, however large the card is.
        (LLAMA, BIG, 0, GpuShare(23 / 80, 6.0)),
        # What the user grants is used for more KV cache, up to eight full contexts, or makes it
        # smaller.
        (LLAMA, BIG, 30, GpuShare(30 / 80, 13.0)),
        (LLAMA, BIG, 40, GpuShare(33 / 80, 16.0)),
        # A small model's tokens take little.
        (BUNDLED, BIG, 0, GpuShare(2.963125 / 80, 0.703125)),
        (LLAMA, BIG, 20, GpuShare(0.25, 3.0)),
        # Never more than what others leave free, but for one GiB.
        (LLAMA_4BIT, BUSY, 0, GpuShare(11 / 80, 3.6)),
        (LLAMA_4BIT, SMALL_CARD, 0, GpuShare(10 / 12, 2.6)),
        (LLAMA, BUSY, 0, GpuShare(11 / 80, 2.25)),
        # Where the size of the weights is not known, vLLM decides about the KV cache.
        (profile_for("unsized"), BIG, 0, GpuShare(0.6 * 78 / 80, 0.0)),
        (profile_for("unsized"), BIG, 40, GpuShare(0.5, 0.0)),
    ],
)
def test_gpu_memory_is_asked_for_by_need(
    profile: ModelProfile, gpu: Gpu, memory: float, expected: GpuShare
) -> None:
    share = gpu_share(profile, gpu, memory)
    assert share.fraction == pytest.approx(expected.fraction)
    assert share.kv_cache_gib == pytest.approx(expected.kv_cache_gib)
    assert share.fraction * gpu.total_gib <= gpu.free_gib


def test_arguments_on_cpu_and_gpu() -> None:
    on_cpu = vllm_child.arguments("/model", BUNDLED, Path("/s"), None, 0)
    for flag, value in (
        ("--model", "/model"),
        ("--uds", "/s"),
        ("--block-size", "32"),
        ("--max-num-batched-tokens", "256"),
        ("--kv-cache-memory-bytes", "268435456"),
    ):
        assert on_cpu[on_cpu.index(flag) + 1] == value
    assert "--gpu-memory-utilization" not in on_cpu
    on_gpu = vllm_child.arguments("meta/llama", LLAMA, Path("/s"), BIG, 0)
    assert on_gpu[on_gpu.index("--gpu-memory-utilization") + 1] == "0.287"
    assert on_gpu[on_gpu.index("--kv-cache-memory-bytes") + 1] == str(6 * 2**30)
    assert on_gpu[on_gpu.index("--dtype") + 1] == "bfloat16"
    assert "--enable-prefix-caching" in on_gpu
    assert "--enforce-eager" not in on_gpu
    assert on_gpu[on_gpu.index("--max-num-seqs") + 1] == "32"
    assert "-cc.cudagraph_mode=FULL_DECODE_ONLY" in on_gpu
    on_old = vllm_child.arguments("meta/llama", LLAMA_4BIT, Path("/s"), OLD_CARD, 0)
    assert on_old[on_old.index("--dtype") + 1] == "float16"


def test_the_command_starts_the_child() -> None:
    start = (sys.executable, "-m", "askdocs_server.generation.vllm_child")
    assert vllm_child.command(("--model", "m"), fork=False) == (*start, "--model", "m")
    assert vllm_child.command(("--model", "m"), fork=True)[3:] == ("--fork-engine", "--model", "m")


def test_the_server_may_grant_a_shorter_context() -> None:
    def granted(*served: ServedModel) -> int:
        return served_profile(LLAMA, served).context_tokens

    assert granted() == granted(ServedModel("other", 100)) == UNTOLD_CONTEXT_TOKENS
    assert granted(ServedModel(LLAMA.name)) == UNTOLD_CONTEXT_TOKENS
    assert granted(ServedModel(LLAMA.name, 2048)) == 2048
    assert granted(ServedModel(LLAMA.name, 131072)) == LLAMA.context_tokens


def test_environment_on_cpu_and_gpu() -> None:
    base = {"PATH": "/bin", "PYTHONDONTWRITEBYTECODE": "1", "VLLM_CPU_KVCACHE_SPACE": ""}
    on_cpu = vllm_child.environment(base, local_model=True, gpu=None)
    assert on_cpu["PATH"] == "/bin"
    assert on_cpu["HF_HUB_OFFLINE"] == "1"
    assert on_cpu["VLLM_CPU_OMP_THREADS_BIND"] == "nobind"
    assert on_cpu["OMP_NUM_THREADS"] == str(max(1, usable_cores() - 1))
    of_daemon = vllm_child.environment({**base, **FRUGAL}, local_model=True, gpu=None)
    assert of_daemon == on_cpu
    mine = vllm_child.environment({"OMP_NUM_THREADS": "3"}, local_model=True, gpu=None)
    assert mine["OMP_NUM_THREADS"] == "3"
    assert not {"PYTHONDONTWRITEBYTECODE", "VLLM_CPU_KVCACHE_SPACE"} & on_cpu.keys()
    on_gpu = vllm_child.environment(base, local_model=False, gpu=BIG)
    absent = {"HF_HUB_OFFLINE", "LD_PRELOAD", "VLLM_CPU_OMP_THREADS_BIND", "CUDA_VISIBLE_DEVICES"}
    assert not absent & on_gpu.keys()


def test_the_chosen_gpu_is_named_to_the_child_and_needs_no_nvcc() -> None:
    second = replace(BIG, uuid="GPU-2")
    environment = vllm_child.environment({"CUDA_VISIBLE_DEVICES": "0,1"}, True, second)
    assert environment["CUDA_VISIBLE_DEVICES"] == "GPU-2"
    assert environment["VLLM_USE_FLASHINFER_SAMPLER"] == "0"
    mine = vllm_child.environment({"VLLM_USE_FLASHINFER_SAMPLER": "1"}, True, second)
    assert mine["VLLM_USE_FLASHINFER_SAMPLER"] == "1"


# Of the published models; the last one also sees.
LLAMA_CONFIG = {
    "max_position_embeddings": 131072,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "hidden_size": 4096,
}
SMALL_LLAMA_CONFIG = LLAMA_CONFIG | {
    "num_hidden_layers": 28,
    "num_attention_heads": 24,
    "hidden_size": 3072,
    "head_dim": 128,
}


@pytest.mark.parametrize(
    ("name", "config", "context", "kv_kib"),
    [
        ("mine", {"max_position_embeddings": 2048}, 2048, 128.0),
        ("Meta-Llama-3.1-8B-Instruct", LLAMA_CONFIG, 16384, 128.0),
        ("Llama-3.1-8B-Instruct", LLAMA_CONFIG, 16384, 128.0),
        ("Llama-3.2-3B-Instruct", SMALL_LLAMA_CONFIG, 16384, 112.0),
        ("vision", {"text_config": SMALL_LLAMA_CONFIG}, 16384, 112.0),
        ("gpt2", {"num_hidden_layers": None}, 16384, 128.0),
    ],
)
def test_a_folders_files_tell_its_profile(
    name: str, config: dict[str, object], context: int, kv_kib: float, tmp_path: Path
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with pytest.raises(GeneratorMissingError, match=r"config\.json"):
        folder_profile(folder)
    (folder / "config.json").write_text(json.dumps(config))
    with (folder / "model.safetensors").open("wb") as weights:
        weights.truncate(2**30)
    profile = folder_profile(folder)
    assert (profile.name, profile.weights_gib) == (name, 1.0)
    assert (profile.context_tokens, profile.kv_kib_per_token) == (context, kv_kib)


@pytest.mark.parametrize(
    "name", ["meta-llama/Meta-Llama-3.1-8B-Instruct", "meta-llama/Llama-3.2-3B-Instruct", "any/id"]
)
def test_another_id_gets_its_context_from_the_server(name: str) -> None:
    profile = profile_for(name)
    assert served_profile(profile, [ServedModel(name, 131072)]).context_tokens == 16384
    assert served_profile(profile, [ServedModel(name, 4096)]).context_tokens == 4096
    assert served_profile(profile, [ServedModel(name)]).context_tokens == UNTOLD_CONTEXT_TOKENS


@pytest.mark.parametrize(
    ("build", "selection", "settings", "message"),
    [
        ("cuda", Selection(None, "It is too old."), LlmSettings(), "no usable GPU. It is too old"),
        ("cpu", Selection(None), LlmSettings(model="/no/such/folder"), "no folder"),
    ],
)
async def test_what_is_missing_is_named(
    build: vllm_child.Build,
    selection: Selection,
    settings: LlmSettings,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def select_gpu() -> Selection:
        return selection

    monkeypatch.setattr(vllm_child, "installed_build", lambda: build)
    monkeypatch.setattr(vllm_generator, "select_gpu", select_gpu)
    with pytest.raises(GeneratorMissingError, match=message):
        await choose_model(settings)


async def test_without_vllm_the_status_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm_child.importlib.util, "find_spec", lambda name: None)
    generator = create_generator(LlmSettings(model="bundled"))
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
        (LlmSettings(), "off", ""),
        (LlmSettings(model="bundled"), "idle", "local"),
        (LlmSettings(mode="off"), "off", ""),
        (LlmSettings(endpoint="http://box/v1"), "idle", "http://box/v1"),
        (LlmSettings("local", "bundled", "http://box/v1"), "idle", "local"),
        (LlmSettings(mode="endpoint"), "failed", ""),
    ],
)
async def test_the_settings_choose_the_generator(
    settings: LlmSettings, state: str, where: str
) -> None:
    generator = create_generator(settings)
    assert (generator.status.state, generator.status.where) == (state, where)
    if state in ("off", "failed"):
        assert re.search("llm.mode|--llm", generator.status.detail)
        generator.ensure_started()
        assert await generator.ready(1.0) is False
        with pytest.raises(GeneratorMissingError):
            generator.stream([], 1)
    await generator.aclose()


def test_sockets_find_a_private_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory() as short:  # Sockets go elsewhere where a path is long.
        above = Path(short)
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        monkeypatch.setattr("tempfile.tempdir", short)
        (above / "askdocs").symlink_to(above)
        folder = paths.socket_directory()
        assert folder.parent == above
        assert folder.name != "askdocs"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_old_logs_are_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = paths.log_file().parent
    for number in range(20):
        (folder / f"vllm-{number}x.log").touch()
    assert paths.log_file().parent == folder
    assert len(list(folder.iterdir())) == 5
