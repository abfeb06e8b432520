"""Hovers in VS Code by the definitions of other extensions: TypeScript's own, and odd ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as BrowserError
from tests.e2e.browser.code_server import CodeServer
from tests.e2e.browser.window import LIMIT_MS, Shared, Window
from tests.e2e.daemon_support import User, until

pytestmark = pytest.mark.timeout(300)

CLIENT = """\
export class Client {
  /** Writes to the socket. */
  send(text: string): void {}

  flush(): void {}

  drain(): void {}

  rewind(): void {}

  /** Hangs up and frees the line. */
  close(): void {}
}

export async function dial() {
  return new Client();
}

export function retire(client: Client): void {}
"""
GENERICS = """\
export function first<T>(items: readonly T[]): T {
  return items[0] as T;
}

export type Opened<T> = T extends () => Promise<infer Result> ? Result : never;
"""
BARREL = """\
export * from "./client";
export { first, type Opened } from "./generics";
"""
APP = """\
import { Client, dial, first, retire, type Opened } from "./index";

first([new Client()]).send("hello");

export function flushed(opened: Opened<typeof dial>): void {
  opened.flush();
}

export function drained(retired: Parameters<typeof retire>[0]): void {
  retired.drain();
}

[new Client()].forEach((each) => each.rewind());

new Client().close();
"""
PASSAGES = {
    "send": "Puts the text on the line and waits for its echo.",
    "flush": "Hands on what waits in the buffer.",
    "drain": "Empties the line before a call ends.",
    "rewind": "Takes the tape back to its beginning.",
}
SOCKET = "Writes to the socket."
HANGS_UP = "Hangs up and frees the line."
EVENING = """\
# Evening

## At the end of the day

Nobody calls at night.

```ts
import { Client } from "relay";

const nightly = new Client();
nightly.close();
```
"""
LAMP = "class Lamp:\n    def shine(self, seconds):\n        return seconds\n"
SHINE = "Lights the lamp for so many seconds."
KNOWN = "from odd.lamp import Lamp\n\nLamp().shine(3)\n"
UNKNOWN = "from somewhere import build\n\nbuild().shine(3)\n"
ODD = ("silent", "failing", "junk", "elsewhere", "beyond", "many")


@pytest.fixture(scope="module")
def relay(user: User) -> Path:
    """A project in TypeScript whose manual documents all but one member; beside it, odd files."""
    folder = user.top / "relay"
    options = '"strict": true, "module": "esnext", "moduleResolution": "bundler"'
    sections = [f"## `Client.{name}()`\n\n{text}\n" for name, text in PASSAGES.items()]
    files = {
        "package.json": '{"name": "relay", "version": "1.0.0", "main": "src/index.ts"}',
        "tsconfig.json": f'{{"compilerOptions": {{{options}}}, "include": ["src"]}}',
        "src/client.ts": CLIENT,
        "src/generics.ts": GENERICS,
        "src/index.ts": BARREL,
        "src/app.ts": APP,
        "docs/api.md": "\n".join(["# Relay\n", *sections]),
        "docs/evening.md": EVENING,
        "docs/lamp.md": f"# Lamp\n\n## `odd.Lamp.shine(seconds)`\n\n{SHINE}\n",
        "odd/__init__.py": "from odd.lamp import Lamp\n",
        "odd/lamp.py": LAMP,
        "odd/right.py": UNKNOWN,
        **{f"odd/{name}.py": KNOWN for name in ODD},
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def shared(browser: Browser, server: CodeServer, relay: Path) -> Iterator[Shared]:
    with Shared(browser, server.url(relay)) as shared:
        yield shared


@pytest.fixture
def app(window: Window) -> Window:
    """The window on the app, when TypeScript has its own hovers there."""
    window.open_file("app.ts", 3)
    window.until_hover("close", "(method) Client.close(): void")
    return window


@pytest.mark.parametrize("name", PASSAGES)
def test_types_that_only_a_type_checker_knows(
    app: Window, user: User, relay: Path, name: str
) -> None:
    lines = APP.splitlines()
    line = next(line for line in lines if f".{name}(" in line)
    position = f"{relay / 'src/app.ts'}:{lines.index(line) + 1}:{line.index(f'.{name}(') + 2}"
    assert user.data("hover", position, "--root", str(relay))["hits"] == []
    app.until_hover(name, PASSAGES[name])


def test_the_manual_comes_with_its_headings_and_without_the_doc_comment(app: Window) -> None:
    app.until_hover("send", PASSAGES["send"])
    row = app.page.locator(".monaco-hover:visible .hover-row", has_text=PASSAGES["send"])
    expect(row).to_contain_text("Relay › Client.send() — docs/api.md:3")
    expect(row).not_to_contain_text(SOCKET)
    expect(app.page.locator(".monaco-hover:visible").get_by_text(SOCKET)).to_have_count(1)
    app.picture("hover-definitions")


def test_a_doc_comment_is_shown_once(app: Window) -> None:
    until_copies(app, 1)
    row = app.page.locator(".monaco-hover:visible .hover-row", has_text="More in the docs:")
    expect(row).to_contain_text("nightly.close();")
    expect(row).to_contain_text("Evening › At the end of the day")
    expect(row).not_to_contain_text(HANGS_UP)
    app.picture("hover-docstring-auto")


def test_a_doc_comment_is_shown_by_askdocs_as_well_where_it_always_is(
    app: Window, server: CodeServer
) -> None:
    with server.settings({"askdocs.hover.docstrings": "always"}, kind="Machine"):
        until_copies(app, 2)
        app.picture("hover-docstring-always")
    until_copies(app, 1)


def test_other_extensions_are_asked_for_definitions(window: Window) -> None:
    window.open_file("right.py", 3)
    window.until_hover("shine", SHINE)


@pytest.mark.parametrize("name", ODD)
def test_no_or_odd_definitions_change_nothing(window: Window, name: str) -> None:
    window.open_file(f"{name}.py", 3)
    window.until_hover("shine", SHINE)


def until_copies(window: Window, copies: int) -> None:
    """Point at a member with a doc comment until it is shown so often, and links to its uses."""
    hover = window.page.locator(".monaco-hover:visible", has_text="More in the docs:")

    def is_shown() -> bool:
        window.point_away()
        window.word("close").hover()
        with suppress(BrowserError, AssertionError):
            expect(hover.get_by_text(HANGS_UP)).to_have_count(copies, timeout=3_000)
            return True
        return False

    until(is_shown, LIMIT_MS / 1000)
