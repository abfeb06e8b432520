"""reStructuredText: inline markup, qualified names and sloppy sources."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.rst.inline import to_markdown
from askdocs_indexer.readers.rst.reader import read_rst


@pytest.mark.parametrize(
    ("rst", "markdown"),
    [
        (":func:`foo`", "`foo`"),
        (":class:`~a.b.C`", "`C`"),
        (":mod:`!json`", "`json`"),
        (":py:meth:`the text <a.b>`", "`the text`"),
        (":ref:`text <label>`", "text"),
        (":ref:`some-label`", "some label"),
        (":doc:`/guide/first-steps`", "first steps"),
        (":pep:`8` and :rfc:`2324`", "PEP 8 and RFC 2324"),
        (":unknown:`x`", "`x`"),
        ("`x`", "`x`"),
        ("``a :func:`b` c``", "`` a :func:`b` c ``"),
        ("``:func:`b```, (```c```) ``d``", "`` :func:`b` ``, (`` `c` ``) `d`"),
        (r"~~a~~ \~b~ \&amp; c", r"\~\~a~~ \~b~ \&amp; c"),
        ("`text <https://a.example/b>`_", "[text](https://a.example/b)"),
        ("`text <target_>`_", "text"),
        ("`a phrase`_ and word_", "a phrase and word"),
        ("done [1]_ and [#note]_.", "done and."),
        ("see [Knuth]_", r"see \[Knuth]"),
        ("|release|", "release"),
        ("_`a target` here", "a target here"),
        (r":meth:`f\<x\>`", "`f<x>`"),
        (r"\*args and \(1) re\ sult", r"\*args and (1) result"),
        ("*soft* **loud**", "*soft* **loud**"),
        ("snake_case, _private", "snake_case, _private"),
        ("a __dunder__ is", r"a \_\_dunder__ is"),
        ("x.__a__.b and (_c_)", r"x.\_\_a__.b and (\_c_)"),
        ("__a__ of *b* and ``__c__``", r"\_\_a__ of *b* and `__c__`"),
        ("2*3*4 and 2 * 3 * 4", r"2\*3*4 and 2 * 3 * 4"),
        ("*args and **kwargs", "*args and **kwargs"),
        ("[0](1) is", r"\[0\](1) is"),
        ("[a](https://a.example/)", "[a](https://a.example/)"),
        ("a &amp; b & c", r"a \&amp; b & c"),
        ("# is a sign", r"\# is a sign"),
        ("#1 is no heading", "#1 is no heading"),
        ("a ` lone tick", "a ` lone tick"),
    ],
)
def test_inline_markup(rst: str, markdown: str) -> None:
    assert to_markdown(rst) == markdown


@pytest.mark.parametrize(
    ("rst", "symbols"),
    [
        (".. function:: f(x)", ["f"]),
        (".. module:: m\n\n.. function:: f(x)", ["m.f"]),
        (".. module:: m\n\n.. function:: m.f(x)", ["m.f"]),
        (".. module:: d\n\n.. classmethod:: d.now()", ["d.d.now"]),
        (".. currentmodule:: m\n\n.. method:: C.run(x)", ["m.C.run"]),
        (".. py:currentmodule:: m\n\n.. py:data:: X", ["m.X"]),
        (".. module:: builtins\n\n.. function:: len(s)", ["len"]),
        (".. function:: f(x)\n   :module: other", ["other.f"]),
        (".. method:: list.append(x)\n   :noindex:", ["list.append"]),
        (".. class:: C\n   :canonical: m.impl.C", ["C", "m.impl.C"]),
        (".. method:: str.join(iterable, /)", ["str.join"]),
        (".. decorator:: skip(reason)", ["skip"]),
        (".. function:: f(x[, y])\n              g", ["f", "g"]),
        (".. function:: f\n.. function:: g\n\n   Both.", ["f", "g"]),
        (".. function:: f[T](x)", ["f"]),
        (".. data:: not a name", []),
        (".. function:: f\n   :no-index:", ["f"]),
        (".. js:function:: a.b(c)", ["a.b"]),
        (".. c:macro:: Py_ABS(x)", ["Py_ABS"]),
        (".. c:member:: int Thing.size", ["Thing.size"]),
        (".. cpp:function:: int ns::run(int x)", ["ns::run"]),
        (".. option:: -o <file>, --out=<file>", ["-o", "--out"]),
        (".. opcode:: LOAD_FAST (var_num)", ["LOAD_FAST"]),
        (".. describe:: len(d)", []),
        (".. c:namespace:: X", None),
        (".. c:type:: int (*hook)(int)", ["hook"]),
        (".. c:var:: int x : 3", ["x"]),
        (".. cpp:class:: template<class T> ns::V : public B<T>", ["ns::V"]),
        (".. cpp:function:: template<class T, int N = f<2>()> a::V<T> g(T x)", ["g"]),
        (".. cpp:function:: bool V::operator<=(V x)", ["V::operator<="]),
        (".. cpp:namespace:: n\n\n.. cpp:function:: f()", ["n::f"]),
        (".. cpp:var:: std::map<int, int> m = {}", ["m"]),
        (".. js:module:: m\n\n.. js:function:: f()", ["m.f"]),
        (".. rst:directive:: .. note::", ["note"]),
        (".. default-domain:: cpp\n\n.. function:: void n::f()", ["n::f"]),
        (".. default-domain:: cpp\n\n.. py:function:: f", ["f"]),
        (".. autofunction:: m.f\n   :x: y", None),
        (".. autofunction:: m.f\n\n   Text.", ["m.f"]),
        (".. currentmodule:: m\n\n.. autoclass:: m.C\n\n   Text.", ["m.C"]),
        (".. automodule:: m\n\n.. automethod:: C.f\n\n   Text.", ["m.C.f"]),
        (".. rst:directive:: note", ["note"]),
        (".. cpp:namespace:: template<class T> n::S\n\n.. cpp:function:: f()", ["n::S::f"]),
        (".. cpp:namespace-push:: n::S<int>\n\n.. cpp:var:: int x", ["n::S::x"]),
        (".. cpp:function:: template<class T> bool V<T>::operator==(V x)", ["V::operator=="]),
        (".. cpp:function:: template<class T> requires A<T> void n::f(T x)", ["n::f"]),
        (".. cpp:function:: template<class T> requires (g(1) > 4) void f()", ["f"]),
        (".. cpp:function:: explicit(true) Sack(int n)", ["Sack"]),
        (".. cpp:struct:: template<int N> Row<N, std::enable_if_t<(N > 0)>>", ["Row"]),
        (".. go:function:: func Haul(n int) error", ["Haul"]),
        (".. go:method:: func (b *Boat[T]) Haul(n int)", ["Boat.Haul"]),
        (".. go:type:: type Boat struct", ["Boat"]),
        (".. rust:function:: pub(crate) async fn mill::sieve<T>(x: &str)", ["mill::sieve"]),
        (".. java:method:: public static <T> List<T> max(int[] x) throws E", ["max"]),
        (".. java:type:: @A(b = 1) public class Boat extends Ship", ["Boat"]),
        (".. java:method:: max(int x)", ["max"]),
        (".. cs:property:: public int Count { get; set; }", ["Count"]),
        (".. php:function:: function foo(int $x): string", ["foo"]),
        (".. js:function:: async function grind(x)", ["grind"]),
        (".. js:function:: get(x)", ["get"]),
        (".. lua:function:: local function mill.grind(x)", ["mill.grind"]),
        (".. rb:method:: def self.grind(x)", ["grind"]),
        (".. matlab:function:: function [a, b] = grind(x)", ["grind"]),
    ],
)
def test_directive_documents(rst: str, symbols: list[str] | None) -> None:
    entries = [
        section
        for section in read_rst(rst, "a.rst")
        if any(block.kind == "signature" for block in section.blocks)
    ]
    assert [list(entry.symbols) for entry in entries] == ([] if symbols is None else [symbols])


def test_nested_classes_qualify_names() -> None:
    rst = """
.. module:: m

.. class:: A

   .. class:: B

      .. method:: run()

   .. attribute:: x

.. function:: f()
"""
    names = [name for section in read_rst(rst, "a.rst") for name in section.symbols]
    assert names == ["m.A", "m.A.B", "m.A.B.run", "m.A.x", "m.f"]


@pytest.mark.parametrize(
    ("rst", "names"),
    [
        (".. attribute:: A.x\n\n   .. attribute:: Y", ["A.x", "A.Y"]),
        (".. module:: m\n\n.. method:: A.f()\n\n   .. data:: Y", ["m", "m.A.f", "m.A.Y"]),
        (".. module:: m\n\n.. function:: m.f()\n\n   .. data:: Y", ["m", "m.f", "m.Y"]),
        (".. class:: A\n\n   .. method:: B.f()\n\n      .. data:: Y", ["A", "A.B.f", "A.B.Y"]),
        (".. class:: A\n\n   .. method:: f()\n\n      .. data:: Y", ["A", "A.f", "A.Y"]),
        (".. js:data:: A.x\n\n   .. js:data:: Y", ["A.x", "A.Y"]),
    ],
)
def test_what_is_nested_belongs_to_the_class_in_a_name(rst: str, names: list[str]) -> None:
    sections = read_rst(f"T\n=\n\n{rst}", "a.rst")
    assert [name for section in sections for name in section.symbols] == names


def test_members_belong_to_the_last_of_the_classes_that_share_a_text() -> None:
    rst = ".. exception:: Group\n.. exception:: BaseGroup\n\n   .. method:: split()"
    names = [name for section in read_rst(rst, "a.rst") for name in section.symbols]
    assert names == ["Group", "BaseGroup", "BaseGroup.split"]


def test_title_levels_follow_their_order_and_overlines() -> None:
    rst = "=\nA\n=\n\nB\n=\n\nC\n-\n\nD\n=\n\nE\n~~\n\n====\nF\n====\n\nx\n"
    paths = [section.heading_path for section in read_rst(rst, "a.rst")]
    assert paths == [
        ("A",),
        ("A", "B"),
        ("A", "B", "C"),
        ("A", "D"),
        ("A", "D", "E"),
        ("F",),
    ]


@pytest.mark.parametrize(
    ("rst", "texts"),
    [
        ("A. Einstein wrote\nthis.", ["A. Einstein wrote\nthis."]),
        ("text::\n    code", ["text:", "```\ncode\n```"]),
        ("text ::\n\n  code", ["text", "```\ncode\n```"]),
        ("::\n\n  code", ["```\ncode\n```"]),
        ("a::\n\n> b *c*\n> d\n\ne", ["a:", "```\n> b *c*\n> d\n```", "e"]),
        ("- a::\n\n  $ b\n\n  c", ["- a:", "  ```\n  $ b\n  ```", "  c"]),
        ("a::\n\n.. note:: b", ["a:", "**Note:** b"]),
        ("a::\n\n> b\nc", ["a:", "\\> b\nc"]),
        ("a::\n\n", ["a:"]),
        (
            ".. confval:: a\n   :type: :py:`bool`\n   :default: ``False``\n\n   Body.",
            ["```\na\n```", "- **Type:** `bool`", "- **Default:** `False`", "Body."],
        ),
        ("..\n\n  quoted", ["quoted"]),
        ("- a\n- b", ["- a", "- b"]),
        (
            "-a, --all  Show all.\n-q         Be quiet.",
            ["- `-a, --all`: Show all.", "- `-q`: Be quiet."],
        ),
        (".. note::\n   :class: x\n\n   Body.", ["**Note:** Body."]),
        (":param a: One.\n:type a: :class:`int` or *None*", ["- **a (int or None):** One."]),
        (":type a: int,\n  optional\n:param a: One.", ["- **a (int, optional):** One."]),
        (":ivar a: One.\n\n:vartype a: int", ["- **a (int):** One."]),
        (":param str a: One.\n:type a: int", ["- **a (str):** One."]),
        (":param a: One.\n:type b: int", ["- **a:** One.", "- **b:** int"]),
        (":returns: One.\n:rtype: int", ["- **returns:** One.", "- **Return type:** int"]),
        (":param a: One.\n\nx\n\n:type a: int", ["- **a:** One.", "x", "- **a:** int"]),
        (":type: x\n:throws E: if so", ["- **type:** x", "- **E:** if so"]),
        (".. tab:: Linux\n\n   Body.", ["**Linux:** Body."]),
        (".. image:: x.png\n   :alt: y", []),
        (".. |x| replace:: y", []),
        (".. code-block:: text\n\n   ```\n", ["````\n```\n````"]),
        ("== ==\na  b\n== ==\n\nend", ["|  |  |\n| --- | --- |\n| a | b |", "end"]),
        ("+--+--+\n| spans |\n+--+--+", ["```\n+--+--+\n| spans |\n+--+--+\n```"]),
        ("\ta\n\nb", ["a", "b"]),
        (".. |x| replace:: the *y*\n   z\n\nSee |x|.", ["See the *y* z."]),
        (".. |x| unicode:: 0x41 .. no\n   :trim:\n\n|x|", ["A"]),
        (".. |x| image:: a.png\n\n|x|", ["x"]),
        (".. _t:\n\n   quote", ["quote"]),
        (".. a\n\n   comment\n\nb", ["b"]),
        (".. note::\n\n   Title\n   -----\n\n   a", ["**Note:** **Title**", "a"]),
        (".. math:: a", ["```latex\na\n```"]),
        (".. centered:: a", ["a"]),
        (".. [1] a\n\n   b", ["\\[1] a", "b"]),
        ('.. csv-table::\n\n   "a\n   b", c', ["|  |  |\n| --- | --- |\n| a b | c |"]),
    ],
)
def test_blocks(rst: str, texts: list[str]) -> None:
    sections = read_rst(rst, "a.rst")
    assert [block.text for section in sections for block in section.blocks] == texts


def test_code_of_a_directive_knows_its_lines() -> None:
    (section,) = read_rst(".. code-block:: c\n   :caption: x\n\n   a\n\n   b\n", "a.rst")
    (block,) = section.blocks
    assert (block.text, block.start_line, block.end_line) == ("```c\na\n\nb\n```", 4, 6)


@pytest.mark.parametrize("title", ["The __repr__ method", "2*3*4", "a * b * c", "&amp; is & #"])
def test_titles_keep_the_signs_that_mark_nothing(title: str) -> None:
    (section,) = read_rst(f"{title}\n{'=' * len(title)}", "a.rst")
    assert section.title == title
