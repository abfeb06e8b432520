"""One window of VS Code in a real Chromium, in the terms of a person who uses it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import (
    Browser,
    FrameLocator,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as BrowserError
from tests.e2e.browser.code_server import ROOT, TIDY_KEY
from tests.e2e.daemon_support import until

PICTURES = ROOT / "artifacts" / "browser"
LIMIT_MS = 120_000
_MOMENT_MS = 3_000
SIZE = ViewportSize(width=1280, height=800)
_CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a screen."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=LIMIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(_CHROMIUM)
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def new_window(browser: Browser, url: str) -> Iterator[Window]:
    """Open a window on a workspace."""
    window = Window(browser.new_page(viewport=SIZE))
    try:
        window.open(url)
        yield window
    except BaseException:
        window.picture("end-of-a-window")
        raise
    finally:
        window.page.close()


class Shared:
    """A window that many tests use, one after the other: each finds it as if it were new."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._window: Window | None = None

    def __enter__(self) -> Shared:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def window(self) -> Window:
        """The window with nothing open in it."""
        if self._window is None:
            self._window = Window(self._browser.new_page(viewport=SIZE))
            self._window.open(self._url)
        else:
            self._window.tidy()
        return self._window

    def close(self) -> None:
        """Close the window; the next test gets another one."""
        if self._window is not None:
            self._window.page.close()
            self._window = None


class Window:
    """A window of VS Code. Lines and columns count from 1, as the editor shows them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(LIMIT_MS)

    def open(self, url: str) -> None:
        """Load a workspace and wait until VS Code is there."""
        self.page.goto(url)
        expect(self.page.locator(".monaco-workbench .part.statusbar")).to_be_visible()

    def tidy(self) -> None:
        """Close what is open in the window."""
        self.point_away()

        def is_tidy() -> bool:
            self.page.keyboard.press("Escape")  # A list that is open keeps the keys to itself.
            self.page.keyboard.press(TIDY_KEY)
            with suppress(AssertionError):
                expect(self.page.locator(".tab, .notification-toast")).to_have_count(
                    0, timeout=_MOMENT_MS
                )
                return True
            return False

        until(is_tidy, LIMIT_MS / 1000)

    def picture(self, name: str) -> None:
        """Keep a picture of the window, when extensions have started."""
        with suppress(BrowserError, AssertionError):
            busy = self.page.locator(".statusbar", has_text="Activating Extensions")
            expect(busy).to_have_count(0, timeout=_MOMENT_MS)
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    def command(self, title: str) -> None:
        """Run a command by its title in the palette."""
        self._pick("F1", f">{title}", title)

    def open_file(self, name: str, line: int = 1) -> None:
        """Open a file of the workspace by its name, at a line."""
        self._pick("Control+P", f"{name}:{line}", name)
        expect(self.active_tab).to_contain_text(name)
        lines = self.page.locator(".editor-group-container.active .monaco-editor .view-line")
        lines.first.wait_for()

    def open_path(self, file: Path) -> None:
        """Open a file that may be in no folder of the window, by its whole path."""
        self.command("File: Open File...")

        def is_open() -> bool:
            with suppress(BrowserError, AssertionError):
                if self._quick_input.is_visible():  # While it looks around, it takes no Enter.
                    self._quick_input.fill(str(file), timeout=_MOMENT_MS)
                    self.page.keyboard.press("Enter")
                expect(self.active_tab).to_contain_text(file.name, timeout=_MOMENT_MS)
                return True
            return False

        until(is_open, LIMIT_MS / 1000)

    def point_away(self) -> None:
        """Take the mouse to where it shows nothing."""
        shown = self.page.locator(".hover-language-status")

        def is_gone() -> bool:
            self.page.mouse.move(9, 9)  # From one place to another: a lone move may be missed.
            self.page.mouse.move(1, 1)
            with suppress(AssertionError):
                expect(shown).to_have_count(0, timeout=_MOMENT_MS)
                return True
            # Its place was drawn anew below the mouse, which then leaves without a word.
            with suppress(BrowserError):
                self.page.locator("#status\\.languageStatus").hover(timeout=_MOMENT_MS)
            return False

        until(is_gone, LIMIT_MS / 1000)

    def until_hover(self, word: str, text: str) -> None:
        """Point at a word of the open editor, again and again until the hover holds a text."""
        shown = self.page.locator(".monaco-hover:visible", has_text=text)

        def is_shown() -> bool:
            self.point_away()
            self.word(word).hover()
            with suppress(BrowserError):
                shown.wait_for(timeout=_MOMENT_MS)
            return shown.is_visible()

        until(is_shown, LIMIT_MS / 1000)

    def word(self, word: str) -> Locator:
        """The last place of a word in the active editor."""
        lines = self.page.locator(".editor-group-container.active .view-line span > span")
        return lines.filter(has_text=re.compile(rf"\b{re.escape(word)}\b")).last

    def fill(self, text: str) -> None:
        """Type into the input box or list that is open."""
        self._quick_input.fill(text)

    def answer(self, text: str) -> None:
        """Type into the input box that is open, and confirm it."""
        self.fill(text)
        self.page.keyboard.press("Enter")

    @property
    def quick_pick_rows(self) -> Locator:
        """The rows of the list that is open at the top."""
        return self.page.locator(".quick-input-list .monaco-list-row")

    @property
    def statusbar(self) -> Locator:
        """The bar at the bottom."""
        return self.page.locator(".part.statusbar")

    @property
    def active_tab(self) -> Locator:
        """The tab of the editor that has the focus."""
        return self.page.locator(".editor-group-container.active .tab.active")

    @property
    def webview(self) -> FrameLocator:
        """The page within the webview that is shown."""
        outer = self.page.frame_locator("iframe.webview.ready")
        return outer.frame_locator("#active-frame")

    def until_status(self, pattern: str, seconds: float = LIMIT_MS / 1000) -> str:
        """Look at the language status, again and again until it matches; returns what it says."""
        shown = self.page.locator(".hover-language-status", has_text="askdocs").first

        def matching() -> str:
            with suppress(BrowserError):
                if not shown.is_visible():
                    self.page.mouse.move(9, 9)  # VS Code shows it to a mouse that comes, once.
                self.page.locator("#status\\.languageStatus").hover(timeout=_MOMENT_MS)
                text = shown.inner_text(timeout=_MOMENT_MS)
                return text if re.search(pattern, text) else ""
            return ""

        return str(until(matching, seconds))

    def _pick(self, key: str, text: str, row: str) -> None:
        """Open a list by its key, find the row by a text, and choose it."""

        def is_found() -> bool:
            self.page.keyboard.press(key)
            with suppress(BrowserError, AssertionError):
                self._quick_input.fill(text, timeout=_MOMENT_MS)
                expect(self.quick_pick_rows.first).to_contain_text(row, timeout=_MOMENT_MS)
                return True
            self.page.keyboard.press("Escape")
            return False

        until(is_found, LIMIT_MS / 1000)
        self.page.keyboard.press("Enter")
        # What comes next may be an input box in the same place.
        until(lambda: not self._has_text(text), LIMIT_MS / 1000)

    def _has_text(self, text: str) -> bool:
        with suppress(BrowserError):
            return bool(
                self._quick_input.is_visible()
                and self._quick_input.input_value(timeout=_MOMENT_MS) == text
            )
        return False

    @property
    def _quick_input(self) -> Locator:
        return self.page.locator(".quick-input-widget:visible input[type=text]")
