"""Protocol Buffers: messages, fields, enums, services and their methods, as their comments say.

Each type and method has a section; so has what is documented inside them: fields, values, groups of
alternatives. Comments are read as Markdown, the customary form.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.markdown.reader import MarkdownReader
from askdocs_indexer.readers.markdown_writer import fenced
from askdocs_indexer.readers.proto.syntax import Comment, Statement, statements
from askdocs_indexer.readers.sections import Entry, Item, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

_DOMAIN = "proto"
_HEADS = frozenset({"edition", "package", "syntax"})
_TYPES = frozenset({"enum", "message", "service"})
# Declared by their second word, with or without a comment.
_SHOWN = _TYPES | {"rpc"}
_UNNAMED = frozenset({"extensions", "import", "option", "reserved"})
# A reference of Google's: `[Topic][google.pubsub.v1.Topic]`.
_REFERENCE = re.compile(r"\[`?([^\[\]`\n]{1,200})`?\]\[[\w.]{0,300}\]")
_LICENCE = re.compile(r"\b(?:copyright|licen[cs]ed? under|SPDX-License)\b", re.IGNORECASE)
_COMMENT = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|[ \t]*(?://[^\n]*|/\*.*?(?:\*/|\Z))""", re.DOTALL
)
_RULE = re.compile(r"[-=*/#~ ]*$")
# A signature shows no more of a type than this: what is documented in it has a section of its own.
_MOST_CHARACTERS = 4000


def read_proto(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a `.proto` file."""
    text = "\n".join(lines_of(text))
    title = path.rpartition("/")[2]
    return sections_of(_File(text).items(), path, title, is_page=False)


class _File:
    def __init__(self, text: str) -> None:
        self._text = text
        self._statements = statements(text)
        self._prose = MarkdownReader()

    def items(self) -> Iterator[Item]:
        """Yield the file's description, then the entries of its declarations."""
        packages = (s.words[1:] for s in self._statements if s.keyword == "package")
        package = "".join(word.text for word in next(packages, ()))
        for statement in self._statements:
            if statement.keyword in _HEADS:
                yield from self._described(statement)
            else:
                yield from self._declared(statement, package)

    def _declared(self, statement: Statement, scope: str) -> list[Item]:
        """Return the entry of a declaration, or those inside one that has no entry itself."""
        name = _name(statement)
        is_type = statement.keyword in _TYPES or "group" in {w.text for w in statement.words[:2]}
        qualified = f"{scope}.{name}" if scope else name
        inside = [
            item
            for inner in statement.body or ()
            for item in self._declared(inner, qualified if is_type else scope)
        ]
        described = self._described(statement)
        if not name or not (described or is_type or statement.keyword in _SHOWN):
            return inside
        start = min([statement.start_line, *(comment.line for comment in statement.above)])
        shown = Block(
            fenced(self._signature(statement).split("\n"), "proto"),
            statement.start_line,
            statement.end_line,
            "signature",
        )
        items = (shown, *described, *(inside if is_type else ()))
        entry = Entry(qualified, start, statement.end_line, (qualified,), items, _DOMAIN)
        return [entry] if is_type else [entry, *inside]

    def _signature(self, statement: Statement) -> str:
        """Return a declaration without its comments and the types that are declared in it."""
        parts, position = [], statement.start
        for inner in statement.body or ():
            if inner.keyword in _TYPES:
                parts.append(self._text[position : inner.start])
                position = inner.end
        written = "".join([*parts, self._text[position : statement.end]])[:_MOST_CHARACTERS]
        bare = _COMMENT.sub(lambda match: match[1] or "", written)
        first, *rest = [line.rstrip() for line in bare.split("\n") if line.strip()]
        return "\n".join([first, *textwrap.dedent("\n".join(rest)).split("\n")]).rstrip()

    def _described(self, statement: Statement) -> list[Item]:
        """Return what a declaration's comments say."""
        items: list[Item] = []
        for run in (*_runs(statement.above), *_runs(statement.behind)):
            lines = [line for comment in run for line in comment.lines]
            if _LICENCE.search("\n".join(lines)):
                continue
            shown = ["" if _RULE.match(line) else _REFERENCE.sub(r"`\1`", line) for line in lines]
            dedented = textwrap.dedent("\n".join(shown)).split("\n")
            items += self._prose.inside(dedented, run[0].line)
        return items


def _name(statement: Statement) -> str:
    """Return the name that a statement declares, "" for none."""
    words = [word.text for word in statement.words]
    if statement.keyword in _UNNAMED or statement.keyword == "extend":
        return ""
    if "group" in words[:2]:
        return "".join(words[words.index("group") + 1 :][:1])
    if statement.keyword in _SHOWN or statement.keyword == "oneof":
        return "".join(words[1:2])
    end = words.index("=") if "=" in words else 0
    return words[end - 1] if end else ""


def _runs(comments: Sequence[Comment]) -> list[list[Comment]]:
    """Put comments on lines that follow one another together."""
    runs: list[list[Comment]] = []
    for comment in comments:
        if runs and comment.line == runs[-1][-1].end_line + 1:
            runs[-1].append(comment)
        else:
            runs.append([comment])
    return runs
