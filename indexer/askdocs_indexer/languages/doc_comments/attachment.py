"""From comments in a source to the text that they hold, line by line, and what it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from askdocs_indexer.languages.source import Source
from askdocs_indexer.lines import dedented

_COMMENTS = frozenset({"block_comment", "comment", "line_comment"})
_BLOCK_MARK = re.compile(r"/\*[*!]?<?")
_LINE_MARK = re.compile(r"\s*(?://[/!]?<?|#:|#+)")
_STAR = re.compile(r"^\s*(?:\*+(?=\s|$) ?|\*)")
# Rust's other way to write a doc comment.
_ATTRIBUTE = re.compile(
    r'#!?\[\s*(?:cfg_attr\s*\((?:[^"]|"[^"]*")*?,\s*)?'
    r'doc\s*=\s*r?#*"(?P<text>.*)"#*\s*\)?\s*\]$',
    re.DOTALL,
)
_COPYRIGHT = re.compile(
    r"copyright (?:\(c\)|©|\d{4})|\(c\) ?\d{4}|licen[cs]ed (?:under|to)\b|SPDX-|@licen[cs]e\b", re.I
)
_COPYRIGHT_CHARACTERS = 400
# What says that a comment explains its file, whatever else it says.
_EXPLAINS = re.compile(r"[@\\](?:brief|defgroup|details|file\w*|module|package\w*)\b")
# Enough of a comment to know its kind by.
_MARK_BYTES = 200


@dataclass(frozen=True, slots=True)
class Style:
    """Which comments of a language are documentation, by how their text begins.

    `trailing` ones belong to the declaration before them. `skipped` are nodes that may stand
    between a comment and its declaration. Where `adjoins`, a blank line between the two parts them.
    `joins` says that all comments before a declaration belong to it, not only the last run,
    `aligns` that a trailing comment continues only right below where it began.
    """

    doc: re.Pattern[str]
    trailing: re.Pattern[str] | None = None
    skipped: frozenset[str] = frozenset()
    adjoins: bool = False
    joins: bool = False
    aligns: bool = False


@dataclass(frozen=True, slots=True)
class Doc:
    """The text of a doc comment: `lines` are those of the file from `first_line` on, unmarked."""

    first_line: int
    lines: tuple[str, ...]

    @property
    def is_copyright(self) -> bool:
        """Say whether this is a notice of rights, which explains no program."""
        text = "\n".join(self.lines)[:_COPYRIGHT_CHARACTERS]
        return _COPYRIGHT.search(text) is not None and _EXPLAINS.search(text) is None


@dataclass(frozen=True, slots=True)
class Attached:
    """A declaration with its comments; `node` is None for comments that belong to none.

    `between` are the nodes of `Style.skipped` before it.
    """

    node: Node | None
    before: tuple[Node, ...] = ()
    behind: tuple[Node, ...] = ()
    between: tuple[Node, ...] = ()


def is_comment(node: Node) -> bool:
    """Say whether a node is a comment, in any of the grammars."""
    return node.type in _COMMENTS


def doc_of(source: Source, comments: Sequence[Node]) -> Doc | None:
    """Return the text of comments in the order of the file, or None where it has no words."""
    lines: list[str] = []
    first = comments[0].start_point.row if comments else 0
    for node in comments:
        row = node.start_point.row - first
        text_lines = comment_lines(source.text(node).rstrip())
        if row < len(lines):  # Behind another comment on the same line.
            lines[-1] = f"{lines[-1]} {text_lines.pop(0)}".strip()
            row += 1
        lines += [""] * (row - len(lines))
        lines += text_lines
    if comments and not _is_block(source, comments[0]):
        lines = dedented(lines)
    if not any(char.isalnum() for line in lines for char in line):
        return None
    return Doc(first + 1, tuple(lines))


def comment_lines(comment: str) -> list[str]:
    """Return a comment's lines without its marks; indentation inside the text stays."""
    attribute = _ATTRIBUTE.match(comment)
    if attribute is not None:
        return attribute["text"].split("\n")
    if comment.startswith("=begin"):
        return ["", *(line for line in comment.split("\n")[1:] if not line.startswith("=end"))]
    if not comment.startswith("/*"):
        lines = (_LINE_MARK.sub("", line, count=1) for line in comment.split("\n"))
        return [line.removeprefix(" ").rstrip() for line in lines]
    body = _BLOCK_MARK.sub("", comment, count=1).removesuffix("*/")
    first, *rest = body.split("\n")
    if rest and not rest[-1].strip(" \t*"):
        rest[-1] = ""
    filled = [line.lstrip() for line in rest if line.strip()]
    starred = sum(line.startswith("*") for line in filled)
    if filled and filled[0].startswith("*") and 2 * starred > len(filled):
        rest = [_STAR.sub("", line, count=1) for line in rest]
    return [first.strip(), *dedented([line.rstrip() for line in rest])]


def attach(source: Source, nodes: Iterable[Node], style: Style) -> Iterator[Attached]:
    """Yield the declarations among siblings, each with its comments, and the other comments."""
    runs: list[list[Node]] = []
    between: list[Node] = []
    current: Attached | None = None
    row = 0  # The last one that comments reach from the last run on, without a gap.
    for node in nodes:
        if is_comment(node) or node.type in style.skipped:
            text = source.slice(node.start_byte, node.start_byte + _MARK_BYTES)
            if current is not None and not runs and _trails(style, current, node, text):
                current = replace(current, behind=(*current.behind, node))
                continue
            if style.doc.match(text):
                _add(source, runs, node, style.joins)
                row = _last_row(node)
            elif node.type in style.skipped:
                between.append(node)
            row = _last_row(node) if node.start_point.row == row + 1 else row
        else:
            if current is not None:
                yield current
            if runs and style.adjoins and row + 1 < node.start_point.row:
                runs.append([])
            yield from (Attached(None, tuple(run)) for run in runs[:-1])
            current = Attached(node, tuple(runs[-1]) if runs else (), (), tuple(between))
            runs, between = [], []
    if current is not None:
        yield current
    yield from (Attached(None, tuple(run)) for run in runs)


def _add(source: Source, runs: list[list[Node]], node: Node, joins: bool) -> None:
    """Add a comment to the run of line comments that it continues, or begin another run."""
    last = runs[-1][-1] if runs else None
    goes_on = (
        last is not None
        and _last_row(last) + 1 == node.start_point.row
        and not (_is_block(source, last) or _is_block(source, node))
    )
    if runs and (goes_on or joins):
        runs[-1].append(node)
    else:
        runs.append([node])


def _trails(style: Style, current: Attached, comment: Node, text: str) -> bool:
    """Say whether a comment stands behind a declaration, or continues one that does."""
    if style.trailing is None or current.node is None or not style.trailing.match(text):
        return False
    before = current.behind[-1] if current.behind else current.node
    row = before.end_point.row + (1 if current.behind else 0)
    is_aligned = comment.start_point.column == before.start_point.column
    is_first = not current.behind
    return comment.start_point.row <= row and (is_first or is_aligned or not style.aligns)


def _is_block(source: Source, comment: Node) -> bool:
    return source.data.startswith(b"/*", comment.start_byte)


def _last_row(node: Node) -> int:
    """Return the row of a comment's last character; grammars may count a line's end to it."""
    end = node.end_point
    return end.row if end.column else end.row - 1
