"""What Kotlin's grammar is given to read.

The grammar wants a line's end or a semicolon behind every member of a type, which Kotlin does not
want behind the last one: `class Cup { fun fill() {} }`.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    rb"/\*.*?(?:\*/|\Z)|//[^\n]*+"
    rb'|""".*?(?:"""|\Z)|"(?:[^"\\\n]|\\.)*+"?'
    rb"|'(?:[^'\\\n]|\\.)*+'?"
    rb"|(?P<open>\{)|(?P<close>\})",
    re.DOTALL,
)
_TYPE = re.compile(rb"(?<![\w.:])(?P<enum>enum\s+)?(?:class|interface|object)\b[^;]*\Z")
_MEMBER = re.compile(rb"\b(?:fun|get|init|set|val|var)\b")
_LONGEST_HEADER = 2000


def prepare(language: str, data: bytes, path: str) -> tuple[str, bytes]:
    """Return the language of a file, and what a grammar should see of it."""
    return language, readable(data)


def readable(data: bytes) -> bytes:
    """Return the text with a semicolon for the blank before the end of a type's body."""
    changed = bytearray(data)
    around: list[bytes] = []
    start = opened = 0
    for token in _TOKEN.finditer(data):
        if token["open"]:
            header = data[max(start, token.start() - _LONGEST_HEADER) : token.start()]
            around.append(_body(header, around[-1] if around else b""))
        elif token["close"]:
            before = token.start() - 1
            is_body = bool(around and around.pop())
            if is_body and before > opened and data[before : before + 1] == b" ":
                changed[before] = ord(";")
        if token["open"] or token["close"]:
            start = token.end()
            opened = start if token["open"] else 0
    return bytes(changed)


def _body(header: bytes, around: bytes) -> bytes:
    """Return what a body belongs to by its header: a "type", an "enum" or an "entry" of one."""
    declared = _TYPE.search(header)
    if declared is not None:
        return b"enum" if declared["enum"] else b"type"
    return b"entry" if around == b"enum" and not _MEMBER.search(header) else b""
