"""Looks at the model that writes answers: its files, our access to them, and its memory."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from askdocs_server.doctor.check import Check
from askdocs_server.errors import GenerationError
from askdocs_server.generation.gpu.card import Gpu
from askdocs_server.generation.hub import cached_folder, has_token
from askdocs_server.generation.models import BUNDLED, LLAMA_4BIT, ModelProfile
from askdocs_server.generation.proposals import free_memory_gib, why_none
from askdocs_server.settings.model import LlmSettings
from askdocs_server.text.addresses import without_key

_NAME = "answer model"
# What vLLM's own code and its KV cache take on a CPU besides the weights.
_CPU_OVERHEAD_GIB = 2.0
_GATED = ("meta-llama/",)
_CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def is_local(llm: LlmSettings) -> bool:
    """Whether a local vLLM writes the answers."""
    return llm.mode == "local" or (llm.mode == "auto" and not llm.endpoint)


async def check_answer_model(llm: LlmSettings, gpu: Gpu | None) -> Check:
    """Look whether the model can be loaded; `gpu` is what vLLM would use, or None."""
    if llm.mode == "off":
        return Check(_NAME, "good", "none: llm.mode is off, answers are passages")
    if not is_local(llm):
        return _endpoint(llm)
    return await asyncio.to_thread(_local, llm, gpu)


def _endpoint(llm: LlmSettings) -> Check:
    from askdocs_server.generation.endpoint_generator import addresses

    if not llm.endpoint:
        step = "Set llm.endpoint, or set llm.mode to auto."
        return Check(_NAME, "warning", "llm.mode is endpoint but llm.endpoint is empty", step)
    try:
        addresses(llm.endpoint, "")
    except GenerationError as error:
        return Check(_NAME, "warning", "llm.endpoint is not an address", str(error))
    return Check(_NAME, "good", f"at {without_key(llm.endpoint)}; --deep asks it")


def _local(llm: LlmSettings, gpu: Gpu | None) -> Check:
    from askdocs_server.generation.gpu.memory import default_profile
    from askdocs_server.generation.vllm_generator import named_model

    if llm.model == "auto" and gpu is None:
        return Check(_NAME, "good", f"none: {why_none(free_memory_gib())}")
    name = default_profile(gpu, llm.gpu_memory_gib).name if llm.model == "auto" else llm.model
    if name in ("bundled", BUNDLED.name):
        return _bundled()
    try:
        model = named_model(name, gpu)
    except GenerationError as error:
        return Check(_NAME, "warning", f"{name} cannot be used", str(error))
    return (
        _lacks_memory(model.profile, gpu, llm.gpu_memory_gib)
        or (None if model.is_folder else _lacks_access(name))
        or Check(_NAME, "good", f"{name}; --deep starts it")
    )


def _bundled() -> Check:
    from askdocs_server.generation.bundled import bundled_directory, check_gguf, find_gguf

    try:
        check_gguf(find_gguf())
    except GenerationError as error:
        return Check(_NAME, "warning", "the bundled model is missing or damaged", str(error))
    state = "converted" if bundled_directory().is_dir() else "to be converted at its first use"
    lacking = _lacks_memory(BUNDLED, None, 0)
    return lacking or Check(_NAME, "good", f"bundled, checksum right, {state}")


def _lacks_memory(profile: ModelProfile, gpu: Gpu | None, limit_gib: float) -> Check | None:
    from askdocs_server.generation.gpu.memory import available_gib, needed_gib

    if gpu is not None:
        needed, available = needed_gib(profile), available_gib(gpu, limit_gib)
        what, step = "GPU memory", "Close what else uses the GPU, raise llm.gpuMemoryGiB"
    else:
        needed, available = profile.weights_gib + _CPU_OVERHEAD_GIB, free_memory_gib()
        what, step = "memory", "Close other programs"
    if not profile.weights_gib or needed <= available:
        return None
    detail = f"{profile.name} needs {needed:.1f} GiB of {what}, {available:.1f} are there"
    return Check(_NAME, "warning", detail, f"{step}, or set llm.model to a smaller model.")


def _lacks_access(name: str) -> Check | None:
    """Say what keeps a model from being downloaded from the hub, as far as this machine shows."""
    if cached_folder(name) is not None:
        return None
    if name.startswith(_GATED) and not has_token():
        step = (
            f"Accept its licence on https://huggingface.co/{name} and run `hf auth login`, or set "
            f"llm.model to {LLAMA_4BIT.name}, which is not gated."
        )
        return Check(_NAME, "warning", f"{name} is gated, and there is no HF_TOKEN", step)
    return None


def check_network() -> Check:
    """Look at what downloads go through: a proxy, and files of certificate authorities."""
    for variable in _CERTIFICATES:
        file = os.environ.get(variable, "")
        if file and not Path(file).exists():
            step = f"Set {variable} to a file of certificate authorities that exists, or unset it."
            return Check("network", "warning", f"{variable} is {file}, which is missing", step)
    proxy = next((name for name in _PROXIES if os.environ.get(name)), "")
    if not proxy:
        return Check("network", "good", "no proxy is set")
    trusted = next((name for name in _CERTIFICATES if os.environ.get(name)), "")
    detail = f"authorities of {trusted}" if trusted else "set SSL_CERT_FILE if it has its own CA"
    return Check("network", "good", f"the proxy of {proxy}; {detail}")
