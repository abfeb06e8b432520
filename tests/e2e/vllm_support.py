"""What a real vLLM says of its work."""

from __future__ import annotations

import re

import httpx

from askdocs_server.generation.local import LocalGenerator


async def running(generator: LocalGenerator) -> float:
    """Return how many requests vLLM works on."""
    transport = httpx.AsyncHTTPTransport(uds=str(generator.socket))
    async with httpx.AsyncClient(transport=transport) as client:
        text = (await client.get("http://localhost/metrics")).text
    found = re.findall(r"^vllm:num_requests_running\{[^}]*\} (\S+)$", text, re.MULTILINE)
    return sum(map(float, found))
