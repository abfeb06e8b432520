"""C# as a grammar can read it: without conditions that cut through declarations."""

from __future__ import annotations

import re

# What looks like a directive inside of a string or a comment is not one.
_TOKEN = re.compile(
    rb"""/\*(?:.*?\*/|.*\Z) | //[^\n]* | \"{3,}.*?\"{3,} | @\$?"(?:[^"]|"")*+"?
    | \$?"(?:[^"\\\n]|\\.)*+"? | '(?:[^'\\\n]|\\.)*+'?
    | ^[ \t]*\#[ \t]*(?P<directive>if|elif|else|endif)\b[^\n]*
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_NOT_LINE_END = re.compile(rb"[^\n]")


def mended(data: bytes) -> bytes:
    """Blank out conditions and all of their branches but the first; every byte keeps its place."""
    spans: list[tuple[int, int]] = []
    # Where the branches that are left out begin, for each open condition.
    dropped: list[int | None] = []
    for match in _TOKEN.finditer(data):
        directive = match["directive"]
        if not directive:
            continue
        spans.append(match.span())
        if directive == b"if":
            dropped.append(None)
        elif dropped and directive == b"endif":
            start = dropped.pop()
            if start is not None:
                spans.append((start, match.start()))
        elif dropped and dropped[-1] is None:
            dropped[-1] = match.end()
    blanked = bytearray(data)
    for start, end in spans:
        blanked[start:end] = _NOT_LINE_END.sub(b" ", data[start:end])
    return bytes(blanked)
