"""What a Rust file declares, in the module that its path gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from askdocs_indexer.languages.fact_reader import FileSymbols, file_symbols
from askdocs_indexer.languages.facts import Declaration, FileFacts, Names, Term
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.rust.syntax import (
    EXTENSION,
    EXTENSION_OF_CRATE,
    FILE,
    MODULE,
    OF_ROOT,
    SYNTAX,
    marking,
)

# Marks the root of a crate that is not a library: such files stand side by side in a folder.
ROOT = "#"
# These files are the modules of their folders.
_FOLDER_FILES = frozenset({"lib", "mod"})
# In these folders every file is the root of a crate of its own.
_ROOT_FOLDERS = frozenset({"benches", "bin", "examples", "tests"})


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    module = module_of(parsed.path)
    symbols = file_symbols(parsed, SYNTAX, module)
    if clashes := _clashes(symbols.facts):
        del parsed.memo["symbols"]
        symbols = file_symbols(parsed, marking(clashes), module)
    symbols = _linked(_extended(symbols), parsed.path)
    parsed.memo["symbols"] = symbols
    return symbols.facts


def module_of(path: str) -> Names:
    """Return the module of a file: `src/press/mod.rs` and `src/press.rs` are ("src", "press").

    A library's root is its folder; that of another crate is marked.
    """
    if not path:
        return ()
    folder, name = list(PurePosixPath(path).parts[:-1]), PurePosixPath(path).stem
    if name in _FOLDER_FILES:
        return tuple(folder)
    is_main = name == "main"
    is_build = name == "build" and not (folder and folder[-1] == "src")
    return (*folder, f"{ROOT}{name}" if is_main or is_build or _is_single(folder) else name)


def is_root(module: Names) -> bool:
    """Return whether a module is the root of a crate that is not a library."""
    return module[-1:] != () and module[-1].startswith(ROOT)


def _is_single(folder: list[str]) -> bool:
    if not folder or folder[-1] not in _ROOT_FOLDERS:
        return False
    return (folder[-1] != "bin" and "src" not in folder) or folder[-2:-1] == ["src"]


def _renamed(symbols: FileSymbols, names: dict[Names, Names]) -> FileSymbols:
    """Give declarations, and what stands inside of them, other names."""
    if not names:
        return symbols

    def other(old: Names) -> Names:
        for end in range(len(old), 0, -1):
            if (new := names.get(old[:end])) is not None:
                return (*new, *old[end:])
        return old

    facts = replace(
        symbols.facts,
        declarations=tuple(
            replace(declaration, names=other(declaration.names))
            for declaration in symbols.facts.declarations
        ),
        imports=tuple(
            replace(imported, scope=other(imported.scope)) for imported in symbols.facts.imports
        ),
    )
    scopes = [(start, end, other(old)) for start, end, old in symbols.scopes]
    return FileSymbols(facts, scopes, {at: other(old) for at, old in symbols.names.items()})


def _extended(symbols: FileSymbols) -> FileSymbols:
    """Read an `impl` beside its type as part of the type; add what exported macros extend."""
    facts = symbols.facts
    types = {declaration.names for declaration in facts.declarations if declaration.kind == "type"}
    beside: dict[Names, Names] = {}
    declarations: list[Declaration] = []
    crates: dict[Names, int] = {}
    for declaration in facts.declarations:
        names, own = declaration.names, _beside(declaration.names)
        if EXTENSION_OF_CRATE in names[:-1]:
            crates.setdefault(names[: names.index(EXTENSION_OF_CRATE) + 1], declaration.line)
        is_plain = [term.steps for term in declaration.types] == [own[-1:]]
        if declaration.kind == "extension" and is_plain and own in types:
            beside[names] = own
            part = replace(declaration, kind="type", types=(), is_public=False)
            declarations.append(part)
        else:
            declarations.append(declaration)
    crate = (Term(("crate",)),)
    declarations += (Declaration(row[0], "extension", row[1], crate) for row in crates.items())
    facts = replace(facts, declarations=tuple(declarations))
    return _renamed(FileSymbols(facts, symbols.scopes, symbols.names), beside)


def _clashes(facts: FileFacts) -> frozenset[str]:
    """Return the names that stand for things of several kinds: a field and its getter."""
    kinds: dict[Names, set[str]] = {}
    for declaration in facts.declarations:
        space = declaration.kind if declaration.kind in {"function", "value"} else "type"
        kinds.setdefault(_beside(declaration.names), set()).add(space)
    return frozenset(names[-1] for names, spaces in kinds.items() if len(spaces) > 1)


def _beside(names: Names) -> Names:
    """Return the names that a member has once its `impl` is part of the type beside it."""
    return tuple(name.removeprefix(EXTENSION) for name in names)


def _linked(symbols: FileSymbols, path: str) -> FileSymbols:
    """Let `mod` lines lead to their files, where these are not the modules inside of the file's."""
    is_rooted = is_root(symbols.facts.module)
    kind = MODULE if is_rooted else "" if PurePosixPath(path).stem in _FOLDER_FILES else OF_ROOT
    linked: set[Names] = set()
    imports = []
    for imported in symbols.facts.imports:
        # A `mod` line is a scope of its own.
        is_line = imported.module.startswith((MODULE, FILE))
        scope = imported.scope[:-1] if is_line else imported.scope
        names = (*scope, imported.name)
        is_plain = imported.module == MODULE
        if not is_plain or kind:
            module = f"{kind}{'/'.join(names)}" if is_plain else imported.module
            imports.append(replace(imported, module=module, scope=scope))
        if is_line and (is_rooted or not is_plain):
            linked.add(names)
    if tuple(imports) == symbols.facts.imports:
        return symbols
    declared = (
        declaration for declaration in symbols.facts.declarations if declaration.names not in linked
    )
    facts = replace(symbols.facts, declarations=tuple(declared), imports=tuple(imports))
    names_at = {at: names for at, names in symbols.names.items() if names not in linked}
    return FileSymbols(facts, symbols.scopes, names_at)
