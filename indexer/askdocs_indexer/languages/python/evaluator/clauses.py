"""What the clauses of compound statements bind: loops, ``with``, ``except``, ``case``, parameters.

All walks are iterative: code may be nested thousands of levels deep.
"""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.python.evaluator.bindings import Binding, Bindings, Branch, bind


def bind_loop(bindings: Bindings, node: Node, branch: Branch) -> None:
    """``for target in value``, in a statement or (`for_in_clause`) a comprehension."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is not None:
        is_statement = node.type == "for_statement"
        # A comprehension's body stands before the clause that binds its names.
        since = left.start_byte if is_statement else 0
        span = (node.start_byte, node.end_byte) if is_statement else None
        bind(bindings, left, Binding("loop", 0, since, span, right))


def bind_with(bindings: Bindings, node: Node, branch: Branch) -> None:
    """``with value as target``."""
    stack = [child for child in node.named_children if child.type == "with_clause"]
    while stack:
        item = stack.pop()
        if item.type != "as_pattern":
            if item.type in ("with_clause", "with_item", "tuple", "parenthesized_expression"):
                stack.extend(item.named_children)
            continue
        target = item.child_by_field_name("alias")
        if target is not None and target.named_children and item.named_children:
            row = Binding("with", 0, item.start_byte, branch, item.named_children[0])
            bind(bindings, target.named_children[0], row)


def bind_handler(bindings: Bindings, node: Node, branch: Branch) -> None:
    """``except Error as name``; the grammar gives it as a pattern or as bare children."""
    span = (node.start_byte, node.end_byte)
    parts = [child for child in node.named_children if child.type not in ("block", "comment")]
    if parts and parts[0].type == "as_pattern":
        parts = parts[0].named_children
    if len(parts) < 2:
        return
    name = parts[1].named_children[0] if parts[1].named_children else parts[1]
    if name.type == "identifier":
        row = Binding("except", name.start_byte, node.start_byte, span, parts[0])
        bindings.add(name, row)


def bind_patterns(bindings: Bindings, node: Node, branch: Branch) -> None:
    """Names captured by a ``case``; ``case Class() as name`` has that class."""
    span = (node.start_byte, node.end_byte)
    stack = [child for child in node.named_children if child.type == "case_pattern"]
    while stack:
        pattern = stack.pop()
        children = pattern.named_children
        if pattern.type == "as_pattern" and len(children) == 2:
            classes = [c for c in children[0].named_children if c.type == "class_pattern"]
            source = classes[0].named_children[0] if classes else None
            row = Binding("pattern", children[1].start_byte, node.start_byte, span, source)
            bindings.add(children[1], row)
            stack.append(children[0])
        elif pattern.type == "dotted_name" and len(children) == 1:
            bindings.add(children[0], Binding("unknown", pattern.start_byte, node.start_byte, span))
        elif pattern.type in ("splat_pattern", "identifier"):
            names = children if pattern.type == "splat_pattern" else [pattern]
            for name in names:
                bindings.add(name, Binding("unknown", name.start_byte, node.start_byte, span))
        elif pattern.type in ("class_pattern", "keyword_pattern"):
            stack.extend(children[1:])
        elif pattern.type != "dotted_name":
            stack.extend(children)


def bind_parameters(bindings: Bindings, scope: Node) -> None:
    """The parameters of a function or lambda."""
    parameters = scope.child_by_field_name("parameters")
    index = 0
    for node in parameters.named_children if parameters is not None else ():
        name: Node | None = node
        if node.type in ("default_parameter", "typed_default_parameter"):
            name = node.child_by_field_name("name")
        elif node.type == "typed_parameter":
            name = node.named_children[0]
        stars = ""
        if name is not None and name.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            stars = "*" if name.type == "list_splat_pattern" else "**"
            name = name.named_children[0] if name.named_children else None
        if name is None or name.type != "identifier":
            continue
        row = Binding(
            "parameter",
            name.start_byte,
            scope.start_byte,
            source=node.child_by_field_name("value"),
            annotation=node.child_by_field_name("type"),
            target=stars,
            index=index,
        )
        bindings.add(name, row)
        index += 1


def bind_walruses(bindings: Bindings, scope: Node) -> None:
    """``(name := value)`` binds in the nearest function, class or module around it."""
    stack = [scope]
    while stack:
        node = stack.pop()
        if node.type == "named_expression":
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None:
                row = Binding("value", name.start_byte, node.start_byte, source=value)
                bindings.add(name, row)
        inner = node.id != scope.id and node.type in (
            "function_definition",
            "class_definition",
            "lambda",
        )
        if not inner:
            stack.extend(reversed(node.named_children))
