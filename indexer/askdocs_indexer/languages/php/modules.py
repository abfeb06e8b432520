"""What PHP's names mean: a name by its role, the file's `use` statements and its namespace."""

from __future__ import annotations

from askdocs_indexer.languages.facts import ELEMENT, FileFacts, Names
from askdocs_indexer.languages.php.types import CLASS, CONSTANT, FUNCTION
from askdocs_indexer.languages.rules import Modules, Rules

_HERE = "namespace\\"


class PhpRules(Rules):
    """Namespaces are names that files declare, wherever they lie."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the namespace of a full name, whether or not a file declares it."""
        return (_names(module),)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the namespace around all: a documented name begins with its own."""
        return (((), 0),)

    def full(self, name: str, facts: FileFacts, scope: Names) -> tuple[Names, ...]:
        """Return what a name with its role means: only functions and constants fall back."""
        role = next(
            (prefix for prefix in (CLASS, FUNCTION, CONSTANT) if name.startswith(prefix)), None
        )
        if role is None:
            return ()
        text = name[len(role) :]
        namespace = _namespace(facts, scope)
        if text.startswith("\\"):
            return (_names(text),)
        if text.lower().startswith(_HERE):
            return ((*namespace, *text[len(_HERE) :].split("\\")),)
        first, *rest = text.split("\\")
        bound = f"{CLASS if rest else role}{first}"
        for taken in facts.imports:
            if taken.name == bound:
                return ((*_names(taken.module), *taken.target, *rest),)
        near = (*namespace, first, *rest)
        return (near,) if role == CLASS or rest or not namespace else (near, (first,))

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the qualified name of a member; an array has none."""
        if owner == ELEMENT:
            return ()
        return (f"{owner}::{name}",) if owner else (name,)


def _names(text: str) -> Names:
    return tuple(part for part in text.split("\\") if part)


def _namespace(facts: FileFacts, scope: Names) -> Names:
    """Return the namespace of the file that a scope lies in."""
    spaces = {
        declaration.names for declaration in facts.declarations if declaration.kind == "module"
    }
    around = (scope[:end] for end in range(len(scope), 0, -1))
    return next((names for names in around if names in spaces), ())


RULES = PhpRules(separators=("\\", "::"), constructors=frozenset({"__construct"}))
