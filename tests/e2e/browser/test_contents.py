"""The list of what is indexed, in VS Code."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.e2e.browser.window import Window
from tests.e2e.daemon_support import User, until

pytestmark = pytest.mark.timeout(300)


def test_what_is_indexed_is_listed_and_opened(window: Window, project: Path, user: User) -> None:
    huge = project / "docs" / "huge.md"
    huge.write_text("# Huge\n\n" + "Too much. " * 300_000)
    window.open_file("search.py", 11)
    until(lambda: user.data("status", "--root", str(project))["skipped"], 60)
    window.until_status("index ready")
    window.point_away()
    window.command("askdocs: Show what is indexed")
    rows = window.quick_pick_rows
    expect(rows.first).to_contain_text("chunk")
    window.picture("contents")
    window.fill("docs/huge.md")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("larger")
    window.picture("contents-left-out")
    window.fill("docs/hover.md")
    expect(rows.first).to_contain_text("docs/hover.md")
    window.page.keyboard.press("Enter")
    expect(window.active_tab).to_contain_text("hover.md")
    huge.unlink()
