"""Links of the documentation in VS Code: in hovers and answers they open files, at their line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.window import Shared, Window
from tests.e2e.daemon_support import User

pytestmark = pytest.mark.timeout(300)

GUIDE = """\
Station guide
=============

Maintenance
-----------

.. py:function:: station.calibrate()

   Calibrate the barometer in May. Before that comes the :ref:`warm-up <warm-up>`, see also the
   `notes <../../secret.md>`_.
"""
CARE = """\
# Care

## Daily

Look at the display each day.

## Calibrating the barometer

Calibrate the barometer after the [warm-up](care.rst#warm-up) and before the
[next storm](storms.md#the-next-storm). Not after [this](command:workbench.action.quit) or
[that](../../secret.md), and never during [the last one](file:///etc/passwd).
"""
WARM_UP = """\
Care of instruments
===================

Display
-------

Wipe it.

.. _warm-up:

Warm-up
-------

It takes an hour.
"""
STORMS = "# Storms\n\n## The last storm\n\nIt was long.\n\n## The next storm\n\nIt will come.\n"
NEXT_STORM = 7
WARM_UP_LINE = 11


@pytest.fixture(scope="module")
def station(user: User) -> Path:
    """A project whose pages link to each other, and out of it."""
    (user.top / "secret.md").write_text("# Secret\n")
    folder = user.top / "instruments"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "guide.rst").write_text(GUIDE)
    (folder / "docs" / "calibration.md").write_text(CARE)
    (folder / "docs" / "care.rst").write_text(WARM_UP)
    (folder / "docs" / "storms.md").write_text(STORMS)
    (folder / "app.py").write_text("import station\n\nstation.calibrate()\n")
    return folder


@pytest.fixture(scope="module")
def shared(browser: Browser, server: CodeServer, station: Path) -> Iterator[Shared]:
    with Shared(browser, server.url(station)) as shared:
        yield shared


def test_a_link_in_a_hover_opens_the_section_of_its_label(window: Window) -> None:
    window.open_file("app.py", 3)
    window.until_hover("calibrate", "Before that comes")
    hover = window.page.locator(".monaco-hover:visible")
    links = hover.get_by_role("link")
    expect(links.filter(has_text="notes")).to_have_count(0)
    window.picture("hover-link")
    links.filter(has_text="warm-up").click()
    is_at(window, "care.rst", WARM_UP_LINE)


def test_links_in_an_answer_open_the_sections_and_nothing_else(
    window: Window, server: CodeServer
) -> None:
    with server.settings({"askdocs.llm.mode": "off"}, kind="Machine"):
        window.open_file("app.py", 3)
        window.until_status("generator off")
        window.point_away()
        window.command("askdocs: Ask the docs")
        window.answer("When do I calibrate the barometer, after which storm?")
        page = window.webview
        expect(page.locator("footer")).to_be_visible()
        links = page.locator(".text .file")
        expect(links.filter(has_text="next storm")).to_have_count(1)
        expect(links.filter(has_text=re.compile("this|that|last one|notes"))).to_have_count(0)
        expect(page.locator(".text a")).to_have_count(0)
        expect(page.locator(".source .title").first).to_have_text(
            "Care › Calibrating the barometer"
        )
        window.picture("answer-links")
        links.filter(has_text="next storm").click()
        is_at(window, "storms.md", NEXT_STORM)
        window.picture("answer-link-opened")
        links.filter(has_text="warm-up").first.click()
        is_at(window, "care.rst", WARM_UP_LINE)


def is_at(window: Window, file: str, line: int) -> None:
    expect(window.active_tab).to_contain_text(file)
    expect(window.statusbar).to_contain_text(f"Ln {line}, Col 1")
