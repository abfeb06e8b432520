"""A document with what it includes put in, each line with its number in the document.

The readers see one text, as the tools that build the documentation do; what they return is led back
to the lines of the document, so that an included passage is cited where the document names it. A
link below included code leads to its file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal, Protocol

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.inclusion.picks import Pick, shown_lines, without_marks
from askdocs_indexer.types import Include, Section

# A file that includes itself ends here, and no document grows beyond so many lines.
_DEEPEST = 5
_MOST_LINES = 50_000

# The suffixes of Markdown, without dots: also of what R, Elixir and others run.
MARKDOWN_SUFFIXES = words(
    "apib livemd markdn markdown md mdown mdtext mdwn mdx mkd mkdn mkdown qmd rmd ronn svx"
)
_TEXT_SUFFIXES = MARKDOWN_SUFFIXES | words("htm html txt") | {""}

Form = Literal["code", "text", "raw"]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A statement that lines of another file stand in its place.

    `target` is the file as written; `end` is the index of the line behind the statement, `indent`
    what stands before it. `form` says whether the lines are code to show, text of the document's
    own format, or the inside of code that is around the statement. `above` are lines to
    write above code.
    """

    target: str
    end: int
    indent: str = ""
    form: Form = "code"
    language: str = ""
    picks: tuple[Pick, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that included lines are from, with the link to it from the document."""

    path: str
    link: str


class Syntax(Protocol):
    """How the documents of a format include others. Used for one run of lines."""

    # Folders, beside those around the document, in which a target may lie.
    folders: Sequence[str]

    def inclusions(self, lines: Sequence[str], index: int) -> Sequence[Inclusion]:
        """Return what the statement that begins on a line includes, if it is one."""

    def shown(self, code: Sequence[str], inclusion: Inclusion, origin: Origin) -> list[str]:
        """Return code as the format writes it, with a link to its file."""

    def passed(self, line: str) -> Sequence[str]:
        """Take note of a line that is no statement; returns lines to add below it."""

    def inner(self) -> Syntax:
        """Return the syntax for the lines of an included text."""


@dataclass(slots=True)
class Expansion:
    """Lines, and for each of them the 1-based number of the document's line that it is from."""

    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    is_changed: bool = False

    def add(self, lines: Iterable[str], number: int) -> None:
        """Add lines that are from one line of the document."""
        for line in lines:
            self.lines.append(line)
            self.numbers.append(number)

    def in_document(self, sections: tuple[Section, ...]) -> tuple[Section, ...]:
        """Return sections with the lines of the document instead of those of this text."""
        return tuple(map(self._section, sections)) if self.is_changed else sections

    def _section(self, section: Section) -> Section:
        blocks = tuple(
            replace(
                block,
                start_line=self._number(block.start_line),
                end_line=self._number(block.end_line),
            )
            for block in section.blocks
        )
        return replace(
            section,
            blocks=blocks,
            start_line=self._number(section.start_line),
            end_line=self._number(section.end_line),
        )

    def _number(self, line: int) -> int:
        return self.numbers[min(max(line, 1), len(self.numbers)) - 1]


def expanded(lines: Sequence[str], path: str, include: Include, syntax: Syntax) -> Expansion:
    """Put in what the lines of the document at `path` include.

    A statement whose file cannot be read stays as it was written.
    """
    return _Expander(include).expanded(lines, (path,), syntax)


class _Expander:
    def __init__(self, include: Include) -> None:
        self._include = include
        self._count = 0
        self._bases: list[str] = []

    def expanded(self, lines: Sequence[str], paths: tuple[str, ...], syntax: Syntax) -> Expansion:
        """Expand the lines of the last of `paths`, each of which includes the next."""
        expansion = Expansion()
        index = 0
        while index < len(lines):
            inclusions = syntax.inclusions(lines, index)
            included = [self._included(inclusion, paths, syntax) for inclusion in inclusions]
            texts = [text for text in included if text is not None]
            if texts:
                expansion.is_changed = True
                for text in texts:
                    expansion.add(text, index + 1)
                index = inclusions[0].end
                continue
            expansion.add([lines[index]], index + 1)
            expansion.add(syntax.passed(lines[index]), index + 1)
            index += 1
        return expansion

    def _included(
        self, inclusion: Inclusion, paths: tuple[str, ...], syntax: Syntax
    ) -> list[str] | None:
        """Return the lines that stand for an inclusion; None if its file cannot be read."""
        if len(paths) > _DEEPEST or self._count > _MOST_LINES:
            return None
        path, text = self._file(inclusion.target, paths, syntax.folders)
        if not text:
            return None if text is None else []
        lines = text.split("\n")
        for pick in inclusion.picks:
            lines = pick(lines)
        lines = without_marks(lines)
        if not any(map(str.strip, lines)):
            return None
        if inclusion.form == "text":
            lines = self.expanded(lines, (*paths, path), syntax.inner()).lines
        else:
            origin = Origin(path, posixpath.relpath(path, posixpath.dirname(paths[0]) or "."))
            lines = syntax.shown(shown_lines(lines), inclusion, origin)
        self._count += len(lines)
        return [f"{inclusion.indent}{line}".rstrip() for line in lines]

    def _file(
        self, target: str, paths: tuple[str, ...], folders: Sequence[str]
    ) -> tuple[str, str | None]:
        """Return the path and the text of what is included; ("", None) if it cannot be read."""
        target = target.strip().lstrip("/")
        if not target or "://" in target or "\n" in target:
            return "", None
        # A document mostly counts from one folder.
        for base in dict.fromkeys((*self._bases, *_bases(paths, folders))):
            path = posixpath.normpath(f"{base}/{target}")
            if path.startswith("..") or path in paths:
                continue
            text = self._include(path)
            if text is not None:
                self._bases = [base]
                return path, text
        return "", None


def beside(path: str, target: str) -> str:
    """Return the path of a file that the document at `path` names relative to its own folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def is_code(target: str) -> bool:
    """Return whether a file is code to show rather than text to read, by its name."""
    return suffix_of(target) not in _TEXT_SUFFIXES


def suffix_of(target: str) -> str:
    """Return the suffix of a file without its dot, in lower case."""
    return PurePosixPath(target).suffix.lower().removeprefix(".")


def _bases(paths: Sequence[str], folders: Sequence[str]) -> Iterator[str]:
    """Yield the folders that a target may be counted from: the tools have different ones.

    First those around the file that includes it and around the document up to the root, the nearest
    first; then the customary ones inside of these.
    """
    around = dict.fromkeys(
        folder.as_posix()
        for path in (paths[-1], *paths[:1])
        for folder in PurePosixPath(path).parents
    )
    yield from around
    yield from (posixpath.join(folder, inner) for folder in around for inner in folders)
