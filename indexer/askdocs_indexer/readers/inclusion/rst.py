"""How reStructuredText includes other files: `include`, `literalinclude` and tables' `:file:`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from askdocs_indexer.readers.inclusion.expansion import (
    Form,
    Inclusion,
    Origin,
    Syntax,
    suffix_of,
)
from askdocs_indexer.readers.inclusion.picks import picks_of

_DIRECTIVE = re.compile(
    r"(?P<indent>[ \t]*)\.\.[ \t]+(?P<name>include|literalinclude|csv-table)::"
    r"[ \t]*(?P<argument>.*)$"
)
_OPTION = re.compile(r"[ \t]+:(?P<name>[\w-]{1,40}):[ \t]*(?P<value>.*)$")
_TEXT_SUFFIXES = frozenset({"", "inc", "rest", "rst", "txt"})


class RstSyntax:
    """What the lines of a reStructuredText document include."""

    folders: Sequence[str] = ()

    def inner(self) -> Syntax:
        return self

    def inclusions(self, lines: Sequence[str], index: int) -> Sequence[Inclusion]:
        match = _DIRECTIVE.match(lines[index])
        if match is None:
            return []
        options: dict[str, str] = {}
        end = index + 1
        while end < len(lines) and (option := _OPTION.match(lines[end])):
            options[option["name"]] = option["value"].strip()
            end += 1
        target, indent = match["argument"].strip(), match["indent"]
        if match["name"] == "csv-table":
            return _table(target, indent, end, options)
        is_text = match["name"] == "include" and not options.keys() & {"code", "literal"}
        if is_text and (suffix_of(target) not in _TEXT_SUFFIXES or target.startswith("<")):
            return []  # A page of another format is read as what it is.
        language = options.get("language") or options.get("code") or suffix_of(target)
        form: Form = "text" if is_text else "code"
        caption = options.get("caption", "")
        above = (f"**{caption}**", "") if caption else ()
        return [Inclusion(target, end, indent, form, language, tuple(picks_of(options)), above)]

    def shown(self, code: Sequence[str], inclusion: Inclusion, origin: Origin) -> list[str]:
        language = f" {inclusion.language}" if inclusion.language else ""
        link = f"`{origin.path} <{origin.link}>`__"
        indented = [f"   {line}".rstrip() for line in code]
        if inclusion.form == "raw":
            return [*inclusion.above, "", *indented, "", link, ""]
        return [*inclusion.above, f".. code-block::{language}", "", *indented, "", link, ""]

    def passed(self, line: str) -> Sequence[str]:
        return ()


def _table(title: str, indent: str, end: int, options: dict[str, str]) -> list[Inclusion]:
    """A table whose rows stand in a file of their own."""
    target = options.pop("file", "")
    if not target:
        return []
    written = [f"   :{name}: {value}" for name, value in options.items()]
    return [Inclusion(target, end, indent, "raw", above=(f".. csv-table:: {title}", *written))]
