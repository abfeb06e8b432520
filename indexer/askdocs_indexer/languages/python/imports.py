"""Import statements: what they bind, and what a name inside one stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.facts import Import
from askdocs_indexer.languages.parsing import text_of

IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})


def imported(node: Node) -> Iterator[tuple[Node, Import]]:
    """Yield what an import statement binds, each with the node of the bound name.

    A module is given as written, with its leading dots. Names are members of the module around.
    """
    if node.type == "import_statement":
        for name in node.children_by_field_name("name"):
            bound, taken = _plain(name)
            if taken.name and taken.module:
                yield bound, taken
        return
    origin = _origin(node)
    if not origin:
        return
    for child in node.named_children:
        if child.type == "wildcard_import":
            yield child, Import("*", origin, is_exported=True)
    for name in node.children_by_field_name("name"):
        written = name.child_by_field_name("name") if name.type == "aliased_import" else name
        alias = name.child_by_field_name("alias") or name
        if written is not None and text_of(alias) and text_of(written):
            yield alias, Import(text_of(alias), origin, _names(written), is_exported=True)


def _plain(name: Node) -> tuple[Node, Import]:
    """``import a.b`` binds ``a``; ``import a.b as c`` binds ``c`` to ``a.b``."""
    if name.type == "aliased_import":
        written, alias = name.child_by_field_name("name"), name.child_by_field_name("alias")
        if written is not None and alias is not None:
            return alias, Import(text_of(alias), _dotted(written), is_exported=True)
    first = name.named_children[0] if name.named_children else name
    return first, Import(text_of(first), text_of(first), is_exported=True)


def _origin(node: Node) -> str:
    """Return the module that a ``from`` import names, as written."""
    if node.type == "future_import_statement":
        return "__future__"
    origin = node.child_by_field_name("module_name")
    return _dotted(origin) if origin is not None else ""


def import_at(statement: Node, path: list[Node]) -> Import | None:
    """Return an import of what the identifier at the end of `path` stands for in a statement.

    Where a name is missing, there is none.
    """
    leaf = path[-1]
    for name in statement.children_by_field_name("name"):
        if not name.start_byte <= leaf.start_byte < name.end_byte:
            continue
        written = name.child_by_field_name("name") if name.type == "aliased_import" else name
        if written is None:
            return None
        names = _names(written, leaf.start_byte if leaf.start_byte < written.end_byte else None)
        if not all(names):
            return None
        if statement.type == "import_statement":
            return Import("", ".".join(names))
        origin = _origin(statement)
        return Import("", origin, names) if origin else None
    origin_node = statement.child_by_field_name("module_name")
    if origin_node is None:
        return None
    dots, dotted = _dots(origin_node), origin_node
    if origin_node.type == "relative_import":
        dotted = origin_node.named_children[-1]
    module = dots + ".".join(_names(dotted, leaf.start_byte))
    return Import("", module) if module else None


def of_module(star: Import) -> Import:
    """Return an import of the module itself that a star import takes names from."""
    return replace(star, name="")


def _dots(origin: Node) -> str:
    text = _dotted(origin)
    return text[: len(text) - len(text.lstrip("."))]


def _names(dotted: Node, until: int | None = None) -> tuple[str, ...]:
    """Return the names of a dotted name, up to the one at a byte."""
    parts = [child for child in dotted.named_children if child.type == "identifier"] or [dotted]
    return tuple(text_of(part) for part in parts if until is None or part.start_byte <= until)


def _dotted(node: Node) -> str:
    return "".join(text_of(node).split())
