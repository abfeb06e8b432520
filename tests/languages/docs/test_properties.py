"""What holds for the documentation of every source, whatever is in it."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.properties import check_ids, check_lines, check_words, numbered, words_of

from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.languages.documentation import read_source
from askdocs_indexer.readers.decoding import decode, lines_of
from askdocs_indexer.types import Chunk, Section

GOLDEN = Path(__file__).parents[2] / "readers" / "golden"

LIMIT = 300
# Templates of one construct each; WORD becomes a word that occurs nowhere else.
PIECES = {
    "py": (
        'def f(a):\n    """WORD.\n\n    WORD and\n    WORD.\n    """\n',
        'class C:\n    """WORD."""\n\n    x = 1\n    """WORD."""\n\n    def m(self): "WORD"\n',
        'def g():\n    """Do.\n\n    Args:\n        a: WORD\n          WORD\n\n    WORD\n    """\n',
        'def h():\n    """Do.\n\n    Raises\n    ------\n    E\n        WORD\n    """\n',
        'def i():\n    """Do.\n\n    :param a: WORD\n\n    ::\n\n        WORD\n    """\n',
        'def j():\n    """Do.\n\n    ```\n    WORD\n    ```\n    - WORD\n    """\n',
        'if x:\n    def k():\n        """WORD"""\nelse:\n    y = 2\n    "WORD"\n',
        "#: WORD\nz = 3\n",
        "def u():\n    return 1\n",
    ),
    "ts": (
        "/** WORD */\nfunction f() {}\n",
        "/**\n * WORD\n *\n * - WORD\n *   WORD\n */\nclass C {\n  /** WORD */\n  m() {}\n}\n",
        "/**\n * @param {X} a WORD\n *   WORD\n * @returns WORD\n */\nconst g = () => 1;\n",
        "/**\n * WORD\n * @example\n * WORD();\n */\nexport default { /** WORD */ a: 1 };\n",
        "interface I { /** WORD */ a: 1; /** WORD */ b: 2 }\n",
        "function u() {}\n",
    ),
    "go": (
        "// WORD\nfunc F() {}\n",
        "// WORD\n//\n//\tWORD\n//\n//   - WORD\n//     WORD\n"
        "type T struct {\n\t// WORD\n\tX int\n}\n",
        "// WORD\nconst (\n\tA = 1\n\t// WORD\n\tB = 2\n)\n",
        "func U() {}\n",
    ),
    "rs": (
        "/// WORD\npub fn f() {}\n",
        "/// WORD\n///\n/// # WORD\n///\n/// ```\n/// WORD\n/// ```\npub struct S {\n"
        "    /// WORD\n    pub x: u8,\n}\n",
        "/** WORD\n * WORD */\n#[x]\npub enum E {\n    /// WORD\n    A,\n}\n",
        "impl S {\n    /// WORD\n    pub fn m() {}\n}\n",
        "fn u() {}\n",
    ),
    "java": (
        "/** WORD */\nclass C {}\n",
        "/**\n * WORD\n * <p>WORD\n * <pre>\n * WORD\n * </pre>\n * @return WORD\n *  WORD\n */\n"
        "interface I {\n  /** WORD */\n  void m();\n}\n",
        "/** WORD {@code WORD} {@link X WORD} */\nenum E {\n  /** WORD */ A, /** WORD */ B }\n",
        "class U {}\n",
    ),
    "kt": (
        "/** WORD */\nclass C { /** WORD */ fun m() {} }\n",
        "/**\n * WORD [WORD]\n *\n * WORD\n * ```\n * WORD\n * ```\n * @return WORD\n"
        " *  WORD\n */\ninterface I {\n  /** WORD */\n  fun m()\n}\n",
        "/** WORD */\nenum class E { /** WORD */ A, /** WORD */ B }\n",
        "/** WORD */\ndata class D(\n  /** WORD */\n  val x: Int,\n)\n",
        "fun u() {}\n",
    ),
    "cpp": (
        "/// WORD\nint f();\n",
        "/**\n * \\brief WORD\n *\n * WORD \\c WORD\n * \\param a WORD\n *  WORD\n */\n"
        "class C { public:\n  int x; ///< WORD\n  /** WORD */\n  int y;\n};\n",
        "#ifdef X\n/// WORD\nint g() {\n#else\nint g(int) {\n#endif\n}\n",
        "namespace n {\n/*! WORD @note WORD */\nenum E { A, /**< WORD */ B };\n}\n",
        "/** WORD\n * \\code\n * WORD\n * \\endcode\n */\n#define M 1 /**< WORD */\n",
        "int u();\n",
    ),
    "cs": (
        "/// <summary>WORD</summary>\npublic class C { }\n",
        "/// <summary>\n/// WORD <c>WORD</c>\n/// <para>WORD</para>\n/// </summary>\n"
        "/// <returns>WORD\n///   WORD</returns>\npublic interface I {\n"
        "    /// <summary>WORD</summary>\n    void M();\n}\n",
        "/// <remarks>WORD\n/// <code>\n/// WORD\n/// </code>\n/// </remarks>\npublic enum E {\n"
        "    /// <summary>WORD</summary>\n    A, B }\n",
        "public class U { }\n",
    ),
    "php": (
        "/** WORD */\nfunction f() {}\n",
        "/**\n * WORD\n *\n * @param Foo|null $a WORD\n *   WORD\n * @return array<int, X> WORD\n"
        " */\nclass C {\n    /** WORD */\n    public $x;\n    /** @var Foo WORD */\n"
        "    const A = 1;\n}\n",
        "function u() {}\n",
    ),
    "rb": (
        "# WORD\ndef f; end\n",
        "# WORD\n#\n#   WORD\n#\n# @param a [Foo] WORD\n#   WORD\nclass C\n  # WORD\n  A = 1\n"
        "  # WORD\n  attr_reader :b\nend\n",
        "=begin\nWORD\n=end\nmodule M\n  # WORD\n  def self.m; end\nend\n",
        "def u; end\n",
    ),
}
HEAD = {"go": "package p\n\n", "php": "<?php\n\n"}
SUFFIXES = tuple(PIECES)


def chunks(text: str, suffix: str, limit: int = LIMIT) -> tuple[Chunk, ...]:
    path = f"src/page.{suffix}"
    return chunks_of(path, read_source(text, path), limit)


def sources(suffix: str) -> st.SearchStrategy[str]:
    """Files of up to twelve constructs, each word of theirs unique."""
    pieces = st.lists(st.sampled_from(PIECES[suffix]), max_size=12)
    return pieces.map(lambda drawn: HEAD.get(suffix, "") + numbered("\n".join(drawn)))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_every_word_is_in_one_chunk_that_covers_its_line(suffix: str, data: st.DataObject) -> None:
    text = data.draw(sources(suffix))
    check_words(text, chunks(text, suffix))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_chunks_lie_in_the_file_and_share_no_line(suffix: str, data: st.DataObject) -> None:
    text = data.draw(sources(suffix))
    check_lines(text, chunks(text, suffix))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_spans_hold_the_words_of_their_chunk(suffix: str, data: st.DataObject) -> None:
    text = data.draw(sources(suffix))
    for chunk in chunks(text, suffix):
        span = "\n".join(lines_of(text)[chunk.start_line - 1 : chunk.end_line])
        assert {*words_of(chunk.text)} <= {*words_of(span)}
        signature = re.search(r"```\w+\n(?:.*\n)*?```$", chunk.text)
        if signature:
            assert set(re.findall(r"\b[A-Za-z]\b", signature[0])) <= set(re.findall(r"\w+", span))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_ids_are_unique_stable_and_free_of_line_numbers(suffix: str, data: st.DataObject) -> None:
    check_ids(data.draw(sources(suffix)), partial(chunks, suffix=suffix))


GOLDEN_SOURCES = {
    path.suffix[1:]: decode(path.read_bytes())
    for path in sorted(GOLDEN.iterdir())
    if is_source(path.name)
}


def check_bounds(sections: tuple[Section, ...], text: str) -> None:
    count = len(lines_of(text))
    for section in sections:
        assert 1 <= section.start_line <= section.end_line <= count
        for block in section.blocks:
            assert block.text
            assert section.start_line <= block.start_line <= block.end_line <= section.end_line


@pytest.mark.parametrize("suffix", GOLDEN_SOURCES)
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_damage_makes_no_reader_raise(suffix: str, data: st.DataObject) -> None:
    text = GOLDEN_SOURCES[suffix]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    inside = data.draw(st.text("\"'`#/*@\\{}()<>\n \t:;x", max_size=8))
    for damaged in (text[:end], text[start:], text[:start] + inside + text[end:]):
        check_bounds(read_source(damaged, f"a.{suffix}"), damaged)


@pytest.mark.parametrize("suffix", GOLDEN_SOURCES)
@settings(deadline=None, max_examples=100)
@given(
    text=st.one_of(
        st.text(max_size=200),
        st.text("/*!<>@\\{}()[]#:;=\"'`-.,|&~ \n\tabf1\u2028\ud800\0é", max_size=300),
    )
)
def test_no_text_makes_a_reader_raise(suffix: str, text: str) -> None:
    check_bounds(read_source(text, f"a.{suffix}"), text)


SIZE = 60_000
HOSTILE = {
    "one line": "x" * SIZE,
    "capitals": "A" * SIZE,
    "open brackets": "({[" * (SIZE // 3),
    "open comments": "/** a " * (SIZE // 6),
    "open strings": '"""a ' * (SIZE // 5),
    "comments": "/** a */ " * (SIZE // 9),
    "comments and names": "/** a */ int a; " * (SIZE // 16),
    "line comments": "/// a\n" * (SIZE // 6),
    "nested classes": "class A {" * (SIZE // 9),
    "nested modules": "/** a */ namespace a { " * (SIZE // 22),
    "nested objects": "x = {/** a */ a: " + "{/** a */ a: " * (SIZE // 13),
    "stairs": "".join(f"{' ' * depth}class A:\n{' ' * depth} 'a'\n" for depth in range(240)),
    "tags": "/** " + "@param {a} a\n" * (SIZE // 13) + "*/ int a;",
    "open braces in tags": "/** " + "{@a " * (SIZE // 4) + "*/ class A {}",
    "links": "/** " + "@link a" * (SIZE // 7) + "*/ class A {}",
    "macros": 'A_API("A_API(" ' * (SIZE // 15),
    "conditions": "#if 1\n{\n#else\n" * (SIZE // 14),
    "sections": 'def f():\n "' + "" + '"""' + "Args:\n   a: b\n" * (SIZE // 14) + '"""',
    "raw strings": 'R"(' * (SIZE // 3),
    "colons": "a::" * (SIZE // 3),
}


@pytest.mark.parametrize("suffix", GOLDEN_SOURCES)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(60)
def test_hostile_text_ends_soon_and_keeps_the_limit(name: str, suffix: str) -> None:
    started = time.thread_time()
    for chunk in chunks(HOSTILE[name], suffix):
        assert len(chunk.embedded_text) <= LIMIT
    assert time.thread_time() - started < 20
