"""A binding: a statement or parameter that gives a name (or ``name.attribute``) its value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tree_sitter import Node

from askdocs_indexer.languages.facts import Import
from askdocs_indexer.languages.parsing import text_of

Kind = Literal[
    "import",
    "class",
    "function",
    "parameter",
    "value",
    "loop",
    "with",
    "except",
    "pattern",
    "augmented",
    "global",
    "unknown",
]
Branch = tuple[int, int] | None

# Steps of `Binding.path` besides an index: some element of an iterable; the list of the rest.
ELEMENT, REST = -1, -2

TARGET_LISTS = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"}
)


@dataclass(slots=True)
class Binding:
    """One statement, clause or parameter that binds a name.

    `since` is the byte from which it holds, `branch` the byte span it may be limited to (None when
    it is certain to run). `source` is the node its value comes from, in the manner of `kind`, and
    `path` the steps of unpacking. `taken` is what an import takes; `target` the stars of a
    parameter, or "global"/"nonlocal"; `index` a parameter's position.
    """

    kind: Kind
    name_start: int
    since: int
    branch: Branch = None
    source: Node | None = None
    path: tuple[int, ...] = ()
    annotation: Node | None = None
    target: str = ""
    index: int = 0
    taken: Import | None = None


@dataclass(slots=True)
class Bindings:
    """Everything that one scope binds.

    `attributes` maps (name, attribute) to what is assigned to it; `stars` are the star imports;
    `returns` and `yields` the values a function gives.
    """

    names: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    returns: list[Node] = field(default_factory=list)
    yields: list[Node] = field(default_factory=list)

    def add(self, name: Node, binding: Binding) -> None:
        self.names.setdefault(text_of(name), []).append(binding)


def bind(bindings: Bindings, target: Node, like: Binding) -> None:
    """Bind every name in an assignment's target, with the steps that unpack its value."""
    stack: list[tuple[Node, tuple[int, ...]]] = [(target, like.path)]
    while stack:
        node, path = stack.pop()
        if node.type in TARGET_LISTS:
            starred = False
            for index, child in enumerate(node.named_children):
                step = ELEMENT if starred else index
                if child.type in ("list_splat_pattern", "list_splat"):
                    starred, step = True, REST
                stack.append((child, (*path, step)))
        elif node.type in ("list_splat_pattern", "list_splat", "parenthesized_expression"):
            stack.extend((child, path) for child in node.named_children)
        elif node.type == "identifier":
            bindings.add(node, _at(like, node, path))
        elif node.type == "attribute":
            owner = node.child_by_field_name("object")
            name = node.child_by_field_name("attribute")
            if owner is not None and owner.type == "identifier" and name is not None:
                key = (text_of(owner), text_of(name))
                bindings.attributes.setdefault(key, []).append(_at(like, name, path))


def _at(like: Binding, name: Node, path: tuple[int, ...]) -> Binding:
    return Binding(
        like.kind, name.start_byte, like.since, like.branch, like.source, path, like.annotation
    )
