"""Directives of docutils and Sphinx: which are prose, code, tables, entries or none of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from askdocs_indexer.readers.markup import bulleted, fenced, led
from askdocs_indexer.readers.outline import Documents, Entry, Item
from askdocs_indexer.readers.rst_inline import to_markdown
from askdocs_indexer.readers.rst_lines import OPTION, Lines, options_below
from askdocs_indexer.readers.rst_objects import Scope, describe, is_object
from askdocs_indexer.readers.rst_table_directives import csv_table, list_table
from askdocs_indexer.readers.source import words
from askdocs_indexer.types import Block

DIRECTIVE = re.compile(
    r"\.\.\s+(?P<name>[A-Za-z0-9](?:[\w:.+-]{0,80}[\w+])?)\s?::(?:\s+(?P<argument>.*))?$"
)

_ADMONITIONS = {
    "attention": "Attention",
    "caution": "Caution",
    "danger": "Danger",
    "error": "Error",
    "hint": "Hint",
    "impl-detail": "Implementation detail",
    "important": "Important",
    "note": "Note",
    "seealso": "See also",
    "tip": "Tip",
    "todo": "To do",
    "warning": "Warning",
    "availability": "Availability",
}
# Directive -> (words before its versions, how many versions it takes).
_VERSIONS = {
    "deprecated": ("Deprecated since version", 1),
    "deprecated-removed": ("Deprecated since version", 2),
    "soft-deprecated": ("Soft deprecated since version", 1),
    "versionadded": ("Added in version", 1),
    "versionchanged": ("Changed in version", 1),
    "versionremoved": ("Removed in version", 1),
}
_CODE = {
    "code": "",
    "code-block": "",
    "sourcecode": "",
    "console": "console",
    "doctest": "python",
    "testcode": "python",
    "testoutput": "",
    "grammar-snippet": "",
    "ipython": "python",
    "jupyter-execute": "python",
    "math": "latex",
    "parsed-literal": "",
    "productionlist": "",
    "prompt": "",
}
_TABLES = {"csv-table": csv_table, "list-table": list_table}
_TITLED_CODE = frozenset({"code", "code-block", "sourcecode"})
_UNSEEN = words(
    "audit-event audit-event-table bibliography codeauthor contents cssclass default-domain "
    "default-role digraph footer graph graphviz header highlight highlightlang image include "
    "index literalinclude mermaid meta moduleauthor plot program raw role sectionauthor sectnum "
    "tabularcolumns target-notes testcleanup testsetup toctree uml"
)
# Their argument is a name or a switch, not words for the reader.
_CONTAINERS = words(
    "centered class compound container cssclass div epigraph figure glossary grid highlights "
    "hlist ifconfig only pull-quote rst-class tab-set tabs"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A run of lines [start, end) with what encloses it; `depth` counts the nesting."""

    start: int
    end: int
    classes: str
    depth: int


@dataclass(frozen=True, slots=True)
class _Header:
    """The parts of a directive above its body."""

    arguments: tuple[str, ...]
    options: dict[str, str]
    body: int


class Directives:
    """Reads directives out of `lines`; `read_body` reads what they contain.

    `module` is the current module, which directives set and later ones use.
    """

    def __init__(self, lines: Lines, read_body: Callable[[Place], list[Item]]) -> None:
        self.module = ""
        self._lines = lines
        self._read_body = read_body
        self._readers: dict[str, Callable[[str, str, Place], Iterable[Item]]] = {
            **dict.fromkeys(("module", "currentmodule"), self._enter_module),
            **dict.fromkeys(("py:module", "py:currentmodule", "js:module"), self._enter_module),
            **dict.fromkeys(_UNSEEN, self._skip),
            **dict.fromkeys(_CODE, self._code),
            **dict.fromkeys(_VERSIONS, self._version),
            **dict.fromkeys(_ADMONITIONS, self._admonition),
            **dict.fromkeys(_CONTAINERS, self._container),
            **dict.fromkeys(_TABLES, self._table),
            "rubric": self._rubric,
        }

    def read(self, match: re.Match[str], place: Place, limit: int) -> tuple[list[Item], int]:
        """Read the directive whose lines are `place`, in a run that goes on to `limit`.

        Return its items and the index behind it.
        """
        name = match["name"].lower()
        if is_object(name):
            return self._object(match, place, limit)
        reader = self._readers.get(name, self._titled)
        return list(reader(name, (match["argument"] or "").strip(), place)), place.end

    # -- prose and code ---------------------------------------------------------------------

    def _skip(self, name: str, argument: str, place: Place) -> list[Item]:
        return []

    def _enter_module(self, name: str, argument: str, place: Place) -> list[Item]:
        self.module = "" if argument == "None" else argument
        items = self._labelled("", "", place)
        listed = self.module and not name.endswith("currentmodule")
        return [Documents((self.module,)), *items] if listed else items

    def _container(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled("", "", place)

    def _titled(self, name: str, argument: str, place: Place) -> list[Item]:
        """A directive that is not known: its body is prose, its argument that body's title."""
        items = self._labelled("", "", place)
        title = f"**{to_markdown(argument)}:**"
        return led(items, title, place.start + 1) if argument and items else items

    def _admonition(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled(f"**{_ADMONITIONS[name]}:**", argument, place)

    def _rubric(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled(f"**{to_markdown(argument)}**", "", place)

    def _labelled(self, label: str, rest: str, place: Place) -> list[Item]:
        """Read `rest` and the lines below the directive as prose that begins with `label`."""
        index = place.start + 1
        while index < place.end and OPTION.match(self._lines.texts[index].strip()):
            self._lines.blank(index)
            index += 1
        column = self._lines.indents[place.start] + 3
        self._lines.keep(place.start, place.end, rest, column)
        items = self._read_body(place)
        return led(items, label, place.start + 1) if label else items

    def _version(self, name: str, argument: str, place: Place) -> list[Item]:
        words, count = _VERSIONS[name]
        parts = argument.split(None, count)
        label = f"{words} {parts[0] if parts else ''}".rstrip()
        if count == 2 and len(parts) > 1:
            label += f", removed in {parts[1]}"
        return self._labelled(f"**{label}:**", " ".join(parts[count:]), place)

    def _code(self, name: str, argument: str, place: Place) -> list[Item]:
        _, below = options_below(self._lines, place.start, place.end)
        index = self._lines.after_blank(below, place.end)
        if index >= place.end:
            return []
        language = _CODE[name]
        if name in _TITLED_CODE:
            language = argument.split(None, 1)[0] if argument else ""
        code = fenced(self._lines.dedented(index, place.end), _language(language))
        return [Block(code, place.start + 1, place.end, "code")]

    def _table(self, name: str, argument: str, place: Place) -> list[Item]:
        line = place.start + 1
        blocks = _TABLES[name](self._lines, place.start, place.end, line + bool(argument))
        title = [Block(f"**{to_markdown(argument)}**", line, line)] if argument else []
        return [*title, *blocks]

    # -- entries ----------------------------------------------------------------------------

    def _object(self, match: re.Match[str], place: Place, limit: int) -> tuple[list[Item], int]:
        """Read an object description, with those right below it that share its text."""
        matches, first = [match], place.start
        header = self._header(match, place)
        headers = [header]
        while header.body >= place.end and (after := self._sibling(place, limit)):
            match, place = after
            header = self._header(match, place)
            matches.append(match)
            headers.append(header)
        scope = Scope(self.module, place.classes)
        described = [
            describe(match["name"].lower(), header.arguments, header.options, scope)
            for match, header in zip(matches, headers, strict=True)
        ]
        signatures = [line for one in described for line in one.signatures]
        symbols = dict.fromkeys(name for one in described for name in one.symbols)
        body = Place(header.body, place.end, described[0].inner.classes, place.depth)
        code = fenced(signatures, described[0].language)
        shown = Block(code, first + 1, header.body, "signature")
        items = (shown, *self._read_body(body))
        entry = Entry(described[0].title, first + 1, header.body, tuple(symbols), items)
        return [entry], place.end

    def _sibling(self, place: Place, limit: int) -> tuple[re.Match[str], Place] | None:
        """Return the object description on the very next line, if there is one."""
        index = place.end
        if index >= limit or self._lines.is_blank(index):
            return None
        match = DIRECTIVE.match(self._lines.texts[index].strip())
        if match is None or not is_object(match["name"].lower()):
            return None
        end = self._lines.block_end(index + 1, limit, self._lines.indents[index])
        return match, Place(index, end, place.classes, place.depth)

    def _header(self, match: re.Match[str], place: Place) -> _Header:
        lines = self._lines
        arguments = [(match["argument"] or "").strip()]
        options: dict[str, str] = {}
        index = place.start + 1
        while index < place.end and not lines.is_blank(index):
            text = lines.texts[index].strip()
            option = OPTION.match(text)
            if option:
                options[option["name"]] = (option["value"] or "").strip()
            elif arguments[-1].endswith("\\"):
                arguments[-1] = f"{arguments[-1][:-1].rstrip()} {text}"
            elif not options:
                arguments.append(text)
            index += 1
        given = tuple(argument.rstrip("\\") for argument in arguments if argument)
        return _Header(given or ("",), options, index)


def _language(name: str) -> str:
    return {"pycon": "python", "python3": "python", "none": "", "text": ""}.get(name, name)


def footnote(items: list[Item], label: str) -> list[Item]:
    """Return a footnote's or citation's text behind its label."""
    return bulleted(items, f"\\[{label}] ")
