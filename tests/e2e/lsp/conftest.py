"""The language server on stdio with an editor: real Milvus Lite, MiniLM, watchdog, no generator."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.e2e.lsp.station import GUIDE, REFERENCE, Station
from tests.e2e.lsp_support import make_editor, own_environment, within


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def station(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    top = tmp_path_factory.mktemp("lsp")
    folder = top / "a project"  # Its URI needs escapes.
    folder.mkdir()
    editor = make_editor()
    station = Station(folder, own_environment(top), editor)
    station.write("docs/guide.md", GUIDE)
    station.write("docs/reference.rst", REFERENCE)
    editor.set_configuration({"llm": {"mode": "off"}}, section="askdocs")
    started = await editor.launch(top, station.environment)
    try:
        station.capabilities = await within(editor.open_session(folder))
        station.initialize_seconds = time.monotonic() - started
        await editor.until_ready()
        yield station
        await within(editor.shutdown_session())
        assert editor._server is not None
        assert editor._server.returncode == 0
    finally:
        await editor.kill()
