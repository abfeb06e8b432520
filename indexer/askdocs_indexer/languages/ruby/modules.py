"""What Ruby's names mean: all constants share one namespace, wherever their files lie."""

from __future__ import annotations

from askdocs_indexer.languages.facts import ELEMENT, FileFacts, Names
from askdocs_indexer.languages.ruby.syntax import CONSTRUCTOR, SINGLETON
from askdocs_indexer.languages.rules import Modules, Rules


class RubyRules(Rules):
    """Constants from the root on, and members of a class or of its instances."""

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the namespace around all: a documented name begins with its own."""
        return (((), 0),)

    def full(self, name: str, facts: FileFacts, scope: Names) -> tuple[Names, ...]:
        """Return the constant at the root that ``::Name`` means."""
        return ((name.removeprefix("::"),),) if name.startswith("::") else ()

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the name of a constant from outside of the workspace."""
        return (name,) if name[:1].isupper() else ()

    def is_constant(self, name: str) -> bool:
        """Return whether a name begins like a constant's."""
        return name[:1].isupper()

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the qualified name of a constant, a class's own method or an instance's."""
        if name == SINGLETON:
            return (owner,)
        owner = "Array" if owner == ELEMENT else owner
        if name[:1].isupper():
            return (f"{owner}::{name}" if owner else name,)
        return (f"{owner}{'#' if is_instance else '.'}{name}",)


RULES = RubyRules(
    separators=("::", "#"),
    subscript=ELEMENT,
    constructors=frozenset({CONSTRUCTOR}),
    singleton=SINGLETON,
)
