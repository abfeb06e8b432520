"""What documents include: the text is part of the page, its lines are the page's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_indexer.languages.documentation import read_source
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.inclusion.picks import by_numbers, by_object, by_region, by_text
from askdocs_indexer.readers.markdown.reader import read_markdown
from askdocs_indexer.readers.rst.reader import read_rst
from askdocs_indexer.types import Section, nothing_included

PUMP = """\
# A pump.
import pump

# --8<-- [start:dawn]
pump.start_at("dawn")
# --8<-- [end:dawn]

# ANCHOR: dusk
pump.stop_at("dusk")
# ANCHOR_END: dusk

#region noon
def noon():
    #region inner
    pump.rest()
    #endregion
    return 12
#endregion

# <night>
pump.sleep()
# </night>

class Valve:
    @property
    def is_open(self):
        return True
"""
FILES = {
    "examples/pump.py": PUMP,
    "docs/_note.md": "Mind the **valve**.\n",
    "docs/data.csv": "depth,1\nwidth,2\n",
    "docs/_book.md": "First words.\n\n## The last part\n\nLast words.\n\n## Behind\n\nMore.\n",
    "docs/_outer.md": 'Around.\n\n--8<-- "_note.md"\n',
    "docs/_loop.md": 'Turn.\n\n--8<-- "docs/_loop.md"\n',
    "docs/notes.rst": "Mind the *valve*.\n",
    "_includes/note.md": "Shared words.\n",
    "docs/img.bin": "",
}


def shown(section: Section) -> str:
    return "\n\n".join(block.text for block in section.blocks)


def read(text: str, path: str = "docs/guide/page.md") -> str:
    read_page = read_rst if path.endswith("rst") else read_markdown
    return "\n\n".join(map(shown, read_page(text, path, FILES.get)))


DAWN = 'pump.start_at("dawn")'
DUSK = 'pump.stop_at("dusk")'
NOON = "pump.rest()"
NIGHT = "pump.sleep()"
CLASS = "class Valve"


# Statement -> (what it shows, what it does not show).
MARKDOWN: dict[str, tuple[str, str]] = {
    '--8<-- "examples/pump.py"': (NIGHT, "[start:"),
    "--8<-- '../../examples/pump.py'": (NIGHT, "ANCHOR"),
    '--8<-- "examples/pump.py:dawn"': (DAWN, DUSK),
    '--8<-- "examples/pump.py:5:5"': (DAWN, DUSK),
    '--8<-- "examples/pump.py::2"': ("import pump", DAWN),
    '```py\n--8<-- "examples/pump.py:dawn"\n```': (f"```py\n{DAWN}\n```", DUSK),
    '- Item\n\n    ```py\n    --8<-- "examples/pump.py:dawn"\n    ```': (DAWN, DUSK),
    '> --8<-- "docs/_note.md"': ("> Mind the **valve**.", "8<"),
    "--8<--\ndocs/_note.md\nexamples/pump.py:dawn\n--8<--": (DAWN, "8<"),
    '--8<-- "docs/_outer.md"': ("Mind the **valve**.", "8<"),
    '--8<-- "docs/_loop.md"': ("Turn.", "Turn.\n\nTurn."),
    ';--8<-- "docs/_note.md"': ('--8<-- "docs/_note.md"', "valve"),
    '--8<-- "docs/absent.md"': ('--8<-- "docs/absent.md"', "valve"),
    '--8<-- "examples/pump.py:absent"': ("8<", DAWN),
    '--8<-- "https://example.org/pump.py"': ("8<", DAWN),
    "{* ../../examples/pump.py ln[5,9] hl[1] *}": (f"{DAWN}\n{DUSK}", NIGHT),
    '```Python hl_lines="1"\n{!../../examples/pump.py!}\n```': (
        '```Python hl_lines="1"\n# A pump.',
        "{!",
    ),
    "{!> ../../examples/pump.py [ln:5-5] !}": (DAWN, DUSK),
    '{% include-markdown "../_note.md" %}': ("Mind the **valve**.", "include"),
    "{% include note.md %}": ("Shared words.", "include"),
    '{{< readfile file="examples/pump.py" code="true" lang="python" >}}': (
        "```python\n# A pump.",
        "readfile",
    ),
    '{{% include "docs/_note.md" %}}': ("Mind the **valve**.", "include"),
    '{{ include_file("docs/_note.md") }}': ("Mind the **valve**.", "include"),
    "{{#include ../../examples/pump.py:dusk}}": (DUSK, DAWN),
    "```rust\n{{#rustdoc_include ../../examples/pump.py:4:6}}\n```": (
        f"```rust\n{DAWN}\n```",
        DUSK,
    ),
    '{%\n  include-markdown "../_note.md"\n  start="<!-- a -->"\n  heading-offset=1\n%}': (
        "Mind the **valve**.",
        "include",
    ),
    "{! ../../examples/pump.py[ln:5-5]!}": (DAWN, DUSK),
    "```py\n{{ #include ../../examples/pump.py:dusk }}\n```": (DUSK, DAWN),
    "@[code{5-5} py](../../examples/pump.py)": (DAWN, DUSK),
    "<!--@include: ../_book.md#the-last-part-->": ("Last words.", "First words."),
    "![[_book.md#The last part]]": ("Last words.", "First words."),
    '{{< code-include path="/examples/pump.py" >}}{{< /code-include >}}': (NIGHT, "include"),
    '<CodeSnippet\n  file="examples/pump.py"\n  region="dawn"\n/>': (DAWN, DUSK),
    '```{r child="../_note.md"}\n```': ("Mind the **valve**.", "child"),
    "```{literalinclude} /examples/pump.py\n---\nlanguage: py\nlines: 5\n---\n```": (DAWN, DUSK),
    "````{tab-set}\n```{literalinclude} /examples/pump.py\n:lines: 5\n```\n````\n\n"
    "```{include} ../_note.md\n```": (DAWN, "include}"),
    "```{eval-rst}\n.. literalinclude:: /examples/pump.py\n   :lines: 5\n```": (DAWN, DUSK),
    "```{csv-table} Sizes\n:file: /docs/data.csv\n```": ("| depth | 1 |", "csv-table"),
    "import Note, {toc as parts} from '../_note.md';\n\n<Note />": ("Mind the **valve**.", "<Note"),
    '<source src="examples/pump.py" />': ("", DAWN),
    "<<< @/examples/pump.py#dawn{1 py}": (DAWN, DUSK),
    "<<< ../../examples/pump.py": (NIGHT, "<<<"),
    "<!--@include: ../_note.md-->": ("Mind the **valve**.", "include"),
    "<!-- @include: ../../examples/pump.py{5,5} -->": (DAWN, DUSK),
    "[!INCLUDE [a note](../_note.md)]": ("Mind the **valve**.", "INCLUDE"),
    "[!code-python[Pump](../../examples/pump.py?name=noon&highlight=1)]": (NOON, DAWN),
    "[!code-python[Pump](../../examples/pump.py#L5-L5)]": (DAWN, DUSK),
    ':::code language="python" source="../../examples/pump.py" id="night":::': (NIGHT, DAWN),
    ':::code language="python" source="../../examples/pump.py" range="5,9":::': (
        f"{DAWN}\n{DUSK}",
        NIGHT,
    ),
    "[pump](../../examples/pump.py ':include :type=code')": (NIGHT, ":include"),
    "![[_note.md]]": ("Mind the **valve**.", "[["),
    "```js file=../../examples/pump.py#L5\n```": (DAWN, DUSK),
    "```{literalinclude} /examples/pump.py\n:language: py\n:pyobject: Valve.is_open\n```": (
        "@property\ndef is_open",
        CLASS,
    ),
    "```{include} ../_note.md\n```": ("Mind the **valve**.", "include}"),
    ":::{literalinclude} ../../examples/pump.py\n:lines: 5\n:::": (DAWN, DUSK),
    "import Pump from '!!raw-loader!@site/examples/pump.py';\n\n<CodeBlock>{Pump}</CodeBlock>": (
        NIGHT,
        "{Pump}",
    ),
    "import pump from '../../examples/pump.py?raw';\n\n<Code code={pump} lang=\"py\" />": (
        NIGHT,
        "{pump}",
    ),
    "import Note from '../_note.md';\n\n<Note />": ("Mind the **valve**.", "<Note"),
    "import Valve from './valve';\n\n<Valve />": ("", DAWN),
    '<CodeSnippet file="examples/pump.py" region="dawn" />': (DAWN, DUSK),
    '<img src="docs/_note.md" />': ("", "valve"),
}
RST: dict[str, tuple[str, str]] = {
    ".. literalinclude:: ../../examples/pump.py\n   :language: python": (
        "```python\n# A pump.",
        "ANCHOR",
    ),
    ".. literalinclude:: /examples/pump.py\n   :lines: 5, 9-9": (f"{DAWN}\n{DUSK}", NIGHT),
    ".. literalinclude:: /examples/pump.py\n   :start-after: import pump\n   :end-before: dusk": (
        DAWN,
        DUSK,
    ),
    ".. literalinclude:: /examples/pump.py\n   :start-at: class\n   :end-at: def": (
        CLASS,
        "return True",
    ),
    ".. literalinclude:: /examples/pump.py\n   :pyobject: Valve\n   :caption: The valve": (
        "**The valve**",
        DAWN,
    ),
    "* Item\n\n  .. literalinclude:: /examples/pump.py": (NIGHT, "literalinclude"),
    ".. include:: ../notes.rst": ("Mind the *valve*.", "include"),
    ".. include:: /examples/pump.py\n   :code: python\n   :start-line: 4\n   :end-line: 5": (
        DAWN,
        DUSK,
    ),
    ".. include:: <isonum.txt>": ("", "isonum"),
    ".. csv-table:: Sizes\n   :header: what, m\n   :file: ../data.csv": ("| depth", "data.csv:"),
}


# (File, text) -> what its documentation shows.
COMMENTS: dict[tuple[str, str], str] = {
    (
        "src/lib.rs",
        '#![doc = include_str!("../docs/_note.md")]\n\npub fn run() {}\n',
    ): "the **valve**",
    (
        "src/lib.rs",
        '/// Runs.\n#[doc = include_str!("../docs/_note.md")]\npub fn run() {}\n',
    ): "Runs.\nMind the **valve**.",
    (
        "src/lib.rs",
        '#[ doc  =  std::include_str! { r"../docs/_note.md" } ]\npub fn run() {}\n',
    ): "the **valve**",
    (
        "src/lib.rs",
        '#![cfg_attr(doc, doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), '
        '"/docs/_note.md")))]\n',
    ): "the **valve**",
    (
        "include/pump.h",
        "/**\n * Starts.\n *\n * \\snippet pump.py night\n */\nvoid start(void);\n",
    ): f"```py\n{NIGHT}\n```",
    ("include/pump.hpp", "/// Starts.\n/// @include pump.py\nvoid start();\n"): "import pump",
    (
        "src/pump.ts",
        "/**\n * Starts.\n *\n * {@includeCode ../examples/pump.py#dawn}\n */\n"
        "export function start() {}\n",
    ): DAWN,
}


@pytest.mark.parametrize("source", COMMENTS)
def test_doc_comments(source: tuple[str, str]) -> None:
    path, text = source
    sections = read_source(text, path, FILES.get)
    assert COMMENTS[source] in "\n".join(map(shown, sections))
    assert max(section.end_line for section in sections) <= len(lines_of(text))
    assert COMMENTS[source] not in "\n".join(map(shown, read_source(text, path)))


@pytest.mark.parametrize("statement", MARKDOWN)
def test_markdown(statement: str) -> None:
    text = read(f"# Pumps\n\nBefore.\n\n{statement}\n\nBehind.\n")
    holds, lacks = MARKDOWN[statement]
    assert holds in text
    assert lacks not in text
    assert text.index("Before.") < (text.index(holds) if holds else len(text))
    assert text.rstrip().endswith("Behind.")


@pytest.mark.parametrize("statement", RST)
def test_rst(statement: str) -> None:
    text = read(f"Pumps\n=====\n\nBefore.\n\n{statement}\n\nBehind.\n", "docs/guide/page.rst")
    holds, lacks = RST[statement]
    assert holds in text
    assert lacks not in text
    assert text.rstrip().endswith("Behind.")


def test_the_lines_are_those_of_the_page() -> None:
    page = '# Pumps\n\n--8<-- "examples/pump.py"\n\nBehind.\n\n## Last\n\nWords.\n'
    first, last = read_markdown(page, "docs/page.md", FILES.get)
    assert (first.start_line, first.end_line) == (1, 5)
    assert {(block.start_line, block.end_line) for block in first.blocks[:-1]} == {(3, 3)}
    assert (last.start_line, last.end_line) == (7, 9)


def test_a_link_below_included_code_leads_to_its_file() -> None:
    text = read('```py\n--8<-- "examples/pump.py:dawn"\n```\n')
    assert text.endswith("[examples/pump.py](../../examples/pump.py)")
    text = read(".. literalinclude:: /examples/pump.py\n", "docs/page.rst")
    assert "[examples/pump.py](../examples/pump.py)" in text


def test_what_is_looked_for_stays_inside_of_the_root() -> None:
    asked: list[str] = []

    def include(path: str) -> None:
        asked.append(path)

    read_markdown('--8<-- "../../../secret.txt"\n\n--8<-- "/etc/passwd"\n', "docs/page.md", include)
    assert asked
    assert not [path for path in asked if path.startswith(("/", ".."))]


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        (by_numbers("2-3"), ["b", "c"]),
        (by_numbers("-2"), ["a", "b"]),
        (by_numbers("4-"), ["d", "e"]),
        (by_numbers("1,3,9"), ["a", "c"]),
        (by_numbers("5-2"), []),
        (by_numbers("x,2"), ["b"]),
        (by_numbers("-2:", ":"), ["d", "e"]),
        (by_numbers("2:3", ":"), ["b", "c"]),
        (by_numbers("2:3,5", ":"), ["b", "c", "e"]),
        (by_region("absent"), []),
        (by_text({"start-after": "b", "end-before": "e"}), ["c", "d"]),
        (by_text({"start-at": "d"}), ["d", "e"]),
        (by_object("absent"), ["a", "b", "c", "d", "e"]),
    ],
)
def test_picks(pick: object, expected: list[str]) -> None:
    assert callable(pick)
    assert pick(["a", "b", "c", "d", "e"]) == expected


STATEMENTS = st.sampled_from([*MARKDOWN, *RST, "```", "~~~", "    code", "- item", "", "text"])


@given(st.lists(STATEMENTS, max_size=8))
def test_nothing_is_out_of_its_place(statements: list[str]) -> None:
    """Whatever is included where, spans lie in the page and follow each other."""
    page = "\n".join(statements)
    for read_page, path in ((read_markdown, "docs/a/page.md"), (read_rst, "docs/a/page.rst")):
        for include in (FILES.get, nothing_included):
            sections = read_page(page, path, include)
            starts = [section.start_line for section in sections]
            assert starts == sorted(starts)
            for section in sections:
                assert 1 <= section.start_line <= section.end_line <= len(lines_of(page))
                for block in section.blocks:
                    assert section.start_line <= block.start_line <= block.end_line
