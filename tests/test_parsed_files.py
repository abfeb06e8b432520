"""Files are parsed once for each text, and after an edit only where that has changed something."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from askdocs_indexer.languages import parsing
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_server.hover.parse_cache import ParsedFiles

PIECES = [
    "x",
    ".",
    "(",
    ")",
    ":",
    '"',
    "\n",
    "    ",
    "def ",
    "é",
    "\U0001f600",
    "\ud800",
    "os.path",
]
SOURCE = Path(parsing.__file__).read_text("utf-8")


def tree_of(parsed: parsing.Parsed) -> str:
    assert parsed.tree is not None
    return str(parsed.tree.root_node)


@pytest.mark.parametrize("seed", range(8))
def test_edits_end_in_the_tree_of_a_fresh_parse(seed: int) -> None:
    chance = random.Random(seed)
    text, parsed = SOURCE, Parsed(SOURCE, "python")
    for _ in range(25):
        for _ in range(chance.choice([1, 1, 3])):
            at = chance.randrange(len(text))
            end = at + chance.choice([0, 0, 1, 40])
            text = text[:at] + chance.choice(PIECES) + text[end:]
        parsed = Parsed(text, "python", before=parsed)
        assert parsed.source == text
        # What is half typed may be recovered from in another way; what is whole may not.
        assert parsed.tree is not None
        parsed.tree.root_node.walk()
    parsed = Parsed(SOURCE, "python", before=parsed)
    assert tree_of(parsed) == tree_of(Parsed(SOURCE, "python"))


def found(files: ParsedFiles, text: str, word: str, file: str = "a.py") -> Symbol | None:
    """Look a word's last occurrence up."""
    before, _, _ = text.rpartition(word)
    line = before.count("\n")
    with files.parsed(file, "python", text) as parsed:
        return symbol_in(parsed, line, len(before) - (before.rfind("\n") + 1))


def test_half_typed_code_is_looked_up_where_it_is() -> None:
    files = ParsedFiles()
    for typed in ("", "o", "os", "os.p", "os.path", "os.path.join", "os.path.join("):
        text = f"import os\n\ndef f():\n    {typed}\n    return os.path.split\n"
        symbol = found(files, text, "split")
        assert symbol is not None
        assert symbol.candidates[0] == "os.path.split"
        assert symbol.start == (4, 19)


def test_a_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def counting(source: str, *arguments: object, **more: object) -> parsing.Parsed:
        texts.append(source)
        return Parsed(source, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("askdocs_server.hover.parse_cache.Parsed", counting)
    files = ParsedFiles(limit=2)
    one, two = "import os\nos.path\n", "import os\nos.sep\n"
    for text in (one, one, two, two, one):
        assert found(files, text, "os") is not None
    assert texts == [one, two, one]
    for name in ("b.py", "c.py", "a.py"):
        found(files, one, "os", name)
    assert len(texts) == 6


def test_many_threads_get_what_one_would() -> None:
    files = ParsedFiles(limit=2)
    texts = [f"import os\n\n\nvalue = os.name{number}\n" for number in range(6)]

    def look(number: int) -> bool:
        symbol = found(files, texts[number % 6], f"name{number % 6}", f"f{number % 3}.py")
        return symbol is not None and symbol.candidates[0] == f"os.name{number % 6}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(300)))
