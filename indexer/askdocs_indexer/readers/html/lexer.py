"""Tags and text of an HTML page, in one pass over it.

The standard library's html.parser looks for the end of an unclosed tag or comment again at each of
them, which takes minutes on a large damaged page. Here, as in browsers, what is never closed ends
with the page.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_MARKUP = re.compile(
    r"<(?:(?P<comment>!--)|(?P<end>/)?(?P<name>[A-Za-z][^\s/>]*+)|(?P<other>[!?/]))"
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|"""
    r"""(?P<bare>[^\s>"'][^\s>]*+)))?"""
)
_TAG_END = re.compile(r"[\s/]*+>")
_COMPONENT = re.compile(r"[A-Z][\w.]*[a-z]")
# Inside these, `<` is not markup.
_RAW = frozenset({"script", "style", "textarea", "title"})


@dataclass(frozen=True, slots=True)
class Token:
    """A tag (`value` is its name in lower case) or a run of text (entities decoded)."""

    kind: Literal["start", "end", "text"]
    value: str
    start_line: int
    end_line: int
    attributes: dict[str, str] = field(default_factory=dict)
    closed: bool = False


class _Lexer:
    def __init__(self, markup: str, first_line: int, keeps_components: bool) -> None:
        self._markup = markup
        self._keeps_components = keeps_components
        self._first_line = first_line
        self._newlines = [match.start() for match in re.finditer("\n", markup)]

    def tokens(self) -> Iterator[Token]:
        position = 0
        while match := _MARKUP.search(self._markup, position):
            yield from self._text(position, match.start())
            if match["name"] is None:
                position = self._behind("-->" if match["comment"] else ">", match.end())
                continue
            token, position = self._tag(match)
            if token is None:
                return
            yield token
            if token.kind == "start" and token.value in _RAW:
                end = re.compile(rf"</{token.value}", re.IGNORECASE).search(self._markup, position)
                stop = end.start() if end else len(self._markup)
                yield from self._text(position, stop)
                position = stop
        yield from self._text(position, len(self._markup))

    def _tag(self, match: re.Match[str]) -> tuple[Token | None, int]:
        position = match.end()
        attributes: dict[str, str] = {}
        while not (closing := _TAG_END.match(self._markup, position)):
            attribute = _ATTRIBUTE.match(self._markup, position)
            if attribute is None:
                return None, len(self._markup)
            value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
            attributes.setdefault(attribute["name"].lower(), html.unescape(value))
            position = attribute.end()
        line = self._line(match.start())
        name = match["name"]
        token = Token(
            "end" if match["end"] else "start",
            name if self._keeps_components and _COMPONENT.match(name) else name.lower(),
            line,
            self._line(closing.end() - 1),
            attributes,
            "/" in closing[0],
        )
        return token, closing.end()

    def _text(self, start: int, end: int) -> Iterator[Token]:
        if start < end:
            text = html.unescape(self._markup[start:end])
            yield Token("text", text, self._line(start), self._line(end - 1))

    def _behind(self, closing: str, position: int) -> int:
        start = self._markup.find(closing, position)
        return len(self._markup) if start < 0 else start + len(closing)

    def _line(self, position: int) -> int:
        return self._first_line + bisect_right(self._newlines, position - 1)


def lex_html(markup: str, first_line: int = 1, keeps_components: bool = False) -> Iterator[Token]:
    """Yield the tokens of a page, or of a fragment whose first line has the given number.

    `keeps_components` says whether names like `Aside` are components rather than HTML elements.
    """
    return _Lexer(markup, first_line, keeps_components).tokens()
