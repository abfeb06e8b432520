"""Different editors on one project: a real Neovim, a generic client and the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.daemon_support import GUIDE, User, a_user, until
from tests.e2e.editors import DOCS, configuration, find_editor, with_askdocs
from tests.e2e.lsp_support import ASKDOCS, eventually, within
from tests.e2e.neovim import Neovim, neovim

from askdocs_server.generation.vllm_generator import LocalGenerator

pytestmark = pytest.mark.timeout(240)

PLUGIN = DOCS / "editors" / "askdocs.lua"
# Neovim 0.11 has another interface to language servers than those before.
BEFORE_0_11 = r"NVIM v0\.(7|8|9|10)\."
SINCE_0_11 = r"NVIM v(0\.(1[1-9]|[2-9]\d)|[1-9]\d*)\."


@pytest.fixture(params=[BEFORE_0_11, SINCE_0_11], ids=["before 0.11", "since 0.11"])
def nvim(request: pytest.FixtureRequest) -> str:
    return find_editor("nvim", version=request.param)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


def attached(window: Neovim, **options: int) -> None:
    """Wait until the language server has indexed the project."""
    window.set_up(PLUGIN, [ASKDOCS, "lsp"], **options)

    def is_ready() -> bool:
        status = window.request("askdocs/status", {})
        index = status["index"]
        return bool(index["state"] == "ready" and index["files"] and not index["pendingFiles"])

    until(is_ready, 90)


def test_neovim_hovers_asks_and_follows_the_disk(nvim: str, user: User) -> None:
    project = user.project()
    (project / "askdocs.toml").unlink()  # A folder is a project also where nothing marks it.
    with neovim(nvim, project / "app.py", user) as window:
        attached(window)
        assert "once a year" in window.hover(3, 10)
        assert window.hover(1, 1) == ""
        # Below an edit, behind a character of two UTF-16 units and four bytes.
        window.insert(1, "x = '\U0001f327'; station.calibrate()")
        assert "once a year" in window.hover(2, 22)
        answer = window.request(
            "workspace/executeCommand",
            {
                "command": "askdocs.server.ask",
                "arguments": [{"question": "How is the rain gauge emptied?"}],
            },
        )
        assert "Turn the rain gauge over" in answer["answer"]
        (project / "guide.md").write_text(GUIDE.replace("once a year", "twice a month"))
        until(lambda: "twice a month" in window.hover(4, 10), 60)
        window.command("write")
    until(lambda: user.data("status", "--root", str(project))["daemon"]["sessions"] == 0)


MAST = '''\
class Mast:
    def hoist(self, flag):
        """Pull a flag to the top of the mast."""
'''
# What `build` gives cannot be read from here.
HARBOUR = "from elsewhere import build\n\nmast = build()\nmast.hoist('red')\n"


def defining(mast: Path, *seconds: str) -> list[str]:
    server = Path(__file__).with_name("definition_server.py")
    return [sys.executable, str(server), str(mast), "1", "8", *seconds]


@pytest.mark.parametrize(
    ("seconds", "limit_ms", "words"),
    [((), 30_000, "top of the mast"), (("600",), 150, "")],
    ids=["in time", "never"],
)
def test_a_hover_has_what_another_language_server_knows(
    user: User, seconds: tuple[str, ...], limit_ms: int, words: str
) -> None:
    nvim = find_editor("nvim", version=SINCE_0_11)
    project = user.project()
    (project / "askdocs.toml").write_text("")  # Docstrings count.
    (project / "harbour.py").write_text(HARBOUR)
    (project / "mast.py").write_text(MAST)
    with neovim(nvim, project / "harbour.py", user) as window:
        attached(window, definition_ms=limit_ms)
        assert window.hovered(4, 6)[0] == ""
        window.define_by(defining(project / "mast.py", *seconds))
        text, waited = window.hovered(4, 6)
        assert words in text
        assert bool(text) == bool(words)
        assert waited < 30


# What a yard builds, its constructor's argument says.
YARD = """\
from collections.abc import Callable
from typing import Generic, TypeVar

from mast import Mast

Built = TypeVar("Built")


class Yard(Generic[Built]):
    def __init__(self, make: Callable[[int], Built]) -> None: ...
    def build(self) -> Built: ...


def mast_of(height: int) -> Mast: ...


yard = Yard(mast_of)
yard.build().hoist("red")
"""


def test_a_hover_has_what_basedpyright_knows(user: User) -> None:
    nvim = find_editor("nvim", version=SINCE_0_11)
    server = f"{find_editor('basedpyright', version='basedpyright')}-langserver"
    project = user.project()
    (project / "askdocs.toml").write_text("")
    (project / "mast.py").write_text(MAST)
    (project / "yard.py").write_text(YARD)
    line = YARD.count("\n")
    with neovim(nvim, project / "yard.py", user) as window:
        attached(window, definition_ms=30_000)
        assert window.hovered(line, 14)[0] == ""
        window.define_by([server, "--stdio"])
        assert "top of the mast" in window.hovered(line, 14)[0]


async def test_all_kinds_of_windows_see_the_same_state(nvim: str, user: User) -> None:
    project = user.project()
    editor = await user.editor(project)
    with neovim(nvim, project / "app.py", user) as window:
        attached(window)
        (project / "more.md").write_text("# More\n\n## Oil the wind vane\n\nA drop is enough.\n")

        async def is_found() -> bool:
            return "Oil the wind vane" in await editor.titles("oil the wind vane")

        await eventually(is_found)
        await editor.until_ready()
        mine = await editor.request("askdocs/search", {"query": "oil the wind vane"})
        theirs = window.request("askdocs/search", {"query": "oil the wind vane"})
        shell = user.data("search", "oil the wind vane", "--root", str(project))
        assert mine["hits"] == theirs["hits"]
        assert mine["index"] == theirs["index"]
        assert [hit["title"] for hit in shell["hits"]] == [hit["title"] for hit in mine["hits"]]
        assert user.daemons == [user.pid]
        assert not [one for one in editor.messages if "process" in one.message]
    await within(editor.shutdown_session())
    await editor.kill()


def shown(window: Neovim) -> str:
    return str(window.evaluate("table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n')"))


def floating(window: Neovim) -> str:
    """Return what the windows above the others show."""
    return str(window.evaluate("floating()"))


def place(window: Neovim) -> tuple[str, int]:
    name = window.evaluate("vim.fn.expand('%:t')")
    return name, window.evaluate("vim.fn.line('.')")


def asked(window: Neovim, command: str, words: str) -> str:
    """Ask, wait for the end of the answer and return what its window shows."""
    window.command(command)
    until(lambda: words in shown(window) and "stops it" not in shown(window), 60)
    return shown(window)


def test_the_file_for_neovim_asks_and_follows_citations(nvim: str, user: User) -> None:
    project = user.project()
    with neovim(nvim, project / "app.py", user) as window:
        window.set_up(PLUGIN, [ASKDOCS, "lsp"])

        def is_ready() -> bool:
            window.command("AskDocsStatus")
            told = window.evaluate("told[#told] or ''")
            return "index: ready, 1 files, 3 passages, 0 files pending" in told

        until(is_ready, 90)
        window.press("/calibrate<CR>K")
        until(lambda: "once a year" in floating(window))
        text = asked(window, "AskDocs How is the rain gauge emptied?", "Turn the rain gauge over")
        assert text.startswith("# How is the rain gauge emptied?\n\n")
        assert "\n[1] guide.md:11  Weather station > Empty the rain gauge" in text
        window.press("gg/\\[1]<CR><CR>")
        until(lambda: place(window) == ("guide.md", 11))
        window.press("<C-o>")
        until(lambda: place(window)[0] == "app.py")
        window.press("<C-w>jGgf")
        until(lambda: place(window)[0] == "guide.md")
        # About lines of the file: what is selected is part of the question.
        window.command(f"edit {project}/app.py")
        text = asked(window, "3AskDocs How often is this done?", "once a year")
        assert "\n[1] guide.md:7  Weather station > station.calibrate()" in text
        windows = window.evaluate("#vim.api.nvim_list_wins()")
        window.press("q")
        until(lambda: window.evaluate("#vim.api.nvim_list_wins()") == windows - 1)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(700)
async def test_the_file_for_neovim_streams_and_stops(
    nvim: str, user: User, vllm_generator: LocalGenerator
) -> None:
    project = user.project()
    settings = ["--set", "llm.mode=endpoint", "--set", f"llm.endpoint=unix:{vllm_generator.socket}"]
    sent = user.top / "sent"
    server = ["sh", "-c", 'tee "$0" | "$@"', str(sent), ASKDOCS, "lsp", *settings]
    question = "How often do I do station.calibrate, and on which day?"
    with neovim(nvim, project / "app.py", user) as window:
        window.set_up(PLUGIN, server)

        def has_model() -> bool:
            if "stops it" not in shown(window):
                window.command(f"AskDocs {question}")
            window.command("AskDocsStatus")
            return "answers: ready" in window.evaluate("told[#told] or ''")

        until(has_model, 90)
        until(lambda: "stops it" not in shown(window), 60)
        assert "cancelRequest" not in sent.read_text()
        # Stop at the first words, while the model still writes.
        window.command("lua at_words['*Writing'] = '<C-c>'")
        text = asked(window, f"AskDocs {question} Tell me all about it.", "*Stopped.*")
        until(lambda: "cancelRequest" in sent.read_text())
        # What was shown until then: nothing, the sources, the first words.
        searching, found, written, *_ = window.states
        assert "*Searching" in searching
        assert "guide.md" not in searching
        assert "\n[1] guide.md:7" in found
        assert "once a year" not in found
        begun, _, _ = written.partition("\n\n*Writing")
        assert "once a year" in begun
        assert text.startswith(begun)


def test_a_configured_server_alone_gives_hovers(user: User, tmp_path: Path) -> None:
    nvim = find_editor("nvim", version=SINCE_0_11)
    init = tmp_path / "init.lua"
    init.write_text(configuration("lua", "vim.lsp.enable"))
    user.environment = with_askdocs(user.environment)
    with neovim(nvim, user.project() / "app.py", user, "-u", str(init)) as window:
        until(lambda: "once a year" in window.hover(3, 10), 90)
        window.press("K")
        until(lambda: "once a year" in floating(window))
