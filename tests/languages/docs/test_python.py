"""Docstrings of Python."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

PYTHON = {
    "parameters that their types tell of": (
        """
        def Query(
            default: Annotated[int, Doc("How many.")] = 3,
            *,
            limit: t.Annotated[int | None, Gt(1), t.Doc("At most.")],
            bare: Annotated[int, Gt(3)],
        ):
            return 1

        def bare(a: Annotated[int, Gt(3)]):
            return 2
        """,
        found(
            "pkg.mod.Query", (1, 6), "def Query(", "- `default`: How many.", "- `limit`: At most."
        ),
    ),
    "module, class, method": (
        '''
        """Module."""
        class A(B):
            """Class."""
            def f(self, a=1):
                """Method."""
        ''',
        found("pkg.mod", (1, 1), "Module."),
        found("pkg.mod.A", (2, 3), "```python\nclass A(B)\n```", "Class."),
        found("pkg.mod.A.f", (4, 5), "def f(self, a=1)", "Method."),
    ),
    "strings beside each other are one docstring": (
        """
        def f(): "One " 'two.' ''' Three.
        Four.'''
        def g(): pass
        """,
        found("pkg.mod.f", (1, 2), "def f()", "One two. Three.\nFour."),
    ),
    "a method of a class without a docstring": (
        """
        class A:
            class B:
                async def f(self): "Doc."
        """,
        found("pkg.mod.A.B.f", (3, 3), "async def f(self)", "Doc."),
    ),
    "decorators, properties and overloads": (
        '''
        class A:
            @property
            def x(self) -> int:
                """Get."""
            @x.setter
            def x(self, value): ...
            @overload
            def f(self): ...
            @overload
            def f(self, a): ...
            def f(self, a=None):
                """Do."""
        ''',
        found("pkg.mod.A.x", (2, 4), "@property\ndef x(self) -> int", "Get."),
        found("pkg.mod.A.f", (11, 12), "def f(self, a=None)", "Do."),
    ),
    "definitions under conditions": (
        '''
        if TYPE_CHECKING:
            def a():
                """One."""
        else:
            try:
                with x:
                    def b():
                        """Two."""
            except ImportError:
                class C:
                    """Three."""
        ''',
        found("pkg.mod.a", (2, 3)),
        found("pkg.mod.b", (7, 8)),
        found("pkg.mod.C", (10, 11)),
    ),
    "private and local names": (
        '''
        def _a():
            """Private."""
        class _B:
            """Private."""
            def f(self):
                """Inside."""
        def c():
            def d():
                """Local."""
        class E:
            def __eq__(self, other):
                """Compare."""
            def __mangled(self):
                """Private."""
        ''',
        found("pkg.mod.E.__eq__", (11, 12)),
    ),
    "attributes": (
        '''
        LIMIT: int = 3
        """How many."""
        #: What kinds
        #: there are.
        KINDS = {
            1: 2,
        }
        class A:
            size = 1
            """How large."""
            def __init__(self, x):
                self.x = x
                """The x."""
                other.y = x
                """Not its own."""
        _hidden = 1
        """Private."""
        a, b = 1, 2
        """Of no single name."""
        ''',
        found("pkg.mod.LIMIT", (1, 2), "LIMIT: int = 3", "How many."),
        found("pkg.mod.KINDS", (3, 5), "What kinds\nthere are.", "```python\nKINDS\n```"),
        found("pkg.mod.A.size", (9, 10), "size = 1", "How large."),
        found("pkg.mod.A.x", (12, 13), "self.x = x", "The x."),
    ),
    "strings that are no docstrings": (
        '''
        f"""Formatted."""
        def a():
            b"""Bytes."""
        def b():
            return "value"
        def c():
            ""
        def d():
            1
            """Second."""
        ''',
    ),
    "Google's sections": (
        '''
        def f():
            """Do.

            Args:
                a (int): The a
                    goes on.
                *b: The b.

            Returns:
                bool: Whether.

            Raises:
                ValueError: If not.

            Example:
                x = f(1)
            """
        ''',
        found(
            "pkg.mod.f",
            (1, 16),
            "**Args:**\n\n- `a` (int): The a\n  goes on.\n\n- `*b`: The b.",
            "- **Returns:**\n  bool: Whether.",
            "**Raises:**\n\n- `ValueError`: If not.",
            "**Example:**\n\n```python\nx = f(1)\n```",
        ),
    ),
    "NumPy's sections": (
        '''
        def f():
            """Do.

            Parameters
            ----------
            a, b : int, optional
                Both.

            Returns
            -------
            c : float
                The sum.

            Examples
            --------
            >>> f()
            """
        ''',
        found(
            "pkg.mod.f",
            (1, 16),
            "**Parameters:**\n\n- `a`, `b` (int, optional):\n  Both.",
            "- **Returns** `c` (float):\n  The sum.",
            "**Examples**\n\n```python\n>>> f()\n```",
        ),
    ),
    "a section without a body": (
        '''
        def f():
            """Do.

            Args:

            Raises
            ------
            """
        ''',
        found("pkg.mod.f", (1, 6), "Do.", "**Raises:**"),
    ),
    "reStructuredText": (
        '''
        def f():
            """Call :func:`g` as ``f()``::

                code

            :param a: The a
                goes on.
            """
        ''',
        found(
            "pkg.mod.f", (1, 7), "Call `g` as `f()`:", "```\ncode\n```", "- **a:** The a\n  goes"
        ),
    ),
    "Markdown": (
        '''
        def f():
            """Do `x`.

            ## Title

            ```sh
            $ run
            ```
            """
        ''',
        found("pkg.mod.f", (1, 8), "Do `x`.", "**Title**", "```sh\n$ run\n```"),
    ),
    "Markdown by its links": (
        '''
        def f():
            """See [streams][0], or [*all*](https://a.org/b).

            * **limit** - The most
                    of all.

            [0]: /streams#top
            """
        ''',
        found(
            "pkg.mod.f",
            (1, 5),
            "See [streams](/streams#top), or [*all*](https://a.org/b).",
            "* **limit** - The most",
        ),
    ),
    "reStructuredText that subscripts": (
        '''
        def f():
            """Take grid[row][column] of :class:`Grid`, see [1]_.

            .. [1] A book.
            """
        ''',
        found("pkg.mod.f", (1, 4), "Take grid[row][column] of `Grid`"),
    ),
    "a long signature keeps its lines": (
        '''
        def f(
            first_parameter: dict[str, list[int]],
            second_parameter: Callable[[int], None] | None = None,
            third_parameter: bool = False,
        ) -> None:
            """Do."""
        ''',
        found(
            "pkg.mod.f", (1, 6), "```python\ndef f(\n    first_parameter: dict[str", "-> None\n```"
        ),
    ),
}


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str) -> None:
    source, *expected = PYTHON[name]
    check("pkg/mod.py", source, *expected)


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("mod.py", "mod"),
        ("pkg/mod.pyi", "pkg.mod"),
        ("pkg/__init__.py", "pkg"),
        ("src/pkg/sub/__init__.py", "pkg.sub"),
        ("lib/pkg/mod.py", "pkg.mod"),
        ("Lib/json/decoder.py", "json.decoder"),
        ("pkg/lib/mod.py", "pkg.lib.mod"),
        ("pkg/__main__.py", "pkg.__main__"),
        ("__init__.py", "__init__"),
    ],
)
def test_python_module_is_named_by_its_path(path: str, module: str) -> None:
    check(path, '"""Doc."""\n', found(module, (1, 1)))
