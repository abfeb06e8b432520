"""The documentation in VS Code's chat: as a tool for other models, and as `@docs`."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.e2e.browser.window import Window

pytestmark = pytest.mark.timeout(400)

QUESTION = "Which files are left out of the index?"


def test_the_tool_answers_another_extension(window: Window) -> None:
    window.open_file("search.py")
    window.until_status("index ready")
    window.command("Another extension: Call the tool")
    window.answer(QUESTION)
    expect(window.active_tab).to_contain_text("result")
    expect(window.page.locator(".view-line", has_text=".gitignore").first).to_be_visible()
    window.picture("tool")


def test_docs_answers_in_the_chat_and_names_its_sources(window: Window) -> None:
    window.open_file("search.py")
    window.until_status("index ready")
    window.command("Chat: Open Chat")
    chat = window.page.locator(".interactive-session")
    expect(chat.locator(".interactive-input-part")).to_contain_text("Silent")
    window.page.keyboard.type(f"@docs {QUESTION}")
    expect(chat.locator(".interactive-input-part")).to_contain_text(QUESTION)
    # Not by Enter: suggestions for the `@` may come late, and it would take the first of them.
    chat.get_by_role("button", name=re.compile("^Send")).click()
    answer = chat.locator(".interactive-response")
    expect(answer).to_contain_text("docs.exclude")
    expect(answer).to_contain_text("[1] indexing.md")
    window.point_away()
    window.picture("chat")
