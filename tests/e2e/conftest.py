"""Fixtures of the end-to-end tests: the slow real parts, started once for the suite."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.settings.model import LlmSettings

VLLM_START_SECONDS = 300.0
"""Includes converting the bundled model where that was never done."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def vllm_generator() -> AsyncIterator[LocalGenerator]:
    """The bundled model on a real vLLM, ready. Its converted model stays in the user's cache.

    A server under test can share it: `llm.endpoint = f"unix:{vllm_generator.socket}"`. Tests that
    use it need `@pytest.mark.asyncio(loop_scope="session")` and a time limit above its start.
    """
    generator = LocalGenerator(LlmSettings(model="bundled"))
    try:
        assert await generator.ready(VLLM_START_SECONDS), generator.status.detail
        yield generator
    finally:
        await generator.aclose()
