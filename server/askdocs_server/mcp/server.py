"""The MCP server on stdin and stdout. It imports the SDK, which takes most of the start."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp.types import Tool as ToolDefinition

from askdocs_server import __version__
from askdocs_server.errors import ArgumentError, is_expected, message
from askdocs_server.mcp.projects import Projects, Report
from askdocs_server.mcp.roots import Roots
from askdocs_server.mcp.tools import TOOLS, Call, Tool

log = logging.getLogger(__name__)

_DETAILS = "The log of `askdocs mcp` has the details; `askdocs doctor` looks at the machine."

_INSTRUCTIONS = (
    "Searches and asks the documentation of the project that is open. Start with search_docs; the "
    "index follows the files on disk, so your latest edits are included. Cite passages as "
    "path:line."
)
_READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


async def serve(projects: Projects, roots: Roots) -> None:
    """Serve one client until it closes our stdin. stdout carries the protocol alone."""
    agent = _Agent(projects, roots)
    server: Server[Any] = Server(
        "askdocs",
        version=__version__,
        title="askdocs",
        instructions=_INSTRUCTIONS,
        on_list_tools=agent.list_tools,
        on_call_tool=agent.call_tool,
    )
    try:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
    finally:
        with anyio.CancelScope(shield=True):
            await projects.aclose()


class _Agent:
    """Answers what one client asks."""

    def __init__(self, projects: Projects, roots: Roots) -> None:
        self._projects = projects
        self._roots = roots
        self._tools = {tool.name: tool for tool in TOOLS}

    async def list_tools(
        self, context: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        """Return what can be called."""
        return ListToolsResult(tools=[_definition(tool) for tool in TOOLS])

    async def call_tool(
        self, context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. A failure is a result as well, and says what to do."""
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r} in this version.")
        try:
            _check_names(tool, params.arguments or {})
            root = await self._roots.of_call(context, params)
            if isinstance(root, InputRequiredResult):
                return root
            call = Call(self._projects, root, _reporter(context))
            result = await tool.run(call, params.arguments or {})
        except Exception as error:
            if not is_expected(error):
                log.exception("a tool failed")
            return _failed(message(error, _DETAILS))
        return CallToolResult(
            content=[TextContent(type="text", text=result.text)], structured_content=result.data
        )


def _definition(tool: Tool) -> ToolDefinition:
    return ToolDefinition(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments,
        output_schema=tool.result,
        annotations=_READ_ONLY,
    )


def _check_names(tool: Tool, arguments: Mapping[str, Any]) -> None:
    known = tool.arguments["properties"]
    for name in arguments:
        if name not in known:
            raise ArgumentError(f"{tool.name} takes {' and '.join(known)}, not {name}.")


def _reporter(context: ServerRequestContext[Any]) -> Report:
    """Return a function that reports a new text to the client as progress."""
    reported, count = "", 0

    async def report(text: str) -> None:
        nonlocal reported, count
        if text != reported:
            reported, count = text, count + 1
            await context.session.report_progress(count, message=text)

    return report


def _failed(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
