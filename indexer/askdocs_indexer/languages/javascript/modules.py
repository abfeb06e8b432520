"""Where the imports of JavaScript and TypeScript lead: to files, by path or by package."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath

from askdocs_indexer.languages.facts import ELEMENT, FileFacts, Import, Names
from askdocs_indexer.languages.javascript.facts import module_names
from askdocs_indexer.languages.javascript.imports import DEFAULT, WHOLE
from askdocs_indexer.languages.project import Value, Values, elements
from askdocs_indexer.languages.rules import GLOBAL, Modules, ReadFacts, Rules
from askdocs_indexer.readers.decoding import words

_SUFFIXES = words(".cjs .cts .js .jsx .mjs .mts .ts .tsx")
# Folders that builds write to; what lies there comes from the sources of the package.
_BUILT = words("build cjs dist es esm lib out umd")
_SOURCES = ("src", "lib", "source", "")
_INDEX = "index"
_MODULES = "node_modules"
# The types of packages that have none of their own.
_TYPES = "@types"
_PATH = "path:"
_COLLECTIONS = words("Array Map Promise ReadonlyArray ReadonlyMap Set WeakMap")
_GIVES_ELEMENT = words("at find findLast get pop shift")
_GIVES_OWNER = words(
    "add catch concat fill filter finally reverse set slice sort splice toReversed toSorted"
)
# Types of libraries whose members are those of their first argument.
_UTILITIES = words(
    "DeepPartial DeepReadonly DeepRequired Except Merge MergeExclusive Mutable PartialDeep "
    "Prettify ReadonlyDeep RequireAtLeastOne RequireExactlyOne SetOptional SetRequired Simplify "
    "StrictOmit Writable"
)
# Types whose elements are their members.
_DICTIONARIES = frozenset({"Record"})
_MAKERS = words("Array BigInt Boolean Number Object String Symbol")


class ScriptRules(Rules):
    """Files and packages: only what a module exports is seen by others."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the file that a specifier means, for a package that of its sources."""
        folder = PurePosixPath(path).parts[:-1]
        if module.startswith("."):
            names = _joined(folder, module)
            return tuple(_existing([names], modules)) if names is not None else ()
        for way in (_by_own_import, _by_path, _by_package, _by_base):
            if located := tuple(dict.fromkeys(way(module, folder, modules))):
                return located
        return ()

    def written(self, names: Names) -> str:
        """Return "": a module of the workspace has what it exports and nothing else."""
        return ""

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the modules that a page calls by their file's, folder's or package's name."""
        files = {names for names in modules.ending(parts[0]) if modules.files(names)}
        folders = {(*names, _INDEX) for names in modules.ending(parts[0])}
        files |= {names for names in folders if modules.files(names)}
        files |= {*_by_package(parts[0], (), modules)}
        return tuple((names, 1) for names in sorted(files))

    def external(self, module: str, target: Names) -> Names:
        """Return names by the module and, as pages write them, without it."""
        module = module.removeprefix("node:")
        parts = target[1:] if target[:1] == (DEFAULT,) else target
        if module.startswith("."):
            return (".".join(parts),) if parts else ()
        whole = ".".join((module, *parts))
        return (whole, ".".join(parts)) if parts and parts == target else (whole,)

    def outside(
        self, path: str, name: str, modules: Modules, read: ReadFacts
    ) -> tuple[Import, ...]:
        """Return the imports of an installed package, or of one of the workspace that is built."""
        parts = PurePosixPath(path).parts
        if _MODULES in parts:
            inside = parts[len(parts) - parts[::-1].index(_MODULES) :]
            return tuple(_installed(inside))
        root, package = _nearest("npm", parts[:-1], modules)
        inside = parts[len(root) : -1]
        if not package or _BUILT.isdisjoint(inside):
            return ()
        return tuple(_entered(package["name"], inside))

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return a name that the file does not bind: a global, such as ``fetch``."""
        return () if name == WHOLE else (name,)

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return a member by its class, of an instance also by the class's prototype."""
        owner = "Array" if owner == ELEMENT else owner
        if "#" in owner or ".prototype." in owner or owner in _DICTIONARIES:
            return ()
        plain = f"{owner}.{name}"
        return (plain, f"{owner}.prototype.{name}", f"{owner}#{name}") if is_instance else (plain,)

    def starred(self, name: str) -> bool:
        """Return whether `export *` gives a name."""
        return name not in {DEFAULT, WHOLE}

    def returned(self, function: str, owner: Value) -> Values:
        """Return what methods of collections give: the same kind of it, or one of its elements."""
        kind, _, method = function.rpartition(".")
        if kind in _COLLECTIONS and method in _GIVES_ELEMENT:
            return elements((owner,))
        return (owner,) if kind in _COLLECTIONS and method in _GIVES_OWNER else ()

    def made(self, function: str) -> str:
        """Return what calling a function of a package gives, by the name of the function.

        Pages document the members of what ``pond.createAquarium()`` gives below the function.
        """
        return function if "." in function or function in _MAKERS else ""


def _installed(parts: Names) -> Iterator[Import]:
    """Yield the imports of a file inside of `node_modules`."""
    scope = parts[:1] if parts[0].startswith("@") else ()
    package, inside = "".join(parts[len(scope) : len(scope) + 1]), parts[len(scope) + 1 :]
    if (*scope, package) == ("typescript",):
        yield GLOBAL
    elif scope == (_TYPES,) and package == "node":
        yield Import("", "/".join(module_names(PurePosixPath(*inside))))
        yield GLOBAL
    elif scope == (_TYPES,):
        owner, separator, name = package.partition("__")
        yield Import("", f"@{owner}/{name}" if separator else package)
    elif package:
        yield from _entered("/".join((*scope, package)), inside[:-1])


def _entered(package: str, folder: Names) -> Iterator[Import]:
    """Yield the imports of a package's file in a folder: of what that builds, and of the whole."""
    subpath = [part for part in folder if part not in _BUILT]
    for module in dict.fromkeys(("/".join((package, *subpath)), package)):
        yield Import("", module)


def _joined(folder: Names, relative: str) -> Names | None:
    """Return the names of a file by its path from a folder; None outside of the workspace."""
    joined = posixpath.normpath(posixpath.join("/".join(folder), relative))
    if joined == ".." or joined.startswith(("../", "/")):
        return None
    parts = () if joined == "." else tuple(joined.split("/"))
    return (*parts, "") if relative.endswith("/") and parts else parts


def _existing(candidates: list[Names], modules: Modules) -> Iterator[Names]:
    """Yield the first module that a file has: the path itself, then the index of a folder."""
    for names in candidates:
        plain = [names] if names and names[-1] else []
        if names and PurePosixPath(names[-1]).suffix in _SUFFIXES:
            plain.append(module_names(PurePosixPath(*names)))
        folder = names if not names or names[-1] else names[:-1]
        for module in (*plain, (*folder, _INDEX)):
            if modules.files(module):
                yield module
                return


def _by_path(module: str, folder: Names, modules: Modules) -> Iterator[Names]:
    """Yield where the paths of the nearest tsconfig.json lead, or those of one that it extends."""
    for root, options in _configurations(folder, modules):
        if any(key.startswith(_PATH) for key in options):
            yield from _by_paths(module, _joined(root, options.get("base", ".")), options, modules)
            return


def _by_paths(
    module: str, base: Names | None, options: dict[str, str], modules: Modules
) -> Iterator[Names]:
    ranked: list[tuple[int, str, str]] = []
    for key, targets in options.items():
        pattern = key.removeprefix(_PATH)
        before, star, after = pattern.partition("*")
        if pattern == key:
            continue
        if not star and module == pattern:
            ranked.append((len(pattern) + 1, targets, ""))
        elif star and module.startswith(before) and module.endswith(after):
            matched = module[len(before) : len(module) - len(after)]
            ranked.append((len(before), targets, matched))
    if ranked and base is not None:
        _, targets, matched = max(ranked)
        paths = (_joined(base, target.replace("*", matched)) for target in json.loads(targets))
        yield from _existing([names for names in paths if names is not None], modules)


def _by_own_import(module: str, folder: Names, modules: Modules) -> Iterator[Names]:
    """Yield where ``#name`` leads by the imports of the nearest package.json."""
    if module.startswith("#"):
        root, package = _nearest("npm", folder, modules)
        yield from _entries(root, package, module, modules)


def _by_base(module: str, folder: Names, modules: Modules) -> Iterator[Names]:
    for root, options in _configurations(folder, modules):
        base = _joined(root, options["base"]) if "base" in options else None
        names = _joined(base, module) if base is not None else None
        if names is not None:
            yield from _existing([names], modules)
            return


def _configurations(folder: Names, modules: Modules) -> Iterator[tuple[Names, dict[str, str]]]:
    """Yield what applies to a file: the innermost tsconfig.json, then those that it extends.

    The files of one folder are parts of one configuration, whatever they are called.
    """
    left, seen = [_nearest("tsconfig", folder, modules)[0]], set()
    while left:
        root = left.pop(0)
        if root in seen:
            continue
        seen.add(root)
        for around, options in modules.packages("tsconfig"):
            if around == root:
                yield root, options
                extended = (
                    _joined(root, file) for file in json.loads(options.get("extends", "[]"))
                )
                left += [names[:-1] for names in extended if names]


def _nearest(kind: str, folder: Names, modules: Modules) -> tuple[Names, dict[str, str]]:
    """Return the package file of the innermost folder around a file: (its folder, what it says)."""
    around = [row for row in modules.packages(kind) if row[0] == folder[: len(row[0])]]
    return max(around, key=lambda row: len(row[0])) if around else ((), {})


def _by_package(module: str, folder: Names, modules: Modules) -> Iterator[Names]:
    """Yield the modules of the workspace's packages that a specifier means."""
    for root, package in modules.packages("npm"):
        name = package["name"]
        if module == name or module.startswith(f"{name}/"):
            subpath = f".{module[len(name) :]}"
            located = [*_entries(root, package, subpath, modules)]
            yield from located or _existing(_sources(root, subpath), modules)


def _entries(
    root: Names, package: dict[str, str], subpath: str, modules: Modules
) -> Iterator[Names]:
    """Yield the sources of the files that a package gives for a subpath."""
    for key, files in package.items():
        before, star, after = key.partition("*")
        matched = ""
        if star and subpath.startswith(before) and subpath.endswith(after):
            matched = subpath[len(before) : len(subpath) - len(after)]
        if not key.startswith((".", "#")) or (key != subpath and not matched):
            continue
        for alternatives in json.loads(files):
            paths = (_joined(root, file.replace("*", matched)) for file in alternatives)
            sources = (_unbuilt(root, names) for names in paths if names is not None)
            located = [names for source in sources for names in _existing(source, modules)]
            if located:
                yield from located
                break


def _unbuilt(root: Names, names: Names) -> list[Names]:
    """Return where the source of a file may lie, the file itself first."""
    inside = names[len(root) :]
    unbuilt = tuple(part for part in inside if part not in _BUILT)
    if unbuilt == inside:
        return [names]
    return [names, *((*root, *filter(None, (source,)), *unbuilt) for source in _SOURCES)]


def _sources(root: Names, subpath: str) -> list[Names]:
    inside = tuple(part for part in subpath.split("/") if part not in {"", "."})
    return [(*root, *filter(None, (source,)), *inside) for source in _SOURCES]


RULES = ScriptRules(
    shares_names=True,
    holders=frozenset({"Promise", "PromiseLike"}),
    pointers=_UTILITIES,
    dictionaries=_DICTIONARIES,
    has_exports=True,
    whole=WHOLE,
    is_untyped=True,
    numbers_parameters=True,
)
