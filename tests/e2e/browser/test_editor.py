"""What a person sees in VS Code while they work: hovers, the status, saves, windows, restarts."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.window import Window, new_window
from tests.e2e.daemon_support import User, until
from tests.e2e.editors import DOCS, find_editor
from tests.e2e.lsp_support import ASKDOCS
from tests.e2e.neovim import neovim

pytestmark = pytest.mark.timeout(300)

PAGE = "docs/python-api.md"
TEXT = "The index of one workspace root"


def test_the_status_says_when_all_is_ready(window: Window) -> None:
    window.open_file("search.py", 11)
    window.until_status("index ready.*embedder ready")
    window.picture("status-ready")


def test_hover_shows_the_passage_with_its_place(window: Window) -> None:
    window.open_file("search.py", 11)
    window.until_hover("WorkspaceIndex", TEXT)
    window.picture("hover")
    window.page.locator(".monaco-hover a", has_text=PAGE).click()
    expect(window.active_tab).to_contain_text("python-api.md")
    expect(window.page.locator(".view-line", has_text=TEXT)).to_be_visible()
    window.picture("hover-opened")


def test_files_that_come_and_go_keep_the_status_busy(window: Window, project: Path) -> None:
    window.open_file("search.py")
    window.until_status("index ready")
    many = project / "docs" / "releases"
    many.mkdir()
    for number in range(500):  # For seconds of work, however fast the processor is.
        defects = " ".join(f"Fix defect {number * 17 + defect}." for defect in range(40))
        (many / f"{number}.md").write_text(f"# Release {number}\n\n{defects}\n")
    expect(window.statusbar).to_contain_text(re.compile("[0-9]+ files? to read|chunks? to embed"))
    window.until_status("to (read|embed)")
    window.picture("status-indexing")
    window.until_status("index ready")
    expect(window.statusbar).not_to_contain_text("askdocs")
    window.picture("status-after-indexing")
    shutil.rmtree(many)


def test_a_saved_page_is_in_the_next_hover(window: Window, project: Path) -> None:
    window.open_file("python-api.md", line_of(TEXT, project / PAGE))
    window.page.keyboard.press("Home")
    window.page.keyboard.type("It is safe to share. ")
    window.page.keyboard.press("Control+S")
    window.open_file("search.py", 11)
    window.until_hover("WorkspaceIndex", "It is safe to share.")
    window.picture("hover-after-save")


def test_a_second_window_is_served_by_the_same_daemon(
    window: Window, browser: Browser, server: CodeServer, project: Path, user: User
) -> None:
    window.open_file("search.py", 11)
    window.until_hover("WorkspaceIndex", TEXT)
    with new_window(browser, server.url(project)) as second:
        second.open_file("search.py", 11)
        second.until_hover("WorkspaceIndex", TEXT)
        assert user.data("status", "--root", str(project))["daemon"]["sessions"] == 2
        assert user.daemons == [user.pid]


def test_all_clients_see_the_same_generation_after_a_save(
    window: Window, project: Path, user: User
) -> None:
    def of_the_shell() -> int:
        return int(user.data("status", "--root", str(project))["generation"])

    window.open_file("search.py", 11)
    window.until_hover("WorkspaceIndex", TEXT)
    before = of_the_shell()
    with neovim(find_editor("nvim", version="NVIM "), project / "search.py", user) as other:
        other.set_up(DOCS / "editors" / "askdocs.lua", [ASKDOCS, "lsp"])
        window.open_file("python-api.md", line_of(TEXT, project / PAGE))
        window.page.keyboard.type("And quick. ")
        window.page.keyboard.press("Control+S")
        until(lambda: of_the_shell() > before, 60)
        generation = of_the_shell()
        until(lambda: other.request("askdocs/status", {})["index"]["generation"] == generation)
        window.command("askdocs: Show status")
        expect(window.quick_pick_rows.first).to_contain_text(f"generation {generation}")
        window.picture("status-details")


def test_a_killed_daemon_comes_back(window: Window, user: User) -> None:
    window.open_file("search.py", 11)
    window.until_hover("WorkspaceIndex", TEXT)
    before = user.pid
    os.kill(before, signal.SIGKILL)
    window.until_hover("WorkspaceIndex", TEXT)
    assert user.pid != before
    window.until_status("index ready")
    window.picture("after-a-kill")


def line_of(text: str, page: Path) -> int:
    """The number of the first line with a text."""
    lines = page.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
