"""The generators of a process. Sessions whose settings name the same model share one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from askdocs_server.generation.base import Generator
from askdocs_server.generation.factory import create_generator
from askdocs_server.generation.models import Sampling
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

        Where sessions want different idle times, the one that was asked for last counts.
        """
        key = _model_part(settings)
        if key not in self._shared:
            self._shared[key] = self._create(settings)
        generator = self._shared[key]
        if isinstance(generator, LocalGenerator):
            generator.stop_after(settings.idle_minutes)
        return generator

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
        unused = [
            generator
            for other_key, generator in self._shared.items()
            if other_key != key and isinstance(generator, LocalGenerator) and not generator.in_use
        ]
        await asyncio.gather(*(generator.aclose() for generator in unused))


def sampling_of(settings: LlmSettings) -> Sampling:
    """The sampling that a session's settings ask for."""
    return Sampling(
        temperature=None if settings.temperature < 0 else settings.temperature,
        top_p=None if settings.top_p < 0 else settings.top_p,
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
