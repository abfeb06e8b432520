"""The generators of a process. Sessions whose settings name the same model share one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from askdocs_server.generation.base import Generator
from askdocs_server.generation.factory import create_generator
from askdocs_server.generation.models import ModelProfile
from askdocs_server.generation.openai_client import Message
from askdocs_server.generation.status import GeneratorStatus, OnChange
from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.settings.model import LlmSettings

_DEFAULTS = LlmSettings()


class Generators:
    """Owns them all. `changed` is called after each change of a status. For one event loop."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._shared: dict[LlmSettings, Generator] = {}

    def get(self, settings: LlmSettings) -> Generator:
        """The generator that the settings ask for; it starts nothing before that is needed.

        Of the idle times that sessions want, the last one asked for counts.
        """
        key = _model_part(settings)
        if key not in self._shared:
            self._shared[key] = self._create(settings)
        shared = self._shared[key]
        if isinstance(shared, LocalGenerator):
            shared.stop_after(settings.idle_minutes)
        return SampledGenerator(shared, settings)

    async def aclose(self) -> None:
        """Stop all that was started."""
        closing = [generator.aclose() for generator in self._shared.values()]
        await asyncio.gather(*closing, return_exceptions=True)

    def _create(self, settings: LlmSettings) -> Generator:
        generator = create_generator(settings, lambda: self._stop_unused(settings))
        generator.subscribe(lambda status: self._changed())
        return generator

    async def _stop_unused(self, settings: LlmSettings) -> None:
        """Stop the local models other than that of `settings`: memory may hold only one."""
        key = _model_part(settings)
        others = [one for other, one in self._shared.items() if other != key]
        unused = [one for one in others if isinstance(one, LocalGenerator) and not one.in_use]
        await asyncio.gather(*(one.aclose() for one in unused))


class SampledGenerator:
    """A shared generator with the sampling that one session's settings ask for."""

    def __init__(self, shared: Generator, settings: LlmSettings) -> None:
        self._shared = shared
        self._settings = settings

    @property
    def status(self) -> GeneratorStatus:
        """A snapshot of what the shared one is doing."""
        return self._shared.status

    @property
    def profile(self) -> ModelProfile:
        """How to prompt the model."""
        return sampled(self._shared.profile, self._settings)

    def subscribe(self, on_change: OnChange) -> Callable[[], None]:
        """Call `on_change` with each new status; the returned function ends that."""
        return self._shared.subscribe(on_change)

    def connect(self) -> None:
        """Look for a server that others run."""
        self._shared.connect()

    def ensure_started(self) -> None:
        """Start in the background where needed."""
        self._shared.ensure_started()

    async def ready(self, limit: float) -> bool:
        """Start where needed and wait up to `limit` seconds."""
        return await self._shared.ready(limit)

    def stream(
        self, messages: Sequence[Message], max_tokens: int, profile: ModelProfile | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece. Raises GenerationError."""
        return self._shared.stream(messages, max_tokens, profile or self.profile)

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens the model sees in a text; None where nobody tells."""
        return await self._shared.count_tokens(text)

    async def aclose(self) -> None:
        """Nothing: others may use what is shared."""


def sampled(profile: ModelProfile, settings: LlmSettings) -> ModelProfile:
    """The profile with the settings' sampling in the place of its own."""
    return replace(
        profile,
        temperature=profile.temperature if settings.temperature < 0 else settings.temperature,
        top_p=profile.top_p if settings.top_p < 0 else settings.top_p,
        seed=None if settings.seed < 0 else settings.seed,
    )


def _model_part(settings: LlmSettings) -> LlmSettings:
    """What decides which model runs where; the rest is each session's own."""
    return replace(
        settings,
        start=_DEFAULTS.start,
        idle_minutes=_DEFAULTS.idle_minutes,
        temperature=_DEFAULTS.temperature,
        top_p=_DEFAULTS.top_p,
        seed=_DEFAULTS.seed,
    )
