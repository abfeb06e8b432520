"""Agents on `askdocs mcp`: the SDK's client, real processes, real models."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from mcp.shared.exceptions import MCPError
from tests.e2e.daemon_support import User, a_user, until
from tests.e2e.lsp_support import ASKDOCS, eventually, within
from tests.e2e.mcp_support import MODES, an_agent
from tests.e2e.vllm_support import running

from askdocs_server.generation.vllm_generator import LocalGenerator

pytestmark = pytest.mark.timeout(240)

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


def attached(user: User, project: Path) -> dict[str, int]:
    daemon = user.data("status", "--root", str(project))["daemon"]
    return {name: daemon[name] for name in ("sessions", "commands")}


@pytest.mark.parametrize("mode", MODES)
async def test_an_agent_searches_asks_and_looks_up(user: User, mode: str) -> None:
    project = user.project()
    async with an_agent(user.environment, project, mode=mode) as agent:
        listed = (await agent.client.list_tools()).tools
        assert {tool.name for tool in listed} == {"search_docs", "ask_docs", "docs_for_symbol"}
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in listed)
        assert user.daemons == []
        await agent.until_ready()
        assert agent.progress[0][1] == "The index is being opened."

        # The client checks each result against the schema of its tool.
        found, text = await agent.call("search_docs", query="after a storm", limit=1)
        (hit,) = found["hits"]
        assert (hit["path"], hit["start_line"], hit["end_line"]) == ("guide.md", 11, 13)
        assert hit["uri"] == f"{(project / 'guide.md').as_uri()}#L11"
        assert "Turn the rain gauge over" in hit["text"]
        assert "guide.md:11-13" in text
        assert "> Turn the rain gauge over after each storm." in text

        found, text = await agent.call("docs_for_symbol", name="station.calibrate")
        assert [hit["start_line"] for hit in found["hits"]] == [7]
        found, text = await agent.call("docs_for_symbol", name="station.nothing")
        assert found["hits"] == []
        assert "use search_docs" in text

        agent.progress.clear()
        answer, text = await agent.call("ask_docs", question="How is the rain gauge emptied?")
        assert "Turn the rain gauge over" in answer["answer"]
        assert answer["citations"][0]["path"] == "guide.md"
        assert "[1] guide.md:11" in text
        assert agent.progress[-1][1] == answer["answer"]
    assert user.daemons == [user.pid]
    until(lambda: attached(user, project) == {"sessions": 0, "commands": 0})


async def test_what_was_just_written_is_found(user: User) -> None:
    project = user.project()
    async with an_agent(user.environment, project) as agent:
        await agent.until_ready()
        for part in ("wind vane", "sunshine recorder", "snow stake"):
            (project / f"{part}.md").write_text(f"# The {part}\n\nOil the {part} in May.\n")
            assert f"The {part}" in await agent.titles(f"oil the {part}")
        (project / "snow stake.md").unlink()
        assert "The snow stake" not in await agent.titles("oil the snow stake")


async def test_agents_and_editors_share_one_index(user: User) -> None:
    project = user.project()
    editor = await user.editor(project)
    async with (
        an_agent(user.environment, project) as first,
        an_agent(user.environment, project) as second,
    ):
        await first.until_ready()
        queries = ["barometer", "storm", "calm day", "sea level"] * 5
        agents = [first, second] * 10
        found = await asyncio.gather(
            *(agent.titles(query) for agent, query in zip(agents, queries, strict=True))
        )
        assert all(found)
        assert found[:4] == found[-4:]
        assert user.daemons == [user.pid]
        until(lambda: attached(user, project) == {"sessions": 1, "commands": 2})
    await within(editor.shutdown_session())
    await editor.kill()


async def test_it_outlives_its_daemon(user: User) -> None:
    project = user.project()
    async with an_agent(user.environment, project) as agent:
        await agent.until_ready()
        before = user.pid
        os.kill(before, signal.SIGKILL)
        assert "Calibrate the barometer" in await agent.titles("barometer")
        assert user.pid != before
        # Once more, while it is being asked.
        asking = [asyncio.ensure_future(agent.titles("barometer")) for _ in range(5)]
        os.kill(user.pid, signal.SIGKILL)
        for titles in await asyncio.gather(*asking):
            assert "Calibrate the barometer" in titles
        await agent.until_ready()
        before = user.pid
        assert user.data("stop") == {"stopped": [before]}
        assert user.daemons == []
        assert "Calibrate the barometer" in await agent.titles("barometer")
        assert user.daemons == [user.pid]


@pytest.mark.parametrize("mode", MODES)
async def test_what_the_client_has_open_is_searched(user: User, mode: str) -> None:
    project, other = user.project("a project"), user.project("other")
    (other / "guide.md").write_text("# Harbour\n\nThe barometer hangs in the harbour.\n")
    environment = user.environment
    async with an_agent(environment, other, mode=mode, roots=[project, other]) as agent:
        await agent.until_ready()
        assert "Calibrate the barometer" in await agent.titles("barometer")
    async with an_agent(environment, other, mode=mode, roots=[]) as agent:
        assert await agent.titles("barometer") == ["Harbour"]
    named = ("--root", str(other))
    async with an_agent(environment, project, *named, mode=mode, roots=[project]) as agent:
        assert await agent.titles("barometer") == ["Harbour"]
    async with an_agent(environment, project, mode=mode, roots=[project / "gone"]) as agent:
        assert "is not a folder" in await agent.problem("search_docs", query="barometer")


async def test_problems_say_what_to_do(user: User) -> None:
    project = user.project()
    async with an_agent(user.environment, project) as agent:
        for arguments, said in (
            ({}, "query must be a text"),
            ({"query": " "}, "query must be a text"),
            ({"query": 5}, "query must be a text"),
            ({"query": "storm", "limit": 0}, "limit must be a whole number from 1 to 50"),
            ({"query": "storm", "limit": True}, "limit must be a whole number from 1 to 50"),
            ({"query": "storm", "kind": "x"}, "search_docs takes query and limit, not kind"),
        ):
            assert said in await agent.problem("search_docs", **arguments)
        with pytest.raises(MCPError, match="no tool 'find'"):
            await agent.client.call_tool("find", {})
    async with an_agent(user.environment, Path("/")) as agent:
        assert "askdocs mcp --root DIR" in await agent.problem("search_docs", query="storm")
    assert user.daemons == []
    user.run("mcp", "--root", "nowhere", code=2)
    user.run("mcp", "--set", "ask.passages=many", code=2)


async def test_a_daemon_that_cannot_be_is_told_of(user: User) -> None:
    project = user.project()
    logs = Path(user.environment["XDG_CACHE_HOME"]) / "askdocs"
    logs.write_text("where its log should be")
    async with an_agent(user.environment, project) as agent:
        assert "askdocs doctor" in await agent.problem("search_docs", query="storm")
        logs.unlink()
        await agent.until_ready()
        assert await agent.titles("storm")


def test_stdout_carries_the_protocol_alone(user: User) -> None:
    project = user.project()
    call = {"name": "search_docs", "arguments": {"query": "storm"}}
    messages = [
        INITIALIZE,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]
    with subprocess.Popen(
        [ASKDOCS, "mcp", "--debug"],
        env=user.environment,
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(
            b"no JSON\n" + b"".join(json.dumps(m).encode() + b"\n" for m in messages)
        )
        process.stdin.flush()
        answers = {}
        while 2 not in answers:
            message = json.loads(process.stdout.readline())
            assert message["jsonrpc"] == "2.0"
            answers[message.get("id")] = message
        assert answers[1]["result"]["serverInfo"]["name"] == "askdocs"
        assert answers[2]["result"]["structuredContent"]["hits"]
        process.stdin.close()
        assert process.wait(30) == 0
        assert process.stdout.read() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_an_agent_that_is_ended_leaves_nothing_behind(
    user: User, number: signal.Signals
) -> None:
    project = user.project()
    async with an_agent(user.environment, project) as agent:
        await agent.until_ready()
        (server,) = (child for child in psutil.Process().children() if "mcp" in child.cmdline())
        until(lambda: attached(user, project)["commands"] == 1)
        server.send_signal(number)
        server.wait(30)
        until(lambda: attached(user, project)["commands"] == 0)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(700)
async def test_a_cancel_ends_the_generation(user: User, vllm_generator: LocalGenerator) -> None:
    project = user.project()
    endpoint = f"llm.endpoint=unix:{vllm_generator.socket}"
    async with an_agent(
        user.environment, project, "--set", endpoint, "--set", "llm.mode=endpoint"
    ) as agent:
        await agent.until_ready()
        asked = "How often do I do station.calibrate, and on which day?"
        answer, _ = await agent.call("ask_docs", question=asked)
        assert answer["model"]
        assert [said for _, said in agent.progress if said and answer["answer"].startswith(said)]
        asking = asyncio.ensure_future(agent.call("ask_docs", question=f"{asked} Tell me all."))

        async def generates() -> bool:
            return await running(vllm_generator) > 0

        await eventually(generates)
        asking.cancel()

        async def idle() -> bool:
            return await running(vllm_generator) == 0

        await eventually(idle, 10)
        assert "Calibrate the barometer" in await agent.titles("barometer")
