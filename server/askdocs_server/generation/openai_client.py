"""Streams chat completions from an OpenAI-compatible server: the local vLLM or any endpoint.

`openai` and `httpx` take about a second to import, so that happens late and in a thread.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from askdocs_server.errors import RequestFailedError
from askdocs_server.generation.continuation import Continuation
from askdocs_server.generation.models import OWN_SAMPLING, ModelProfile, Sampling
from askdocs_server.generation.refusals import (
    broken_off,
    refusal,
    refused_fields,
    unopened,
    unreachable,
)
from askdocs_server.generation.stop_sequences import StopSequences
from askdocs_server.text.addresses import without_key

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

log = logging.getLogger(__name__)

UNTOLD_CONTEXT_TOKENS = 8192
"""The length of context to assume where the server does not tell."""

LOCAL_BASE_URL = "http://localhost/v1"
"""What a server on a Unix socket is called in HTTP."""

_TOKENIZE_SECONDS = 2.0
_CONTINUE = {"add_generation_prompt": False, "continue_final_message": True}
_NO_KEY = "none"
"""The client insists on a key; servers without one ignore it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits of one request, in seconds. `first_token` covers queueing and prefill."""

    connect: float = 5.0
    models: float = 15.0
    first_token: float = 120.0
    total: float = 300.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is: a base URL, reached through the Unix socket `uds` if one is given."""

    base_url: str
    uds: Path | None = None
    api_key: str = ""

    @property
    def name(self) -> str:
        """How messages to the user call it."""
        return f"the server on {self.uds}" if self.uds else without_key(self.base_url)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server offers. `context_tokens` is None where the server does not tell."""

    name: str
    context_tokens: int | None = None


def served_profile(profile: ModelProfile, served: Sequence[ServedModel]) -> ModelProfile:
    """The profile with the context that the server grants, where that is shorter."""
    lengths = [model.context_tokens for model in served if model.name == profile.name]
    longest = next((length for length in lengths if length), UNTOLD_CONTEXT_TOKENS)
    return replace(profile, context_tokens=min(profile.context_tokens, longest))


class ChatClient:
    """A connection pool to one server. Create with `await ChatClient.open(...)`."""

    def __init__(self, openai: AsyncOpenAI, address: Address, limits: Limits) -> None:
        self._openai = openai
        self._address = address
        self._limits = limits
        self._tokenizes = True
        self._refused: frozenset[str] = frozenset()

    @classmethod
    async def open(cls, address: Address, limits: Limits | None = None) -> ChatClient:
        """Import what it takes and set up the pool; connects only when first used.

        Raises RequestFailedError where the environment's certificates or proxies cannot be used.
        """
        limits = limits or Limits()
        await asyncio.to_thread(importlib.import_module, "openai")
        try:
            return cls(_make_openai(address, limits), address, limits)
        except Exception as error:  # Of ssl, of httpx, or of a library that a proxy needs.
            raise unopened(address.name, error) from error

    async def models(self) -> list[ServedModel]:
        """What the server serves. Raises RequestFailedError.

        The server may be a different one by now, so what the last one could not do is forgotten.
        """
        self._tokenizes, self._refused = True, frozenset()
        try:
            async with asyncio.timeout(self._limits.models):
                page = await self._openai.models.list()
        except Exception as error:
            raise _failure(self._address.name, error) from error
        return [ServedModel(model.id, _context_tokens(model)) for model in page.data or ()]

    async def stream(
        self,
        messages: Sequence[Message],
        profile: ModelProfile,
        max_tokens: int,
        sampling: Sampling = OWN_SAMPLING,
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece. Raises RequestFailedError.

        Closing this iterator (or cancelling its consumer) closes the connection, and vLLM then
        drops the request. An assistant message at the end is continued, not answered.
        """
        is_begun = messages[-1].role == "assistant"
        continuation = Continuation(messages[-1].content if is_begun else "")
        stops = StopSequences(profile.stop)
        deadline = asyncio.get_running_loop().time() + self._limits.total
        stream: AsyncStream[ChatCompletionChunk] | None = None
        try:
            async with asyncio.timeout(self._limits.first_token):
                stream = await self._create(messages, profile, max_tokens, sampling)
                piece = await _next_piece(stream)
            while piece is not None:
                if text := stops.feed(continuation.feed(piece)):
                    yield text
                if stops.reached:
                    return
                async with asyncio.timeout_at(deadline):
                    piece = await _next_piece(stream)
        except Exception as error:
            raise _failure(self._address.name, error) from error
        finally:
            if stream is not None:
                await stream.close()
        if rest := stops.feed(continuation.flush()) + stops.flush():
            yield rest

    async def count_tokens(self, text: str, model: str) -> int | None:
        """How many tokens the model sees in a text; None where the server has no `/tokenize`.

        That is at the root of the server. vLLM and SGLang read the text as `prompt`, llama.cpp as
        `content`. A server that fails it once is not asked again.
        """
        if not self._tokenizes:
            return None
        url = f"{str(self._openai.base_url).rstrip('/').removesuffix('/v1')}/tokenize"
        body = {"model": model, "prompt": text, "content": text, "add_special_tokens": False}
        try:
            async with asyncio.timeout(_TOKENIZE_SECONDS):
                answer = await self._openai.post(url, body=body, cast_to=object)
            return len(cast("dict[str, list[int]]", answer)["tokens"])
        except Exception as error:  # Whatever it says, an estimate serves as well.
            log.debug("%s counts no tokens: %s", self._address.name, error)
            self._tokenizes = False
            return None

    async def aclose(self) -> None:
        """Close all connections."""
        await self._openai.close()

    async def _create(
        self,
        messages: Sequence[Message],
        profile: ModelProfile,
        max_tokens: int,
        sampling: Sampling = OWN_SAMPLING,
    ) -> AsyncStream[ChatCompletionChunk]:
        """Send the request, and once more without the fields that the server does not accept."""
        import openai

        optional = _optional_fields(profile, sampling, messages[-1].role == "assistant")
        left_out = self._refused
        while True:
            sent = {field: optional[field] for field in optional.keys() - left_out}
            try:
                stream = await self._openai.chat.completions.create(
                    model=profile.name,
                    messages=[cast("Any", asdict(message)) for message in messages],
                    max_tokens=max_tokens,
                    extra_body=sent,
                    stream=True,
                )
            except openai.APIStatusError as error:
                refused = refused_fields(error.status_code, error.message, sent)
                if not refused:
                    raise
                # Each of these without the other asks for something else.
                left_out |= refused | (_CONTINUE.keys() if refused & _CONTINUE.keys() else set())
                log.debug("%s refuses %s.", self._address.name, sorted(refused))
            else:
                self._refused = left_out
                return stream


def _optional_fields(profile: ModelProfile, sampling: Sampling, continued: bool) -> dict[str, Any]:
    """The fields that a request may have beside its messages, but can do without."""
    fields: dict[str, Any] = {
        **asdict(profile.completed(sampling)),
        "frequency_penalty": profile.frequency_penalty or None,
    }
    given = {field: value for field, value in fields.items() if value is not None}
    return given | _CONTINUE if continued else given


def _failure(where: str, error: Exception) -> RequestFailedError:
    import openai

    match error:
        case TimeoutError() | openai.APITimeoutError():
            return RequestFailedError(
                f"No answer from {where} in time. Ask again when it is less busy, or choose a "
                "smaller llm.model."
            )
        case openai.APIStatusError():
            return refusal(where, error.status_code, error.message)
        case openai.APIConnectionError():
            return unreachable(where, str(error.__cause__ or error))
    return broken_off(where, str(error))


def _make_openai(address: Address, limits: Limits) -> AsyncOpenAI:
    import httpx
    from openai import AsyncOpenAI

    timeout = httpx.Timeout(limits.first_token, connect=limits.connect)
    # A socket of this machine needs neither certificates nor proxies.
    local = httpx.AsyncHTTPTransport(uds=str(address.uds), verify=False) if address.uds else None
    # openai 3 is typed for httpx2 and takes httpx's clients as well; openai 2 takes only these.
    http_client: Any = httpx.AsyncClient(
        transport=local, timeout=timeout, trust_env=local is None, verify=local is None
    )
    return AsyncOpenAI(
        base_url=address.base_url,
        api_key=address.api_key or _NO_KEY,
        http_client=http_client,
        max_retries=0,
    )


def _context_tokens(model: Any) -> int | None:
    """What vLLM, SGLang and llama.cpp say beside OpenAI's own fields of a model."""
    length = getattr(model, "max_model_len", None)
    if isinstance(meta := getattr(model, "meta", None), dict):
        length = meta.get("n_ctx", length)
    return length if isinstance(length, int) and length > 0 else None


async def _next_piece(stream: AsyncStream[ChatCompletionChunk]) -> str | None:
    """The next non-empty text, None at the end."""
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            return chunk.choices[0].delta.content
    return None
