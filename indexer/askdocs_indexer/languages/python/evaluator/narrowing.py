"""``isinstance`` checks around the cursor: what they say about an expression."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator.scopes import Scope

Checks = dict[str, tuple[Node, Scope]]
# Statements after which their block does not continue.
LEAVING = frozenset(
    {"return_statement", "raise_statement", "continue_statement", "break_statement"}
)


def checks(path: list[Node], scope: Scope) -> tuple[Checks, tuple[int, int]]:
    """Map the text of each checked expression to its class's node, nearest check first.

    Looks at ``if``, ``elif``, ``while``, conditional expressions and ``and`` around the last node
    of the path, and at what stands before it in the same block: ``assert`` statements, and ``if
    not isinstance(…): return``. The byte span is that of the statement around the cursor: the
    checks say nothing about code outside of it.
    """
    classes: Checks = {}
    span = (path[-1].start_byte, path[-1].end_byte)
    for index in range(len(path) - 2, -1, -1):
        node, child = path[index], path[index + 1]
        if node.type in ("function_definition", "class_definition", "module"):
            break
        if node.type == "block":
            if span == (path[-1].start_byte, path[-1].end_byte):
                span = (child.start_byte, child.end_byte)
            _before(node, child, scope, classes)
        else:
            for condition in _conditions(node, child):
                _read(condition, scope, classes)
    return classes, span


def _conditions(node: Node, child: Node) -> list[Node]:
    """The conditions of `node` that hold where its child `child` runs."""
    if node.type in ("if_statement", "elif_clause", "while_statement"):
        body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
        condition = node.child_by_field_name("condition")
        if body is not None and condition is not None and body.id == child.id:
            return [condition]
    elif node.type == "conditional_expression" and len(node.named_children) == 3:
        if node.named_children[0].id == child.id:
            return [node.named_children[1]]
    elif node.type == "boolean_operator":
        left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
        if left is not None and left.id != child.id and operator and operator.type == "and":
            return [left]
    return []


def _before(block: Node, until: Node, scope: Scope, classes: Checks) -> None:
    """Record what the statements of a block make sure of for those below them."""
    for statement in block.named_children:
        if statement.start_byte >= until.start_byte:
            break
        if statement.type == "assert_statement" and statement.named_children:
            _read(statement.named_children[0], scope, classes)
        elif statement.type == "if_statement" and _leaves(statement):
            condition = statement.child_by_field_name("condition")
            if condition is not None:
                _read(condition, scope, classes, is_negated=True)


def _leaves(statement: Node) -> bool:
    """Whether an ``if`` without ``else`` leaves its block where its condition holds."""
    body = statement.child_by_field_name("consequence")
    if body is None or not body.named_children or statement.child_by_field_name("alternative"):
        return False
    return body.named_children[-1].type in LEAVING


def _read(condition: Node, scope: Scope, classes: Checks, is_negated: bool = False) -> None:
    """Record the ``isinstance(x, T)`` calls of a condition that are joined by ``and``.

    Of a condition that is known to be false, those behind ``not`` that are joined by ``or``.
    """
    joiner = "or" if is_negated else "and"
    stack = [(condition, is_negated)]
    while stack:
        node, negated = stack.pop()
        joined = node.type == "boolean_operator" and any(c.type == joiner for c in node.children)
        if node.type == "parenthesized_expression" or (joined and negated == is_negated):
            stack.extend((child, negated) for child in node.named_children)
        elif node.type == "not_operator" and is_negated and negated:
            stack.extend((child, False) for child in node.named_children)
        elif node.type == "call" and not negated:
            function = node.child_by_field_name("function")
            arguments = node.child_by_field_name("arguments")
            if function is None or arguments is None or text_of(function) != "isinstance":
                continue
            parts = arguments.named_children
            if len(parts) == 2:
                classes.setdefault(text_of(parts[0]), (parts[1], scope))
