"""The generator on an OpenAI-compatible server that somebody else runs."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path

from askdocs_server.errors import (
    GenerationError,
    GeneratorMissingError,
    ModelLoadingError,
    PromptTooLongError,
    RequestFailedError,
)
from askdocs_server.generation.models import OWN_SAMPLING, ModelProfile, Sampling, profile_for
from askdocs_server.generation.openai_client import (
    LOCAL_BASE_URL,
    Address,
    ChatClient,
    Limits,
    Message,
    ServedModel,
    served_profile,
)
from askdocs_server.generation.status import GeneratorState, GeneratorStatus, StatusBoard
from askdocs_server.settings.model import LlmSettings
from askdocs_server.text.addresses import without_key

log = logging.getLogger(__name__)

_RETRY_SECONDS = 10.0
_LOADING_SECONDS = 0.5
_LEAST_CONTEXT_TOKENS = 2048
_LISTED_MODELS = 5
_NOT_FOUND = 404
# Too long, malformed, too many at once: the server works, and may accept another request.
_REFUSED = frozenset({400, 413, 422, 429})
_URL = re.compile(r"https?://[^/\s]+\S*$")
_VERSION = re.compile(r"/v\d\w*(?:/|$)")
_METHOD = re.compile(r"/(?:chat/)?completions/*$|/models/*$")
_SETTINGS_WITHOUT_NAME = ("", "auto", "bundled")


class EndpointGenerator:
    """Answers through `llm.endpoint`. It is ready once the server has listed its models."""

    def __init__(self, settings: LlmSettings, limits: Limits | None = None) -> None:
        self._settings = settings
        self._named = "" if settings.model in _SETTINGS_WITHOUT_NAME else settings.model
        self._profile = profile_for(self._named)
        self._limits = limits
        self._client: ChatClient | None = None
        self._check: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._where = without_key(settings.endpoint)
        self._board = StatusBoard(GeneratorStatus("idle", self._named, self._where))
        self.subscribe = self._board.subscribe

    @property
    def status(self) -> GeneratorStatus:
        """A snapshot."""
        return self._board.status

    @property
    def profile(self) -> ModelProfile:
        """How to prompt the endpoint's model: by its name and the context it is served with."""
        return self._profile

    @property
    def is_on_gpu(self) -> bool:
        """Never: what an endpoint runs on is not known, nor whose it is."""
        return False

    def connect(self) -> None:
        """Look for the server unless it was seen."""
        self.ensure_started()

    def ensure_started(self) -> None:
        """Look for the server unless it was seen; a failed attempt is repeated after a while.

        A server that is still loading its model is polled until it has loaded it.
        """
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
        self, messages: Sequence[Message], max_tokens: int, sampling: Sampling = OWN_SAMPLING
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece. Raises GenerationError."""
        if self._client is None:
            raise RequestFailedError("The endpoint was not reached yet. Ask again in a moment.")
        pieces = self._client.stream(messages, self._profile, max_tokens, sampling)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except PromptTooLongError:
            self._take_half()
            raise
        except ModelLoadingError as error:
            self._publish("starting", str(error))
            self.ensure_started()
            raise
        except RequestFailedError as error:
            if error.status not in _REFUSED:
                self._fail(error)
            raise

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens the model sees in a text; None where the server does not tell."""
        return await self._client.count_tokens(text, self._profile.name) if self._client else None

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
            served = await self._served()
            name = self._choose(served)
        except GenerationError as error:
            self._fail(error)
            return
        except Exception as error:
            log.exception("Looking for the endpoint failed.")
            reason = f"{type(error).__name__}: {error}"
            self._fail(RequestFailedError(f"Looking for {self._where} failed ({reason})."))
            return
        self._profile = served_profile(profile_for(name), served)
        self._publish("ready")

    async def _served(self) -> list[ServedModel]:
        """The server's models, once it has loaded them."""
        while True:
            try:
                if self._client is not None:
                    return await self._client.models()
                self._client, served = await self._reach()
                return served
            except ModelLoadingError as error:
                self._publish("starting", str(error))
            await asyncio.sleep(_LOADING_SECONDS)

    async def _reach(self) -> tuple[ChatClient, list[ServedModel]]:
        """Connect to the first of the endpoint's addresses that knows the list of models."""
        key = os.environ.get(self._settings.api_key_env, "")
        *guesses, last = addresses(self._settings.endpoint, key)
        for address in guesses:
            try:
                return await self._connect(address)
            except RequestFailedError as error:
                if error.status != _NOT_FOUND:
                    raise
        return await self._connect(last)

    async def _connect(self, address: Address) -> tuple[ChatClient, list[ServedModel]]:
        client = await ChatClient.open(address, self._limits)
        try:
            return client, await client.models()
        except BaseException:
            await client.aclose()
            raise

    def _choose(self, served: Sequence[ServedModel]) -> str:
        """The served name of the model that the settings name, or of the first."""
        names = [model.name for model in served]
        if not names and not self._named:
            raise RequestFailedError(f"{self._where} serves no model. Set llm.model.")
        if not names or not self._named:
            return self._named or names[0]
        # Some servers add a tag, as in `llama3.1:latest`.
        for name in names:
            if self._named in (name, name.partition(":")[0]):
                return name
        listed = ", ".join(names[:_LISTED_MODELS])
        raise RequestFailedError(
            f"{self._where} does not serve {self._named}, but {listed}. Set llm.model to one of "
            "these, or to auto for the first."
        )

    def _take_half(self) -> None:
        """Count on half the context: the server's is shorter than it says, or than most are."""
        whole = self._profile.context_tokens
        half = min(whole, max(whole // 2, _LEAST_CONTEXT_TOKENS))
        self._profile = replace(self._profile, context_tokens=half)

    def _fail(self, error: GenerationError) -> None:
        self._not_before = asyncio.get_running_loop().time() + _RETRY_SECONDS
        self._publish("failed", str(error))

    def _publish(self, state: GeneratorState, detail: str = "") -> None:
        self._board.publish(GeneratorStatus(state, self._profile.name, self._where, detail))


def addresses(endpoint: str, api_key: str) -> list[Address]:
    """Where the endpoint's API may be, the likeliest first. Raises GeneratorMissingError.

    An endpoint is `unix:PATH` for a server on a Unix socket of this machine, or a URL with or
    without `/v1`, a slash or the name of a method at its end.
    """
    endpoint = endpoint.strip()
    scheme, _, path = endpoint.partition(":")
    if scheme == "unix":
        return [Address(LOCAL_BASE_URL, Path(path), api_key)]
    if not _URL.match(endpoint):
        raise GeneratorMissingError(
            f"llm.endpoint is {without_key(endpoint)}, which is not an address. Write it like "
            "http://gpu-box:8000/v1, or unix: and the path of a socket."
        )
    base = _METHOD.sub("", endpoint).rstrip("/")
    versioned = base if _VERSION.search(base) else f"{base}/v1"
    return [Address(url, api_key=api_key) for url in dict.fromkeys((versioned, base))]
