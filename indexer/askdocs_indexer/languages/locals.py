"""The names of a document that are seen only inside functions, read by `locals.scm`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import captures_of
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Syntax, compiled

Span = tuple[int, int]


@dataclass(slots=True)
class Definition:
    """A local name: its node, and that of its type, of its first value or of what holds it.

    A function's name stands inside the scope that the function opens, but is seen outside of it.
    `within` is the byte span in which a check has told the type of a name defined elsewhere.
    """

    name: Node
    type: Node | None = None
    value: Node | None = None
    element: Node | None = None
    result: Node | None = None
    is_function: bool = False
    within: Span | None = None


class Spans:
    """The byte spans of scopes, each with the one around it."""

    def __init__(self, nodes: list[Node]) -> None:
        spans = sorted({(node.start_byte, node.end_byte) for node in nodes}, key=_outer_first)
        self._spans = spans
        self._starts = [start for start, _ in spans]
        self._parents: list[int] = []
        open_spans: list[int] = []
        for index, (start, _) in enumerate(spans):
            while open_spans and spans[open_spans[-1]][1] <= start:
                open_spans.pop()
            self._parents.append(open_spans[-1] if open_spans else -1)
            open_spans.append(index)

    def around(self, offset: int) -> Iterator[tuple[int, int]]:
        """Yield the spans that hold a byte offset, innermost first."""
        index = bisect_right(self._starts, offset) - 1
        while index >= 0:
            if offset < self._spans[index][1]:
                yield self._spans[index]
            index = self._parents[index]


def _outer_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


class Locals:
    """The local names of one version of a document."""

    def __init__(self, root: Node, language: str, syntax: Syntax) -> None:
        self._definitions: dict[str, dict[tuple[int, int], Definition]] = {}
        self._length = root.end_byte
        self._binds = syntax.binds
        scopes: list[Node] = []
        query = compiled(language, syntax.locals)
        for captures in captures_of(root, query):
            scopes.extend(captures.get("scope", ()))
            for capture in ("definition", "function"):
                for name in captures.get(capture, ()):
                    self._add(name, captures, is_function=capture == "function")
            for name in captures.get("narrowed", ()):
                checks = captures.get("check", ())
                nodes = (node for check in checks for node in _passed(check))
                spans = [*map(_span, (*captures.get("within", ()), *nodes))]
                spans += (span for check in checks for span in _left(check))
                denied = captures.get("denied", ())
                spans += (span for check in denied for span in _left(check, is_denied=True))
                for span in spans:
                    self._add(name, captures, within=span)
        self._scopes = Spans(scopes)

    def _add(
        self,
        name: Node,
        captures: dict[str, list[Node]],
        *,
        is_function: bool = False,
        within: Span | None = None,
    ) -> None:
        rows = self._definitions.setdefault(text_of(name), {})
        key = (name.start_byte, within[0] if within is not None else -1)
        row = rows.setdefault(key, Definition(name, within=within))
        row.type = row.type or next(iter(captures.get("type", ())), None)
        row.value = row.value or next(iter(captures.get("value", ())), None)
        row.element = row.element or next(iter(captures.get("element", ())), None)
        row.result = row.result or next(iter(captures.get("result", ())), None)
        row.is_function = row.is_function or is_function

    def visible(self, name: str, use: int, leaf: Node | None = None) -> Definition | None:
        """Return the local definition of a name that is seen at a byte, or None.

        The innermost counts; among those of one scope the last before the use. `leaf` is the name
        itself there, where it is at hand.
        """
        ranked = []
        for (start, _), row in self._definitions.get(name, {}).items():
            scope = self._scope_of(row)
            is_around = scope is not None and scope[0] <= use < scope[1]
            if scope is not None and is_around and self._binds(row, use, leaf):
                ranked.append(((scope[1] - scope[0], start > use, -start), row))
        return min(ranked, key=lambda item: item[0])[1] if ranked else None

    def _scope_of(self, row: Definition) -> tuple[int, int] | None:
        """Return the span of the smallest scope around a definition; None for the whole file."""
        if row.within is not None:
            return row.within
        around = self._scopes.around(row.name.start_byte)
        if row.is_function:
            next(around, None)
        return next(around, None)


def _span(node: Node) -> Span:
    return node.start_byte, node.end_byte


def _passed(check: Node) -> Iterator[Node]:
    """Yield what is evaluated only after a check has held: what is behind it or depends on it."""
    node, outer = check, check.parent
    while outer is not None:
        condition = outer.child_by_field_name("condition")
        if condition is not None and condition.id == node.id:
            if outer.type not in _GUARDING:
                return
            chosen = outer.child_by_field_name("consequence") or outer.child_by_field_name("body")
            chosen = chosen or condition.next_named_sibling
            if chosen is not None:
                yield chosen
            return
        operator, right = (outer.child_by_field_name(name) for name in ("operator", "right"))
        if right is not None and operator is not None and text_of(operator) in _CONJUNCTIONS:
            if right.id != node.id:
                yield right
        elif outer.type not in _AROUND_CHECKS:
            return
        node, outer = outer, outer.parent


def _left(check: Node, *, is_denied: bool = False) -> Iterator[Span]:
    """Yield the spans that a check has held in because a block of code has left where it has not.

    `is_denied` says that the check is that something is not of the type.
    """
    node, outer = check, check.parent
    while outer is not None:
        condition = outer.child_by_field_name("condition")
        operator = outer.child_by_field_name("operator")
        if condition is not None and condition.id == node.id:
            if is_denied != (outer.type in _UNLESS) and outer.type in _CHOICES:
                yield from _behind(outer, condition)
            return
        if outer.type in _NEGATIONS and not is_denied and outer.children[0].type in {"!", "not"}:
            is_denied = True
        elif outer.type not in _AROUND_CHECKS and not (
            is_denied and operator is not None and text_of(operator) in _DISJUNCTIONS
        ):
            return
        node, outer = outer, outer.parent


def _behind(choice: Node, condition: Node) -> Iterator[Span]:
    """Yield the span of a choice's other branch or, where the first one leaves, what follows."""
    chosen = choice.child_by_field_name("consequence") or choice.child_by_field_name("body")
    chosen = chosen or condition.next_named_sibling
    if chosen is None:
        return
    other = choice.child_by_field_name("alternative")
    if other is None and chosen.start_byte > condition.start_byte:
        other = chosen.next_named_sibling
    if other is not None:
        yield _span(other)
        return
    last: Node | None = chosen
    while last is not None and last.type in _AROUND_STATEMENTS:
        last = last.named_children[-1] if last.named_children else None
    if last is None or not (last.type in _LEAVING or _RAISE.match(text_of(last))):
        return
    if choice.parent is not None:
        yield choice.end_byte, choice.parent.end_byte


_AROUND_CHECKS = frozenset({"parenthesized_expression", "parenthesized_statements"})
_AROUND_STATEMENTS = frozenset(
    {"block", "compound_statement", "expression_statement", "statement_block", "then"}
)
_CHOICES = frozenset(
    {"if", "if_expression", "if_modifier", "if_statement", "unless", "unless_modifier"}
)
_DISJUNCTIONS = frozenset({"||", "or"})
_LEAVING = frozenset(
    {
        "break",
        "break_statement",
        "continue_statement",
        "exit_statement",
        "next",
        "return",
        "return_expression",
        "return_statement",
        "throw_expression",
        "throw_statement",
    }
)
_NEGATIONS = frozenset({"unary", "unary_expression", "unary_op_expression"})
_RAISE = re.compile(r"(?:fail|raise)\b(?!\s*[.=])")
_UNLESS = frozenset({"unless", "unless_modifier"})
_CONJUNCTIONS = frozenset({"&&", "and"})
# What these hold runs where their condition holds; not so that of `unless`, `until` and `do`.
_GUARDING = frozenset(
    {
        "conditional",
        "conditional_expression",
        "else_if_clause",
        "elsif",
        "for_statement",
        "if",
        "if_expression",
        "if_modifier",
        "if_statement",
        "ternary_expression",
        "while",
        "while_statement",
    }
)
