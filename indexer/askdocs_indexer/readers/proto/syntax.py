"""The statements of a `.proto` file with their comments.

proto-schema-parser, the library for it, tells no lines, and the compiler is a program in C++. Only
what makes the structure is parsed: statements, blocks, and which comments belong to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)
    | (?P<word>[\w.]+)
    | (?P<sign>[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCKS = frozenset({"enum", "extend", "group", "message", "oneof", "rpc", "service"})
# No real file nests deeper than this; what is below is not read.
_DEEPEST = 30
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class Token(NamedTuple):
    """A word, string or sign with the offsets and lines between which it stands."""

    text: str
    start: int
    end: int
    line: int


class Comment(NamedTuple):
    """A comment's lines without their marks; the first has the number `line`."""

    lines: tuple[str, ...]
    line: int

    @property
    def end_line(self) -> int:
        """The number of the last line."""
        return self.line + len(self.lines) - 1


@dataclass(slots=True)
class Statement:
    """A statement: its words up to its block or end, and the statements in its block.

    `start` and `end` are offsets, with the block; `above` and `behind` are its comments.
    """

    words: list[Token]
    start: int
    end: int
    start_line: int
    end_line: int
    above: list[Comment] = field(default_factory=list)
    behind: list[Comment] = field(default_factory=list)
    body: list[Statement] | None = None

    @property
    def keyword(self) -> str:
        """The first word."""
        return self.words[0].text


class _Stream:
    """Tokens in order, apart from the comments between them."""

    def __init__(self, text: str) -> None:
        self.tokens: list[Token] = []
        # Comments by the index of the token that follows them.
        self.comments: dict[int, list[Comment]] = {}
        line, position = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", position, match.start())
            position = match.start()
            if match.lastgroup == "comment":
                comment = Comment(_unmarked(match[0]), line)
                self.comments.setdefault(len(self.tokens), []).append(comment)
            else:
                self.tokens.append(Token(match[0], match.start(), match.end(), line))

    def __len__(self) -> int:
        return len(self.tokens)


def statements(text: str) -> list[Statement]:
    """Return the statements of a file, with those inside them."""
    return _Parser(_Stream(text)).block(0, 0)[0]


class _Parser:
    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def block(self, index: int, depth: int) -> tuple[list[Statement], int]:
        """Return the statements up to a closing brace, and the index behind that."""
        tokens = self._stream.tokens
        inside: list[Statement] = []
        while index < len(tokens):
            if tokens[index].text == "}":
                if inside:
                    inside[-1].behind += self._behind(index)
                return inside, index + 1
            if tokens[index].text == ";":
                index += 1
                continue
            statement, index = self._statement(index, depth)
            inside.append(statement)
        return inside, index

    def _statement(self, index: int, depth: int) -> tuple[Statement, int]:
        tokens = self._stream.tokens
        first, start, level = index, tokens[index], 0
        is_block = start.text in _BLOCKS or _is_group(tokens[index : index + 3])
        while index < len(tokens):
            sign = tokens[index].text
            if not level and sign in {";", "}"}:
                break
            if not level and sign == "{" and is_block:
                break
            level = max(level + _BRACKETS.get(sign, 0), 0)
            index += 1
        words = tokens[first:index] or [start]
        last = words[-1]
        statement = Statement(words, start.start, last.end, start.line, last.line)
        statement.above += self._above(first)
        if index < len(tokens) and tokens[index].text == "{":
            statement.behind += self._behind(index + 1)
            if depth < _DEEPEST:
                statement.body, index = self.block(index + 1, depth + 1)
            else:
                index = self._after_braces(index)
            last = tokens[index - 1]
        elif index < len(tokens) and tokens[index].text == ";":
            last = tokens[index]
            index += 1
        statement.end, statement.end_line = last.end, last.line
        statement.behind += self._behind(index)
        return statement, index

    def _after_braces(self, index: int) -> int:
        level = 0
        while index < len(self._stream):
            level += {"{": 1, "}": -1}.get(self._stream.tokens[index].text, 0)
            index += 1
            if not level:
                break
        return index

    def _above(self, index: int) -> list[Comment]:
        """Take the comments on the lines right above a token; above the first, all."""
        comments = self._stream.comments.pop(index, [])
        line = self._stream.tokens[index].line
        first = len(comments)
        while first and (not index or comments[first - 1].end_line >= line - 1):
            first -= 1
            line = comments[first].line
        return comments[first:]

    def _behind(self, index: int) -> list[Comment]:
        """Take a comment on the line of the token before `index`."""
        comments = self._stream.comments.get(index, [])
        if not comments or not index or comments[0].line != self._stream.tokens[index - 1].line:
            return []
        return [comments.pop(0)]


def _is_group(tokens: Sequence[Token]) -> bool:
    """Return whether a field of a nested message begins: `optional group Name = 1 {`."""
    return len(tokens) > 1 and tokens[1].text == "group"


def _unmarked(comment: str) -> tuple[str, ...]:
    """Return a comment's lines without slashes and stars."""
    if comment.startswith("//"):
        return (comment.lstrip("/").rstrip(),)
    lines = comment.removeprefix("/*").removesuffix("*/").split("\n")
    return (lines[0].lstrip("*!").rstrip(), *map(_without_star, lines[1:]))


def _without_star(line: str) -> str:
    stripped = line.lstrip()
    return stripped[1:].rstrip() if stripped.startswith("*") else line.rstrip()
