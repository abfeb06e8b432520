"""The boxes in which pdoc describes the members of a module: a declaration and its docstring."""

from __future__ import annotations

from askdocs_indexer.readers.html.inline import code_text
from askdocs_indexer.readers.html.tree import Node, Text


def declaration(box: Node) -> Node | None:
    """Return the element that declares what a box is about; None for other elements.

    The box's `id` is the declared name, qualified by the classes around it.
    """
    if not box.attributes.get("id"):
        return None
    inside = (child for child in box.children if isinstance(child, Node))
    return next((child for child in inside if "attr" in child.classes), None)


def declaration_lines(declared: Node) -> list[str]:
    """Return a declaration as code, with each decorator on a line of its own."""
    decorators: list[str] = []
    rest: list[Node | Text] = []
    for child in declared.children:
        if isinstance(child, Node) and "decorator" in child.classes:
            decorators.append("".join(code_text(child).split()))
        else:
            rest.append(child)
    code = code_text(Node("div", {}, declared.start_line, declared.end_line, rest))
    return [*decorators, " ".join(code.split())]
