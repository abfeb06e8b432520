"""Import statements: what they bind, and what a name inside one stands for."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of

IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})


def imported(node: Node, module: str) -> tuple[list[str], list[tuple[Node, str]]]:
    """What an import statement binds: modules of star imports, and (name node, qualified name).

    The qualified name is "" for a relative import in a file whose `module` is unknown.
    """
    if node.type == "import_statement":
        return [], [_plain(name) for name in node.children_by_field_name("name")]
    origin = origin_of(node, module)
    if any(child.type == "wildcard_import" for child in node.named_children):
        return [origin] if origin else [], []
    rows = []
    for name in node.children_by_field_name("name"):
        written = name.child_by_field_name("name") if name.type == "aliased_import" else name
        alias = name.child_by_field_name("alias") or name
        if written is not None:
            rows.append((alias, f"{origin}.{_dotted(written)}" if origin else ""))
    return [], rows


def _plain(name: Node) -> tuple[Node, str]:
    """``import a.b`` binds ``a``; ``import a.b as c`` binds ``c`` to ``a.b``."""
    if name.type == "aliased_import":
        written, alias = name.child_by_field_name("name"), name.child_by_field_name("alias")
        if written is not None and alias is not None:
            return alias, _dotted(written)
    first = name.named_children[0] if name.named_children else name
    return first, text_of(first)


def origin_of(node: Node, module: str) -> str:
    """The module that a ``from`` import names, made absolute; "" where that cannot be known."""
    if node.type == "future_import_statement":
        return "__future__"
    origin = node.child_by_field_name("module_name")
    if origin is None:
        return ""
    return absolute(_dotted(origin), module)


def absolute(written: str, module: str) -> str:
    """The absolute name of a module written with leading dots; "" where that cannot be known."""
    dots = len(written) - len(written.lstrip("."))
    if not dots:
        return written
    packages = module.split(".") if module else []
    if dots >= len(packages) + 1:
        return ""
    parent = ".".join(packages[: len(packages) - dots])
    return ".".join(part for part in (parent, written[dots:]) if part)


def target_at(statement: Node, path: list[Node], module: str) -> str | None:
    """The qualified name that the identifier at the end of `path` stands for in an import."""
    leaf = path[-1]
    names = statement.children_by_field_name("name")
    prefix = "" if statement.type == "import_statement" else origin_of(statement, module)
    for name in names:
        if not name.start_byte <= leaf.start_byte < name.end_byte:
            continue
        written = name.child_by_field_name("name") if name.type == "aliased_import" else name
        if written is None or (statement.type != "import_statement" and not prefix):
            return None
        parts = _parts(written)
        if leaf.start_byte < written.end_byte:
            parts = [part for part in parts if part.start_byte <= leaf.start_byte]
        dotted = ".".join(text_of(part) for part in parts)
        return f"{prefix}.{dotted}" if prefix else dotted
    origin = statement.child_by_field_name("module_name")
    if origin is None or origin.type == "relative_import":
        return None
    parts = [part for part in _parts(origin) if part.start_byte <= leaf.start_byte]
    return ".".join(text_of(part) for part in parts) or None


def _parts(dotted: Node) -> list[Node]:
    return [child for child in dotted.named_children if child.type == "identifier"] or [dotted]


def _dotted(node: Node) -> str:
    return "".join(text_of(node).split())
