"""What a real vLLM says of its work."""

from __future__ import annotations

import re

import httpx

from askdocs_server.generation.vllm_generator import LocalGenerator


async def running(generator: LocalGenerator) -> float:
    """Return how many requests vLLM works on."""
    return await _figure(generator, "num_requests_running")


async def generated(generator: LocalGenerator) -> float:
    """Return how many tokens vLLM has written so far."""
    return await _figure(generator, "generation_tokens_total")


async def _figure(generator: LocalGenerator, name: str) -> float:
    transport = httpx.AsyncHTTPTransport(uds=str(generator.socket))
    async with httpx.AsyncClient(transport=transport) as client:
        text = (await client.get("http://localhost/metrics")).text
    found = re.findall(rf"^vllm:{name}\{{[^}}]*\}} (\S+)$", text, re.MULTILINE)
    return sum(map(float, found))
