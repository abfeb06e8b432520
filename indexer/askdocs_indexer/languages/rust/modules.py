"""Where Rust's paths lead: to the modules of a crate, and to the crates of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Targets,
    Value,
    Values,
    instances,
)
from askdocs_indexer.languages.rules import Modules, ReadFacts, Rules
from askdocs_indexer.languages.rust.facts import ROOT, is_root, module_of
from askdocs_indexer.languages.rust.packages import code_name
from askdocs_indexer.languages.rust.syntax import FILE, MACRO, MODULE, OF_ROOT, VALUE
from askdocs_indexer.readers.decoding import words

_PRELUDE = {
    name: f"std::{module}::{name}"
    for module, names in {
        "borrow": "ToOwned",
        "boxed": "Box",
        "clone": "Clone",
        "cmp": "Eq Ord PartialEq PartialOrd",
        "convert": "AsMut AsRef From Into TryFrom TryInto",
        "default": "Default",
        "iter": "DoubleEndedIterator ExactSizeIterator Extend FromIterator IntoIterator Iterator",
        "marker": "Copy Send Sized Sync Unpin",
        "mem": "drop",
        "ops": "Drop Fn FnMut FnOnce",
        "option": "Option",
        "option::Option": "None Some",
        "result": "Result",
        "result::Result": "Err Ok",
        "string": "String ToString",
        "vec": "Vec",
    }.items()
    for name in names.split()
}
_PRIMITIVES = words(
    "bool char f32 f64 i128 i16 i32 i64 i8 isize slice str u128 u16 u32 u64 u8 usize"
)
_MACROS = words(
    "assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq "
    "debug_assert_ne env eprint eprintln file format format_args include include_bytes include_str "
    "line matches module_path option_env panic print println stringify thread_local todo "
    "unimplemented unreachable vec write writeln"
)
_STANDARD = words("alloc core std")
# Ends the folder of a crate in Cargo's sources.
_VERSION = re.compile(r"-\d+\.\d+\.\d+.*$")
_RELATIVE = words("crate self super")
_CONSTRUCTORS = words("bind builder connect create default from new open")
_HOLDERS = words("Option Result")
_POINTERS = words("Arc Box Cow MutexGuard Pin Rc Ref RefMut RwLockReadGuard RwLockWriteGuard")
# Methods of the standard types: those that give what they are called on, or as good as it;
_KEEPING = words(
    "as_deref as_deref_mut as_mut as_ref by_ref chain cloned copied drain enumerate filter inspect "
    "into_iter into_values iter iter_mut map_err ok ok_or ok_or_else or or_else peekable rev skip "
    "skip_while step_by take take_while to_owned to_vec values values_mut"
)
# those that give what it holds;
_UNWRAPPING = words("expect unwrap unwrap_or unwrap_or_default unwrap_or_else")
# and those that may give one of several things that it holds.
_PICKING = words(
    "back back_mut find first first_mut front front_mut get get_mut last last_mut max_by_key "
    "min_by_key next next_back nth peek pop pop_back pop_front"
)
_LOCKS = words("Mutex RefCell RwLock")
_LOCKING = words("borrow borrow_mut get_mut lock read try_lock write")


class RustRules(Rules):
    """Paths, crates, the standard prelude."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the module of the file that a `mod` line of a file means."""
        folder = PurePosixPath(path).parent
        if module.startswith(FILE):
            file = normpath(folder / module.removeprefix(FILE))
            return (module_of(file),) if modules.files(module_of(file)) else ()
        if module.startswith(OF_ROOT):
            names = (*folder.parts, *module.removeprefix(OF_ROOT).split("/"))
            is_rooted = module_of(path) in _roots(modules) and modules.files(names)
            return (names,) if is_rooted else ()
        names = (*folder.parts, *module.removeprefix(MODULE).split("/"))
        # A file in `tests` that others take in is read as a test of its own.
        candidates = (names, (*names[:-1], f"{ROOT}{names[-1]}"))
        return tuple(candidate for candidate in candidates if modules.files(candidate))[:1]

    def relative(self, name: str, module: Names, modules: Modules) -> Names | None:
        """Return the module that `crate`, `self` or `super` mean inside of a module."""
        if name == "self":
            return module
        if name == "crate":
            return _root(module, modules)
        if name == "super" and module and not is_root(module):
            outer = module[:-1]
            return outer if modules.files(outer) else _root_in(outer, modules) or outer
        return None

    def outside(
        self, path: str, name: str, modules: Modules, read: ReadFacts
    ) -> tuple[Import, ...]:
        """Return the path of a module in Cargo's sources or in those of the standard library."""
        parts = PurePosixPath(path).parts
        for i in range(len(parts) - 2, 0, -1):
            if parts[i] == "src":
                crate, outer = parts[i - 1], parts[max(i - 2, 0)]
                inside = module_of("/".join(parts[i:]))[1:]
                if outer == "library" and crate in _STANDARD:
                    roots = dict.fromkeys(("std", crate))
                    return tuple(Import("", "", (root, *inside)) for root in roots)
                if version := _VERSION.search(crate):
                    return (Import("", "", (code_name(crate[: version.start()]), *inside)),)
        return ()

    def unimported(self, name: str, path: str, modules: Modules) -> Targets | None:
        """Return a crate by the name that code calls it by in a file."""
        package = _package_around(PurePosixPath(path).parts[:-1], modules)
        if roots := [*_crates(name, package, modules)]:
            return (Identity("rust", roots[0]),) if len(roots) == 1 else ()
        is_named = package is not None and f"crate {name}" in package[1]
        return (External((name,)),) if is_named else None

    def written(self, names: Names) -> str:
        """Return the path of a module, from its crate on."""
        if "src" in names:
            at = len(names) - 1 - names[::-1].index("src")
            names = (code_name(names[at - 1]) if at else "crate", *names[at + 1 :])
        return "::".join(name for name in names if not name.startswith(ROOT))

    def external(self, module: str, target: Names) -> Names:
        """Return the names of what lies outside; a `mod` line without a file leads nowhere."""
        return () if module else ("::".join(target),)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the crates and the modules of the name that a documented name begins with."""
        package = _package_around(PurePosixPath(path).parts[:-1], modules)
        if parts[0] == "crate":
            root = _library(*package) if package is not None else ("src",)
            return ((root, 1),) if root and modules.files(root) else ()
        beginnings = [*_crates(parts[0], package, modules), *sorted(modules.ending(parts[0]))]
        return tuple((names, 1) for names in dict.fromkeys(beginnings) if modules.files(names))

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the names of the standard prelude, of a crate, and of stars from outside."""
        if name in _PRELUDE:
            return (_PRELUDE[name],)
        if name in _PRIMITIVES or name in _STANDARD:
            return (name,)
        if name in _MACROS:
            return (f"std::{name}{MACRO}", f"std::{name}")
        targets = [imported.target for imported in facts.imports if not imported.module]
        if any(target[:1] == (name,) for target in targets):
            return (name,)
        stars = [imported.target for imported in facts.imports if imported.name == "*"]
        outside = (target for target in stars if target and target[0] not in _RELATIVE)
        return tuple("::".join((*target, name)) for target in outside)

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the names of a member; pages write `Vec.push` as well."""
        path = f"{owner}::{name}"
        return (path, f"{owner}.{name}") if is_instance else (path,)

    def returned(self, function: str, owner: Value) -> Values:
        """Return what a method of the standard types gives, and a copy of anything."""
        name = self.last(function)
        if name == "clone":
            return (owner,)
        kind = self.last(owner.target.names[0]) if isinstance(owner.target, External) else ""
        # What a constructor gives may as well be the result of one.
        is_result = name in _UNWRAPPING and kind not in _HOLDERS
        if kind and (is_result or name in _KEEPING):
            return (owner,)
        if not kind or not owner.args or not owner.is_instance:
            return ()
        if name in _UNWRAPPING:
            return instances(owner.args[0])
        if kind in _LOCKS and name in _LOCKING:
            is_result = kind != "RefCell" and function.startswith("std::")
            return _held(owner.args[0]) if is_result else instances(owner.args[0])
        return _held(owner.args[-1]) if name in _PICKING else ()

    def made(self, function: str) -> str:
        """``Vec::with_capacity`` makes a ``Vec``, by the convention of the language."""
        owner, _, name = function.rpartition("::")
        is_constructor = name in _CONSTRUCTORS or name.startswith(("with_", "from_", "new_"))
        return owner if is_constructor else ""


def _held(values: Values) -> Values:
    """Return an option of values, which unwraps to them."""
    return (Value(External((_PRELUDE["Option"],)), is_instance=True, args=(values,)),)


# -- crates -------------------------------------------------------------------------------------

_Package = tuple[Names, dict[str, str]]


def _root(module: Names, modules: Modules) -> Names | None:
    """Return the root of the crate that a module belongs to; None where there are several."""
    roots = _roots(modules)
    for end in range(len(module), -1, -1):
        outer = module[:end]
        if (
            is_root(outer)
            or outer in roots
            or any(_is_library(file) for file in modules.files(outer))
        ):
            return outer
        if (inner := _root_in(outer, modules)) is not None:
            return inner
        if outer[-1:] == ("src",):
            return outer
    return None


def _roots(modules: Modules) -> set[Names]:
    """Return the modules that package files name as roots of crates."""
    roots = {
        module_of(normpath(PurePosixPath(*folder, path)))
        for folder, package in modules.packages("cargo")
        for path in package.get("roots", "").split("\n")
    }
    return {root for root in roots if modules.files(root)}


def _is_library(file: str) -> bool:
    return PurePosixPath(file).name == "lib.rs"


def _root_in(folder: Names, modules: Modules) -> Names | None:
    """Return the only root of a crate in a folder that holds no library."""
    marked = {(*folder, name) for name in modules.inside(folder) if name.startswith(ROOT)}
    roots = marked | {root for root in _roots(modules) if root and root[:-1] == folder}
    return roots.pop() if len(roots) == 1 else None


def _package_around(folder: Names, modules: Modules) -> _Package | None:
    """Return the nearest package file around a folder."""
    around = [row for row in modules.packages("cargo") if folder[: len(row[0])] == row[0]]
    return max(around, key=lambda row: len(row[0]), default=None)


def _library(folder: Names, package: dict[str, str]) -> Names | None:
    path = package.get("path")
    return module_of(normpath(PurePosixPath(*folder, path))) if path else None


def _crates(name: str, package: _Package | None, modules: Modules) -> Iterator[Names]:
    """Yield the roots of the libraries that a name may mean in a package, without repeats."""
    roots: list[Names] = []
    packages = [row for row in modules.packages("cargo") if "name" in row[1]]
    if package is not None and package[1].get("lib") == name:
        roots = [names for names in (_library(*package),) if names]
    elif package is not None:
        roots = [*_dependencies(name, package, packages, modules)]
    if not roots:
        rows = [row for row in packages if row[1]["lib"] == name]
        roots = [root for root in (_library(*row) for row in rows) if root]
    if not roots:
        # Without a Cargo.toml the folder's name counts.
        folders = {row[0] for row in packages}
        sources = (names for names in modules.ending("src") if names[:-1] not in folders)
        roots = [names for names in sources if names[-2:-1] and code_name(names[-2]) == name]
    yield from dict.fromkeys(names for names in roots if modules.files(names))


def _dependencies(
    name: str, package: _Package, packages: list[_Package], modules: Modules
) -> Iterator[Names]:
    """Yield the root of a library that a package depends on under a name."""
    folder, manifest = package
    dependency = manifest.get(f"crate {name}", "")
    called, _, path = dependency.partition(" ")
    if dependency and not path:
        for outer, other in modules.packages("cargo"):
            if folder[: len(outer)] == outer and f"shared {name}" in other:
                folder = outer
                called, _, path = other[f"shared {name}"].partition(" ")
    if path:
        target = PurePosixPath(normpath(PurePosixPath(*folder, path))).parts
        rows = [row for row in packages if row[0] == target]
    else:
        rows = [row for row in packages if called and row[1]["name"] == called]
    yield from (root for root in (_library(*row) for row in rows) if root)


RULES = RustRules(
    separators=("::", "::"),
    holders=_HOLDERS,
    pointers=_POINTERS,
    closed_modules=True,
    marks=(VALUE, "", MACRO),
    inherited_mark=MACRO,
    root_word="crate",
)
