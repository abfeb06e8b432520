"""C and C++ as a grammar can read them: without the preprocessor's cuts through declarations.

Nothing is expanded. Lines that switch code on and off are blanked out, as are macros that stand
where only a keyword could; every byte keeps its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

# What no C header contains.
_CPP = re.compile(
    rb"^[ \t]*(?:template\s*<|(?:inline\s+)?namespace\b|class\s+\w|using\s+\w|typename\b"
    rb"|(?:public|private|protected)\s*:|enum\s+class\b)",
    re.MULTILINE,
)
# Comments and strings are passed over whole: what looks like a directive in them is not. An open
# comment ends with the file.
_TOKEN = re.compile(
    rb"""(?P<skipped>
      /\*(?:.*?\*/|.*\Z)
    | //[^\n]*
    | R"(?P<raw>[^\s()\\"]{0,16})\((?:.*?\)(?P=raw)"|.*\Z)
    | "(?:[^"\\\n]|\\.)*+"?
    | '(?:[^'\\\n]|\\.)*+'?
    )
    | ^[ \t]*\#[ \t]*(?P<directive>[a-z_]+)(?P<rest>(?:[^\n\\/]|\\\n|\\.|/(?![*/]))*)
    | (?P<brace>[{}])
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_OPENING = frozenset({b"if", b"ifdef", b"ifndef"})
_SWITCHING = frozenset({b"elif", b"elifdef", b"elifndef", b"else"})
_DROPPED = frozenset({b"error", b"line", b"pragma", b"undef", b"warning"})
_CONTINUED = re.compile(rb"(?:[^\n]*\\\r?\n)*[^\n]*")
_NEVER = re.compile(rb"[ \t]+0\s*$")
_NOT_LINE_END = re.compile(rb"[^\n]")
_ARGUMENTS = rb"(?:[ \t]*\([^()]{0,160}+(?:\([^()]{0,60}+\)[^()]{0,100}+){0,3}+\))"
# Macros that no grammar expects: an attribute before a declaration, between `class` and its name,
# behind the parameters, or alone on a line.
_ATTRIBUTE = re.compile(
    rb"\b[A-Z_][A-Z0-9_]{0,60}?(?:ABI|API|CALL|CONSTEXPR|DECL|DEPRECATED|DEVICE|DLL|EXPORTS?|EXTERN"
    rb"|HIDDEN|IMPORT|INLINE|NODISCARD|NORETURN|PUBLIC|UNUSED|VISIBLE|VISIBILITY)"
    rb"(?:_[A-Z0-9_]{0,40}|[0-9]{1,2})?\b" + _ARGUMENTS + rb"?(?=\s+[A-Za-z_~:&*])"
)
_LEADING = re.compile(
    rb"^[ \t]*(?:(?:constexpr|explicit|extern|friend|inline|static|virtual)[ \t]+){0,3}"
    rb"(?P<macro>[A-Z_][A-Z0-9_]{2,60})[ \t\n]+(?=(?:[A-Za-z_][\w:]{0,100}(?:<[^;{}()]{0,100}>)?"
    rb"[ \t\n*&]+){1,5}~?[A-Za-z_]\w{0,100}[ \t\n]*[(;=\[])",
    re.MULTILINE,
)
_QUALIFIER = re.compile(rb"\b__[a-z]+(?:_[a-z]+){0,4}__\b(?!\s*\()")
_CLASS_ATTRIBUTE = re.compile(
    rb"\b(?:class|struct|union)[ \t]+(?P<macro>[A-Z_][A-Z0-9_]{1,80}" + _ARGUMENTS + rb"?)"
    rb"(?=[ \t]+[A-Za-z_][\w:]{0,200}[ \t\n]*(?:final[ \t\n]*)?[:{])"
)
_TRAILING = re.compile(
    rb"\)(?P<macro>(?:\s+(?:__[a-z]\w{0,60}|[A-Z_][A-Z0-9_]{2,60})" + _ARGUMENTS + rb"?){1,4})"
    rb"(?=\s*[;{])"
)
_STANDALONE = re.compile(
    rb"^[ \t]*(?:[A-Z_][A-Z0-9_]{0,60}?(?:BEGIN|DECLS|END|GADGET|NAMESPACE|OBJECT|POP|PUSH)"
    rb"[A-Z0-9_]{0,60}" + _ARGUMENTS + rb"?[ \t]*;?"
    rb"|[A-Z][A-Z0-9_]{2,80}" + _ARGUMENTS + rb"(?!\s*[-+*/.,:;=?&|^{<>)]))[ \t]*$",
    re.MULTILINE,
)
# `SHOP_PRIVATE_UNLESS_TESTED:` in the place of an access specifier.
_LABEL = re.compile(rb"^[ \t]*(?P<macro>[A-Z_][A-Z0-9_]{2,80}[ \t]*:)[ \t]*$", re.MULTILINE)
# A word in capitals alone on its line: fields, declarations or a template's head by a macro.
ALONE = re.compile(
    rb"^[ \t]*(?P<macro>[A-Z_][A-Z0-9_]{2,80})(?=[ \t\r]*(?://[^\n]*|/\*[^\n]*\*/)?[ \t\r]*$)",
    re.MULTILINE,
)
_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_BEFORE_STATEMENT = re.compile(rb"(?:[;{}:]|\b(?:const|override|noexcept|final))\s*$")
_OPENS_FIELDS = re.compile(rb"(?<!enum )\b(?:class|struct|union)\b[^;{}]{0,200}\{\s*$")
# What makes a word the end of an expression, an enumerator, or the type of a function.
_BELONGS = re.compile(rb"\s*(?:[-,=|&+/?.)(<>\[%^:]|[*&\s]*[\w:~]+\s*\()")
_MOST_BEHIND = 1000
# `PyAPI_FUNC(int) name(…)`: the type stands in the macro's brackets.
_WRAPPED_TYPE = re.compile(
    rb"\b(?P<macro>\w{0,60}(?:API|EXPORT|EXTERN|PUBLIC)\w{0,40}\()[\w\s*&:<>]{1,200}(?P<end>\))"
    rb"(?=\s*\**\s*\w+\s*[(;\[])"
)


@dataclass(slots=True)
class _Condition:
    """An open `#if`: the depth of braces at its start and behind its first branch."""

    depth: int
    dropped_from: int = -1
    depth_behind: int | None = None


def prepare(language: str, data: bytes, path: str) -> tuple[str, bytes]:
    """Return the language that a file is written in, and what a grammar should see of it."""
    if PurePosixPath(path).suffix.lower() == ".h" and not _CPP.search(data):
        language = "c"
    return language, readable(data)


def readable(data: bytes) -> bytes:
    """Return what a grammar should see of a file, byte for byte in its place."""
    blanked: list[tuple[int, int]] = []
    directives: list[tuple[int, int]] = []
    open_conditions: list[_Condition] = []
    depth = 0
    for token in _TOKEN.finditer(data):
        if token["brace"]:
            depth += 1 if token["brace"] == b"{" else -1
            continue
        name = token["directive"]
        if not name:
            continue
        start, end = token.span()
        if name in _OPENING:
            never = name == b"if" and _NEVER.match(token["rest"]) is not None
            open_conditions.append(_Condition(depth, end if never else -1))
        elif name in _SWITCHING and open_conditions:
            depth = _switched(open_conditions[-1], start, end, depth, blanked)
        elif name == b"endif" and open_conditions:
            condition = open_conditions.pop()
            if condition.dropped_from >= 0:
                blanked.append((condition.dropped_from, start))
                behind = condition.depth_behind
                depth = condition.depth if behind is None else behind
        elif name not in _DROPPED:
            line = _CONTINUED.match(data, start)
            directives.append((start, line.end() if line else end))
            continue
        blanked.append((start, end))
    # A grammar ends a directive at a comment, even where the next line continues it.
    for start, end in directives:
        inner = data[start : data.rfind(b"\n", start, end) + 1]
        blanked += ((start + a, start + b) for a, b in map(re.Match.span, _COMMENT.finditer(inner)))
    return _without_macros(_blank(data, blanked), directives)


def _switched(
    condition: _Condition, start: int, end: int, depth: int, blanked: list[tuple[int, int]]
) -> int:
    """Enter another branch, which is dropped where the first one opened or closed a brace."""
    if condition.dropped_from >= 0:
        blanked.append((condition.dropped_from, start))
        condition.dropped_from = -1 if condition.depth_behind is None else end
        return condition.depth
    if depth != condition.depth:
        condition.depth_behind = depth
        condition.dropped_from = end
    return depth


def _blank(data: bytes, spans: list[tuple[int, int]]) -> bytes:
    parts: list[bytes] = []
    done = 0
    for start, end in sorted(spans):
        if end > done:
            first = max(start, done)
            parts += (data[done:first], _NOT_LINE_END.sub(b" ", data[first:end]))
            done = end
    return b"".join((*parts, data[done:]))


def _without_macros(data: bytes, directives: list[tuple[int, int]]) -> bytes:
    """Blank macros that no grammar expects, except in directives."""
    wrapped = {match.start(): match for match in _WRAPPED_TYPE.finditer(data)}
    whole = (_ATTRIBUTE, _QUALIFIER, _STANDALONE)
    spans = [match.span() for pattern in whole for match in pattern.finditer(data)]
    spans = [span for span in spans if span[0] not in wrapped]
    for pattern in (_CLASS_ATTRIBUTE, _LEADING, _TRAILING, _LABEL):
        spans += [match.span("macro") for match in pattern.finditer(data)]
    for wrapper in wrapped.values():
        spans += (wrapper.span("macro"), wrapper.span("end"))
    starts = [start for start, _ in directives]
    spans = [span for span in spans if not _is_inside(span[0], starts, directives)]
    data = _blank(data, spans)
    return _blank(data, list(_alone(data, starts, directives)))


def _is_inside(offset: int, starts: list[int], spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(starts, offset) - 1
    return index >= 0 and offset < spans[index][1]


def _alone(
    data: bytes, starts: list[int], directives: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield macros that stand alone on their line where a declaration may begin."""
    comments = [comment.span() for comment in _COMMENT.finditer(data)]
    bare = _blank(_blank(data, comments), directives)
    done = 0
    for match in ALONE.finditer(data):
        start, end = match.span("macro")
        if _is_inside(start, starts, directives):
            continue
        above = _text_before(bare, start, done)
        behind = bare[end : end + _MOST_BEHIND]
        is_last = behind.lstrip().startswith(b"}") and above.endswith(b"{")
        begins = not above or _BEFORE_STATEMENT.search(above)
        if begins and not _BELONGS.match(behind) and (not is_last or _OPENS_FIELDS.search(above)):
            done = end
            yield start, end


def _text_before(data: bytes, offset: int, start: int) -> bytes:
    """Return some text before an offset, from `start` on at most, without blanks at its end."""
    size = 500
    while True:
        first = max(start, offset - size)
        text = data[first:offset].rstrip()
        if text or first == start:
            return text
        size *= 8
