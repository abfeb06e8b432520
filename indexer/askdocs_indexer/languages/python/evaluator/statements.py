"""What the statements of one scope bind: names, and attributes of names (``self.x = ...``).

Nested functions and classes are bound but not entered, so that a scope costs only its own
statements. All walks are iterative: code may be nested thousands of levels deep.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator.bindings import (
    Binding,
    Bindings,
    Branch,
    Kind,
    bind,
)
from askdocs_indexer.languages.python.evaluator.clauses import (
    bind_handler,
    bind_loop,
    bind_parameters,
    bind_patterns,
    bind_walruses,
    bind_with,
)
from askdocs_indexer.languages.python.evaluator.recovery import bind_unfinished
from askdocs_indexer.languages.python.imports import imported

# Statements whose parts all run when they do.
BLOCKS = frozenset(
    {
        "ERROR",
        "block",
        "decorated_definition",
        "finally_clause",
        "match_statement",
        "module",
        "with_statement",
    }
)
# Clauses that may be left out as a whole.
BRANCHES = frozenset(
    {"case_clause", "elif_clause", "else_clause", "except_clause", "except_group_clause"}
)
# Statements whose blocks may be left out.
BRANCHING = frozenset({"for_statement", "if_statement", "try_statement", "while_statement"})


def collect(scope: Node) -> Bindings:
    """Collect what the statements of a scope's node bind."""
    bindings = Bindings()
    if scope.type in ("function_definition", "lambda"):
        bind_parameters(bindings, scope)
    body = scope.child_by_field_name("body")
    if scope.type in ("module", "ERROR"):
        _statements(bindings, scope)
    elif scope.type in ("function_definition", "class_definition"):
        for child in scope.children:
            if child.type == "ERROR" or (body is not None and child.id == body.id):
                _statements(bindings, child)
    else:
        for clause in scope.named_children:
            if clause.type == "for_in_clause":
                bind_loop(bindings, clause, None)
    if b":=" in (scope.text or b""):
        bind_walruses(bindings, scope)
    return bindings


def _statements(bindings: Bindings, body: Node) -> None:
    stack: list[tuple[Node, Branch]] = [(body, None)]
    while stack:
        node, branch = stack.pop()
        kind = node.type
        clause = CLAUSES.get(kind)
        if clause is not None:
            clause(bindings, node, branch)
        if kind == "ERROR":
            bind_unfinished(bindings, node, branch)
        if kind in BLOCKS:
            stack.extend((child, branch) for child in reversed(node.children))
        elif kind in BRANCHES:
            span = (node.start_byte, node.end_byte)
            stack.extend((child, span) for child in reversed(node.children))
        elif kind in BRANCHING:
            children = reversed(node.named_children)
            stack.extend((child, _branch_of(child, branch)) for child in children)
        elif kind.startswith(("import_", "future_import")):
            _import(bindings, node, branch)
        elif kind in STATEMENTS:
            STATEMENTS[kind](bindings, node, branch)


def _branch_of(child: Node, outer: Branch) -> Branch:
    return (child.start_byte, child.end_byte) if child.type == "block" else outer


def _expression(bindings: Bindings, node: Node, branch: Branch) -> None:
    for child in node.named_children:
        if child.type in ("assignment", "augmented_assignment"):
            _assignment(bindings, child, branch)
        elif child.type == "yield":
            bindings.yields.append(child)


def _definition(bindings: Bindings, node: Node, branch: Branch) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        kind: Kind = "class" if node.type == "class_definition" else "function"
        bindings.add(name, Binding(kind, name.start_byte, node.start_byte, branch, node))


def _import(bindings: Bindings, node: Node, branch: Branch) -> None:
    for name, taken in imported(node):
        if taken.name == "*":
            bindings.stars.append(taken)
        else:
            bindings.add(
                name, Binding("import", name.start_byte, node.end_byte, branch, taken=taken)
            )


def _global(bindings: Bindings, node: Node, branch: Branch) -> None:
    for name in node.named_children:
        row = Binding("global", name.start_byte, 0, target=node.type.removesuffix("_statement"))
        bindings.names.setdefault(text_of(name), []).insert(0, row)


def _return(bindings: Bindings, node: Node, branch: Branch) -> None:
    bindings.returns.extend(node.named_children[:1])


def _type_alias(bindings: Bindings, node: Node, branch: Branch) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is not None and left.named_children:
        name = left.named_children[0]
        bindings.add(name, Binding("value", name.start_byte, node.end_byte, branch, right))


def _assignment(bindings: Bindings, node: Node, branch: Branch) -> None:
    left = node.child_by_field_name("left")
    annotation = node.child_by_field_name("type")
    targets = [left] if left is not None else []
    right = node.child_by_field_name("right")
    while right is not None and right.type == "assignment":
        left = right.child_by_field_name("left")
        if left is not None:
            targets.append(left)
        right = right.child_by_field_name("right")
    if right is not None and right.type == "yield":
        bindings.yields.append(right)
    kind: Kind = "augmented" if node.type == "augmented_assignment" else "value"
    for target in targets:
        row = Binding(kind, 0, node.end_byte, branch, right, annotation=annotation)
        bind(bindings, target, row)


Clause = Callable[[Bindings, Node, Branch], None]
CLAUSES: dict[str, Clause] = {
    "case_clause": bind_patterns,
    "except_clause": bind_handler,
    "except_group_clause": bind_handler,
    "for_statement": bind_loop,
    "with_statement": bind_with,
}
STATEMENTS: dict[str, Clause] = {
    "assignment": _assignment,
    "augmented_assignment": _assignment,
    "class_definition": _definition,
    "expression_statement": _expression,
    "function_definition": _definition,
    "global_statement": _global,
    "nonlocal_statement": _global,
    "return_statement": _return,
    "type_alias_statement": _type_alias,
}
