"""Directives of MyST: Sphinx's directives in fences, ```` ```{note} ````, with Markdown inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import fenced, led
from askdocs_indexer.readers.rst.directives import ADMONITIONS, UNSEEN, VERSIONS, version_label
from askdocs_indexer.readers.rst.lines import OPTION
from askdocs_indexer.readers.rst.objects import Scope, describe, is_object
from askdocs_indexer.readers.rst.reader import rst_items
from askdocs_indexer.readers.sections import Documents, Entry, Item
from askdocs_indexer.types import Block

DIRECTIVE = re.compile(r"\{(?P<name>[A-Za-z][\w:.+-]{0,80})\}[ \t]*(?P<argument>.*)")

# Their argument is the title of the prose inside.
_TITLED = words(
    "admonition aside card details dropdown grid-item-card margin rubric sidebar tab tab-item topic"
)
_CONTAINERS = words("container div epigraph glossary grid pull-quote tab-set")
_MODULES = words("currentmodule module py:currentmodule py:module")


class MystDirectives:
    """Reads the directives of a document; `read_body` reads (Markdown lines, first line)."""

    def __init__(self, read_body: Callable[[Sequence[str], int], list[Item]]) -> None:
        self._read_body = read_body
        self._scope = Scope()

    def read(self, match: re.Match[str], lines: Sequence[str], line: int) -> list[Item] | None:
        """Return the items of a directive, or None if it holds code.

        `lines` are those inside its fence; the fence opens on `line` of the file.
        """
        name, argument = match["name"].lower(), match["argument"].strip()
        if name in UNSEEN:
            return []
        if name == "eval-rst":
            return rst_items("\n".join(lines), line + 1)
        options, above = _options(lines)
        body, first_line = lines[above:], line + 1 + above
        if name in _MODULES:
            self._scope = Scope("" if argument == "None" else argument)
            listed = not name.endswith("currentmodule")
            return [Documents((argument,), "python")] if listed else []
        if is_object(name) and argument:
            return [self._object(name, argument, options, body, (line, first_line))]
        label = ""
        if name in ADMONITIONS:
            label = f"**{ADMONITIONS[name]}:**"
        elif name in VERSIONS:
            label, argument = version_label(name, argument)
        elif name in _TITLED:
            label, argument = f"**{argument}:**" if argument else "", ""
        elif name not in _CONTAINERS:
            return None
        if argument and name not in _CONTAINERS:
            body, first_line = [argument, *[""] * above, *body], line
        items = self._read_body(body, first_line)
        return led(items, label, line) if label else items

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


def _options(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Return the options at the top of a directive, and how many lines they take."""
    options: dict[str, str] = {}
    above = 0
    while above < len(lines) and (option := OPTION.match(lines[above].strip())):
        options[option["name"]] = (option["value"] or "").strip()
        above += 1
    if not above and lines and lines[0].strip() == "---":
        above = next((i + 1 for i, text in enumerate(lines[1:], 1) if text.strip() == "---"), 0)
    return options, above
