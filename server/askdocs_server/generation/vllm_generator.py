"""The generator on a local vLLM: which model, and a supervised child that serves it."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from askdocs_indexer.paths import expanded
from askdocs_server.errors import (
    GenerationError,
    GeneratorMissingError,
    RequestFailedError,
)
from askdocs_server.generation import vllm_child, vllm_log
from askdocs_server.generation.bundled import ensure_bundled
from askdocs_server.generation.gpu.card import Gpu, Selection
from askdocs_server.generation.gpu.memory import default_profile
from askdocs_server.generation.gpu.survey import select_gpu
from askdocs_server.generation.hub import cached_folder, control_tokens
from askdocs_server.generation.models import (
    BUNDLED,
    DEFAULT,
    OWN_SAMPLING,
    ModelProfile,
    Sampling,
    profile_for,
)
from askdocs_server.generation.openai_client import (
    LOCAL_BASE_URL,
    Address,
    ChatClient,
    Limits,
    Message,
    served_profile,
)
from askdocs_server.generation.paths import log_file, socket_directory
from askdocs_server.generation.status import GeneratorState, GeneratorStatus, StatusBoard
from askdocs_server.generation.supervisor import ChildCommand, Supervisor, Timing
from askdocs_server.settings.model import LlmSettings

_START_LIMIT_SECONDS = 600.0
_DOWNLOAD_LIMIT_SECONDS = 7200.0
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class LocalModel:
    """What the child serves. `source` is a folder or a Hugging Face id; `gpu` None means CPU."""

    source: str
    is_folder: bool
    profile: ModelProfile
    gpu: Gpu | None


class LocalGenerator:
    """Answers through a vLLM of our own, started when first needed and stopped when idle.

    `make_room` is awaited before a model is chosen, so that others may free memory.
    """

    def __init__(
        self,
        settings: LlmSettings,
        timing: Timing | None = None,
        limits: Limits | None = None,
        make_room: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._limits = limits
        self._make_room = make_room
        self._model: LocalModel | None = None
        self._profile = DEFAULT
        self._client: asyncio.Task[ChatClient] | None = None
        self._socket = Path()
        self._board = StatusBoard(GeneratorStatus("idle", where="local"))
        self.subscribe = self._board.subscribe
        timing = timing or Timing(idle=settings.idle_minutes * 60)
        self._supervisor = Supervisor(self._prepare, self._publish, timing)

    @property
    def status(self) -> GeneratorStatus:
        """A snapshot."""
        return self._board.status

    @property
    def profile(self) -> ModelProfile:
        """How to prompt the model; the defaults before one is chosen."""
        return self._profile

    @property
    def is_on_gpu(self) -> bool:
        """Whether it runs on a GPU; False before a model is chosen."""
        return self._model is not None and self._model.gpu is not None

    @property
    def in_use(self) -> bool:
        """Whether it is writing right now."""
        return self._supervisor.in_use

    def stop_after(self, idle_minutes: float) -> None:
        """Stop vLLM after this idle time instead of the one in its settings; 0: never."""
        self._supervisor.idle = idle_minutes * 60

    @property
    def socket(self) -> Path:
        """Where vLLM listens, e.g. for its `/metrics`; meaningful once it is ready."""
        return self._socket

    def connect(self) -> None:
        """There is no server but the one that `ensure_started` starts."""

    def ensure_started(self) -> None:
        """Start vLLM in the background where needed."""
        self._supervisor.start()

    async def ready(self, limit: float) -> bool:
        """Start vLLM where needed and wait up to `limit` seconds for it."""
        return await self._supervisor.wait_ready(limit)

    async def stream(
        self, messages: Sequence[Message], max_tokens: int, sampling: Sampling = OWN_SAMPLING
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece. Raises GenerationError."""
        if self._client is None or self.status.state != "ready":
            raise RequestFailedError("The local vLLM is not ready. Ask again in a moment.")
        client, sampling = await self._client, self._supported(sampling)
        pieces = client.stream(messages, self._profile, max_tokens, sampling)
        with self._supervisor.use():
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens the model sees in a text; None while vLLM is not ready."""
        if self._client is None or self.status.state != "ready":
            return None
        return await (await self._client).count_tokens(text, self._profile.name)

    async def aclose(self) -> None:
        """Stop vLLM and wait until all of it is gone."""
        await self._supervisor.stop()
        await self._disconnect()

    def _supported(self, sampling: Sampling) -> Sampling:
        """The sampling without a seed on a CPU, unless nothing is left to chance anyway.

        On a CPU vLLM's engine dies of a seeded prompt that it reads in more than one step: it
        resets the random number generator, which PyTorch can only do on a GPU.
        """
        on_cpu = self._model is not None and self._model.gpu is None
        is_random = bool(self._profile.completed(sampling).temperature)
        return replace(sampling, seed=None) if on_cpu and is_random else sampling

    def _publish(self, state: GeneratorState, detail: str) -> None:
        self._board.publish(GeneratorStatus(state, self._profile.name, "local", detail))

    async def _prepare(self, failures: int) -> ChildCommand:
        """Choose the model and describe the child that serves it. Raises GenerationError.

        The model is not chosen again after a failure: the memory of a vLLM that crashed may not be
        free yet, and a smaller one would be chosen for that.
        """
        if self._model is None or not failures:
            if self._make_room is not None:
                await self._make_room()
            self._model = await choose_model(self._settings)
        model = self._model
        self._profile = model.profile
        self._publish("starting", "Preparing the model.")
        self._socket = socket_directory() / f"vllm-{os.getpid()}-{next(_numbers)}.sock"
        await self._disconnect()
        # Its imports take about a second, which passes while the child starts.
        opening = ChatClient.open(Address(LOCAL_BASE_URL, self._socket), self._limits)
        self._client = asyncio.create_task(opening, name="open the vLLM client")
        arguments = vllm_child.arguments(
            model.source, model.profile, self._socket, model.gpu, self._settings.gpu_memory_gib
        )
        return ChildCommand(
            argv=vllm_child.command(arguments, fork=model.gpu is None and not failures),
            env=vllm_child.environment(os.environ, model.is_folder, model.gpu),
            socket=self._socket,
            log=log_file(),
            start_limit=_START_LIMIT_SECONDS if model.is_folder else _DOWNLOAD_LIMIT_SECONDS,
            progress=vllm_log.progress,
            explain=vllm_log.explain,
            greet=self._learn,
        )

    async def _learn(self) -> None:
        """Learn how long a context vLLM has room for, and the tokenizer's control tokens."""
        if self._client is not None:
            self._profile = served_profile(self._profile, await (await self._client).models())
        if self._model is not None:
            tokens = await asyncio.to_thread(_control_tokens, self._model)
            self._profile = replace(self._profile, control_tokens=tokens)

    async def _disconnect(self) -> None:
        opening, self._client = self._client, None
        if opening is not None:
            with suppress(GenerationError):  # What was never opened need not be closed.
                await (await opening).aclose()


def _control_tokens(model: LocalModel) -> tuple[str, ...]:
    folder = Path(model.source) if model.is_folder else cached_folder(model.source)
    return control_tokens(folder) if folder else ()


async def choose_model(settings: LlmSettings) -> LocalModel:
    """The model that the settings and the machine ask for. Raises GenerationError.

    `auto` takes the best model that fits the GPU; without one, the bundled model.
    """
    build = vllm_child.installed_build()
    selection = await select_gpu() if build == "cuda" else Selection(None)
    if selection.problem:
        raise GeneratorMissingError(
            f"The installed vLLM is the CUDA build, but there is no usable GPU. {selection.problem}"
        )
    gpu = selection.gpu
    name = settings.model
    if name == "auto":
        name = default_profile(gpu, settings.gpu_memory_gib).name
    if name in ("bundled", BUNDLED.name):
        return LocalModel(str(await ensure_bundled()), True, BUNDLED, gpu)
    return await asyncio.to_thread(named_model, name, gpu)


def named_model(name: str, gpu: Gpu | None) -> LocalModel:
    """A folder where there is one, else a Hugging Face id."""
    folder = expanded(name)
    if folder.is_dir():
        return LocalModel(str(folder), True, folder_profile(folder), gpu)
    if name.startswith((".", "/", "~")):
        raise GeneratorMissingError(f"llm.model: there is no folder {folder}. Correct the setting.")
    return LocalModel(name, False, profile_for(name), gpu)


def folder_profile(folder: Path) -> ModelProfile:
    """The profile of a model in a local folder: its sizes are read from its files."""
    profile = profile_for(folder.name)
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise GeneratorMissingError(
            f"llm.model: {folder} has no readable config.json ({error}). Point it at the folder "
            "of a Hugging Face model."
        ) from error
    # Models that also see keep the figures of their language model apart.
    config = config.get("text_config") or config
    longest = config.get("max_position_embeddings") or profile.context_tokens
    weights = sum(file.stat().st_size for file in folder.glob("*.safetensors")) / 2**30
    return replace(
        profile,
        context_tokens=min(profile.context_tokens, int(longest)),
        kv_kib_per_token=_kv_kib_per_token(config) or profile.kv_kib_per_token,
        weights_gib=weights or profile.weights_gib,
    )


def _kv_kib_per_token(config: Mapping[str, Any]) -> float:
    """A key and a value of two bytes a number, in each layer; 0 where the figures are missing."""
    try:
        heads = config["num_attention_heads"]
        size = config.get("head_dim") or config["hidden_size"] // heads
        kv_heads = config.get("num_key_value_heads") or heads
        return float(2 * 2 * config["num_hidden_layers"] * kv_heads * size) / 2**10
    except (KeyError, TypeError):
        return 0.0
