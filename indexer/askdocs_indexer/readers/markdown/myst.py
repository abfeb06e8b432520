"""Directives of MyST: Sphinx's directives in fences, ```` ```{note} ```` or `:::{note}`, with
Markdown inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import fenced, led
from askdocs_indexer.readers.rst.directives import (
    ADMONITIONS,
    CODE,
    UNSEEN,
    VERSIONS,
    code_language,
    version_label,
)
from askdocs_indexer.readers.rst.lines import OPTION
from askdocs_indexer.readers.rst.objects import Scope, describe, is_object
from askdocs_indexer.readers.rst.reader import rst_items
from askdocs_indexer.readers.sections import Documents, Entry, Item
from askdocs_indexer.types import Block

DIRECTIVE = re.compile(r"\{(?P<name>[A-Za-z][\w:.+-]{0,80})\}[ \t]*(?P<argument>.*)")

_DIRECTIVE_LINE = re.compile(r"[ \t>]*(?:`{3,}|~{3,}|:{3,})[ \t]*\{(?P<name>[A-Za-z][\w:.+-]*)\}")
_ROLE_OR_TARGET = re.compile(r"\{[a-z][\w:+-]{0,40}\}`[^`]|\([\w .:+-]{1,100}\)=$")

# Their argument is the title of the prose inside.
_TITLED = words(
    "admonition aside card details dropdown grid-item-card list-table margin rubric sidebar tab "
    "tab-item table topic"
)
_CONTAINERS = words("container div epigraph figure glossary grid only pull-quote tab-set")
_LANGUAGES = words("bash css dot js julia mermaid ojs python r rcpp sh sql stan")
_MODULES = words("currentmodule module py:currentmodule py:module")


class MystDirectives:
    """Reads the directives of a document; `read_body` reads (Markdown lines, first line)."""

    def __init__(self, read_body: Callable[[Sequence[str], int], list[Item]]) -> None:
        self._read_body = read_body
        self._scope = Scope()

    def read(self, match: re.Match[str], lines: Sequence[str], line: int) -> list[Item] | None:
        """Return the items of a directive, or None if it is not known.

        `lines` are those inside its fence; the fence opens on `line` of the file.
        """
        name, argument = match["name"].lower(), match["argument"].strip()
        if name in _WRITTEN:
            return _WRITTEN[name](name, argument, lines, line)
        options, above = _options(lines)
        body, first_line = lines[above:], line + 1 + above
        if name in _MODULES:
            self._scope = Scope("" if argument == "None" else argument)
            listed = not name.endswith("currentmodule")
            return [Documents((argument,), "python")] if listed else []
        if is_object(name) and argument:
            return [self._object(name, argument, options, body, (line, first_line))]
        labelled = _label(name, argument)
        if labelled is None:
            return None
        label, words = labelled
        if words:
            body, first_line = [words, *[""] * above, *body], line
        items = self._read_body(body, first_line)
        return led(items, label, line) if label else items

    def prose(self, match: re.Match[str], lines: Sequence[str], line: int) -> list[Item]:
        """Return the items of a directive that is not known: its argument is a title."""
        _, above = _options(lines)
        items = self._read_body(lines[above:], line + 1 + above)
        argument = match["argument"].strip()
        return led(items, f"**{argument}:**", line) if argument and items else items

    def _object(
        self,
        name: str,
        argument: str,
        options: dict[str, str],
        body: Sequence[str],
        lines: tuple[int, int],
    ) -> Entry:
        """Return the entry that opens on the first of `lines`; its body begins on the second."""
        outer = self._scope
        described = describe(name, (argument,), options, outer)
        line, first_line = lines
        code = fenced(described.signatures, described.language)
        shown = Block(code, line, first_line - 1, "signature")
        self._scope = described.inner
        items = self._read_body(body, first_line)
        self._scope = outer
        return Entry(
            title=described.title,
            start_line=line,
            end_line=first_line - 1,
            symbols=described.symbols,
            items=(shown, *items),
            domain=described.domain,
        )


def _label(name: str, argument: str) -> tuple[str, str] | None:
    """Return the label of a directive's prose and the words that begin it; None if unknown."""
    if name in ADMONITIONS:
        return f"**{ADMONITIONS[name]}:**", argument
    if name in VERSIONS:
        return version_label(name, argument)
    if name in _TITLED:
        return f"**{argument}:**" if argument else "", ""
    return ("", "") if name in _CONTAINERS else None


def holds_prose(name: str) -> bool:
    """Return whether a directive holds Markdown rather than code or data."""
    return _label(name.lower(), "") is not None


def is_myst(lines: Sequence[str]) -> bool:
    """Return whether a document uses what no other Markdown has: directives, roles and targets.

    R's notebooks have braces around the languages of their code.
    """
    for line in lines:
        directive = _DIRECTIVE_LINE.match(line)
        if directive and directive["name"].lower() not in _LANGUAGES:
            return True
        if _ROLE_OR_TARGET.search(line):
            return True
    return False


def _code(name: str, argument: str, lines: Sequence[str], line: int) -> list[Item]:
    """Return a directive's code under its caption, which Sphinx shows as a title."""
    options, above = _options(lines)
    code = [*([argument] if argument and name == "math" else ()), *lines[above:]]
    text = "\n".join(code).strip("\n")
    if not text:
        return []
    last = line + len(lines)
    shown = Block(fenced(text.split("\n"), code_language(name, argument)), line, last, "code")
    caption = options.get("caption", "")
    return [Block(f"**{caption}**", line, line), shown] if caption else [shown]


def _unseen(name: str, argument: str, lines: Sequence[str], line: int) -> list[Item]:
    return []


def _rst(name: str, argument: str, lines: Sequence[str], line: int) -> list[Item]:
    return rst_items("\n".join(lines), line + 1)


def _table(name: str, argument: str, lines: Sequence[str], line: int) -> list[Item]:
    """Return a table whose rows are written the same way in both formats."""
    return rst_items("\n".join([f".. {name}:: {argument}", *(f"   {row}" for row in lines)]), line)


# Directives whose bodies are not Markdown.
_WRITTEN: dict[str, Callable[[str, str, Sequence[str], int], list[Item]]] = {
    **dict.fromkeys(UNSEEN, _unseen),
    **dict.fromkeys(CODE, _code),
    "csv-table": _table,
    "eval-rst": _rst,
}


def _options(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Return the options at the top of a directive, and how many lines they take."""
    options: dict[str, str] = {}
    above = 0
    while above < len(lines) and (option := OPTION.match(lines[above].strip())):
        options[option["name"]] = (option["value"] or "").strip()
        above += 1
    if not above and lines and lines[0].strip() == "---":
        above = next((i + 1 for i, text in enumerate(lines[1:], 1) if text.strip() == "---"), 0)
        written = (line.partition(":") for line in lines[1 : max(above - 1, 1)])
        options = {name.strip(): value.strip().strip("\"'") for name, _, value in written}
    return options, above
