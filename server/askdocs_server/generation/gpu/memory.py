"""How much of a GPU's memory to ask for: what the model needs, out of what is free.

The card is shared: with the embedding model, with a desktop, with other people's programs.
"""

from __future__ import annotations

from dataclasses import dataclass

from askdocs_server.generation.gpu.card import Gpu
from askdocs_server.generation.models import BUNDLED, LLAMA, LLAMA_4BIT, ModelProfile

# The KV cache has room for the full contexts of this many users at once, but where the user sets no
# limit it is never larger than 49,152 of Llama-3.1-8B's tokens (128 KiB each), or eight prompts of
# 6,000.
_USERS = 8
_KV_CACHE_GIB = 6.0
# One prompt that fills the context, and the answers beside it.
_LEAST_CONTEXTS = 1.125
# Activations, CUDA graphs and the CUDA context itself.
_OVERHEAD_GIB = 2.0
_LEFT_FREE_GIB = 1.0
# vLLM refuses to start with a share of zero; with this one it says what is missing.
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
    return profile.weights_gib + _kv_cache_gib(profile, _LEAST_CONTEXTS) + _OVERHEAD_GIB


def _kv_cache_gib(profile: ModelProfile, contexts: float) -> float:
    return contexts * profile.context_tokens * profile.kv_kib_per_token / 2**20


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
    useful = _kv_cache_gib(profile, _USERS)
    kv_cache = min(room, useful if limit_gib else min(useful, _KV_CACHE_GIB))
    # Where even the least does not fit, vLLM may still know better than an estimate by name.
    kv_cache = max(kv_cache, _kv_cache_gib(profile, _LEAST_CONTEXTS))
    wanted = min(profile.weights_gib + kv_cache + _OVERHEAD_GIB, available)
    return GpuShare(wanted / gpu.total_gib, kv_cache)
