"""From an editor without a server to one that works; and what the extension adds to VS Code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.window import Window, new_window
from tests.e2e.daemon_support import User
from tests.e2e.lsp_support import ASKDOCS

pytestmark = pytest.mark.timeout(300)

COMMANDS = {
    "Ask the docs",
    "Search the docs",
    "Reindex",
    "Install server with uv",
    "Show status",
    "Restart server",
    "Show log",
}
# Does what `uv tool install` does in the end; the packages themselves are no matter of the editor.
UV = f"""#!/bin/sh
echo "$@" > "$HOME/uv-arguments"
ln -s "{ASKDOCS}" "$HOME/.local/bin/askdocs"
"""


def test_a_missing_server_is_installed_with_one_click(
    browser: Browser, server: CodeServer, project: Path, user: User
) -> None:
    binaries = user.top / ".local" / "bin"
    (binaries / "askdocs").unlink()
    (binaries / "uv").write_text(UV)
    (binaries / "uv").chmod(0o755)
    with new_window(browser, "test_a_missing_server_is_installed_with_one_click") as window:
        window.open(server.url(project))
        window.open_file("search.py", 11)
        message = window.page.locator(".notification-toast")
        expect(message).to_contain_text("The askdocs server was not found")
        expect(message).to_have_count(1)
        assert "not found" in window.until_status("stopped")
        window.point_away()
        window.picture("no-server")
        message.get_by_role("button", name="Install with uv").click()
        window.until_status("index ready")
        window.picture("installed")
    called = (user.top / "uv-arguments").read_text().split()
    assert called[:2] == ["tool", "install"]
    assert called[-1] in ("askdocs[cpu]", "askdocs[gpu]")
    assert Path(called[called.index("--overrides") + 1]).exists()


def test_the_palette_offers_the_commands(window: Window) -> None:
    window.open_file("search.py")
    window.until_status("index ready")
    window.page.keyboard.press("F1")
    window.fill(">askdocs: ")
    for title in COMMANDS:
        expect(window.quick_pick_rows.filter(has_text=f"askdocs: {title}")).to_have_count(1)
    window.picture("palette")


def test_the_walkthrough_opens(window: Window) -> None:
    window.command("Welcome: Open Walkthrough...")
    window.fill("Get started with askdocs")
    expect(window.quick_pick_rows.first).to_contain_text("Get started with askdocs")
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".gettingStartedContainer")).to_contain_text("Install the server")
    window.picture("walkthrough")


def test_every_folder_of_a_workspace_is_served(
    browser: Browser, server: CodeServer, project: Path
) -> None:
    other = project.parent / "station"
    other.mkdir()
    (other / "guide.md").write_text("# Station\n\n## `station.calibrate()`\n\nDo this in May.\n")
    (other / "app.py").write_text("import station\n\nstation.calibrate()\n")
    workspace = project.parent / "both.code-workspace"
    folders = [{"path": str(project)}, {"path": str(other)}]
    workspace.write_text(json.dumps({"folders": folders}))
    with new_window(browser, "test_every_folder_of_a_workspace_is_served") as window:
        window.open(server.url(workspace))
        window.open_file("app.py", 3)
        window.until_hover("calibrate", "Do this in May.")
        window.open_file("search.py", 11)
        window.until_hover("WorkspaceIndex", "The index of one workspace root")
        window.picture("multi-root")
