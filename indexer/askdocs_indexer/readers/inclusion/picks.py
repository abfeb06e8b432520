"""Which lines of an included file a document shows: by number, region, text or object.

The forms are those of Sphinx's `literalinclude`, of pymdownx's snippets, mdBook's anchors, the
regions of editors, AsciiDoc's tags, DocFX's and Doxygen's snippets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from askdocs_indexer.lines import dedented

Pick = Callable[[list[str]], list[str]]

_COMMENT = r"^[ \t]*(?://[/!]?|#|--|/\*|<!--|;|%)[ \t]*"
# Lines that only mark a region, whatever its name: nobody wants to read them.
_MARK = re.compile(
    r"--8<--\s*\[(?:start|end):|\bANCHOR(?:_END)?:\s*[\w-]|\b(?:tag|end)::[\w.-]{1,80}\[\]"
    rf"|{_COMMENT}#?(?:end)?region\b|^[ \t]*#(?:pragma )?(?:end)?region\b"
    rf"|{_COMMENT}(?:</?[\w-]{{1,80}}>|!?\[[\w-]{{1,80}}\])[ \t]*(?:\*/|-->)?$"
)
# Of a region's name: what begins it and what ends it; the first that fits counts.
_BORDERS = (
    (r"\[start:\s*{0}\s*\]", r"\[end:\s*{0}\s*\]"),
    (r"\bANCHOR:\s*{0}\s*\W*$", r"\bANCHOR_END:\s*{0}\s*\W*$"),
    (r"\btag::{0}\[\]", r"\bend::{0}\[\]"),
    (r"#?\bregion\s+{0}\s*\W*$", r"#?\bend\s?region\b"),
    (r"@start\s+region\s*=\s*[\"']?{0}\b", r"@end\b"),
    (r"<{0}>", r"</{0}>"),
    (_COMMENT + r"!?\[{0}\]", _COMMENT + r"!?\[{0}\]"),
)
_HEADING = re.compile(r"(?P<level>#{1,6}) (?P<title>[^{\n]{1,200})(?:\{#(?P<id>[\w-]{1,100})\})?")


def by_numbers(spec: str, separator: str = "-") -> Pick:
    """Pick lines by 1-based numbers: `3`, `5-7`, `9-`, several with commas.

    A negative number counts from the end where `separator` is a colon.
    """
    return partial(_numbered, spec, separator)


def by_region(name: str) -> Pick:
    """Pick the lines between the marks of a region; none if there is no such region."""
    return partial(_region, name)


def by_text(options: Mapping[str, str]) -> Pick:
    """Pick the lines between texts, by Sphinx's options: `start-after`, `start-at`, and so on."""
    return partial(_between, options)


def by_object(name: str) -> Pick:
    """Pick the definition of a Python class or function by its dotted name; all if it is not in."""
    return partial(_definition, name)


def picks_of(options: dict[str, str]) -> list[Pick]:
    """Return what Sphinx's options of `include` and `literalinclude` pick."""
    picks: list[Pick] = []
    if name := options.get("pyobject"):
        picks.append(by_object(name))
    first, last = options.get("start-line", ""), options.get("end-line", "")
    if first.lstrip("-").isdigit() or last.lstrip("-").isdigit():
        picks.append(_rows(first, last))
    picks.append(by_text(options))
    if lines := options.get("lines"):
        picks.append(by_numbers(lines))
    return picks


def _rows(first: str, last: str) -> Pick:
    """Pick by docutils' line numbers, which count from 0 as Python's slices do."""
    bounds = slice(*(int(text) if text.lstrip("-").isdigit() else None for text in (first, last)))
    return lambda lines: lines[bounds]


def without_marks(lines: Sequence[str]) -> list[str]:
    """Return lines without those that only mark regions."""
    return [line for line in lines if not _MARK.search(line)]


def shown_lines(lines: Sequence[str]) -> list[str]:
    """Return lines without the indentation that all of them share, and without blanks around."""
    shown = [line.rstrip() for line in dedented([line.expandtabs(4) for line in lines])]
    while shown and not shown[0]:
        del shown[0]
    while shown and not shown[-1]:
        del shown[-1]
    return shown


def _numbered(spec: str, separator: str, lines: list[str]) -> list[str]:
    picked: list[str] = []
    for part in filter(None, spec.replace(" ", "").split(",")):
        first, is_range, last = part.partition(separator)
        try:
            start = _number(first, len(lines)) if first else 1
            end = _number(last, len(lines)) if last else len(lines) if is_range else start
        except ValueError:
            continue
        picked += lines[max(start, 1) - 1 : max(end, 0)]
    return picked


def _number(text: str, count: int) -> int:
    """Return the number of a line; a negative one counts from the end."""
    number = int(text[:9])
    return number if number >= 0 else count + 1 + number


def _region(name: str, lines: list[str]) -> list[str]:
    for begin, end in _BORDERS:
        opening, closing = (
            re.compile(border.format(re.escape(name)), re.IGNORECASE) for border in (begin, end)
        )
        first = next((i for i, line in enumerate(lines) if opening.search(line)), None)
        if first is None:
            continue
        depth = _Depth(begin)
        last = next(
            (i for i in range(first + 1, len(lines)) if depth.ends(lines[i], closing)), len(lines)
        )
        return lines[first + 1 : last]
    return _chapter(name, lines)


def _chapter(name: str, lines: list[str]) -> list[str]:
    """Return the lines of Markdown under the heading that an anchor or its own words name."""
    headings = [
        (index, len(heading["level"]), _slug(heading["id"] or heading["title"]))
        for index, line in enumerate(lines)
        if (heading := _HEADING.match(line))
    ]
    for number, (first, level, slug) in enumerate(headings):
        if slug == _slug(name):
            below = (index for index, other, _ in headings[number + 1 :] if other <= level)
            return lines[first : next(below, len(lines))]
    return []


def _slug(text: str) -> str:
    return "-".join(re.findall(r"\w+", text.lower()))


class _Depth:
    """Counts the regions of editors inside a region: their ends have no names."""

    def __init__(self, begin: str) -> None:
        self._opening = re.compile(r"#?\bregion\s+\S") if "region\\s+" in begin else None
        self._inside = 0

    def ends(self, line: str, closing: re.Pattern[str]) -> bool:
        if closing.search(line):
            self._inside -= 1
            return self._inside < 0
        self._inside += bool(self._opening and self._opening.search(line))
        return False


def _between(options: Mapping[str, str], lines: list[str]) -> list[str]:
    first, last = 0, len(lines)
    for option, skip in (("start-after", 1), ("start-at", 0)):
        if text := options.get(option):
            first = next((i + skip for i, line in enumerate(lines) if text in line), first)
    for option, more in (("end-before", 0), ("end-at", 1)):
        if text := options.get(option):
            rest = range(first, len(lines))
            last = next((i + more for i in rest if text in lines[i]), last)
    return lines[first:last]


def _definition(name: str, lines: list[str]) -> list[str]:
    try:
        body: list[ast.stmt] = ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return lines
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((child for child in body if getattr(child, "name", None) == part), None)
        body = getattr(node, "body", [])
    if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return lines
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return lines[first - 1 : node.end_lineno]
