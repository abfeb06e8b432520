"""Doc comments with tags: the shape that JSDoc, Javadoc and Doxygen share.

A comment is a description and then tags, each with a text that reaches to the next tag. What tags
mean is in `tag_blocks.py`, how the three dialects differ in `dialects.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from askdocs_indexer.languages.doc_comments.attachment import Doc
from askdocs_indexer.languages.doc_comments.prose import Body

# Up to this many lines a comment may hold all its tags in one line.
_SHORT_COMMENT = 3

_FENCE = re.compile(r"\s*(?:[-*+]\s+)?(```+|~~~+)(?!.*\1)")
_OPEN_PRE = re.compile(r"<pre\b(?!.*</pre>)", re.IGNORECASE)
_CLOSE_PRE = re.compile(r"</pre>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag (`name` is "" for the description) with its lines, the first without the tag."""

    name: str
    first_line: int
    lines: tuple[str, ...]

    def without(self, characters: int) -> Tag:
        """Return the tag without the first characters of its text, line ends counted."""
        text = "\n".join(self.lines)
        taken, rest = text[:characters].count("\n"), text[characters:]
        return replace(self, first_line=self.first_line + taken, lines=tuple(rest.split("\n")))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a kind of tagged comment is written.

    `tag` matches a tag at the beginning of a line and names it, `inner_tag` one further on, which
    only counts in a short comment.
    `inline` rewrites tags inside a text and keeps its line breaks; `body` reads the text.
    `verbatim` maps tags whose text is code to the tag that ends it. Where `ends_at_blank`, a tag's
    text ends with its paragraph. `language` is what examples are written in, `structural` are
    further tags that only place the comment. `labels` are for tags that the dialect alone reads as
    notes.
    """

    tag: re.Pattern[str]
    inline: Callable[[str], str]
    body: Body
    language: str
    verbatim: Mapping[str, str] = field(default_factory=dict)
    ends_at_blank: bool = False
    structural: frozenset[str] = frozenset()
    inner_tag: re.Pattern[str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a tag begins, and at which column of the same line its text does."""

    line: int
    column: int = 0
    name: str = ""
    text_column: int = 0


def tags_of(doc: Doc, dialect: Dialect) -> tuple[Tag, ...]:
    """Cut a comment into its description and its tags, in the order of its lines."""
    starts = [*_starts(doc.lines, dialect), _Start(len(doc.lines))]
    tags = (_tag(doc, start, end) for start, end in pairwise(starts))
    return tuple(tag for tag in tags if tag.lines)


def _tag(doc: Doc, start: _Start, end: _Start) -> Tag:
    lines = list(doc.lines[start.line : end.line])
    if end.column:
        lines.append(doc.lines[end.line][: end.column])
    if lines:
        lines[0] = lines[0][start.text_column :]
    return Tag(start.name, doc.first_line + start.line, tuple(lines))


def _starts(lines: Sequence[str], dialect: Dialect) -> Iterator[_Start]:
    """Yield where the description and the tags begin; what is marked as code holds no tags."""
    yield _Start(0)
    name = ""
    inner_tag = dialect.inner_tag if len(lines) <= _SHORT_COMMENT else None
    closing: re.Pattern[str] | None = None
    for index, line in enumerate(lines):
        if closing is not None:
            if closing.search(line):
                closing = None
                if name in dialect.verbatim:
                    name = ""
                    yield _Start(index + 1)
            continue
        match = dialect.tag.match(line)
        if match is not None:
            name = match["name"]
            yield _Start(index, 0, name, match.end())
            if name in dialect.verbatim:
                closing = _end_of(dialect.verbatim[name])
                if closing.search(line):
                    closing, name = None, ""
                    yield _Start(index + 1)
                continue
        elif dialect.ends_at_blank and name and not line.strip():
            name = ""
            yield _Start(index)
        behind = match.end() if match is not None else 1
        for inner in inner_tag.finditer(line, behind) if inner_tag else ():
            name = inner["name"]
            yield _Start(index, inner.start(), name, inner.end())
        closing = _opened(line)


def _end_of(tag: str) -> re.Pattern[str]:
    return re.compile(rf"[@\\]{re.escape(tag)}\b")


def _opened(line: str) -> re.Pattern[str] | None:
    """Return the pattern that ends the code which a line opens and does not close, if any."""
    fence = _FENCE.match(line)
    if fence is not None:
        return re.compile(rf"^\s*{fence[1]}")
    return _CLOSE_PRE if _OPEN_PRE.search(line) else None


def has_tag(tags: Sequence[Tag], names: frozenset[str]) -> bool:
    """Say whether one of the tags is among `names`."""
    return any(tag.name in names for tag in tags)


def is_private(tags: Sequence[Tag]) -> bool:
    """Say whether a comment calls what it documents private, as in `@access private`."""
    return any(
        tag.name in {"api", "access"} and tag.lines[0].strip() in {"package", "private"}
        for tag in tags
    )
