"""Attributes of an AsciiDoc document: its entries, and the references to them in its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What stands for characters that would be taken for markup. Their meaning is not the document's.
CHARACTERS = {
    "amp": "&",
    "apos": "'",
    "asterisk": "*",
    "backslash": "\\",
    "backtick": "`",
    "blank": "",
    "brvbar": "¦",
    "caret": "^",
    "cpp": "C++",
    "cxx": "C++",
    "deg": "°",
    "empty": "",
    "endsb": "]",
    "gt": ">",
    "ldquo": "“",
    "lsquo": "‘",
    "lt": "<",
    "nbsp": " ",
    "plus": "+",
    "pp": "++",
    "quot": '"',
    "rdquo": "”",
    "rsquo": "’",
    "sp": " ",
    "startsb": "[",
    "tilde": "~",
    "two-colons": "::",
    "two-semicolons": ";;",
    "vbar": "|",
    "wj": "",
    "zwsp": "",
}
# What Asciidoctor defines when it writes HTML; conditions ask for it.
_INTRINSIC = {
    "asciidoctor": "",
    "asciidoctor-version": "2.0.23",
    "backend": "html5",
    "backend-html5": "",
    "backend-html5-doctype-article": "",
    "basebackend": "html",
    "basebackend-html": "",
    "doctype": "article",
    "doctype-article": "",
    "filetype": "html",
    "filetype-html": "",
    "outfilesuffix": ".html",
    "safe-mode-level": "0",
    "safe-mode-name": "unsafe",
    "safe-mode-unsafe": "",
}
_ENTRY = re.compile(r":(?P<unset>!)?(?P<name>\w[\w-]{0,100}+)(?P<off>!)?:(?:[ \t]+(?P<value>.*))?$")
_CONTINUED = re.compile(r"[ \t]+[\\+]$")
_REFERENCE = re.compile(
    r"(?P<escape>\\)?\{(?:(?P<counter>counter2?):(?P<counted>\w[\w-]{0,100})(?::(?P<seed>\w+))?"
    r"|set:(?P<set>!?\w[\w-]{0,100}!?)(?::(?P<value>[^{}]{0,400}))?|(?P<name>\w[\w-]{0,100}))\}"
)
# References may refer to values made of references: documents end here, not in memory.
_MOST_LINES = 50
_VALUE_CHARACTERS = 4_000
_MOST_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, or several, that define an attribute; `value` is None where it is unset."""

    name: str
    value: str | None
    lines: int


def entry_at(texts: Sequence[str], index: int) -> Entry | None:
    """Return the entry that begins on a line, if one does."""
    match = _ENTRY.match(texts[index]) if texts[index][:1] == ":" else None
    if match is None:
        return None
    values = [match["value"] or ""]
    last = min(len(texts), index + _MOST_LINES)
    while index + len(values) < last and (end := _CONTINUED.search(values[-1])):
        values[-1] = values[-1][: end.start()]
        values.append(texts[index + len(values)].strip())
    value = None if match["unset"] or match["off"] else " ".join(values).strip()
    return Entry(match["name"].lower(), value, len(values))


class Attributes:
    """The attributes as they are defined up to some line of a document.

    `given` are those that are defined before its first line.
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self.values = {**_INTRINSIC, **(given or {})}
        self._left = _MOST_CHARACTERS

    def enter(self, entry: Entry) -> None:
        """Define or unset an attribute. A value's own references are resolved now."""
        if entry.value is None:
            self.values.pop(entry.name, None)
            return
        # At the end, such a sign lets the command line decide.
        value = self.expanded(entry.value.removesuffix("@"))
        if entry.name == "leveloffset" and value[:1] in {"+", "-"}:
            value = str(self.level_offset + _number(value))
        self.values[entry.name] = value[:_VALUE_CHARACTERS]

    @property
    def level_offset(self) -> int:
        """By how many levels the document moves its sections."""
        return _number(self.values.get("leveloffset", ""))

    def expanded(self, text: str) -> str:
        """Resolve references, but to characters; what is not defined stays as it was written."""
        return _REFERENCE.sub(self._value, text) if "{" in text else text

    def resolved(self, text: str) -> str:
        """Resolve references, also to characters, in text without further markup."""
        if "{" not in text:
            return text
        return _REFERENCE.sub(_character, self.expanded(text))

    def _value(self, reference: re.Match[str]) -> str:
        if reference["escape"]:
            return reference[0]
        if reference["counted"]:
            return self._count(reference)
        if reference["set"]:
            name = reference["set"].strip("!").lower()
            unset = name != reference["set"].lower()
            self.enter(Entry(name, None if unset else reference["value"] or "", 0))
            return ""
        value = self.values.get(reference["name"].lower())
        if value is None or self._left < len(value):
            return reference[0]
        self._left -= len(value)
        return value

    def _count(self, reference: re.Match[str]) -> str:
        before = self.values.get(reference["counted"], "")
        after = _next(before) if before else reference["seed"] or "1"
        self.values[reference["counted"]] = after
        return after if reference["counter"] == "counter" else ""


def _character(reference: re.Match[str]) -> str:
    if reference["escape"]:
        return reference[0][1:]
    return CHARACTERS.get((reference["name"] or "").lower(), reference[0])


def _next(count: str) -> str:
    if count.isdecimal():
        return str(int(count[:18]) + 1)
    return chr(ord(count[0]) + 1) if len(count) == 1 and count.isascii() else count


def _number(value: str) -> int:
    match = re.match(r"[+-]?\d{1,2}$", value)
    return int(match[0]) if match else 0
