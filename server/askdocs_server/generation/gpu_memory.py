"""How much of a GPU's memory to ask for: what the model needs, out of what is free.

The card is shared: with the embedding model, with a desktop, with other people's programs.
"""

from __future__ import annotations

from dataclasses import dataclass

from askdocs_server.generation.gpu import Gpu
from askdocs_server.generation.models import BUNDLED, LLAMA, LLAMA_4BIT, ModelProfile

# For Llama-3.1-8B, whose tokens take 128 KiB each: 49,152 tokens, or eight prompts of 6,000; and
# what one prompt of 16,384 tokens and the answers beside it need at least.
_KV_CACHE_GIB = 6.0
_LEAST_KV_CACHE_GIB = 2.25
# Activations, CUDA graphs and the CUDA context itself.
_OVERHEAD_GIB = 2.0
_LEFT_FREE_GIB = 1.0
# vLLM refuses to start with a share of nothing; with this one it says what is missing.
_LEAST_SHARE_GIB = 0.5
_UNKNOWN_WEIGHTS_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class GpuShare:
    """What vLLM is told. `fraction` of the card's memory must be free when it starts.

    `kv_cache_gib` of it hold the KV cache; 0 lets vLLM take what the weights leave of the fraction.
    """

    fraction: float
    kv_cache_gib: float


def needed_gib(profile: ModelProfile) -> float:
    """The least memory (GiB) that a model can work with."""
    return profile.weights_gib + _LEAST_KV_CACHE_GIB + _OVERHEAD_GIB


def available_gib(gpu: Gpu, limit_gib: float) -> float:
    """What may be asked for: free memory but for a rest, at most `limit_gib` (0: no limit)."""
    free = max(gpu.free_gib - _LEFT_FREE_GIB, _LEAST_SHARE_GIB)
    return min(free, limit_gib) if limit_gib else free


def default_profile(gpu: Gpu | None, limit_gib: float) -> ModelProfile:
    """The best default model that fits: Llama, its 4-bit build, or the bundled one."""
    if gpu is not None:
        for profile in (LLAMA, LLAMA_4BIT):
            if needed_gib(profile) <= available_gib(gpu, limit_gib):
                return profile
    return BUNDLED


def gpu_share(profile: ModelProfile, gpu: Gpu, limit_gib: float) -> GpuShare:
    """Ask for weights, KV cache and overhead; with a limit of the user's, for all of that."""
    available = available_gib(gpu, limit_gib)
    if not profile.weights_gib:
        wanted = available if limit_gib else available * _UNKNOWN_WEIGHTS_SHARE
        return GpuShare(wanted / gpu.total_gib, 0.0)
    room = available - profile.weights_gib - _OVERHEAD_GIB
    kv_cache = room if limit_gib else min(room, _KV_CACHE_GIB)
    # Where even the least does not fit, vLLM may still know better than an estimate by name.
    kv_cache = max(kv_cache, _LEAST_KV_CACHE_GIB)
    wanted = min(profile.weights_gib + kv_cache + _OVERHEAD_GIB, available)
    return GpuShare(wanted / gpu.total_gib, kv_cache)
