"""An agent for the end-to-end tests: the SDK's own client over the real `askdocs mcp` process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.session import ClientRequestContext
from mcp.types import ListRootsResult, Root, TextContent
from tests.e2e.lsp_support import ASKDOCS, LIMIT_SECONDS, eventually

MODES = ("legacy", "auto")
"""The handshake of 2025 and the envelopes of 2026, of which a client chooses one."""


class Agent:
    """A client that keeps what it is told of the progress of its calls."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.progress: list[tuple[float, str]] = []

    async def call(self, tool: str, **arguments: Any) -> tuple[dict[str, Any], str]:
        """Call a tool that does not fail; returns its result as data and as text."""
        result = await self.client.call_tool(tool, arguments, progress_callback=self._keep)
        text = self._text(result.content)
        assert not result.is_error, text
        assert isinstance(result.structured_content, dict)
        return result.structured_content, text

    async def until_ready(self) -> None:
        """Wait until the index is complete and searched by meaning; that may outlast a call."""

        async def is_ready() -> bool:
            return not (await self.call("search_docs", query="barometer"))[0]["note"]

        await eventually(is_ready)

    async def problem(self, tool: str, **arguments: Any) -> str:
        """Call a tool that fails; returns what it says."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error
        return self._text(result.content)

    async def titles(self, query: str) -> list[str]:
        """Return the titles of what a search finds."""
        return [hit["title"] for hit in (await self.call("search_docs", query=query))[0]["hits"]]

    async def _keep(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append((progress, message or ""))

    @staticmethod
    def _text(content: list[Any]) -> str:
        (only,) = content
        assert isinstance(only, TextContent)
        return only.text


@asynccontextmanager
async def an_agent(
    environment: Mapping[str, str],
    folder: Path,
    *options: str,
    mode: str = "auto",
    roots: list[Path] | None = None,
) -> AsyncIterator[Agent]:
    """An agent whose `askdocs mcp` is started in `folder`; with `roots`, it has these open."""

    async def list_roots(context: ClientRequestContext) -> ListRootsResult:
        return ListRootsResult(roots=[Root(uri=one.as_uri()) for one in roots or []])  # type: ignore[arg-type]

    client = Client(
        StdioServerParameters(
            command=ASKDOCS, args=["mcp", *options], env=dict(environment), cwd=folder
        ),
        mode=mode,
        read_timeout_seconds=LIMIT_SECONDS,
        list_roots_callback=None if roots is None else list_roots,
    )
    async with client:
        yield Agent(client)
