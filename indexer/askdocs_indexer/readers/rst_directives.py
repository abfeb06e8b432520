"""Directives of docutils and Sphinx: which are prose, code, tables, entries or none of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from askdocs_indexer.readers.markup import fenced, led
from askdocs_indexer.readers.outline import Documents, Entry, Item
from askdocs_indexer.readers.rst_lines import OPTION, Lines, options_below
from askdocs_indexer.readers.rst_objects import KINDS, Description, Scope, describe, is_object
from askdocs_indexer.readers.rst_table_directives import csv_table, list_table
from askdocs_indexer.readers.source import words
from askdocs_indexer.types import Block

DIRECTIVE = re.compile(
    r"\.\.\s+(?P<name>[A-Za-z0-9](?:[\w:.+-]{0,80}[\w+])?)\s?::(?:\s+(?P<argument>.*))?$"
)

ADMONITIONS = {
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
VERSIONS = {
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
UNSEEN = words(
    "audit-event audit-event-table bibliography codeauthor contents cssclass "
    "default-role digraph footer graph graphviz header highlight highlightlang image include "
    "index literalinclude mermaid meta moduleauthor plot program raw role sectionauthor sectnum "
    "tabularcolumns target-notes testcleanup testsetup toctree uml"
)
# Their argument is a name or a switch, not words for the reader.
_CONTAINERS = words(
    "class compound container cssclass div figure glossary grid hlist ifconfig only rst-class "
    "tab-set tabs"
)
# They take no argument: what stands behind their name is text.
_UNTITLED = words("centered epigraph highlights line-block pull-quote")
# autodoc writes these entries from the sources; what authors add to one is documentation as well.
_AUTO = {
    f"auto{kind}": kind
    for kind in (
        "attribute",
        "class",
        "data",
        "decorator",
        "exception",
        "function",
        "method",
        "property",
    )
}
_NAMESPACES = words("c:namespace c:namespace-push cpp:namespace cpp:namespace-push")


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

    The current module, namespace and domain are what directives set and later ones use.
    """

    def __init__(self, lines: Lines, read_body: Callable[[Place], list[Item]]) -> None:
        self._module = ""
        self._namespaces = [""]
        self._domain = ""
        self._lines = lines
        self._read_body = read_body
        self._readers: dict[str, Callable[[str, str, Place], Iterable[Item]]] = {
            **dict.fromkeys(("module", "currentmodule", "automodule"), self._enter_module),
            **dict.fromkeys(("py:module", "py:currentmodule", "js:module"), self._enter_module),
            **dict.fromkeys(_NAMESPACES, self._enter_namespace),
            **dict.fromkeys(("c:namespace-pop", "cpp:namespace-pop"), self._leave_namespace),
            "default-domain": self._enter_domain,
            **dict.fromkeys(UNSEEN, self._skip),
            **dict.fromkeys(_CODE, self._code),
            **dict.fromkeys(VERSIONS, self._version),
            **dict.fromkeys(ADMONITIONS, self._admonition),
            **dict.fromkeys(_CONTAINERS, self._container),
            **dict.fromkeys(_UNTITLED, self._untitled),
            **dict.fromkeys(_TABLES, self._table),
            "rubric": self._rubric,
        }

    def read(self, match: re.Match[str], place: Place, limit: int) -> tuple[list[Item], int]:
        """Read the directive whose lines are `place`, in a run that goes on to `limit`.

        Return its items and the index behind it.
        """
        name = match["name"].lower()
        if self._described(name):
            return self._object(match, place, limit)
        reader = self._readers.get(name, self._titled)
        return list(reader(name, (match["argument"] or "").strip(), place)), place.end

    # -- prose and code ---------------------------------------------------------------------

    def _skip(self, name: str, argument: str, place: Place) -> list[Item]:
        return []

    def _enter_module(self, name: str, argument: str, place: Place) -> list[Item]:
        self._module = "" if argument == "None" else argument
        items = self._labelled("", "", place)
        listed = self._module and not name.endswith("currentmodule")
        return [Documents((self._module,)), *items] if listed else items

    def _enter_namespace(self, name: str, argument: str, place: Place) -> list[Item]:
        found = "" if argument in {"0", "NULL", "nullptr"} else argument
        if name.endswith("push"):
            outer = self._namespaces[-1]
            self._namespaces.append(f"{outer}::{found}" if outer else found)
        else:
            self._namespaces = [found]
        return []

    def _leave_namespace(self, name: str, argument: str, place: Place) -> list[Item]:
        if len(self._namespaces) > 1:
            self._namespaces.pop()
        return []

    def _enter_domain(self, name: str, argument: str, place: Place) -> list[Item]:
        self._domain = "" if argument in {"None", "py", "std"} else argument
        return []

    def _container(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled("", "", place)

    def _titled(self, name: str, argument: str, place: Place) -> list[Item]:
        """A directive that is not known: its body is prose, its argument that body's title."""
        items = self._labelled("", "", place)
        title = f"**{self._lines.markdown(argument)}:**"
        return led(items, title, place.start + 1) if argument and items else items

    def _untitled(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled("", argument, place)

    def _admonition(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled(f"**{ADMONITIONS[name]}:**", argument, place)

    def _rubric(self, name: str, argument: str, place: Place) -> list[Item]:
        return self._labelled(f"**{self._lines.markdown(argument)}**", "", place)

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
        return self._labelled(*version_label(name, argument), place)

    def _code(self, name: str, argument: str, place: Place) -> list[Item]:
        _, below = options_below(self._lines, place.start, place.end)
        index = self._lines.after_blank(below, place.end)
        lines = self._lines.dedented(index, place.end)
        language = _CODE[name]
        if name in _TITLED_CODE:
            language = argument.split(None, 1)[0] if argument else ""
        elif name == "math" and argument:
            lines, index = [argument, *lines], place.start
        code = fenced(lines, _language(language))
        return [Block(code, index + 1, place.end, "code")] if lines else []

    def _table(self, name: str, argument: str, place: Place) -> list[Item]:
        line = place.start + 1
        blocks = _TABLES[name](self._lines, place.start, place.end, line + bool(argument))
        title = [Block(f"**{self._lines.markdown(argument)}**", line, line)] if argument else []
        return [*title, *blocks]

    # -- entries ----------------------------------------------------------------------------

    def _object(self, match: re.Match[str], place: Place, limit: int) -> tuple[list[Item], int]:
        """Read an object description, with those right below it that share its text."""
        first = place.start
        header = self._header(match, place)
        described = [self._description(match, header, place)]
        while header.body >= place.end and (after := self._sibling(place, limit)):
            match, place = after
            header = self._header(match, place)
            described.append(self._description(match, header, place))
        is_written = self._lines.after_blank(header.body, place.end) < place.end
        if match["name"].lower() in _AUTO and not is_written:
            return [], place.end
        signatures = [line for one in described for line in one.signatures]
        symbols = dict.fromkeys(name for one in described for name in one.symbols)
        body = Place(header.body, place.end, described[0].inner.classes, place.depth)
        code = fenced(signatures, described[0].language)
        shown = Block(code, first + 1, header.body, "signature")
        items = (shown, *self._read_body(body))
        entry = Entry(described[0].title, first + 1, header.body, tuple(symbols), items)
        return [entry], place.end

    def _described(self, name: str) -> str:
        """Return the directive's name with its domain if it describes an object, or else ""."""
        name = _AUTO.get(name, name)
        within = f"{self._domain}:{name}"
        if self._domain and ":" not in name and is_object(within) and name in KINDS:
            return within
        return name if is_object(name) else ""

    def _description(self, match: re.Match[str], header: _Header, place: Place) -> Description:
        name = match["name"].lower()
        arguments = header.arguments
        if name in _AUTO:
            # Names may be given in full here, and with `::` behind the module.
            prefix = f"{self._module}."
            full = (argument.replace("::", ".") for argument in arguments)
            arguments = tuple(argument.removeprefix(prefix) for argument in full)
        name = self._described(name)
        is_c = name.startswith(("c:", "cpp:"))
        around = place.classes or (self._namespaces[-1] if is_c else "")
        return describe(name, arguments, header.options, Scope(self._module, around))

    def _sibling(self, place: Place, limit: int) -> tuple[re.Match[str], Place] | None:
        """Return the object description on the very next line, if there is one."""
        index = place.end
        if index >= limit or self._lines.is_blank(index):
            return None
        match = DIRECTIVE.match(self._lines.texts[index].strip())
        if match is None or not self._described(match["name"].lower()):
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


def version_label(name: str, argument: str) -> tuple[str, str]:
    """Return the label of a directive about a version, and the rest of its argument."""
    words, count = VERSIONS[name]
    parts = argument.split(None, count)
    label = f"{words} {parts[0] if parts else ''}".rstrip()
    if count == 2 and len(parts) > 1:
        label += f", removed in {parts[1]}"
    return f"**{label}:**", " ".join(parts[count:])


def _language(name: str) -> str:
    return {"pycon": "python", "python3": "python", "none": "", "text": ""}.get(name, name)


def footnote(items: list[Item], label: str) -> list[Item]:
    """Return a footnote's or citation's text behind its label."""
    first = items[0] if items else None
    if not isinstance(first, Block):
        return items
    return [replace(first, text=f"\\[{label}] {first.text}"), *items[1:]]
