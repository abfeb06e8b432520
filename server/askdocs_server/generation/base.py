"""The generator as the rest of the server sees it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from askdocs_server.errors import GeneratorMissingError
from askdocs_server.generation.models import DEFAULT, OWN_SAMPLING, ModelProfile, Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.generation.status import GeneratorStatus, OnChange, StatusBoard


class Generator(Protocol):
    """Writes text with a language model. All methods belong to one event loop."""

    @property
    def status(self) -> GeneratorStatus:
        """A snapshot of what it is doing."""

    @property
    def profile(self) -> ModelProfile:
        """How to prompt the model; meaningful once it is ready."""

    @property
    def is_on_gpu(self) -> bool:
        """Whether it runs on a GPU of this machine; meaningful once it is ready."""

    def subscribe(self, on_change: OnChange) -> Callable[[], None]:
        """Call `on_change` with each new status; the returned function unsubscribes it."""

    def connect(self) -> None:
        """Look in the background for a server that others run; start none of our own."""

    def ensure_started(self) -> None:
        """Start in the background where needed; returns at once and never raises."""

    async def ready(self, limit: float) -> bool:
        """Start where needed and wait up to `limit` seconds; whether it can be used now."""

    def stream(
        self, messages: Sequence[Message], max_tokens: int, sampling: Sampling = OWN_SAMPLING
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece; closing the iterator aborts the generation.

        Raises GenerationError.
        """

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens the model sees in a text; None where that is unknown."""

    async def aclose(self) -> None:
        """Stop everything it started and wait until it is gone."""


class UnavailableGenerator:
    """The generator where it is switched off, or where a setting makes it impossible."""

    def __init__(self, status: GeneratorStatus) -> None:
        self._board = StatusBoard(status)
        self.profile = DEFAULT
        self.is_on_gpu = False
        self.subscribe = self._board.subscribe

    @property
    def status(self) -> GeneratorStatus:
        """Always the same."""
        return self._board.status

    def connect(self) -> None:
        """There is nothing to look for."""

    def ensure_started(self) -> None:
        """There is nothing to start."""

    async def ready(self, limit: float) -> bool:
        """Never."""
        del limit
        return False

    def stream(
        self, messages: Sequence[Message], max_tokens: int, sampling: Sampling = OWN_SAMPLING
    ) -> AsyncGenerator[str, None]:
        """Always raises GeneratorMissingError."""
        del messages, max_tokens, sampling
        raise GeneratorMissingError(self.status.detail)

    async def count_tokens(self, text: str) -> None:
        """Always None: there is no tokenizer."""
        del text

    async def aclose(self) -> None:
        """There is nothing to close."""
