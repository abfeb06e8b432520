"""How doc comments include other files: the statements of rustdoc, Doxygen and TypeDoc."""

from __future__ import annotations

import re
from collections.abc import Sequence

from askdocs_indexer.readers.inclusion.expansion import Form, Inclusion, Origin, Syntax, suffix_of
from askdocs_indexer.readers.inclusion.markdown import MarkdownSyntax
from askdocs_indexer.readers.inclusion.picks import by_region

_ANY = re.compile(r"include_str\s*!|[\\@](?:snippet|include)|@includeCode\b")
# The text of a file is the documentation of an item, or of what is around.
_RUST = re.compile(
    r"(?P<indent>[ \t]*)#(?P<inner>!?)[ \t]*\[[ \t]*"
    r"(?:cfg_attr\([^,\n]{1,80},[ \t]*)?doc[ \t]*=[ \t]*"
    r"(?:(?:::)?(?:core|std)::)?include_str[ \t]*![ \t]*[({\[][ \t]*"
    r"(?:concat!\([ \t]*env!\([^)\n]*\)[ \t]*,[ \t]*)?"
    r"r?#?\"(?P<path>[^\"\n]+)\"#?[ \t,)}\]]*\][ \t]*$"
)
_CODE = re.compile(
    r"(?P<indent>[ \t]*+(?:///|//!|//|/\*\*|\*)?[ \t]*+)(?:"
    r"[\\@](?:snippet|include)(?:lineno)?(?:\{[^}\n]*\})?[ \t]+(?P<doxygen>[\w./+-]+\.\w+)"
    r"(?:[ \t]+(?P<part>[\w.-]+))?"
    r"|\{@(?P<how>include(?:Code)?)[ \t]+(?P<typedoc>[^\s}#]+)(?:#(?P<region>[\w-]+))?\})[ \t]*$"
)


class CommentSyntax:
    """What the doc comments of a source include."""

    # Where Doxygen's examples customarily lie.
    folders: Sequence[str] = ("examples", "example", "docs/examples", "doc/examples", "snippets")

    def inner(self) -> Syntax:
        return MarkdownSyntax()

    def inclusions(self, lines: Sequence[str], index: int) -> Sequence[Inclusion]:
        line = lines[index]
        if not _ANY.search(line):
            return []
        if match := _RUST.match(line):
            indent = f"{match['indent']}//{'!' if match['inner'] else '/'} "
            return [Inclusion(match["path"], index + 1, indent, "text")]
        code = _CODE.match(line)
        if code is None:
            return []
        path, region = code["doxygen"] or code["typedoc"], code["part"] or code["region"]
        picks = (by_region(region),) if region else ()
        form: Form = "text" if code["how"] == "include" else "code"
        return [Inclusion(path, index + 1, code["indent"], form, suffix_of(path), picks)]

    def shown(self, code: Sequence[str], inclusion: Inclusion, origin: Origin) -> list[str]:
        # What would end the comment, or the code in it, stays out of it.
        inside = [line.replace("*/", "* /").replace("```", "'''") for line in code]
        return [f"```{inclusion.language}", *inside, "```"]

    def passed(self, line: str) -> Sequence[str]:
        return ()
