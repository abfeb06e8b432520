"""The lines of an Org document, with the files that it includes, and what it sets for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.inclusion.expansion import beside
from askdocs_indexer.types import Include

HEADLINE = re.compile(r"(?P<stars>\*+)[ \t]+(?P<title>.*)$")
KEYWORD = re.compile(r"[ \t]*#\+(?P<name>[A-Za-z][\w-]{0,60}(?:\[[^\]]{0,80}\])?):(?P<value>.*)$")
_INCLUDE = re.compile(
    r"""
    [ \t]*\#\+include:[ \t]*
    (?:"(?P<quoted>[^"]{1,500})"|(?P<bare>[^\s"]\S{0,499}))
    (?:[ \t]+(?P<kind>src|example|export)\b)?
    (?P<rest>.*)$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[ \t]+(?!:)(?P<language>\S{1,60})")
_RANGE = re.compile(r':lines[ \t]+"?(?P<first>\d{0,9})-(?P<end>\d{0,9})"?')
_CUSTOM_ID = re.compile(r"[ \t]*:custom_id:[ \t]*(?P<id>\S+)", re.IGNORECASE)
# What would end a block around it, or begin a section, is written behind a comma in there.
_NEEDS_COMMA = re.compile(r"(?=,*(?:\*|#\+))")
_MACRO = re.compile(r"(?P<name>[A-Za-z][\w-]*)[ \t]+(?P<text>.*)$")
_ORG = ".org"
_DEEPEST = 8
_MOST_LINES = 100_000


class Line(NamedTuple):
    """A line's text and the number of the line of the document that it comes from."""

    text: str
    number: int


@dataclass(slots=True)
class Settings:
    """What a document's keywords say about all of it.

    `links` are the abbreviations of addresses, `macros` the texts behind `{{{name}}}`.
    """

    todo: set[str] = field(default_factory=lambda: {"TODO", "DONE"})
    excluded: set[str] = field(default_factory=lambda: {"noexport"})
    links: dict[str, str] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)


def settings_of(lines: Iterable[Line]) -> Settings:
    """Return what the keywords among `lines` set."""
    settings = Settings()
    excluded: set[str] = set()
    for line in lines:
        keyword = KEYWORD.match(line.text) if "#+" in line.text else None
        if keyword is None:
            continue
        value = keyword["value"].strip()
        match keyword["name"].lower():
            case "todo" | "seq_todo" | "typ_todo":
                settings.todo.update(word.partition("(")[0] for word in value.split())
            case "exclude_tags":
                excluded.update(value.split())
            case "link":
                name, _, address = value.partition(" ")
                settings.links[name] = address.strip()
            case "macro" if macro := _MACRO.match(value):
                settings.macros[macro["name"].lower()] = macro["text"]
            case "title":
                before = settings.macros.get("title", "")
                settings.macros["title"] = f"{before} {value}".strip()
            case "author" | "date" | "email" as name:
                settings.macros[name] = value
    settings.excluded = excluded or settings.excluded
    return settings


def source_lines(text: str, path: str, include: Include) -> list[Line]:
    """Return a document's lines; those of an included file have the number of its `#+INCLUDE:`."""
    lines = (Line(line.expandtabs(8), n) for n, line in enumerate(lines_of(text), 1))
    return list(_Expansion(include).expanded(lines, path, 0))


class _Expansion:
    """Puts included files in the place of the keywords that name them, up to a number of lines."""

    def __init__(self, include: Include) -> None:
        self._include = include
        self._left = _MOST_LINES

    def expanded(self, lines: Iterable[Line], path: str, depth: int) -> Iterator[Line]:
        level = 0
        for line in lines:
            headline = HEADLINE.match(line.text) if line.text.startswith("*") else None
            level = len(headline["stars"]) if headline else level
            match = _INCLUDE.match(line.text) if "#+" in line.text else None
            if match is None or depth == _DEEPEST:
                yield line
            else:
                yield from self._included(match, line.number, path, level, depth)

    def _included(
        self, match: re.Match[str], number: int, path: str, level: int, depth: int
    ) -> Iterator[Line]:
        target, _, part = (match["quoted"] or match["bare"]).partition("::")
        file = beside(path, target.removeprefix("file:"))
        text = self._include(file)
        if text is None:
            return
        chosen = _in_range(lines_of(text.rstrip()), match["rest"])[: self._left]
        self._left -= len(chosen)
        lines = [Line(text.expandtabs(8), number) for text in chosen]
        if match["kind"] or not file.lower().endswith(_ORG):
            kind = match["kind"] or "example"
            language = _LANGUAGE.match(match["rest"])
            argument = language["language"] if language and match["kind"] else ""
            yield Line(f"#+begin_{kind} {argument}", number)
            yield from (Line(_NEEDS_COMMA.sub(",", line.text, 1), number) for line in lines)
            yield Line(f"#+end_{kind}", number)
        else:
            only_contents = ":only-contents t" in match["rest"]
            chosen_lines = _subtree(lines, part, only_contents) if part else lines
            nested = list(self.expanded(chosen_lines, file, depth + 1))
            yield from _below(nested, level)


def _in_range(lines: list[str], options: str) -> list[str]:
    """Return the lines of `:lines "5-10"`, which are those from 5 to 9."""
    chosen = _RANGE.search(options)
    if chosen is None:
        return lines
    first = int(chosen["first"] or 1)
    return lines[max(first - 1, 0) : int(chosen["end"]) - 1 if chosen["end"] else None]


def _subtree(lines: Sequence[Line], target: str, only_contents: bool) -> Sequence[Line]:
    """Return the subtree at `*Title` or `#custom-id`."""
    heads = [(i, head) for i, line in enumerate(lines) if (head := HEADLINE.match(line.text))]
    bounds = [*(index for index, _ in heads), len(lines)]
    for position, (index, head) in enumerate(heads):
        own = lines[index + 1 : bounds[position + 1]]
        ids = (f"#{match['id']}" for line in own if (match := _CUSTOM_ID.match(line.text)))
        if target.lstrip("*").strip() == head["title"].strip() or target in ids:
            level = len(head["stars"])
            rest = heads[position + 1 :]
            ends = (end for end, other in rest if len(other["stars"]) <= level)
            return lines[index + only_contents : next(ends, len(lines))]
    return ()


def _below(lines: Sequence[Line], level: int) -> Iterator[Line]:
    """Yield lines whose outermost headline goes one below `level`."""
    starts = [line.text for line in lines if HEADLINE.match(line.text)]
    least = min((len(text) - len(text.lstrip("*")) for text in starts), default=1)
    more = "*" * max(level + 1 - least, 0)
    for line in lines:
        yield Line(more + line.text, line.number) if HEADLINE.match(line.text) else line
