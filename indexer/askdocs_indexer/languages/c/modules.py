"""How C and C++ write names, and what those of the library are."""

from __future__ import annotations

from posixpath import splitext

from askdocs_indexer.languages.c.facts import HEADERS
from askdocs_indexer.languages.c.syntax import GLOBAL
from askdocs_indexer.languages.facts import ELEMENT, FILE, FileFacts, Names
from askdocs_indexer.languages.project import Identity, Value
from askdocs_indexer.languages.rules import Modules, Rules


class CRules(Rules):
    """Everything is declared in one space, of which a file sees what it includes."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the space that all names begin in, for what is written with its ``::``."""
        return ((),) if module == GLOBAL else ()

    def is_header(self, path: str) -> bool:
        """Return whether a file is there to be included by others."""
        return splitext(path)[1].lower() in HEADERS

    def is_plain(self, value: Value) -> bool:
        """Return whether a value's type is of the workspace, or one of C: without operators."""
        if isinstance(value.target, Identity):
            return True
        return not value.args and not any("::" in name for name in value.target.names)

    def written(self, names: Names) -> str:
        """Return the qualified name by which code calls something."""
        return "::".join(name for name in names if not name.startswith((FILE, "#")))

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the space that all names begin in."""
        return (((), 0),)

    def lexical(self, scope: Names, facts: FileFacts) -> Names:
        """Return nothing for C, where a field is named with its owner alone."""
        return () if facts.language == "c" else scope

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return names in the namespaces that the file opens, and the plain one."""
        opened = [
            imported for imported in facts.imports if imported.name == "*" and not imported.module
        ]
        spaces = dict.fromkeys("::".join(imported.target) for imported in opened)
        return (*(f"{space}::{name}" for space in spaces), name)

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return ``owner::name``, and ``owner.name`` for a member of what may be C's."""
        if is_instance and "::" not in owner:
            return (f"{owner}::{name}", f"{owner}.{name}")
        return (f"{owner}::{name}",)

    def last(self, name: str) -> str:
        """Return the last part of a qualified name."""
        return name.rpartition("::")[2]

    def made(self, function: str) -> str:
        """``ns::Client("x")`` makes a ``ns::Client``, if it is written as classes are."""
        return function if function.rpartition("::")[2][:1].isupper() else ""


RULES = CRules(
    separators=("::", "::"),
    callables=frozenset({"function"}),
    holders=frozenset({ELEMENT, "optional", "shared_ptr", "unique_ptr"}),
    dereference="operator->",
    subscript="operator[]",
    iterator="begin",
    includes=True,
    givers=frozenset({"at", "back", "front", "get", "load", "lock", "top", "value", "value_or"}),
    numbers_parameters=True,
)
