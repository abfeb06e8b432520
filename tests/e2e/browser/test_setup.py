"""From an editor without a server to one that works; and what the extension adds to VS Code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.window import Window, new_window
from tests.e2e.daemon_support import User, until
from tests.e2e.lsp_support import ASKDOCS

pytestmark = pytest.mark.timeout(300)

COMMANDS = {
    "Ask the docs",
    "Search the docs",
    "Show what is indexed",
    "Reindex",
    "Install server with uv",
    "Show status",
    "Restart server",
    "Show log",
}
NO_FOLDER = "Open a folder: askdocs answers from the documentation of the folder that is open."
# Does what `uv tool install` does in the end; the packages themselves are no matter of the editor.
UV = f"""#!/bin/sh
echo "$@" > "$HOME/uv-arguments"
ln -s "{ASKDOCS}" "$HOME/.local/bin/askdocs"
"""


@pytest.fixture
def no_server(user: User) -> Iterator[None]:
    """The user has not installed the server, but uv."""
    installed = user.top / ".local" / "bin" / "askdocs"
    installed.unlink()
    program(installed.with_name("uv"), UV)
    yield
    installed.unlink(missing_ok=True)
    installed.symlink_to(ASKDOCS)


@pytest.mark.usefixtures("no_server")
def test_a_missing_server_is_installed_with_one_click(
    browser: Browser, server: CodeServer, project: Path, user: User
) -> None:
    with new_window(browser, server.url(project)) as window:
        window.open_file("search.py", 11)
        message = window.page.locator(".notification-toast")
        expect(message).to_contain_text("The askdocs server was not found")
        expect(message).to_have_count(1)
        assert "not found" in window.until_status("stopped")
        window.point_away()
        window.picture("no-server")
        window.command("askdocs: Show status")
        expect(window.quick_pick_rows.filter(has_text="Install with uv")).to_have_count(1)
        window.page.keyboard.press("Escape")
        message.get_by_role("button", name="Install with uv").click()
        window.until_status("index ready")
        window.picture("installed")
    called = (user.top / "uv-arguments").read_text().split()
    assert called[:2] == ["tool", "install"]
    assert called[-1] in ("askdocs[cpu]", "askdocs[gpu]")
    assert Path(called[called.index("--overrides") + 1]).exists()


@pytest.mark.usefixtures("no_server")
def test_without_trust_nothing_of_the_workspace_runs(
    browser: Browser, server: CodeServer, user: User
) -> None:
    folder = station(user.top / "cloned")
    own, evil = folder / ".venv" / "bin" / "askdocs", folder / "evil"
    program(own, f'#!/bin/sh\ntouch "$HOME/own-ran"\nexec "{ASKDOCS}" "$@"\n')
    program(evil, '#!/bin/sh\ntouch "$HOME/evil-ran"\n')
    redirected = {"askdocs.server.path": str(evil), "askdocs.llm.endpoint": "http://127.0.0.1:9/v1"}
    (folder / ".vscode").mkdir()
    (folder / ".vscode" / "settings.json").write_text(json.dumps(redirected))
    trust = "security.workspace.trust"
    careful = {f"{trust}.enabled": True, f"{trust}.startupPrompt": "never"}
    with (
        server.settings(careful, kind="User"),
        new_window(browser, server.url(folder)) as window,
    ):
        window.open_file("app.py", 3)
        message = window.page.locator(".notification-toast")
        expect(message).to_contain_text("trust this workspace")
        assert not (user.top / "own-ran").exists()
        window.picture("no-trust")
        message.get_by_role("button", name="Manage trust").click()
        window.page.get_by_role("button", name="Trust", exact=True).click()
        window.open_file("app.py", 3)
        window.until_hover("calibrate", "Do this in May.")
        assert (user.top / "own-ran").exists()
        assert not (user.top / "evil-ran").exists()
        window.command("askdocs: Show status")
        expect(window.quick_pick_rows.filter(has_text="Generator")).to_contain_text("local")


def test_without_a_folder_the_next_step_is_to_open_one(
    browser: Browser, server: CodeServer
) -> None:
    loose = server.folder / "loose.py"
    loose.write_text("import os\n")
    with new_window(browser, server.empty) as window:
        for command in ("Ask the docs", "Search the docs", "Show what is indexed", "Reindex"):
            message = window.page.locator(".notification-toast", has_text=NO_FOLDER)
            button = message.get_by_role("button", name="Open Folder")
            until(partial(shows, window, f"askdocs: {command}", button))
            expect(message).to_have_count(1)
            window.picture("no-folder")
            window.tidy()
        window.open_path(loose)
        assert "Open Folder" in window.until_status("askdocs: no folder")
        window.picture("no-folder-status")
        window.point_away()
        window.command("askdocs: Show status")
        expect(window.quick_pick_rows.first).to_contain_text("no folder is open")
        expect(window.quick_pick_rows.filter(has_text="Open Folder")).to_be_visible()
        window.page.keyboard.press("Escape")
        window.command("askdocs: Ask the docs")
        expect(message).to_be_visible()


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
    page = window.page.locator(".gettingStartedContainer")
    expect(page).to_contain_text("Install the server")
    window.command("askdocs: Show status")
    expect(window.quick_pick_rows.filter(has_text="Generator")).to_be_visible()
    window.page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="See what it is doing")).to_be_checked()
    window.picture("walkthrough")


def test_every_folder_of_a_workspace_is_served(
    browser: Browser, server: CodeServer, project: Path
) -> None:
    other = station(project.with_name("station"))
    workspace = project.parent / "both.code-workspace"
    folders = [{"path": str(project)}, {"path": str(other)}]
    workspace.write_text(json.dumps({"folders": folders}))
    with new_window(browser, server.url(workspace)) as window:
        window.command("askdocs: Ask the docs")  # No file says which of the two is meant.
        window.answer("station")
        window.answer("When do I calibrate?")
        expect(window.webview.locator(".source").first).to_contain_text("station/guide.md")
        window.open_file("app.py", 3)
        window.until_hover("calibrate", "Do this in May.")
        window.open_file("search.py", 11)
        window.until_hover("WorkspaceIndex", "The index of one workspace root")
        window.picture("multi-root")


def shows(window: Window, command: str, element: Locator) -> bool:
    """Run a command and return whether an element is then seen: what tidied the window up before
    may still take away what has come since."""
    window.command(command)
    with suppress(AssertionError):
        expect(element).to_be_visible(timeout=5_000)
    return element.is_visible()


def station(folder: Path) -> Path:
    """A small project with one documented function."""
    folder.mkdir()
    (folder / "guide.md").write_text("# Station\n\n## `station.calibrate()`\n\nDo this in May.\n")
    (folder / "app.py").write_text("import station\n\nstation.calibrate()\n")
    return folder


def program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script)
    file.chmod(0o755)
