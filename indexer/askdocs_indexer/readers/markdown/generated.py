"""Markdown that generators write out of sources: what their anchors and imports say of a page.

pydoc-markdown and gomarkdoc put an anchor above each heading; gomarkdoc's pages begin with the
import of their package, which qualifies all that they describe.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_ANCHOR = re.compile(r"\s*<a (?:id|name)=\"(?P<name>[A-Za-z_][\w.]*)\">(?:\s*</a>)?\s*$")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*(?P<language>[\w+#-]+)")
_GO_IMPORT = re.compile(r"import \"(?P<path>[^\"\s]+)\"$")
_HEADING_LINES = 12
# Two of them are no accident.
_LEAST_ANCHORS = 2

# What code blocks are marked with -> the family of the language.
_FAMILIES = {
    **dict.fromkeys(("c", "c++", "cc", "cpp", "cxx", "h", "hpp"), "c"),
    **dict.fromkeys(("c#", "cs", "csharp"), "csharp"),
    **dict.fromkeys(("go", "golang"), "go"),
    **dict.fromkeys(("java", "kotlin", "kt"), "jvm"),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs", "ts", "tsx", "typescript"), "javascript"),
    "php": "php",
    **dict.fromkeys(("py", "pycon", "python", "python3"), "python"),
    **dict.fromkeys(("rb", "ruby"), "ruby"),
    **dict.fromkeys(("rs", "rust"), "rust"),
}


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generator wrote a page about: a family of languages, and a Go package's path.

    Both are "" for a page that somebody has written.
    """

    domain: str = ""
    package: str = ""

    def qualified(self, symbols: tuple[str, ...], title: str) -> tuple[str, ...]:
        """Return a heading's names inside the page's package, by its path and by its short name.

        The package's own heading documents the package.
        """
        short = self.package.rpartition("/")[2]
        if not self.package:
            return symbols
        if title == short:
            return (self.package, short)
        return tuple(
            name if name.startswith(f"{owner}.") or name == owner else f"{owner}.{name}"
            for symbol in symbols
            for owner, name in ((self.package, symbol), (short, symbol))
        )


def generated(lines: Sequence[str]) -> Generated:
    """Return what a page's lines say of the generator that wrote them."""
    package = _go_package(lines)
    if package:
        return Generated("go", package)
    anchors = sum(anchor_above(lines, i) != "" for i, line in enumerate(lines) if line[:1] == "#")
    if anchors < _LEAST_ANCHORS:
        return Generated()
    fences = filter(None, map(_FENCE.match, lines))
    languages = Counter(fence["language"].lower() for fence in fences)
    families = (_FAMILIES.get(language, "") for language, _ in languages.most_common())
    return Generated(next(filter(None, families), ""))


def _go_package(lines: Sequence[str]) -> str:
    """Return the path that a page imports in the code right below its title."""
    for above, line in pairwise(lines[:_HEADING_LINES]):
        match = _GO_IMPORT.match(line.strip())
        if match and _FENCE.match(above):
            return match["path"]
    return ""


def anchor_above(lines: Sequence[str], index: int) -> str:
    """Return the name of the anchor on its own line above a line; "" for none."""
    while index and not lines[index - 1].strip():
        index -= 1
    match = _ANCHOR.match(lines[index - 1]) if index else None
    return match["name"] if match else ""
