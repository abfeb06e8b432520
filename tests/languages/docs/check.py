"""How the tests of sources name what they expect."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from askdocs_indexer.languages.documentation import read_source


@dataclass(frozen=True)
class Found:
    """A section as a test names it: symbols, lines, and texts that its blocks hold in order."""

    symbols: tuple[str, ...]
    lines: tuple[int, int]
    parts: tuple[str, ...] = ()


def found(symbols: str, lines: tuple[int, int], *parts: str) -> Found:
    return Found(tuple(symbols.split()), lines, parts)


def check(path: str, source: str, *expected: Found) -> None:
    sections = read_source(dedent(source).lstrip("\n"), path)
    names = [(section.symbols, (section.start_line, section.end_line)) for section in sections]
    assert names == [(one.symbols, one.lines) for one in expected]
    for section, one in zip(sections, expected, strict=True):
        text = "\n\n".join(block.text for block in section.blocks)
        position = 0
        for part in one.parts:
            place = text.find(part, position)
            assert place >= 0, f"{part!r} is not in {text[position:]!r}"
            position = place + len(part)
