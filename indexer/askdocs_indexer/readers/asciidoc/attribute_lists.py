"""What stands between the brackets of AsciiDoc's blocks, macros and directives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PART = re.compile(
    r"""\s*+(?:(?P<name>\w[\w-]{0,60}+)\s*+=\s*+)?+
    (?:"(?P<double>(?:[^"\\]|\\.)*+)"|'(?P<single>(?:[^'\\]|\\.)*+)'|(?P<bare>[^,]*+))[^,]*+(?:,|$)""",
    re.VERBOSE | re.DOTALL,
)
_SHORTHAND = re.compile(r"(?P<sign>[.#%])(?P<value>[^.#%]*)")


@dataclass(slots=True)
class AttributeList:
    """Values by position (from 0) and by name."""

    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def at(self, position: int) -> str:
        """Return the value at a position, or ""."""
        return self.positional[position] if position < len(self.positional) else ""


def attribute_list(text: str) -> AttributeList:
    """Read the text between a pair of brackets."""
    listed = AttributeList()
    position = 0
    while position < len(text) and (part := _PART.match(text, position)):
        quoted = part["double"] if part["double"] is not None else part["single"]
        value = (part["bare"] or "").strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        if part["name"]:
            listed.named[part["name"].lower()] = value
        else:
            listed.positional.append(value)
        position = part.end()
    return listed


@dataclass(slots=True)
class BlockAttributes:
    """What the lines above a block say of it.

    `line` is the number of the last line in brackets, `title_line` that of the title.
    """

    style: str = ""
    title: str = ""
    title_line: int = 0
    line: int = 0
    identity: str = ""
    options: set[str] = field(default_factory=set)
    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Take the text between the brackets of a line above the block."""
        listed = attribute_list(text)
        first = listed.at(0)
        style = re.split(r"[.#%]", first, maxsplit=1)[0].strip()
        self.style = style or self.style
        for shorthand in _SHORTHAND.finditer(first[len(style) :]):
            if shorthand["sign"] == "#":
                self.identity = shorthand["value"]
            elif shorthand["sign"] == "%":
                self.options.add(shorthand["value"].strip())
        options = listed.named.get("options", listed.named.get("opts", ""))
        self.options.update(filter(None, re.split(r"[,\s]+", options)))
        self.identity = listed.named.get("id", self.identity)
        self.title = listed.named.get("title", self.title)
        self.positional = [style, *listed.positional[1:]] if listed.positional else self.positional
        self.named.update(listed.named)

    def at(self, position: int) -> str:
        """Return the value at a position, or ""."""
        return self.positional[position] if position < len(self.positional) else ""

    @property
    def language(self) -> str:
        """The language that a block of code names, or ""."""
        return self.named.get("language") or self.at(1)
