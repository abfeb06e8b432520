"""What a large model writes, in hovers and answers; and what becomes of it when something ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.stand_in import MODEL, StandIn, stand_in
from tests.e2e.browser.window import Shared, Window
from tests.e2e.daemon_support import User

pytestmark = pytest.mark.timeout(300)

GUIDE = """\
# Weather station

## `station.calibrate()`

Do this once a year, on a calm day. The barometer then shows the pressure at sea level. A cold
barometer gives a wrong zero, so let it warm up for an hour. Without a calibration the station
warns at each start.

## Empty the rain gauge

Turn the rain gauge over after each storm. Leaves in the rain gauge make it read too little.
"""
QUESTION = "When do I calibrate the barometer?"
FOLLOW_UP = "And what does a cold barometer show?"
FIRST = (
    "Calibrate once a year on a calm day, so that the barometer shows the pressure at sea level."
)
SECOND = "A cold barometer gives a wrong zero, so let it warm up for an hour."
# As the prompt asks for it: with the words of the passage that each sentence rests on.
WRITTEN = f'{FIRST} [1: "once a year, on a calm day"] {SECOND} [1: "let it warm up for an hour"]'


@pytest.fixture(scope="module")
def model() -> Iterator[StandIn]:
    with stand_in() as model:
        yield model


@pytest.fixture(scope="module")
def weather(user: User, model: StandIn) -> Path:
    """A project that the user trusts, and whose settings name a server with a large model."""
    folder = user.top / "weather"
    folder.mkdir()
    (folder / "guide.md").write_text(GUIDE)
    (folder / "app.py").write_text("import station\n\nstation.calibrate()\n")
    (folder / "askdocs.toml").write_text(f'llm.endpoint = "{model.address}"\n')
    return folder


@pytest.fixture(scope="module")
def shared(browser: Browser, server: CodeServer, weather: Path) -> Iterator[Shared]:
    with Shared(browser, server.url(weather)) as shared:
        yield shared


@pytest.fixture(scope="module", autouse=True)
def _is_found(shared: Shared, model: StandIn) -> None:
    """The first hover looks for the model."""
    model.says(WRITTEN)
    window = shared.window()
    window.open_file("app.py", 3)
    window.until_hover("calibrate", "Do this once")
    window.until_status("generator ready")


@pytest.fixture(autouse=True)
def _says(model: StandIn) -> None:
    model.says(WRITTEN)


def test_a_summary_stands_on_top_of_the_passage(window: Window) -> None:
    window.open_file("app.py", 3)
    window.until_hover("calibrate", FIRST)
    shown = window.page.locator(".monaco-hover:visible").inner_text()
    summary, passage, place = (shown.index(text) for text in (FIRST, "Do this once", "guide.md:3"))
    assert "In short (generated)" in shown[:summary]
    assert summary < passage < place
    window.picture("hover-summary")


def test_a_citation_leads_to_the_passage_that_it_rests_on(window: Window) -> None:
    ask(window)
    page = window.webview
    expect(page.locator(".note.done")).to_contain_text(MODEL)
    expect(page.locator(".text")).to_contain_text(SECOND)
    page.locator(".text .citation").first.click()
    expect(window.active_tab).to_contain_text("guide.md")
    expect(window.page.locator(".statusbar")).to_contain_text("Ln 5, Col 9")
    window.picture("answer-of-a-large-model")


def test_stop_ends_the_writing_and_a_follow_up_keeps_the_history(
    window: Window, model: StandIn
) -> None:
    model.may_finish.clear()
    ask(window)
    page = window.webview
    expect(page.locator("form.running")).to_be_visible()
    expect(page.locator(".text")).to_contain_text(FIRST)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".note")).to_have_text("Stopped.")
    expect(page.locator(".text")).to_contain_text(FIRST)
    assert model.left.wait(30)
    window.picture("answer-stopped")

    model.may_finish.set()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".note.done")).to_be_visible()
    page.locator("textarea").fill(FOLLOW_UP)
    page.locator("textarea").press("Enter")
    expect(page.locator("h2")).to_have_count(2)
    expect(page.locator(".note.done")).to_have_count(2)
    page.get_by_role("button", name="Copy").last.click()
    expect(window.statusbar).to_contain_text("Answer copied")
    window.picture("follow-up")

    window.command("Developer: Reload Window")
    expect(window.page.locator(".quick-input-list")).to_be_hidden()
    expect(page.locator("h2")).to_have_text([QUESTION, FOLLOW_UP])
    expect(page.locator(".note.done")).to_have_count(2)
    window.picture("after-a-reload")


def test_closing_the_page_ends_the_writing(window: Window, model: StandIn) -> None:
    model.may_finish.clear()
    ask(window)
    expect(window.webview.locator(".text")).to_contain_text(FIRST)
    window.tidy()
    assert model.left.wait(30)


def test_a_server_that_ends_while_it_answers_is_told_of_and_comes_back(
    window: Window, model: StandIn, user: User
) -> None:
    model.may_finish.clear()
    ask(window)
    page = window.webview
    expect(page.locator(".text")).to_contain_text(FIRST)
    for pipe in pipes(user):
        pipe.kill()
    expect(page.locator(".note.failed")).to_contain_text("ended before it had answered")
    window.picture("answer-broken-off")
    model.may_finish.set()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".note.done")).to_be_visible()
    expect(page.locator(".text")).to_contain_text(SECOND)
    expect(window.page.locator(".notification-toast")).to_have_count(0)


def test_a_page_that_was_hidden_is_as_it_was(window: Window) -> None:
    ask(window)
    page = window.webview
    expect(page.locator(".note.done")).to_be_visible()
    page.locator("textarea").fill("And how long")
    # One that is hidden is thrown away, and made anew when it is shown again.
    window.page.locator(".tab", has_text=QUESTION).click()
    window.open_file("guide.md")
    window.page.locator(".tab", has_text=QUESTION).click()
    expect(page.locator("textarea")).to_have_value("And how long")
    expect(page.locator(".text")).to_contain_text(SECOND)


def ask(window: Window) -> None:
    window.open_file("app.py", 3)
    window.command("askdocs: Ask the docs")
    window.answer(QUESTION)
    expect(window.webview.locator("h2")).to_have_text(re.compile(re.escape(QUESTION)))


def pipes(user: User) -> list[psutil.Process]:
    """The servers that this user's editors have started."""
    runtime = user.environment["XDG_RUNTIME_DIR"]
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        command, environment = process.info["cmdline"] or [], process.info["environ"] or {}
        if command[-1:] == ["lsp"] and environment.get("XDG_RUNTIME_DIR") == runtime:
            found.append(process)
    return found
