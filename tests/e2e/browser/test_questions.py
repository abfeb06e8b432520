"""Asking and searching in VS Code: streaming, citations, stopping, follow-ups, a reload."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.window import LIMIT_MS, Window
from tests.e2e.daemon_support import User, until

pytestmark = pytest.mark.timeout(400)

QUESTION = "Which files are left out of the index?"
MODEL_START_SECONDS = 300  # The first start converts the model.
# Notes what the page looks like at each change: its text, and whether the answer is complete.
WATCH = """turns => {
    window.seen = [];
    const look = () => window.seen.push({
        text: turns.querySelector('.text').innerText.trim(),
        sources: turns.querySelectorAll('.source').length,
        running: document.querySelector('form').classList.contains('running'),
    });
    new MutationObserver(look).observe(turns, {childList: true, subtree: true});
}"""
# Whether an answer was written since then, which may have been quick.
HAS_RUN = "() => window.seen.some(look => look.running) && !window.seen.at(-1).running"


def test_without_a_model_passages_answer_and_settings_count_at_once(
    window: Window, server: CodeServer
) -> None:
    window.open_file("search.py", 11)
    window.until_status("index ready.*generator (idle|ready)")
    with server.settings({"askdocs.llm.mode": "off"}, kind="Machine"):
        window.until_status("generator off")
        window.point_away()
        ask(window, QUESTION)
        page = window.webview
        expect(page.locator("h2")).to_have_text(QUESTION)
        expect(page.locator(".note")).to_contain_text("No language model")
        expect(page.locator(".source").first).to_contain_text("docs/indexing.md")
        window.picture("answer-of-passages")
    window.open_file("search.py", 11)
    window.until_status("generator (idle|ready)")


def test_an_answer_streams_and_its_citations_open_the_lines(window: Window) -> None:
    open_with_model(window)
    ask(window, QUESTION)
    page = window.webview
    expect(page.locator("footer")).to_be_visible()
    turns = page.locator("#turns")
    turns.evaluate(WATCH)
    page.get_by_role("button", name="Ask again").click()
    until(lambda: turns.evaluate(HAS_RUN), LIMIT_MS / 1000)
    expect(page.locator(".note")).to_contain_text("SmolLM2")
    seen = turns.evaluate("() => window.seen")
    searching, reading, writing = seen[0], seen[1], next(one for one in seen if one["text"])
    assert (searching["sources"], searching["text"]) == (0, "")
    assert reading["sources"]
    assert reading["text"] == ""
    assert writing["running"]
    assert seen[-1]["text"].startswith(writing["text"])
    assert not seen[-1]["running"]
    window.picture("answer")

    place = page.locator(".source .place").first.inner_text()
    file, first = re.fullmatch(r"(?:.*/)?(.*):(\d+)(?:-\d+)?", place).groups()
    # The text may begin with another source than the first.
    page.locator(".source").first.click()
    expect(window.active_tab).to_contain_text(file)
    expect(window.page.locator(".statusbar")).to_contain_text(f"Ln {first}, Col 1")
    window.picture("citation-opened")


def test_a_selection_is_asked_about(window: Window) -> None:
    window.open_file("search.py", 11)
    window.page.keyboard.press("Home")
    window.page.keyboard.press("Shift+End")
    window.command("askdocs: Ask about selection")
    window.answer("What does this class do?")
    expect(window.webview.locator(".about")).to_have_text("about search.py:11")
    expect(window.webview.locator("footer")).to_be_visible()
    window.picture("selection")


def test_a_selection_of_any_file_is_asked_about_but_not_of_unsaved_text(
    window: Window, project: Path
) -> None:
    (project / "limits.json").write_text('{\n  "hover": 25\n}\n')
    window.open_file("limits.json", 2)
    window.page.keyboard.press("Shift+End")
    window.command("askdocs: Ask about selection")
    window.answer("What is this?")
    expect(window.webview.locator(".about")).to_have_text("about limits.json:2")
    expect(window.webview.locator("footer")).to_be_visible()
    window.command("New Untitled Text File")
    window.page.keyboard.type("hover")
    window.page.keyboard.press("Control+A")
    window.command("askdocs: Ask about selection")
    message = window.page.locator(".notification-toast")
    expect(message).to_contain_text("Save the file first")
    window.page.keyboard.press("Delete")  # Text that nobody saves would be asked about.
    (project / "limits.json").unlink()


def test_what_documents_smuggle_in_is_text(window: Window, project: Path, user: User) -> None:
    (project / "docs" / "evil.md").write_text(
        "# Polishing the astrolabe\n\nPolish the astrolabe with <b onclick=alert(1)>wax</b> "
        "![wax](http://127.0.0.1:9/wax.png) or [oil](command:workbench.action.quit).\n\n"
        "<script>alert(1)</script>\n\n<iframe src='http://127.0.0.1:9/'></iframe>\n"
    )
    requests: list[str] = []
    window.page.on("request", lambda request: requests.append(request.url))
    window.open_file("search.py", 11)
    until(lambda: found(user, project)[0] == "docs/evil.md", 60)
    ask(window, "How is the astrolabe polished?")
    page = window.webview
    expect(page.locator(".source").first).to_contain_text("evil.md")
    expect(page.locator("footer")).to_be_visible()
    assert page.locator("#turns").locator("img, iframe, script, b, a").count() == 0
    assert not [url for url in requests if ":9/" in url]
    window.picture("smuggled")
    (project / "docs" / "evil.md").unlink()
    page.locator(".source").first.click()
    message = window.page.locator(".notification-toast")
    expect(message).to_contain_text("docs/evil.md cannot be opened")


def test_search_previews_the_passage_and_comes_back(window: Window) -> None:
    window.open_file("search.py", 11)
    window.until_status("index ready.*embedder ready")
    window.point_away()
    window.command("askdocs: Search the docs")
    window.fill("hover shows nothing")
    expect(window.quick_pick_rows.first).to_contain_text("hover")
    expect(window.active_tab).to_contain_text("hover.md")
    window.picture("search")
    window.page.keyboard.press("Escape")
    expect(window.active_tab).to_contain_text("search.py")
    expect(window.page.locator(".tab")).to_have_count(1)
    expect(window.page.locator(".monaco-editor.focused")).to_be_visible()
    window.command("askdocs: Search the docs")
    window.fill("hover shows nothing")
    expect(window.quick_pick_rows.first).to_contain_text("hover")
    window.page.keyboard.press("Enter")
    expect(window.quick_pick_rows.first).to_be_hidden()
    expect(window.active_tab).to_contain_text("hover.md")
    window.picture("search-opened")


def test_search_keeps_the_order_of_the_passages(window: Window, project: Path, user: User) -> None:
    window.open_file("search.py", 11)
    window.until_status("index ready.*embedder ready")
    window.point_away()
    window.command("askdocs: Search the docs")
    window.fill("hover")  # A word of many titles, by which VS Code would sort.
    hits = user.data("search", "hover", "--limit", "20", "--root", str(project))["hits"]
    for number, hit in enumerate(hits[:6]):
        expect(window.quick_pick_rows.nth(number)).to_contain_text(hit["title"])
    window.page.keyboard.press("Escape")


def found(user: User, project: Path) -> list[str]:
    hits = user.data("search", "polish the astrolabe", "--root", str(project))["hits"]
    return [hit["path"] for hit in hits]


def ask(window: Window, question: str) -> None:
    window.command("askdocs: Ask the docs")
    window.answer(question)


def open_with_model(window: Window) -> None:
    """Open the script; where the model does not run yet, a question starts it."""
    window.open_file("search.py", 11)
    if "generator ready" not in window.until_status("index ready"):
        ask(window, QUESTION)
        window.open_file("search.py", 11)
        window.until_status("generator ready", MODEL_START_SECONDS)
        window.command("View: Close All Editors")
        window.open_file("search.py", 11)
