"""Code that is right but that the grammar cannot read."""

from __future__ import annotations

import re

_OPENING = re.compile(rb"\n[ \t]*+(?<=[ \t])<(?=\s*+[A-Za-z_$])")
_ENDS_MEMBER = re.compile(rb"[\w>)\]}]\Z")
_MOST_COMMENTS = 5
_LONGEST_COMMENT = 5000


def mended(data: bytes) -> bytes:
    """Return the same code, byte for byte in its place, with semicolons that it leaves out.

    A call signature without a name may stand behind a member that no semicolon ends. The grammar
    takes its type parameters for type arguments of what stands before.
    """
    seen = bytearray(data)
    for opening in _OPENING.finditer(data):
        if _ENDS_MEMBER.search(_before(data, opening.start())):
            seen[opening.end() - 2] = ord(";")
    return bytes(seen)


def _before(data: bytes, end: int) -> bytes:
    """Return the last of the code before an offset, without comments right before it."""
    code = data[max(0, end - _LONGEST_COMMENT) : end].rstrip()
    for _ in range(_MOST_COMMENTS):
        line = code.rpartition(b"\n")[2].lstrip()
        if code.endswith(b"*/"):
            code = code.rpartition(b"/*")[0].rstrip()
        elif line.startswith(b"//"):
            code = code[: len(code) - len(line)].rstrip()
    return code[-1:]
