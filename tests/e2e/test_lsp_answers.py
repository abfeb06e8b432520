"""The real language server with the bundled model on a real vLLM behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.e2e.daemon_support import User, a_user
from tests.e2e.lsp_support import Editor, eventually, make_editor, own_environment, within
from tests.e2e.vllm_support import generated, running

from askdocs_server.generation.vllm_generator import LocalGenerator

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(700)]

GUIDE = """\
# Kettle

## Descaling

Pour half a litre of vinegar into the kettle, let it boil once and rinse it three times with cold
water. Descaling is due every six weeks where the water is hard.

## Lid

The lid opens with the button on the handle.
"""
QUESTION = "How do I descale the kettle with vinegar?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers") / "project"
    folder.mkdir()
    (folder / "guide.md").write_text(GUIDE)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def editor(vllm_generator: LocalGenerator, folder: Path) -> AsyncIterator[Editor]:
    top = folder.parent
    editor = make_editor()
    endpoint = f"llm.endpoint=unix:{vllm_generator.socket}"
    await editor.launch(top, own_environment(top), "--set", endpoint)
    try:
        await within(editor.open_session(folder))
        await editor.until_ready()

        async def has_model() -> bool:
            return bool((await editor.request("askdocs/ask", {"question": QUESTION}))["model"])

        await eventually(has_model)
        yield editor
        await within(editor.shutdown_session())
    finally:
        await editor.kill()


async def test_the_model_answers_in_parts(editor: Editor) -> None:
    result = await editor.request(
        "askdocs/ask", {"question": QUESTION, "partialResultToken": "parts"}
    )
    first, *texts = editor.progress["parts"]
    assert first["kind"] == "citations"
    assert "".join(text["text"] for text in texts) == result["answer"]
    assert "vinegar" in result["answer"]
    assert "SmolLM2" in result["model"] or "smollm2" in result["model"]
    assert result["citations"][0]["title"] == "Descaling"
    assert result["timings"]["firstTokenMs"] > 0
    status = await editor.request("askdocs/status")
    assert status["generator"]["state"] == "ready"


async def test_a_cancel_ends_the_generation(editor: Editor, vllm_generator: LocalGenerator) -> None:
    params = {"question": f"{QUESTION} Tell me every step.", "partialResultToken": "cancelled"}
    asked = editor.protocol.send_request("askdocs/ask", params, msg_id="to-cancel")

    async def generates() -> bool:
        return await running(vllm_generator) > 0

    await eventually(generates)
    editor.protocol.notify("$/cancelRequest", types.CancelParams("to-cancel"))

    async def refused() -> JsonRpcException | None:
        error = asked.exception() if asked.done() else None
        return error if isinstance(error, JsonRpcException) else None

    error = await eventually(refused)
    assert error is not None
    assert error.code == -32800

    async def idle() -> bool:
        return await running(vllm_generator) == 0

    await eventually(idle, 10)


@pytest.fixture
def user(vllm_generator: LocalGenerator, tmp_path: Path) -> Iterator[User]:
    """A user whose windows share a daemon, and that the running vLLM."""
    with a_user(tmp_path) as user:
        config = Path(user.environment["XDG_CONFIG_HOME"]) / "askdocs" / "config.toml"
        endpoint = f"unix:{vllm_generator.socket}"
        config.write_text(f'llm.endpoint = "{endpoint}"\ndaemon.idleMinutes = 5\n')
        yield user


async def test_a_lost_editor_ends_the_generation(
    user: User, folder: Path, vllm_generator: LocalGenerator
) -> None:
    params = {"question": f"{QUESTION} Tell me every step."}
    staying, lost = await user.editor(folder), await user.editor(folder)
    try:

        async def has_model() -> bool:
            return bool((await staying.request("askdocs/ask", params))["model"])

        await eventually(has_model)
        before = await generated(vllm_generator)
        await staying.request("askdocs/ask", params)
        whole = await generated(vllm_generator) - before
        lost.protocol.send_request("askdocs/ask", params)

        async def generates() -> bool:
            return await running(vllm_generator) > 0

        await eventually(generates)
        await lost.kill()

        async def idle() -> bool:
            return await running(vllm_generator) == 0

        await eventually(idle)
        assert await generated(vllm_generator) - before - whole < whole
        # The one that stays is served as before.
        assert (await staying.request("askdocs/ask", params))["model"]
        await within(staying.shutdown_session())
    finally:
        await lost.kill()
        await staying.kill()
