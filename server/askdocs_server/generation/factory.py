"""The choice between the kinds of generators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from askdocs_server.generation.base import Generator, UnavailableGenerator
from askdocs_server.generation.endpoint_generator import EndpointGenerator
from askdocs_server.generation.proposals import free_memory_gib, why_none
from askdocs_server.generation.status import GeneratorStatus
from askdocs_server.generation.vllm_child import has_cuda_build
from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.settings.model import LlmSettings


def create_generator(
    settings: LlmSettings, make_room: Callable[[], Awaitable[None]] | None = None
) -> Generator:
    """The generator that the settings ask for. Starts nothing and imports nothing heavy.

    With `llm.model = "auto"` there is none on a machine where vLLM would run on the CPU.

    `make_room` is awaited before a local model is chosen, so that others may free memory.
    """
    if settings.mode == "off":
        detail = "Answers are the passages themselves: llm.mode is off."
        return UnavailableGenerator(GeneratorStatus("off", detail=detail))
    if settings.endpoint and settings.mode in ("auto", "endpoint"):
        return EndpointGenerator(settings)
    if settings.mode == "endpoint":
        detail = "llm.mode is endpoint but llm.endpoint is empty: set it, or set llm.mode to auto."
        return UnavailableGenerator(GeneratorStatus("failed", detail=detail))
    if settings.model == "auto" and not has_cuda_build():
        return UnavailableGenerator(GeneratorStatus("off", detail=why_none(free_memory_gib())))
    return LocalGenerator(settings, make_room=make_room)
