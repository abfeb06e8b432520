"""Stand-ins for the slow parts, shared by the unit tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from askdocs_indexer.types import Chunk, Hit
from askdocs_server.generation.models import OWN_SAMPLING, ModelProfile, Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.generation.status import GeneratorState, GeneratorStatus, OnChange, StatusBoard

LARGE = ModelProfile(name="large-model")
SMALL = ModelProfile(name="small-model", small=True, context_tokens=4096, prompt_passages=1)


class FakeGenerator:
    """Streams given pieces, then raises `failure` if there is one.

    `hang` makes it wait forever after the pieces, and it waits for `may_write` before them. It
    records what it was asked and whether the stream was closed.
    """

    def __init__(
        self,
        pieces: Sequence[str] = (),
        profile: ModelProfile = LARGE,
        state: GeneratorState = "ready",
        failure: Exception | None = None,
        hang: bool = False,
    ) -> None:
        self.is_on_gpu = False
        self.may_write = asyncio.Event()
        self.may_write.set()
        self.profile = profile
        self.prompts: list[Sequence[Message]] = []
        self.starts = 0
        self.closed_streams = 0
        self._pieces = pieces
        self._failure = failure
        self._hang = hang
        self._board = StatusBoard(GeneratorStatus(state, profile.name, "local"))

    @property
    def status(self) -> GeneratorStatus:
        return self._board.status

    def subscribe(self, on_change: OnChange) -> Callable[[], None]:
        return self._board.subscribe(on_change)

    def become(self, state: GeneratorState, where: str = "local") -> None:
        self._board.publish(GeneratorStatus(state, self.profile.name, where))

    def connect(self) -> None:
        """It is there, or it is not."""

    def ensure_started(self) -> None:
        self.starts += 1

    async def ready(self, limit: float) -> bool:
        if limit > 0 and self.status.state == "starting":
            self.become("ready")
        return self.status.state == "ready"

    async def stream(
        self, messages: Sequence[Message], max_tokens: int, sampling: Sampling = OWN_SAMPLING
    ) -> AsyncGenerator[str, None]:
        del max_tokens, sampling
        self.prompts.append(messages)
        try:
            await self.may_write.wait()
            for piece in self._pieces:
                await asyncio.sleep(0)
                yield piece
            if self._failure is not None:
                raise self._failure
            if self._hang:
                await asyncio.Event().wait()
        finally:
            self.closed_streams += 1

    async def count_tokens(self, text: str) -> int | None:
        return len(text.split())

    async def aclose(self) -> None:
        self.become("idle")


def make_hit(text: str, title: str = "Title", path: str = "docs/a.md", score: float = 0.9) -> Hit:
    """A hit whose passage starts at line 1."""
    chunk = Chunk(
        id=f"{path}#{title}",
        path=path,
        title=title,
        heading_path=(title,),
        symbols=(),
        text=text,
        content_hash="hash",
        start_line=1,
        end_line=1 + text.count("\n"),
    )
    return Hit(chunk, score)
