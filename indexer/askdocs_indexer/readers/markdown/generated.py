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

from askdocs_indexer.readers.markdown.declared import heading_name
from askdocs_indexer.readers.markdown.languages import FAMILIES

# Arguments may stand behind the name.
_ANCHOR = re.compile(
    r"\s*<a (?:id|name)=(?P<quote>[\"'])(?P<name>[A-Za-z_][\w.+~#:]*)(?:\([^\"'<>]*\))?(?P=quote)>"
    r"(?:\s*</a>)?\s*$"
)
# How JSDoc writes members of objects, inner names and a module in front.
_JSDOC_SEPARATOR = re.compile(r"\.\.|[+~#]")
_JSDOC_MODULE = "module_"
_JSDOC_KIND = "**Kind**: "
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*(?P<language>[\w+#-]+)")
_GO_IMPORT = re.compile(r"import \"(?P<path>[^\"\s]+)\"$")
_GO_VERSION = re.compile(r"[/.]v\d+$")
# What all names of a page are inside: `Namespace: Acme.Wagons`, `* Full name: \`\Acme\Wagon\``.
_NAMESPACE = re.compile(
    r"(?:[*-] )?\**(?P<key>Namespace|Package|Full name):\**\s+[\[`]*(?P<name>[\w.\\:]+)"
)
# The path to a page: `[lib](…) / [Milk](…) / froth` by TypeDoc, above a title that has its kind,
# and `//[lib](…)/[org.x](…)/[f](…)` by Dokka. The first is the whole project.
_TYPEDOC_TITLE = re.compile(r"# (?:Class|Enumeration|Function|Interface|Type Alias|Variable): ")
_TRAIL = re.compile(
    r"(?://)?(?:\[[^\[\]]+\]\([^()]*\) ?/ ?){1,12}(?:\[[^\[\]]+\]\([^()]*\)|[\w$]+)$"
)
_TRAIL_PART = re.compile(r"\[(?P<linked>[^\[\]]+)\]\([^()]*\)|(?P<plain>[\w$]+)$")
_HEADING_LINES = 12
# Two of them are no accident.
_LEAST_ANCHORS = 2


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generator wrote a page about: a family of languages, and a Go package's path.

    `namespace` is what all names of the page are inside, and `trail` those that lead to its title,
    the title's own last. All are empty for a page that somebody has written.
    """

    domain: str = ""
    package: str = ""
    namespace: str = ""
    trail: tuple[str, ...] = ()

    def qualified(self, symbols: tuple[str, ...], title: str) -> tuple[str, ...]:
        """Return a heading's names inside the page's package, by its path and by its short name.

        The package's own heading documents the package.
        """
        short = _GO_VERSION.sub("", self.package).rpartition("/")[2]
        if not self.package:
            return self._inside_namespace(symbols)
        if title == short:
            return (self.package, short)
        return tuple(
            name if name.startswith(f"{owner}.") or name == owner else f"{owner}.{name}"
            for symbol in symbols
            for owner, name in ((self.package, symbol), (short, symbol))
        )

    def _inside_namespace(self, symbols: tuple[str, ...]) -> tuple[str, ...]:
        """Return names with those that they have outside of the page's namespace."""
        space = self.namespace or ".".join(self.trail[:-1])
        if not space:
            return symbols
        if "\\" in space:  # PHP
            return tuple(f"{space}\\{symbol.replace('.', '::')}" for symbol in symbols)
        within = (s if s.startswith(f"{space}.") else f"{space}.{s}" for s in symbols)
        return tuple(dict.fromkeys((*within, *symbols)))

    def titled(self, title: str) -> tuple[str, ...]:
        """Return what the page's title documents, where the path to the page ends with it."""
        return self.trail[-1:] if self.trail and title == self.trail[-1] else ()


def generated(lines: Sequence[str]) -> Generated:
    """Return what a page's lines say of the generator that wrote them."""
    package = _go_package(lines)
    if package:
        return Generated("go", package)
    return Generated(_domain(lines), "", _namespace(lines), _trail(lines))


def _namespace(lines: Sequence[str]) -> str:
    """Return the namespace that a line below the page's title names."""
    for line in lines[: 2 * _HEADING_LINES]:
        if match := _NAMESPACE.match(line):
            parts = [part for part in re.split(r"[\\.]|::", match["name"]) if part]
            separator = "\\" if "\\" in match["name"] else "."
            return separator.join(parts[:-1] if match["key"] == "Full name" else parts)
    return ""


def _trail(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the names that lead to a page, without the project's."""
    top = lines[:_HEADING_LINES]
    is_typedoc = any(map(_TYPEDOC_TITLE.match, top))
    for line in top:
        if (is_typedoc or line.startswith("//")) and _TRAIL.match(line.strip()):
            parts = _TRAIL_PART.finditer(line.strip())
            return tuple(part["linked"] or part["plain"] for part in parts)[1:]
    return ()


def _domain(lines: Sequence[str]) -> str:
    """Return the family of the languages of a page's code, if its headings have anchors."""
    titles = ((anchor_above(lines, i), line) for i, line in enumerate(lines) if line[:1] == "#")
    anchors = [(anchor, line) for anchor, line in titles if anchor]
    if len(anchors) < _LEAST_ANCHORS and not any(_is_qualified(*pair) for pair in anchors):
        return ""
    if any(line.startswith(_JSDOC_KIND) for line in lines):
        return "javascript"
    fences = filter(None, map(_FENCE.match, lines))
    languages = Counter(fence["language"].lower() for fence in fences)
    families = (FAMILIES.get(language, "") for language, _ in languages.most_common())
    return next(filter(None, families), "")


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


def _is_qualified(anchor: str, heading: str) -> bool:
    """Return whether an anchor is the heading's name with what that is inside."""
    name = heading_name(heading.strip("# "))
    return bool(name) and anchor.endswith(f".{name}")


def anchored_names(anchor: str) -> tuple[str, ...]:
    """Return the names that an anchor gives to what the heading below it documents.

    A name of JSDoc's stands inside its module, whose path an import may spell in any way.
    """
    name = _JSDOC_SEPARATOR.sub(".", anchor)
    inside = name.removeprefix(_JSDOC_MODULE)
    return (name,) if inside == name else (inside, inside.partition(".")[2] or inside)
