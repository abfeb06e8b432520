"""Where Go's import paths lead: to folders below the one of a go.mod."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.go.facts import PACKAGE
from askdocs_indexer.languages.go.syntax import package_name
from askdocs_indexer.languages.rules import Modules, ReadFacts, Rules

_BUILTINS_TEXT = """
any append bool byte cap clear close comparable complex complex128 complex64 copy delete
error float32 float64 imag int int16 int32 int64 int8 len make max min new panic print
println real recover rune string uint uint16 uint32 uint64 uint8 uintptr
"""
_BUILTINS = frozenset(_BUILTINS_TEXT.split())
# In the module cache: folders have versions, and capitals a mark.
_VERSION = re.compile("@.*")
_CAPITAL = re.compile("!([a-z])")
# The folder of a release of Go, such as `go1.24`.
_RELEASE = re.compile(r"\bgo-?\d")


class GoRules(Rules):
    """Import paths, and the builtin package."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the package in the folder that an import path names, by the nearest go.mod.

        Without one, the only folder of the workspace that the path ends in is meant.
        """
        parts = tuple(module.split("/"))
        folders = [*_by_module_file(module, modules)] or [*_by_ending(parts, modules)]
        packages = [package for folder in folders for package in _packages(folder, modules)]
        return tuple(dict.fromkeys(packages))

    def written(self, names: Names) -> str:
        """Return the name by which code calls a package."""
        packages = [i for i, name in enumerate(names) if name.startswith(PACKAGE)]
        inside = names[packages[-1] :] if packages else names[-1:]
        return ".".join(inside).removeprefix(PACKAGE)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the packages of the name that a documented name begins with."""
        packages = modules.ending(f"{PACKAGE}{parts[0].rpartition('/')[2]}")
        return tuple((package, 1) for package in sorted(packages))

    def lexical(self, scope: Names, facts: FileFacts) -> Names:
        """Return no scope: members are never named without what they are members of."""
        return ()

    def is_exported(self, names: Names, paths: Sequence[str], modules: Modules) -> bool:
        """Return whether others can import the package: not that of a program."""
        return f"{PACKAGE}main" not in names

    def external(self, module: str, target: Names) -> Names:
        """Return names by the import path and by the package's own name."""
        names = (module, package_name(module))
        return tuple(dict.fromkeys(".".join((name, *target)) for name in names))

    def outside(
        self, path: str, name: str, modules: Modules, read: ReadFacts
    ) -> tuple[Import, ...]:
        """Return the import of the package in a folder of the module cache or the library."""
        module = _installed(PurePosixPath(path).parts[:-1])
        return (Import("", module),) if module else ()

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return a builtin's names, or that of a name in the same package elsewhere."""
        if name in _BUILTINS:
            return (f"builtin.{name}", name)
        package = facts.module[-1].removeprefix(PACKAGE) if facts.module else ""
        return (f"{package}.{name}",) if package not in ("", "main") else ()

    def made(self, function: str) -> str:
        """Return `bytes.Buffer` for `bytes.NewBuffer`, by the convention of the language."""
        package, _, name = function.rpartition(".")
        made = name.removeprefix("New")
        return f"{package}.{made}" if made and made != name and package else ""


def _installed(folder: Names) -> str:
    """Return the import path of a folder; "" where that does not say."""
    for i in range(len(folder) - 1, 0, -1):
        outer, name = folder[i - 1 : i + 1]
        is_library = name == "src" and ("go" in outer.split("-") or _RELEASE.search(outer))
        if is_library or name == "vendor":
            return "/".join(folder[i + 1 :])
        if (outer, name) == ("pkg", "mod"):
            plain = (_VERSION.sub("", part) for part in folder[i + 1 :])
            return _CAPITAL.sub(lambda mark: mark[1].upper(), "/".join(plain))
    return ""


def _by_module_file(module: str, modules: Modules) -> Iterator[Names]:
    for folder, package in modules.packages("gomod"):
        name = package.get("name", "")
        if module == name or module.startswith(f"{name}/"):
            yield (
                (*folder, *module[len(name) :].strip("/").split("/")) if module != name else folder
            )


def _by_ending(parts: Names, modules: Modules) -> Iterator[Names]:
    folders = [names for names in modules.ending(parts[-1]) if names[-len(parts) :] == parts]
    # `example.org/stall` in a workspace that holds only the folder `stall`.
    yield from folders if len(folders) == 1 else ()


def _packages(folder: Names, modules: Modules) -> list[Names]:
    inside = [name for name in modules.inside(folder) if name.startswith(PACKAGE)]
    shown = [name for name in inside if not name.endswith("_test")]
    return [(*folder, name) for name in sorted(shown)]


RULES = GoRules()
