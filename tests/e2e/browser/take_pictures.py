"""Takes the pictures of docs/images anew: `make pictures SRC=FOLDER`, with a checkout of httpx.

They show the documentation of a project that many know. No test depends on it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from tests.e2e.browser.code_server import ROOT, CodeServer
from tests.e2e.browser.window import PICTURES, Shared, Window
from tests.e2e.daemon_support import User

pytestmark = pytest.mark.timeout(900)

INDEX_SECONDS = 600
_COLOURS = 128
SCRIPT = '''"""Fetches the weather, and does not wait for it forever."""

import httpx

timeout = httpx.Timeout(10.0, connect=60.0)
auth = httpx.DigestAuth("me", "secret")

with httpx.Client(timeout=timeout, auth=auth) as client:
    response = client.get("https://www.example.org/weather")
    response.raise_for_status()
    print(response.json())
'''


@pytest.fixture(scope="module")
def httpx(user: User) -> Path:
    """A copy of the checkout, with a script that uses it."""
    folder = user.top / "httpx"
    ignored = shutil.ignore_patterns(".git", ".github", "tests")
    shutil.copytree(os.environ["ASKDOCS_PICTURES_OF"], folder, ignore=ignored)
    (folder / "weather.py").write_text(SCRIPT)
    return folder


@pytest.fixture(scope="module")
def shared(browser: Browser, server: CodeServer, httpx: Path) -> Iterator[Shared]:
    answers_without_model = server.settings({"askdocs.llm.mode": "off"}, kind="Machine")
    with answers_without_model, Shared(browser, server.url(httpx)) as shared:
        window = shared.window()
        window.open_file("weather.py", 6)
        window.until_status("index ready.*embedder ready", INDEX_SECONDS)
        yield shared


def test_hover(window: Window) -> None:
    window.open_file("weather.py", 10)
    window.until_hover("raise_for_status", "More in the docs")
    publish(window, "hover")


def test_answer(window: Window) -> None:
    window.open_file("weather.py", 5)
    window.command("askdocs: Ask the docs")
    window.answer("How do I set a different timeout for connecting?")
    page = window.webview
    expect(page.locator("footer")).to_be_visible()
    page.locator(".text .citation").first.click()
    expect(window.active_tab).to_contain_text("timeouts.md")
    publish(window, "answer")


def test_search(window: Window) -> None:
    window.open_file("weather.py", 5)
    window.command("askdocs: Search the docs")
    window.fill("limit the number of connections")
    expect(window.quick_pick_rows.first).to_contain_text("docs/advanced/resource-limits.md")
    expect(window.active_tab).to_contain_text("resource-limits.md")
    publish(window, "search")


def test_status(window: Window) -> None:
    window.open_file("weather.py", 5)
    window.command("askdocs: Show status")
    expect(window.quick_pick_rows.first).to_contain_text("ready")
    publish(window, "status")


def publish(window: Window, name: str) -> None:
    """Take a picture for the documentation, in few colours: it is packed with the extension."""
    window.picture(f"docs-{name}")
    with Image.open(PICTURES / f"docs-{name}.png") as picture:
        small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(ROOT / "docs" / "images" / f"{name}.png", optimize=True)
