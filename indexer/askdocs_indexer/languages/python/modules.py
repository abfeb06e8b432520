"""Where Python's imports lead: to modules below the folders that a file can import from."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import PurePosixPath

from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.python.evaluator.knowledge import knowledge
from askdocs_indexer.languages.python.evaluator.values import parse_type
from askdocs_indexer.languages.python.installed import handing_on, installed_module
from askdocs_indexer.languages.rules import GLOBAL, Modules, ReadFacts, Rules

# Folders that hold a project's packages but are not packages themselves.
_LAYOUTS = ("src", "lib", "python")
# Folders beside a project's packages that are not installed with them.
_ASIDE = frozenset({"benchmarks", "doc", "docs", "examples", "scripts", "test", "tests", "tools"})
_PACKAGE_FILES = ("pyproject", "setupcfg")
# Modules that are loaded before any of the workspace could take their place.
_LOADED_FIRST = frozenset({*sys.builtin_module_names, "abc", "codecs", "io", "os", "site", "stat"})
# Their instances say nothing of what they stand for.
_OPAQUE = frozenset(
    {"object", "type", "typing.Any", "typing.NewType", "typing.NoReturn", "typing.TypeVar"}
)


@dataclass(frozen=True)
class PythonRules(Rules):
    """Modules in files, packages in folders, and the tables of the standard library."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the module that an import means; several where as much speaks for each."""
        written = module.lstrip(".")
        parts = tuple(written.split(".")) if written else ()
        folder = PurePosixPath(path).parts[:-1]
        dots = len(module) - len(written)
        if dots:
            names = (*folder[: len(folder) - dots + 1], *parts)
            return (names,) if dots <= len(folder) + 1 and modules.has(names) else ()
        if parts[0] in _LOADED_FIRST:
            return ()
        if parts[0] in sys.stdlib_module_names:
            base = _base(folder, modules)
            # A file named like the library's module means the library's when it imports that name.
            is_shadowed = bool(modules.files((*base, parts[0])) - {path})
            return ((*base, *parts),) if is_shadowed and modules.has((*base, *parts)) else ()
        return _located(parts, folder, modules)

    def written(self, names: Names) -> str:
        """Return the dotted name by which the module is imported."""
        return ".".join(names[1:] if len(names) > 1 and names[0] in _LAYOUTS else names)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the module that code beside the page would import by the first part.

        Without one, those in no package. Submodules that the name spells out come first.
        """
        heads: list[tuple[Names, int]] = []
        folder = PurePosixPath(path).parts[:-1]
        for start in _located(parts[:1], folder, modules) or _starts(parts[0], modules):
            names = start
            heads.append((names, 1))
            for taken, part in enumerate(parts[1:], 2):
                names = (*names, part)
                if not modules.has(names):
                    break
                heads.append((names, taken))
        heads.sort(key=lambda row: (-row[1], row[0]))
        return tuple(heads)

    def is_exported(self, names: Names, paths: Sequence[str], modules: Modules) -> bool:
        """Return whether a symbol is a package's, or that of a module which is installed alone.

        A script has names for itself.
        """
        return any(_is_installed(PurePosixPath(path), modules) for path in paths)

    def external(self, module: str, target: Names) -> Names:
        """Return the dotted name; none for a relative import."""
        return () if module.startswith(".") else (".".join((module, *target)),)

    def outside(
        self, path: str, name: str, modules: Modules, read: ReadFacts
    ) -> tuple[Import, ...]:
        """Return the imports of a module, and of the packages around it that hand the name on."""
        module = installed_module(path)
        if module == ("builtins",):
            return (GLOBAL,)
        origins = (module, *handing_on(path, name, read)) if module else ()
        return tuple(Import("", ".".join(origin)) for origin in origins)

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the name of a builtin, or of what a star import from the standard library has."""
        modules = knowledge().modules
        stars = [star.module for star in facts.imports if star.name == "*" and not star.scope]
        for star in reversed(stars):
            if name in modules.get(star, ()):
                return (f"{star}.{name}",)
        return (name,) if name in modules["builtins"] else ()

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the dotted name; none for a member of the workspace's own folder."""
        return (f"{owner}.{name}",) if owner else ()

    def made(self, function: str) -> str:
        """Return the class itself for a class, what the tables say for a function."""
        tables = knowledge()
        if function in _OPAQUE:
            return ""
        if tables.is_type(function):
            return tables.class_name(function)
        owner, _, name = function.rpartition(".")
        known = tables.type_of(f"{function}()")
        if known is None and owner and tables.is_class(owner):
            known = tables.member_type(owner, f"{name}()")
        types = parse_type(known or "")
        if len(types) != 1 or not types[0].name[0].isalpha():
            return ""
        return owner if types[0].name == "Self" else types[0].name


def _is_installed(file: PurePosixPath, modules: Modules) -> bool:
    folder = file.parts[:-1]
    if is_package(folder, modules) or (folder and folder[-1] in _LAYOUTS):
        return True
    names = {
        package.get("name", "").replace("-", "_")
        for kind in _PACKAGE_FILES
        for below, package in modules.packages(kind)
        if below == folder
    }
    return file.stem in names


def _base(folder: Names, modules: Modules) -> Names:
    """Return the nearest folder around a file that is not a package: it is imported from first."""
    while folder and is_package(folder, modules):
        folder = folder[:-1]
    return folder


def is_package(names: Names, modules: Modules) -> bool:
    """Return whether a folder has an ``__init__`` file."""
    return any(PurePosixPath(path).stem == "__init__" for path in modules.files(names))


def _located(parts: Names, folder: Names, modules: Modules) -> tuple[Names, ...]:
    """Return the modules of a dotted name, at the nearest root that has its package."""
    files = (package for kind in _PACKAGE_FILES for _, package in modules.packages(kind))
    is_renamed = any("packages" in package for package in files)
    if not is_renamed and not modules.ending(parts[0]):
        return ()
    portion: Names | None = None
    for roots in _roots(folder, modules):
        located = []
        starts = (start for root in roots for start in root.starts(parts[0], modules))
        for start in dict.fromkeys(starts):
            names = (*start, *parts[1:])
            if modules.files(names):
                located.append(names)
            elif modules.files(start):
                # A package without the module: Python looks no further.
                return ()
            elif modules.has(names):
                portion = portion or names
        if located:
            return tuple(located)
    return (portion,) if portion is not None else ()


@dataclass(frozen=True, slots=True)
class _Root:
    """A folder that modules are imported from.

    `renamed` maps the names of packages to their folders, where those are called otherwise. Of a
    project that `is_installed` only packages can be imported, not what lies beside them.
    """

    folder: Names
    renamed: Mapping[str, Names] = field(default_factory=dict, hash=False)
    is_installed: bool = False

    def starts(self, first: str, modules: Modules) -> Iterator[Names]:
        """Yield the folder or file of the package with a name."""
        if first in self.renamed:
            yield self.renamed[first]
        start = (*self.folder, first)
        is_hidden = first in _ASIDE or not is_package(start, modules)
        if not self.is_installed or not is_hidden:
            yield start


def _roots(folder: Names, modules: Modules) -> Iterator[list[_Root]]:
    """Yield the folders that a file in `folder` can import from, in groups, the nearest first."""
    projects = _projects(modules)
    for end in range(len(folder), -1, -1):
        around = folder[:end]
        if not end or not is_package(around, modules):
            yield [_Root(around)]
        yield _below(around, projects.pop(around, []), modules)
    common = {names: _shared(names, folder) for names in projects}
    for length in sorted(set(common.values()), reverse=True):
        nearest = [names for names in projects if common[names] == length]
        yield [
            root
            for names in nearest
            for root in (
                _Root(names, is_installed=True),
                *_below(names, projects[names], modules),
            )
        ]


def _projects(modules: Modules) -> dict[Names, list[dict[str, str]]]:
    """Return what the package files say, for each folder that has any."""
    projects: dict[Names, list[dict[str, str]]] = {}
    for kind in _PACKAGE_FILES:
        for folder, package in modules.packages(kind):
            projects.setdefault(folder, []).append(package)
    for setup in modules.ending("setup"):
        if modules.files(setup):
            projects.setdefault(setup[:-1], [])
    return projects


def _below(folder: Names, packages: list[dict[str, str]], modules: Modules) -> list[_Root]:
    """Return the roots below a folder: those that its package files name, and the usual ones."""
    named = [root for package in packages for root in _package_roots(folder, package)]
    usual = [(*folder, layout) for layout in _LAYOUTS]
    return [*named, *(_Root(root) for root in usual if not is_package(root, modules))]


def _package_roots(folder: Names, package: dict[str, str]) -> Iterator[_Root]:
    """Yield the roots that a package file names."""
    for below in package.get("roots", "").splitlines():
        yield _Root(_inside(folder, below))
    renamed = {}
    for line in package.get("packages", "").splitlines():
        name, _, below = line.partition("=")
        renamed[name] = _inside(folder, below)
    if renamed:
        yield _Root(folder, renamed, is_installed=True)


def _inside(folder: Names, below: str) -> Names:
    return (*folder, *filter(None, below.split("/")))


def _starts(name: str, modules: Modules) -> list[Names]:
    """Return the modules of a name that stand in no package."""
    return [
        names
        for names in modules.ending(name)
        if not names[:-1] or not is_package(names[:-1], modules)
    ]


def _shared(names: Names, other: Names) -> int:
    """Return how many parts two folders begin with together."""
    pairs = zip(names, other, strict=False)
    return len([*takewhile(lambda pair: pair[0] == pair[1], pairs)])


RULES = PythonRules(has_plain_members=False)
