"""The lines of a manual page as roff's interpreter sees them.

Comments, definitions and what holds for typesetters alone are gone; included files, macros that the
page defines and lines that go on below are put together.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.inclusion.expansion import beside
from askdocs_indexer.readers.man.escapes import STRINGS
from askdocs_indexer.types import Include

_COMMENT = re.compile(r"(?:(?<=[^\\])|^)((?:\\\\)*)\\[\"#].*$", re.DOTALL)
_INDENTED_CONTROL = re.compile(r"^[.'][ \t]*")
_CONTROL = re.compile(r"[.'][ \t]*(?P<name>[^\s\\]\S*?)?(?:[ \t]+|(?=\\)|$)")
_CONDITION = re.compile(
    r"""
    (?P<not>!?)[ ]*
    (?: (?P<letter>[noetv])(?=[\s\\]|$)
      | [cdmrFS][ ]*(?P<defined>\S{1,80})
      | (?P<quote>['"])(?P<left>[^'"\n]{0,200})(?P=quote)(?P<right>[^'"\n]{0,200})(?P=quote)
      | (?P<expression>(?:\\n(?:\(..|\[[^\]]{0,80}\]|[-+]?.)|[^\s\\]){1,200})
    )[ \t]*
    """,
    re.VERBOSE,
)
_GROFF = re.compile(r"\\n(?:\(\.g|\[\.g\])$")
_STRING = re.compile(r"\\\*(?:\((?P<two>..)|\[(?P<long>[^\]\n]{0,80})\]|(?P<letter>.))")
_ARGUMENT = re.compile(r"\\*\\\$(?:(?P<number>\d)|\[(?P<long>\d{1,2})\]|(?P<all>[*@]))")
_WORD = re.compile(r'"((?:[^"]|"")*)"?|((?:[^\s\\]|\\.|\\)+)')
_MOST_STRING_CHARACTERS = 200
# What macros and included files may add to a page.
_MOST_ADDED = 50_000
_DEEPEST = 8
_MOST_CONDITIONS = 40


class Line(NamedTuple):
    """A line of text, or of a request or macro where `name` is not "" (then `text` follows it)."""

    name: str
    text: str
    number: int


class _Raw(NamedTuple):
    text: str
    number: int
    depth: int


def arguments(text: str) -> list[str]:
    """Split what follows a macro's name; double quotes hold words together."""
    words = (match for match in _WORD.finditer(text))
    return [match[1].replace('""', '"') if match[1] is not None else match[2] for match in words]


class _Waiting:
    """The lines still to be read, and how often each request stands among them.

    Whether a definition has an end is thus known without a look at all of them: a page with
    thousands of definitions that never end would take minutes.
    """

    def __init__(self, lines: Iterable[_Raw]) -> None:
        self._lines = deque(lines)
        self._requests = Counter(filter(None, map(_request, self._lines)))

    def __bool__(self) -> bool:
        return bool(self._lines)

    def take(self) -> _Raw:
        raw = self._lines.popleft()
        if request := _request(raw):
            self._requests[request] -= 1
        return raw

    def put_first(self, lines: Sequence[_Raw]) -> None:
        self._lines.extendleft(reversed(lines))
        self._requests.update(filter(None, map(_request, lines)))

    def take_until(self, request: str) -> list[_Raw]:
        """Take the lines up to a request's own, and that; none where it does not follow."""
        if not self._requests[request]:
            return []
        taken = [self.take()]
        while _request(taken[-1]) != request:
            taken.append(self.take())
        return taken


def _request(raw: _Raw) -> str:
    """A line with a request as others are compared with it; "" for text."""
    if not raw.text.startswith((".", "'")):
        return ""
    return _INDENTED_CONTROL.sub(".", raw.text).rstrip()


class Source:
    """Reads a page. `strings` are the ones it has defined so far; macros in `known` stay."""

    def __init__(self, text: str, path: str, include: Include, known: Container[str]) -> None:
        self.strings = dict(STRINGS)
        self._path = path
        self._include = include
        self._known = known
        self._macros: dict[str, list[str]] = {}
        self._left = _MOST_ADDED
        self._waiting = _Waiting(
            _Raw(line, number, 0) for number, line in enumerate(lines_of(text), 1)
        )
        # How the last `.ie` was decided.
        self._holds = False

    def lines(self) -> Iterator[Line]:
        """Yield the page's lines in order."""
        while self._waiting:
            raw = self._next()
            control = _CONTROL.match(raw.text)
            if control is None:
                yield Line("", raw.text, raw.number)
                continue
            name = control["name"] or ""
            rest = raw.text[control.end() :]
            if name and not self._interpreted(name, rest, raw):
                yield Line(name, rest, raw.number)

    def _next(self) -> _Raw:
        """Take a line without its comment, together with those on which it goes on."""
        raw = self._waiting.take()
        parts = [raw.text]
        while parts[-1].endswith("\\") and not parts[-1].endswith("\\\\") and self._waiting:
            parts[-1] = parts[-1][:-1]
            parts.append(self._waiting.take().text)
        text = "".join(parts)
        if '\\"' in text or "\\#" in text:
            text = _COMMENT.sub(r"\1", text)
        return raw._replace(text=text)

    def _interpreted(self, name: str, rest: str, raw: _Raw) -> bool:
        """Carry out a request that says how to read the page; False for all others."""
        match name:
            case "if" | "ie" | "el":
                self._branch(name, rest, raw)
            case "de" | "de1" | "am" | "am1" | "dei" | "ami" | "ig":
                self._define(name, arguments(rest))
            case "ds" | "as" | "ds1" | "as1":
                self._string(name, rest)
            case "so" | "mso":
                self._included(rest.strip(), raw)
            case _ if name in self._macros and name not in self._known:
                self._expand(name, rest, raw)
            case _:
                return False
        return True

    def _branch(self, name: str, rest: str, raw: _Raw) -> None:
        """A condition: its line goes on where it holds, and else all that is in its braces."""
        holds, body = not self._holds, rest
        if name != "el":
            condition = _CONDITION.match(rest)
            holds = condition is not None and _holds(condition)
            body = rest[condition.end() :] if condition else ""
        if name == "ie":
            self._holds = holds
        body = body.lstrip()
        if holds:
            if raw.depth < _MOST_CONDITIONS:
                text = body.removeprefix("\\{").lstrip()
                self._waiting.put_first([_Raw(text, raw.number, raw.depth + 1)])
            return
        depth = body.count("\\{") - body.count("\\}")
        while depth > 0 and self._waiting:
            text = self._waiting.take().text
            depth += text.count("\\{") - text.count("\\}")

    def _define(self, name: str, words: list[str]) -> None:
        end = f".{words[1]}" if len(words) > 1 else ".."
        if name == "ig":
            end = f".{words[0]}" if words else ".."
        taken = self._waiting.take_until(end)
        # Where nothing ends it, what is below is the page.
        if taken and words and name.startswith("de"):
            self._macros[words[0]] = [raw.text for raw in taken[:-1]]

    def _string(self, name: str, rest: str) -> None:
        string, _, value = rest.partition(" ")
        value = value.lstrip(" ").removeprefix('"')
        value = _STRING.sub(self._value, value)
        if name.startswith("as"):
            value = self.strings.get(string, "") + value
        self.strings[string] = value[:_MOST_STRING_CHARACTERS]

    def _value(self, match: re.Match[str]) -> str:
        return self.strings.get(match["two"] or match["long"] or match["letter"] or "", "")

    def _included(self, target: str, raw: _Raw) -> None:
        """A page of a manual is named from the folder above its section's."""
        if raw.depth >= _DEEPEST or not target:
            return
        paths = (beside(self._path, target), beside(self._path, f"../{target}"))
        text = next((text for path in paths if (text := self._include(path)) is not None), "")
        self._add(lines_of(text) if text else [], raw)

    def _expand(self, name: str, rest: str, raw: _Raw) -> None:
        if raw.depth >= _DEEPEST:
            return
        words = arguments(rest)

        def value(match: re.Match[str]) -> str:
            if match["all"]:
                return rest
            index = int(match["number"] or match["long"]) - 1
            return words[index] if 0 <= index < len(words) else ""

        body = [_ARGUMENT.sub(value, line) for line in self._macros[name]]
        # A macro's body is read twice.
        self._add([line.replace("\\\\", "\\") for line in body], raw)

    def _add(self, texts: list[str], raw: _Raw) -> None:
        texts = texts[: self._left]
        self._left -= len(texts)
        self._waiting.put_first([_Raw(text, raw.number, raw.depth + 1) for text in texts])


def _holds(condition: re.Match[str]) -> bool:
    """Return whether a condition holds for groff and a terminal; what is not known does not."""
    if condition["letter"]:
        holds = condition["letter"] in "no"
    elif condition["quote"]:
        holds = condition["left"] == condition["right"]
    elif condition["expression"]:
        written = condition["expression"]
        holds = bool(_GROFF.match(written)) or (written.isdecimal() and int(written) > 0)
    else:
        holds = False
    return holds != bool(condition["not"])
