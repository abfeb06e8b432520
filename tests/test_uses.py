"""Where the manual uses a symbol: sections whose code does, not those that only have its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.index_harness import Harness

from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import language_of
from askdocs_indexer.readers.markdown.samples import Sample, samples

SOURCES = {
    "pyproject.toml": '[project]\nname = "acme"\n',
    "acme/__init__.py": "from acme.client import Client, connect\n",
    "acme/client.py": (
        "class Client:\n"
        '    """A client."""\n\n'
        "    def get(self, url):\n"
        '        """Get it."""\n\n\n'
        "def connect():\n"
        '    """Connect."""\n'
        "    return Client()\n"
    ),
    "package.json": '{"name": "acme", "main": "src/index.ts"}',
    "src/index.ts": "/** Make a store. */\nexport function makeStore(): void {}\n",
    "go.mod": "module example.org/acme\n",
    "acme.go": "package acme\n\n// Dial dials.\nfunc Dial() {}\n",
}


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(tmp_path)
    for name, text in SOURCES.items():
        harness.write(name, text)
    yield harness
    harness.index.close()


def uses(harness: Harness, file: str, name: str) -> list[tuple[str, str]]:
    """Return the titles and the code of the sections that use what a file declares by a name."""
    harness.index.open()
    harness.index.sync(names_only=True)
    source = (harness.root / file).read_text()
    line = next(number for number, text in enumerate(source.split("\n")) if f" {name}(" in text)
    language = language_of(file) or ""
    character = source.split("\n")[line].index(f" {name}(") + 1
    symbol = harness.index.symbol(Parsed(source, language, file), line, character)
    assert symbol is not None
    return [(use.chunk.title, use.code) for use in harness.index.uses(symbol, language, 3)]


def page(harness: Harness, *sections: str, name: str = "docs/guide.md") -> None:
    harness.write(name, "# Guide\n\n" + "\n\n".join(sections) + "\n")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import acme\n\nacme.Client().get('/')\n", id="by the package"),
        pytest.param("from acme import Client as C\n\nC().get('/')\n", id="renamed"),
        pytest.param("from acme import connect\n\nconnect().get('/')\n", id="of what a call gives"),
        pytest.param("acme.Client().get('/')\n", id="without an import"),
        pytest.param("client.get('/')\n", id="of what is called like its type"),
        pytest.param(">>> import acme\n>>> acme.connect().get('/')\n<Response>\n", id="typed"),
    ],
)
def test_code_that_uses_a_method(harness: Harness, code: str) -> None:
    page(harness, f"## Requests\n\nText.\n\n```python\n{code}```", "## Other\n\nNo get here.")
    assert [title for title, _ in uses(harness, "acme/client.py", "get")] == ["Requests"]


@pytest.mark.parametrize(
    "section",
    [
        pytest.param("The method get of Client gets.", id="prose"),
        pytest.param("```python\nimport requests\n\nrequests.get('/')\n```", id="another library"),
        pytest.param(
            "```python\nfrom other import Client\n\nClient().get('/')\n```", id="another type"
        ),
        pytest.param("```python\nsettings = {}\nsettings.get('a')\n```", id="a builtin type"),
        pytest.param("```sh\nacme get /\n```", id="a shell"),
        pytest.param("```js\nclient.get('/')\n```", id="another language"),
        pytest.param("```python\ndef get():\n    pass\n\nget()\n```", id="one of its own"),
        pytest.param("```python\n# client.get\nx = 'client.get'\n```", id="comments and strings"),
    ],
)
def test_what_only_has_the_name(harness: Harness, section: str) -> None:
    page(harness, f"## Client\n\n{section}")
    assert uses(harness, "acme/client.py", "get") == []


def test_code_goes_on_from_section_to_section(harness: Harness) -> None:
    page(
        harness,
        "## Begin\n\n```python\nfrom acme import connect\n\nc = connect()\n```",
        "## Go on\n\n```python\nx = 1\n```\n\nThen:\n\n```python\nc.get('/')\n```",
    )
    assert uses(harness, "acme/client.py", "get") == [("Go on", "c.get('/')\n")]


@pytest.mark.parametrize(
    ("code", "is_use"),
    [("import os\nos.join(a)\n", True), ("os.join(a)\n", True), ("join(a)\n", False)],
)
def test_a_symbol_of_another_project(harness: Harness, code: str, is_use: bool) -> None:
    harness.write("docs/os.rst", "OS\n==\n\n.. py:function:: os.join(a)\n\n   Join.\n")
    page(harness, f"## Paths\n\n```python\n{code}```")
    harness.write("app.py", "import os\n\nx = [ os.join() ]\n")
    harness.index.open()
    harness.index.sync(names_only=True)
    parsed = Parsed((harness.root / "app.py").read_text(), "python", "app.py")
    symbol = harness.index.symbol(parsed, 2, 9)
    assert symbol is not None
    titles = [use.chunk.title for use in harness.index.uses(symbol, "python", 3)]
    assert titles == ["Paths"] * is_use


def test_a_declaration_is_no_use(harness: Harness) -> None:
    text = ".. py:function:: acme.connect()\n\n   Connect.\n"
    harness.write("docs/api.rst", f"API\n===\n\n{text}")
    assert uses(harness, "acme/client.py", "connect") == []
    code = "   ::\n\n      acme.connect()\n"
    harness.write("docs/api.rst", f"API\n===\n\n{text}\n{code}")
    harness.index.sync()
    assert [code for _, code in uses(harness, "acme/client.py", "connect")] == ["acme.connect()\n"]


def test_other_languages(harness: Harness) -> None:
    page(
        harness,
        "## Script\n\n```ts\nimport { makeStore } from 'acme'\n\nmakeStore()\n```",
        '## Go\n\n```go\nimport "example.org/acme"\n\nfunc main() { acme.Dial() }\n```',
    )
    assert [title for title, _ in uses(harness, "src/index.ts", "makeStore")] == ["Script"]
    assert [title for title, _ in uses(harness, "acme.go", "Dial")] == ["Go"]


def test_a_page_that_ranks_behind_is_left_out(harness: Harness) -> None:
    code = "```python\nimport acme\n\nacme.connect()\n```"
    page(harness, f"## Connect\n\nFirst.\n\n{code}")
    page(harness, f"## 1.0\n\nNews.\n\n{code}", name="CHANGELOG.md")
    assert [title for title, _ in uses(harness, "acme/client.py", "connect")] == ["Connect"]


def test_a_page_can_come_to_rank_behind(harness: Harness) -> None:
    code = "```python\nimport acme\n\nacme.connect()\n```"
    page(harness, f"## Connect\n\nFirst.\n\n{code}")
    assert [title for title, _ in uses(harness, "acme/client.py", "connect")] == ["Connect"]
    versions = [f"## {major}.0\n\nNews.\n\n{code}" for major in range(1, 5)]
    page(harness, *versions)
    assert uses(harness, "acme/client.py", "connect") == []


def test_a_common_word_in_the_way(harness: Harness) -> None:
    """Pages that are full of a symbol's owner, or its name in prose, do not hide its use."""
    for number in range(30):
        words = "client acme Client acme.client " * 20
        page(harness, f"## Part {number}\n\n{words}", name=f"docs/{number}.md")
    page(harness, "## Use\n\nText.\n\n```python\nimport acme\n\nacme.Client().get('/')\n```")
    assert [title for title, _ in uses(harness, "acme/client.py", "get")] == ["Use"]


def test_the_samples_of_a_text() -> None:
    text = (
        "Text with `code`.\n\n```{.py title=x}\na = 1\n```\n\n- Item:\n\n  ~~~\n  b\n  ~~~\n\n"
        "```console\n$ ls\n```\n\n```pycon\n>>> c = 3\n>>> def f():\n...     pass\n3\n```\n"
    )
    assert [*samples(text)] == [
        Sample("python", "a = 1\n", is_marked=True),
        Sample("", "b\n", is_marked=False),
        Sample("", "$ ls\n", is_marked=True),
        Sample("python", "c = 3\ndef f():\n    pass\n", is_marked=True),
    ]
