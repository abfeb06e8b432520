"""Directives of docutils and Sphinx: which are prose, code, tables, entries or none of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import bulleted, fenced, led
from askdocs_indexer.readers.rst.entries import NAMESPACES, Objects
from askdocs_indexer.readers.rst.lines import OPTION, Extent, Lines, options_below
from askdocs_indexer.readers.rst.objects import family_of_domain
from askdocs_indexer.readers.rst.table_directives import csv_table, list_table
from askdocs_indexer.readers.sections import Documents, Item
from askdocs_indexer.types import Block

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
CODE = {
    "code": "",
    "code-block": "",
    "code-cell": "",
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
_TITLED_CODE = frozenset({"code", "code-block", "code-cell", "sourcecode"})
_LANGUAGES = {"ipython3": "python", "pycon": "python", "python3": "python", "none": "", "text": ""}
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
# They take no argument: the words behind their name are text.
_UNTITLED = words("centered epigraph highlights line-block pull-quote")


class Directives:
    """Reads directives out of `lines`; `read_body` reads what they contain."""

    def __init__(self, lines: Lines, read_body: Callable[[Extent], list[Item]]) -> None:
        self._objects = Objects(lines, read_body)
        self._lines = lines
        self._read_body = read_body
        self._readers: dict[str, Callable[[str, str, Extent], Iterable[Item]]] = {
            **dict.fromkeys(("module", "currentmodule", "automodule"), self._enter_module),
            **dict.fromkeys(("py:module", "py:currentmodule", "js:module"), self._enter_module),
            **dict.fromkeys(NAMESPACES, self._enter_namespace),
            "default-domain": self._enter_domain,
            **dict.fromkeys(UNSEEN, self._skip),
            **dict.fromkeys(CODE, self._code),
            **dict.fromkeys(VERSIONS, self._version),
            **dict.fromkeys(ADMONITIONS, self._admonition),
            **dict.fromkeys(_CONTAINERS, self._container),
            **dict.fromkeys(_UNTITLED, self._untitled),
            **dict.fromkeys(_TABLES, self._table),
            "rubric": self._rubric,
        }

    def read(self, match: re.Match[str], extent: Extent, limit: int) -> tuple[list[Item], int]:
        """Read the directive whose lines are `extent`, in a run that goes on to `limit`.

        Return its items and the index behind it.
        """
        name = match["name"].lower()
        if self._objects.described(name):
            return self._objects.read(match, extent, limit)
        reader = self._readers.get(name, self._titled)
        return list(reader(name, (match["argument"] or "").strip(), extent)), extent.end

    # -- prose and code ---------------------------------------------------------------------

    def _skip(self, name: str, argument: str, extent: Extent) -> list[Item]:
        return []

    def _enter_module(self, name: str, argument: str, extent: Extent) -> list[Item]:
        self._objects.module = "" if argument == "None" else argument
        items = self._labelled("", "", extent)
        listed = self._objects.module and not name.endswith("currentmodule")
        if not listed:
            return items
        domain = name.rpartition(":")[0] or self._objects.domain or "py"
        return [Documents((self._objects.module,), family_of_domain(domain)), *items]

    def _enter_namespace(self, name: str, argument: str, extent: Extent) -> list[Item]:
        self._objects.enter_namespace(name, argument)
        return []

    def _enter_domain(self, name: str, argument: str, extent: Extent) -> list[Item]:
        self._objects.domain = "" if argument in {"None", "py", "std"} else argument
        return []

    def _container(self, name: str, argument: str, extent: Extent) -> list[Item]:
        return self._labelled("", "", extent)

    def _titled(self, name: str, argument: str, extent: Extent) -> list[Item]:
        """An unknown directive: its body is prose, its argument the title of that prose."""
        items = self._labelled("", "", extent)
        title = f"**{self._lines.markdown(argument)}:**"
        return led(items, title, extent.start + 1) if argument and items else items

    def _untitled(self, name: str, argument: str, extent: Extent) -> list[Item]:
        return self._labelled("", argument, extent)

    def _admonition(self, name: str, argument: str, extent: Extent) -> list[Item]:
        return self._labelled(f"**{ADMONITIONS[name]}:**", argument, extent)

    def _rubric(self, name: str, argument: str, extent: Extent) -> list[Item]:
        return self._labelled(f"**{self._lines.markdown(argument)}**", "", extent)

    def _labelled(self, label: str, rest: str, extent: Extent) -> list[Item]:
        """Read `rest` and the lines below the directive as prose that begins with `label`."""
        index = extent.start + 1
        while index < extent.end and OPTION.match(self._lines.texts[index].strip()):
            self._lines.blank(index)
            index += 1
        column = self._lines.indents[extent.start] + 3
        self._lines.keep(extent.start, extent.end, rest, column)
        items = self._read_body(extent)
        return led(items, label, extent.start + 1) if label else items

    def _version(self, name: str, argument: str, extent: Extent) -> list[Item]:
        return self._labelled(*version_label(name, argument), extent)

    def _code(self, name: str, argument: str, extent: Extent) -> list[Item]:
        _, below = options_below(self._lines, extent.start, extent.end)
        index = self._lines.after_blank(below, extent.end)
        lines = self._lines.dedented(index, extent.end)
        if name == "math" and argument:
            lines, index = [argument, *lines], extent.start
        code = fenced(lines, code_language(name, argument))
        return [Block(code, index + 1, extent.end, "code")] if lines else []

    def _table(self, name: str, argument: str, extent: Extent) -> list[Item]:
        line = extent.start + 1
        blocks = _TABLES[name](self._lines, extent.start, extent.end, line + bool(argument))
        title = [Block(f"**{self._lines.markdown(argument)}**", line, line)] if argument else []
        return [*title, *blocks]


def version_label(name: str, argument: str) -> tuple[str, str]:
    """Return the label of a directive about a version, and the rest of its argument."""
    words, count = VERSIONS[name]
    parts = argument.split(None, count)
    label = f"{words} {parts[0] if parts else ''}".rstrip()
    if count == 2 and len(parts) > 1:
        label += f", removed in {parts[1]}"
    return f"**{label}:**", " ".join(parts[count:])


def code_language(name: str, argument: str) -> str:
    """Return the language of the code in a directive, as Markdown's fences name it."""
    language = CODE[name]
    if name in _TITLED_CODE:
        language = argument.split(None, 1)[0] if argument else ""
    return _LANGUAGES.get(language, language)


def footnote(items: list[Item], label: str) -> list[Item]:
    """Return a footnote's or citation's text behind its label.

    Only the first paragraph is indented: Markdown would take an indented second one for code.
    """
    return [*bulleted(items[:1], f"\\[{label}] "), *items[1:]]
