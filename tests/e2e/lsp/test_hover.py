"""What an editor shows at a position."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from tests.e2e.lsp.station import CALIBRATE, SOURCE, Station

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]


async def test_hover_resolves_imports(station: Station) -> None:
    uri = station.editor.open_text(station.folder / "main.py", SOURCE)
    found = await station.editor.hover(uri, *CALIBRATE)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.kind == types.MarkupKind.Markdown
    assert "in hectopascal" in found.contents.value
    assert (station.folder / "docs/reference.rst").as_uri() in found.contents.value
    start = len("    '😀'; st.") + 1
    assert found.range == types.Range(
        types.Position(6, start), types.Position(6, start + len("calibrate"))
    )
    assert "by radio" in await station.editor.hover_text(uri, 7, len("    return tr"))


@pytest.mark.parametrize(
    ("line", "character"),
    [
        pytest.param(0, 1, id="keyword"),
        pytest.param(3, 3, id="comment"),
        pytest.param(4, 10, id="parameter"),
        pytest.param(5, 6, id="local"),
        pytest.param(5, 12, id="literal"),
        pytest.param(99, 0, id="below the text"),
    ],
)
async def test_hover_shows_nothing(station: Station, line: int, character: int) -> None:
    uri = station.editor.open_text(station.folder / "main.py", SOURCE)
    assert await station.editor.hover(uri, line, character) is None


async def test_hover_sees_the_buffer_and_not_the_disk(station: Station) -> None:
    editor = station.editor
    path = station.folder / "buffer.py"
    path.write_text("print()\n")
    uri = editor.open_text(path, "import other\nother.calibrate()\n")
    assert await editor.hover(uri, 1, 8) is None
    editor.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, uri),
            [
                types.TextDocumentContentChangePartial(
                    types.Range(types.Position(0, 7), types.Position(0, 12)), "station as other"
                )
            ],
        )
    )
    assert "in hectopascal" in await editor.hover_text(uri, 1, 8)


async def test_hover_names_other_sections_that_use_the_symbol(station: Station) -> None:
    uri = station.editor.open_text(station.folder / "main.py", SOURCE)
    page = "# Harbour\n\n## Each morning\n\n```python\nimport station\nstation.calibrate(1)\n```\n"
    station.save("docs/harbour.md", page)
    target = (station.folder / "docs/harbour.md").as_uri()
    async with asyncio.timeout(60):
        while True:
            text = await station.editor.hover_text(uri, *CALIBRATE)
            if "**More in the docs:**" in text:
                break
            await asyncio.sleep(0.1)
    assert f"[Harbour › Each morning]({target}#L3)" in text
    assert "**Example:**\n\n```python\nimport station\nstation.calibrate(1)\n```" in text
    (station.folder / "docs/harbour.md").unlink()


async def test_cancelled_hovers_leave_no_queue(station: Station) -> None:
    editor = station.editor
    uri = editor.open_text(station.folder / "main.py", SOURCE)
    params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(*CALIBRATE))
    for number in range(100):
        asked = editor.protocol.send_request("textDocument/hover", params, msg_id=f"h{number}")
        editor.protocol.notify("$/cancelRequest", types.CancelParams(f"h{number}"))
        asked.add_done_callback(lambda future: future.exception())
    assert "in hectopascal" in await editor.hover_text(uri, *CALIBRATE)
