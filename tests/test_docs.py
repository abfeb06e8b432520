"""The documentation says what the code does: links, settings, commands, messages, names, blocks."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import io
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from askdocs_server.cli.parser import build_parser
from askdocs_server.settings.loader import load_settings
from askdocs_server.settings.schema import schema

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SECTIONS = frozenset(setting.section for setting in schema().values())
# Names that look like settings in code font, such as `index.db` and `hover.py`.
# What the server has as commands of `workspace/executeCommand`.
METHODS = ("ask", "search", "contents", "status", "reindex")
FILE_ENDINGS = frozenset({"db", "html", "lock", "md", "py", "ts"})

_SETTING = re.compile(rf"(?:askdocs\.)?((?:{'|'.join(SECTIONS)})\.([A-Za-z]\w*))(?:\s*=.*)?")
_IN_EDITOR = re.compile(rf"\baskdocs\.((?:{'|'.join(SECTIONS)})\.\w+)")
_CONTRIBUTED = re.compile(r"askdocs\.[a-z]\w*(?:\.\w+)?")
_SETTINGS_FILE = re.compile(r"#\s*(askdocs\.toml|config\.toml)\n")


@dataclass(frozen=True)
class Fence:
    """A fenced code block and where it stands."""

    place: str
    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """One page, parsed."""

    path: Path
    tokens: tuple[Token, ...]

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    def inline(self) -> Iterator[Token]:
        for token in self.tokens:
            yield from token.children or ()

    def code_spans(self) -> Iterator[str]:
        return (token.content for token in self.inline() if token.type == "code_inline")

    def links(self) -> Iterator[str]:
        for token in self.inline():
            for name in ("href", "src"):
                if name in token.attrs:
                    yield str(token.attrs[name])

    def headings(self) -> Iterator[Token]:
        for opening, inline in zip(self.tokens, self.tokens[1:], strict=False):
            if opening.type == "heading_open":
                yield inline

    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub makes them."""
        found: set[str] = set()
        for heading in self.headings():
            text = "".join(token.content for token in heading.children or ())
            slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
            same = sum(1 for one in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one))
            found.add(f"{slug}-{same}" if same else slug)
        return found

    def fences(self, *languages: str) -> Iterator[Fence]:
        for token in self.tokens:
            if token.type == "fence" and token.info.strip() in languages and token.map:
                yield Fence(f"{self.name}:{token.map[0] + 1}", token.info.strip(), token.content)


@cache
def page(path: Path) -> Page:
    parser = MarkdownIt("commonmark").enable("table")
    return Page(path, tuple(parser.parse(path.read_text("utf-8"))))


def fences(*languages: str) -> list[Any]:
    found = [fence for path in PAGES for fence in page(path).fences(*languages)]
    return [pytest.param(fence, id=fence.place) for fence in found]


each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


@each_page
def test_links_and_anchors_lead_somewhere(path: Path) -> None:
    for link in page(path).links():
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{path.name} links to {link}, which is not there"
        if anchor:
            assert anchor in page(target).anchors(), f"{path.name}: {link} names no heading"


def test_every_page_is_listed() -> None:
    listed = {unquote(link) for link in page(ROOT / "docs" / "index.md").links()}
    assert {path.name for path in PAGES[1:]} - {"index.md"} <= listed


# A setting of the VS Code client alone, whose name is among the server's.
DEFINITION_BUDGET = "hover.definitionBudgetMs"


@each_page
def test_settings_exist(path: Path) -> None:
    for span in page(path).code_spans():
        match = _SETTING.fullmatch(span)
        if match and match[2] not in FILE_ENDINGS:
            is_known = match[1] in schema() or match[1] == DEFINITION_BUDGET
            assert is_known, f"{path.name}: there is no setting {span}"
    for fence in page(path).fences("json", "lua", "lisp", "sh"):
        for key in _IN_EDITOR.findall(fence.text):
            assert key in schema(), f"{fence.place}: there is no setting {key}"


@each_page
def test_what_the_extension_contributes_exists(path: Path) -> None:
    manifest = json.loads((ROOT / "client-vscode" / "package.json").read_text("utf-8"))
    contributes = manifest["contributes"]
    known = {command["command"] for command in contributes["commands"]}
    known |= {key for part in contributes["configuration"] for key in part["properties"]}
    known |= {f"askdocs.server.{name}" for name in METHODS}
    for span in page(path).code_spans():
        is_file = span.rpartition(".")[2] in FILE_ENDINGS | {"toml", "vsix"}
        if _CONTRIBUTED.fullmatch(span) and not is_file:
            assert span in known, f"{path.name}: the extension has no {span}"


@pytest.mark.parametrize("fence", fences("python"))
def test_python_compiles(fence: Fence) -> None:
    compile(fence.text, fence.place, "exec")


@pytest.mark.parametrize("fence", fences("python"))
def test_python_imports_exist(fence: Fence) -> None:
    for node in ast.walk(ast.parse(fence.text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("askdocs_"):
            module = importlib.import_module(str(node.module))
            for name in node.names:
                assert hasattr(module, name.name), f"{fence.place}: no {node.module}.{name.name}"


@pytest.mark.parametrize("fence", fences("json"))
def test_json_parses(fence: Fence) -> None:
    json.loads(fence.text)


@pytest.mark.parametrize("fence", fences("toml"))
def test_toml_parses_and_its_settings_are_accepted(
    fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomllib.loads(fence.text)
    named = _SETTINGS_FILE.match(fence.text)
    if named is None:
        return
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own, workspace = tmp_path / "config" / "askdocs", tmp_path / "project"
    own.mkdir(parents=True)
    workspace.mkdir()
    folder = own if named[1] == "config.toml" else workspace
    (folder / named[1]).write_text(fence.text, "utf-8")
    assert load_settings(workspace)[1] == []


@pytest.mark.parametrize("fence", fences("sh"))
def test_commands_are_understood(fence: Fence) -> None:
    for line in fence.text.splitlines():
        for part in re.split(r"[|;]| && ", line) if "'" not in line else line.split(" | "):
            words = shlex.split(part.partition(" > ")[0], comments=True)
            if not words or Path(words[0]).name != "askdocs":
                continue
            said = io.StringIO()
            try:
                with contextlib.redirect_stderr(said):
                    options = build_parser().parse_args(words[1:])
            except SystemExit:
                pytest.fail(f"{fence.place}: {line}\n{said.getvalue()}")
            assert all(key in schema() for key, _ in options.set), f"{fence.place}: {line}"


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for path in PAGES:
        for target in re.findall(r"\bmake ([a-z0-9-]+)", " ".join(_code(page(path)))):
            assert target in targets, f"{path.name}: there is no `make {target}`"


def test_documented_messages_are_those_of_the_code() -> None:
    known = "\0".join(_texts_of_the_code())
    headings = list(page(ROOT / "docs" / "troubleshooting.md").headings())
    messages = [
        child.content
        for heading in headings
        for child in heading.children or ()
        if child.type == "code_inline"
    ]
    assert len(messages) > 30
    for message in messages:
        for part in message.split("…"):
            text = part.strip()
            assert len(text) < 2 or text in known, f"no message of the code says {part!r}"


def test_documented_names_exist_with_their_parameters() -> None:
    headings = list(page(ROOT / "docs" / "python-api.md").headings())
    names = [
        child.content
        for heading in headings
        for child in heading.children or ()
        if child.type == "code_inline"
    ]
    assert len(names) > 40
    for signature in names:
        name, _, rest = signature.partition("(")
        found = _resolved(name)
        if rest:
            written = [one.strip() for one in rest.rstrip(")").split(",") if one.strip()]
            known = list(inspect.signature(found).parameters)
            offset = 1 if known[:1] == ["self"] else 0
            assert written == known[offset : offset + len(written)], signature


def test_documented_file_formats_are_those_of_the_readers() -> None:
    from askdocs_indexer.ingest.formats import reader_for

    text = (ROOT / "docs" / "indexing.md").read_text("utf-8")
    section = text.partition("## Which file formats")[2].partition("\n## ")[0]
    spans = re.findall(r"`([^`]+)`", section)
    documents = [one for one in spans if re.fullmatch(r"\.[a-z]+|[A-Z]+", one)]
    assert len(documents) > 10
    for name in documents:
        path = f"docs/page{name}" if name.startswith(".") else name
        assert reader_for(path) is not None, f"{name} is not read"
    for name in (one for one in spans if re.fullmatch(r"\w+\.txt", one)):
        assert reader_for(name) is None, f"{name} is read"


def _code(of: Page) -> Iterator[str]:
    yield from of.code_spans()
    yield from (fence.text for fence in of.fences("sh"))


def _texts_of_the_code() -> Iterator[str]:
    """Every constant text in the sources, pieces of f-strings included."""
    for folder in ("server", "indexer"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value.strip()


def _resolved(name: str) -> Any:
    """Import the longest module in a dotted name and take its attributes from there."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: ModuleType | Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f"there is no {name}")
