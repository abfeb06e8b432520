"""Notebooks: where their lines stand in the file, and what is no notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askdocs_indexer.errors import ReadError
from askdocs_indexer.readers.notebook.reader import read_notebook

Row = tuple[int, int, str]


def cell(kind: str, source: str | list[str], **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def notebook(*cells: dict[str, Any], indent: int | None = None, **metadata: Any) -> str:
    return json.dumps({"metadata": metadata, "nbformat": 4, "cells": cells}, indent=indent)


def blocks(text: str) -> list[Row]:
    sections = read_notebook(text, "a.ipynb")
    found = [block for section in sections for block in section.blocks]
    return [(block.start_line, block.end_line, block.text) for block in found]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('["a\\n",\n"b"]', (3, 4)),
        ('["a\\nb"]', (3, 3)),
        ('"a\\nb"', (3, 3)),
        ('[\n"a\\n", "b"]', (4, 4)),
        ('["a",\n"\\n",\n"b"]', (3, 5)),
        ('["",\n"\\n",\n"a\\n",\n"b\\n",\n"\\n"]', (5, 6)),
        ('["a\\r\\n",\n"b\\r\\n"]', (3, 4)),
    ],
)
@pytest.mark.parametrize(
    ("kind", "text"), [("markdown", "a\nb"), ("raw", "a\nb"), ("code", "```python\na\nb\n```")]
)
def test_a_line_stands_where_its_string_does(
    source: str, lines: tuple[int, int], kind: str, text: str
) -> None:
    written = f'{{"cells": [\n{{"cell_type": "{kind}",\n"source": {source}}}]}}'
    assert [row[2] for row in blocks(written)] == [text]
    assert [row[:2] for row in blocks(written)] == [lines]


def test_headings_open_sections_across_cells() -> None:
    text = notebook(
        cell("markdown", "# Tour\n## `Client`"),
        cell("code", "Client()"),
        cell("markdown", "### `connect()`\nwords"),
        cell("markdown", "more words"),
    )
    sections = read_notebook(text, "a.ipynb")
    assert [(section.heading_path, section.symbols) for section in sections] == [
        (("Tour",), ()),
        (("Tour", "Client"), ("Client",)),
        (("Tour", "Client", "connect()"), ("Client.connect",)),
    ]
    assert [len(section.blocks) for section in sections] == [0, 1, 2]


@pytest.mark.parametrize(
    ("metadata", "code", "language"),
    [
        ({}, "x", "python"),
        ({"kernelspec": {"language": "R"}}, "x", "r"),
        ({"language_info": {"name": "julia"}}, "x", "julia"),
        ({"kernelspec": {"name": "ir"}, "language_info": {"name": "C++17"}}, "x", "c++17"),
        ({"kernelspec": {"language": "`` `\n"}}, "x", ""),
        ({"kernelspec": 1, "language_info": None}, "x", "python"),
        ({}, "%matplotlib inline", "python"),
        ({}, "%%bash\nls", "bash"),
        ({}, "%%time\nx", "python"),
    ],
)
def test_code_is_fenced_with_its_language(
    metadata: dict[str, Any], code: str, language: str
) -> None:
    ((_, _, shown),) = blocks(notebook(cell("code", code), **metadata))
    assert shown == f"```{language}\n{code}\n```"


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ([cell("code", "x", outputs=[cell("markdown", "unseen")])], ["```python\nx\n```"]),
        ([cell("markdown", "x", attachments={"a": cell("raw", "unseen")})], ["x"]),
        ([cell("code", []), cell("markdown", "  \n"), cell("raw", "")], []),
        ([cell("raw", "a\n\n# b")], ["a", "# b"]),
        ([cell("markdown", "```\nopen"), cell("markdown", "x")], ["```\nopen", "x"]),
        ([cell("markdown", "a"), cell("markdown", "---\nb: c\n---")], ["a"]),
        ([cell("markdown", "a\ud83d\0")], ["a\ufffd\ufffd"]),
        ([{"cell_type": "heading", "level": 2, "source": ["a"]}], []),
        ([{"cell_type": "code", "input": ["x"], "language": "perl"}], ["```perl\nx\n```"]),
        ([{"cell_type": "markdown"}, {"cell_type": 3, "source": 4}], []),
    ],
)
def test_cells(cells: list[dict[str, Any]], texts: list[str]) -> None:
    assert [row[2] for row in blocks(notebook(*cells))] == texts
    assert [row[2] for row in blocks(notebook(*cells, indent=1))] == texts


def test_title_is_the_front_matter_s_or_the_metadata_s() -> None:
    (section,) = read_notebook(notebook(cell("raw", "x"), title="Named"), "a.ipynb")
    assert section.heading_path == ("Named",)
    front = cell("raw", "---\ntitle: In front\n---")
    (section,) = read_notebook(notebook(front, cell("markdown", "x"), title="Named"), "a.ipynb")
    assert section.heading_path == ("In front",)


def test_of_a_damaged_notebook_the_whole_cells_are_read() -> None:
    text = notebook(cell("markdown", "one"), cell("code", "two"), cell("raw", "three"), indent=1)
    for end in range(text.index('"three"'), len(text)):
        assert [row[2] for row in blocks(text[:end])][:2] == ["one", "```python\ntwo\n```"]
    conflict = text.replace('"cell_type": "code"', '"cell_type": "code"\n<<<<<<< HEAD')
    assert [row[2] for row in blocks(conflict)][::2] == ["one", "three"]


@pytest.mark.parametrize("text", ["", " \n", notebook(), '{"worksheets": []}'])
def test_a_notebook_may_be_empty(text: str) -> None:
    assert read_notebook(text, "a.ipynb") == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("words", "not valid JSON near line 1.*save it again"),
        ('{"a":\n1,\n]', "not valid JSON near line"),
        ('{"a": 1}', "not a Jupyter notebook.*docs.exclude"),
        ("[1]", "not a Jupyter notebook"),
        ('"cells"', "not a Jupyter notebook"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_notebook(text, "a.ipynb")
