"""Shapes.

Areas come from :func:`area`, as in ``area(1)``, or from :class:`~shapes.Circle`.

    >>> area(1)
    2
"""
from __future__ import annotations
import typing

#: How many shapes there may be,
#: all told.
LIMIT: int = 3
"""The limit."""

TABLE = {
    "a": 1,
}
"""A table."""

if typing.TYPE_CHECKING:
    class Hint:
        """A hint."""
else:
    try:
        def fallback(a,
                     b = 2, *,  # the b
                     c: dict[str, int]) -> None:
            """Fall back.

            Args:
                a (int): The a
                    goes on.
                b: The b.

                    More on b::

                        code here
                *args: rest
                c (dict[str, int], optional): The c: d.

            Returns:
                bool: True if so.

            Raises:
                ValueError: if bad
                mod.OSError: never

            Example:
                x = fallback(1)
                y = 2

            Note:
                Be careful.
            """
    except ImportError: pass

class Circle(
    Shape,
):
    """A circle.

    Parameters
    ----------
    radius : float
        The radius.
    x, y : int, optional
        Where.

    Returns
    -------
    float
        The area.

    See Also
    --------
    area : The area.

    Examples
    --------
    >>> Circle(1)
    """

    size = 1
    """Size of it."""

    def __init__(self, r):
        """Make."""
        self.r = r
        """The r."""

    @property
    def d(self) -> int: "The d."

    @d.setter
    def d(self, v): pass

    @overload
    def f(self, a: int) -> int: ...
    @overload
    def f(self, a: str) -> str:
        """Of a string."""
    @functools.lru_cache(maxsize=None)
    async def f(self, a):
        """
        Do f.

        :param a: The a.
        :type a: int
        :returns: The thing
            goes on.
        :raises ValueError: if bad
        """
        def inner():
            """No."""

    class Inner:
        class Deep:
            def m(self):
                """Deep m.

                ```python
                x = 1
                ```

                - a `b`
                """
    def _private(self):
        """Hidden: private."""


class _Hidden:
    """Hidden: private."""

    def method(self):
        """Hidden: of a private class."""


def plain(x):
    r"""Return \alpha of x.

    Usage::

        plain(1)

    * one
    * two

    .. versionadded:: 1.2
       And a note.

    Heading
    -------

    Below it.
    """


def quoted(): 'Escaped \\n and \'quotes\'.'


def fenced():
    """Markdown inside.

    ## Heading

    | a | b |
    |---|---|
    | 1 | 2 |

    ~~~
    code
    ~~~
    """


match typing.TYPE_CHECKING:
    case True:
        type Size = int
        """An alias inside a case."""


f"""Not a docstring."""
b"""Nor this."""
