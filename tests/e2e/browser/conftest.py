"""Fixtures of the browser tests: one user, one daemon, one VS Code, one Chromium."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.e2e.browser.code_server import ROOT, CodeServer, code_server, missing
from tests.e2e.browser.window import PICTURES, Shared, Window, chromium
from tests.e2e.daemon_support import User, a_user
from tests.e2e.lsp_support import ASKDOCS

SOURCE = '''"""Prints the passages that fit a query."""

from pathlib import Path

from askdocs_indexer import (
    DocsSettings, EmbeddingSettings, IndexSettings, SentenceTransformerEmbedder, WorkspaceIndex
)

embedder = SentenceTransformerEmbedder(EmbeddingSettings(model="bundled"))
embedder.load()
index = WorkspaceIndex(Path("."), DocsSettings(), IndexSettings(), embedder)
index.open()
print(index.search("How are files ignored?", limit=5))
'''


@pytest.fixture(scope="package", autouse=True)
def _tools() -> None:
    """Where something is missing, these tests cannot run: a failure in CI, elsewhere a skip."""
    if problem := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)


@pytest.fixture(scope="package")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """A user who has installed askdocs where `uv tool install` puts it."""
    with a_user(tmp_path_factory.mktemp("user")) as user:
        user.environment["HOME"] = str(user.top)
        user.configure(idle_minutes=5, model=True)
        config = Path(user.environment["XDG_CONFIG_HOME"]) / "askdocs" / "config.toml"
        trusted = json.dumps([str(user.top / "weather")])
        config.write_text(f"{config.read_text()}trustedWorkspaces = {trusted}\n")
        binaries = user.top / ".local" / "bin"
        binaries.mkdir(parents=True)
        (binaries / "askdocs").symlink_to(ASKDOCS)
        yield user


@pytest.fixture(scope="package")
def project(user: User) -> Path:
    """A copy of this project's own documentation, and a script that uses what it documents."""
    folder = user.top / "askdocs"
    shutil.copytree(ROOT / "docs", folder / "docs")
    (folder / "search.py").write_text(SOURCE)
    return folder


@pytest.fixture(scope="package")
def server(user: User) -> Iterator[CodeServer]:
    """A running VS Code; what the extension has logged is kept beside the pictures."""
    with code_server(user.top / "code-server", user.environment) as server:
        yield server
        (PICTURES / "extension.log").write_text(server.logs(), "utf-8")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def shared(browser: Browser, server: CodeServer, project: Path) -> Iterator[Shared]:
    """The window of a module's tests, on the project."""
    with Shared(browser, server.url(project)) as shared:
        yield shared


@pytest.fixture
def window(shared: Shared, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A window with nothing open; how it looked at the end of a test that failed is kept."""
    failed = request.session.testsfailed
    window = shared.window()
    yield window
    if request.session.testsfailed > failed:
        window.picture(f"end-of-{request.node.name}")
        shared.close()
