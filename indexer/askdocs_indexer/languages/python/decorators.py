"""What decorators say about a function."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of

# They make a function an attribute.
PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "reify"})
# They add to a property of the same name.
ACCESSORS = frozenset({"setter", "deleter", "getter"})
# They make a generator what ``with`` enters.
CONTEXT_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
# Methods that get the class without being decorated.
CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__", "setUpClass"})


def decorators(definition: Node) -> list[str]:
    """The last names of a definition's decorators: ``wraps`` for ``@functools.wraps(f)``."""
    statement = definition.parent
    if statement is None or statement.type != "decorated_definition":
        return []
    return decorator_names(statement)


def decorator_names(statement: Node) -> list[str]:
    """The same for the node of the definition with its decorators."""
    names = []
    for child in statement.named_children:
        if child.type == "decorator" and child.named_children:
            target = child.named_children[0]
            if target.type == "call":
                target = target.child_by_field_name("function") or target
            names.append(text_of(target).rpartition(".")[2])
    return names
