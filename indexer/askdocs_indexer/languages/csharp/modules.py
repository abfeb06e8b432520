"""Where C#'s using directives lead: to the namespaces that files declare."""

from __future__ import annotations

from askdocs_indexer.languages.csharp.syntax import CONSTRUCTOR
from askdocs_indexer.languages.facts import ELEMENT, FileFacts, Names
from askdocs_indexer.languages.rules import Modules, Rules

# The namespaces that new projects use implicitly.
_IMPLICIT = (
    "System",
    "System.Collections.Generic",
    "System.IO",
    "System.Linq",
    "System.Net.Http",
    "System.Threading",
    "System.Threading.Tasks",
)
_ARRAY = "System.Array"


class CSharpRules(Rules):
    """Namespaces are names that files declare, wherever they lie."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the namespace or type of a full name, whether or not a file declares it."""
        return (tuple(module.split(".")) if module else (),)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the namespace around all: a documented name begins with its own."""
        return (((), 0),)

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the qualified name of a member."""
        return (f"{_ARRAY if owner == ELEMENT else owner}.{name}",)

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the full names that the file's using directives allow for a name."""
        used = [taken.module for taken in facts.imports if taken.name == "*" and taken.module]
        spaces = tuple(dict.fromkeys((*used, *_IMPLICIT)))
        if any(space.partition(".")[0] == name for space in spaces):
            return (name,)
        return tuple(f"{space}.{name}" for space in spaces)


RULES = CSharpRules(
    callables=frozenset({"Func"}),
    holders=frozenset({"Task", "ValueTask"}),
    subscript=ELEMENT,
    constructors=frozenset({CONSTRUCTOR}),
    parts_types=True,
)
