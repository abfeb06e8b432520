"""The modules of files outside of the workspace: of installed packages, the library and stubs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.python.facts import module_names
from askdocs_indexer.languages.rules import ReadFacts

_PACKAGES = frozenset({"dist-packages", "site-packages"})
_LIBRARY = re.compile(r"python3(?:\.\d+)?t?")
# Older collections of stubs have a folder for each range of versions.
_VERSIONS = re.compile(r"[23](?:and3)?(?:\.\d+)?")
_STUBS = "-stubs"


def installed_module(path: str) -> Names:
    """Return the module of a file by its path; nothing where that does not say."""
    parts = PurePosixPath(path).parts
    starts = (start for i in range(len(parts) - 2, 0, -1) if (start := _start(parts, i)))
    inside = parts[next(starts, len(parts)) :]
    names = module_names("/".join(inside))
    return (names[0].removesuffix(_STUBS), *names[1:]) if names else ()


def _start(parts: Names, index: int) -> int:
    """Return where the module begins, if the folder at an index holds packages; else 0."""
    outer, folder = parts[index - 1], parts[index]
    if folder in _PACKAGES or (outer in {"lib", "lib64"} and _LIBRARY.fullmatch(folder)):
        return index + 1
    if outer.startswith("typeshed") and folder in {"stdlib", "stubs", "third_party"}:
        is_by_version = _VERSIONS.fullmatch(parts[index + 1]) is not None
        return index + 2 if folder == "stubs" or is_by_version else index + 1
    return index + 1 if (outer, folder) == ("bundled", "stubs") else 0


def handing_on(path: str, name: str, read: ReadFacts) -> Iterator[Names]:
    """Yield the packages around a module that hand its name on, the outermost first."""
    module, suffix = installed_module(path), PurePosixPath(path).suffix
    folder = PurePosixPath(path).parent
    around = [folder, *folder.parents]
    for length in range(1, len(module)):
        package = module[:length]
        is_package = PurePosixPath(path).stem == "__init__"
        file = around[len(module) - length - (not is_package)] / f"__init__{suffix}"
        facts = read(str(file))
        if facts is not None and _hands_on(facts, package, module, name):
            yield package


def _hands_on(facts: FileFacts, package: Names, module: Names, name: str) -> bool:
    return any(
        taken.name in (name, "*") and module[: len(origin)] == origin
        for taken in facts.imports
        if not taken.scope and (origin := _origin(taken, package))
    )


def _origin(taken: Import, package: Names) -> Names:
    """Return the module that an import of a package's own file takes something from."""
    written = taken.module.lstrip(".")
    parts = tuple(filter(None, written.split(".")))
    dots = len(taken.module) - len(written)
    return (*package[: len(package) - dots + 1], *parts) if dots else parts
