"""The generator on an OpenAI-compatible server that somebody else runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path

from askdocs_server.generation.client import (
    LOCAL_BASE_URL,
    Address,
    ChatClient,
    Limits,
    Message,
)
from askdocs_server.generation.errors import GenerationError, RequestFailedError
from askdocs_server.generation.models import ModelProfile, profile_for
from askdocs_server.generation.status import GeneratorState, GeneratorStatus, StatusBoard
from askdocs_server.settings import LlmSettings

_RETRY_SECONDS = 10.0
_SETTINGS_WITHOUT_NAME = ("", "auto", "bundled")


class EndpointGenerator:
    """Answers through `llm.endpoint`. It is ready once the server has listed its models."""

    def __init__(self, settings: LlmSettings, limits: Limits | None = None) -> None:
        named = "" if settings.model in _SETTINGS_WITHOUT_NAME else settings.model
        key = os.environ.get(settings.api_key_env, "")
        self._address = address_of(settings.endpoint, key)
        self._limits = limits
        self._model = named
        self._client: ChatClient | None = None
        self._check: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._board = StatusBoard(GeneratorStatus("idle", named, settings.endpoint))
        self.subscribe = self._board.subscribe

    @property
    def status(self) -> GeneratorStatus:
        """A snapshot."""
        return self._board.status

    @property
    def profile(self) -> ModelProfile:
        """How to prompt the endpoint's model, going by its name."""
        return profile_for(self._model)

    def connect(self) -> None:
        """Look for the server unless it was seen."""
        self.ensure_started()

    def ensure_started(self) -> None:
        """Look for the server unless it was seen; a failed look is repeated after some seconds."""
        busy = self._check is not None and not self._check.done()
        early = asyncio.get_running_loop().time() < self._not_before
        if not busy and not early and self.status.state != "ready":
            self._publish("starting", "Looking for the server.")
            self._check = asyncio.create_task(self._look(), name="look for the llm endpoint")

    async def ready(self, limit: float) -> bool:
        """Wait up to `limit` seconds for the server to be seen."""
        self.ensure_started()
        if self._check is not None:
            await asyncio.wait({self._check}, timeout=limit)
        return self.status.state == "ready"

    async def stream(
        self, messages: Sequence[Message], max_tokens: int
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece. Raises GenerationError."""
        if self._client is None or not self._model:
            raise RequestFailedError("The endpoint was not reached yet. Ask again in a moment.")
        pieces = self._client.stream(messages, self._model, self.profile, max_tokens)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except GenerationError as error:
            self._fail(error)
            raise

    async def aclose(self) -> None:
        """Close the connections."""
        if self._check is not None:
            self._check.cancel()
            with suppress(asyncio.CancelledError):
                await self._check
        if self._client is not None:
            await self._client.aclose()
        self._publish("idle")

    async def _look(self) -> None:
        try:
            self._client = self._client or await ChatClient.open(self._address, self._limits)
            served = await self._client.models()
        except GenerationError as error:
            self._fail(error)
            return
        if not self._model and not served:
            self._fail(RequestFailedError(f"{self._address.name} serves no model. Set llm.model."))
            return
        self._model = self._model or served[0]
        self._publish("ready")

    def _fail(self, error: GenerationError) -> None:
        self._not_before = asyncio.get_running_loop().time() + _RETRY_SECONDS
        self._publish("failed", str(error))

    def _publish(self, state: GeneratorState, detail: str = "") -> None:
        where = self.status.where
        self._board.publish(GeneratorStatus(state, self._model, where, detail))


def address_of(endpoint: str, api_key: str) -> Address:
    """A base URL, or `unix:PATH` for a server on a Unix socket of this machine."""
    scheme, _, path = endpoint.partition(":")
    if scheme == "unix":
        return Address(LOCAL_BASE_URL, Path(path), api_key)
    return Address(endpoint, api_key=api_key)
