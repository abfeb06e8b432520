"""Namespaces that macros open and close: `ACME_NAMESPACE_BEGIN` … `ACME_NAMESPACE_END`.

The macro's definition, most often in another file, says which namespace is meant. What stands
between the two is declared in a space of the macro's own, which the definition ties to the
namespace.
"""

from __future__ import annotations

import re

from askdocs_indexer.languages.facts import Names

# (First byte, last byte, name of the space).
Regions = list[tuple[int, int, str]]

_MACRO = rb"(?=[A-Z0-9_]*(?:NAMESPACE|_NS\b|\bNS_))[A-Z_][A-Z0-9_]*"
_LINE = re.compile(
    rb"^[ \t]*(?P<macro>" + _MACRO + rb")[ \t]*;?[ \t]*(?://[^\n]*|/\*[^\n]*)?\r?$", re.MULTILINE
)
_OPENING = re.compile(r"BEGIN|ENTER|OPEN|START")
_CLOSING = re.compile(r"CLOSE|END|EXIT|LEAVE|STOP")
_NAMESPACE = re.compile(r"(?P<inline>\binline\s+)?\bnamespace\s+(?P<name>\w+(?:\s*::\s*\w+)*)")
_NAME = re.compile(_MACRO.decode())


def space_of(macro: str) -> str:
    """Return the name of the space that a macro opens."""
    return f"#{macro}"


def regions(data: bytes) -> Regions:
    """Return the parts of a file that stand between macros that open and close a namespace."""
    closed: Regions = []
    opened: list[tuple[int, str]] = []
    for line in _LINE.finditer(data):
        macro = line["macro"].decode()
        if _OPENING.search(macro):
            opened.append((line.end(), space_of(macro)))
        elif _CLOSING.search(macro) and opened:
            start, name = opened.pop()
            closed.append((start, line.start(), name))
    return closed


def namespace_opened(macro: str, value: str) -> Names | None:
    """Return the namespace that a macro opens by its definition; None where it opens none.

    A macro that is empty for now leaves the names where they are.
    """
    if not _NAME.fullmatch(macro) or not _OPENING.search(macro):
        return None
    namespaces = [
        namespace
        for namespace in _NAMESPACE.finditer(value.replace("\\\n", " "))
        if not namespace["inline"]
    ]
    names = tuple(
        part.strip() for namespace in namespaces for part in namespace["name"].split("::")
    )
    return names if names or not value.strip() else None
