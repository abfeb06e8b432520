"""What a Cargo.toml says of its crate and of those that the crate depends on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

_TARGETS = ("bench", "bin", "example", "test")
_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


def read(kind: str, text: str) -> dict[str, str]:
    """Return a package's `name`, its library's `lib` (as code calls it) and `path`.

    `roots` are the paths of files that it names as those of crates, one a line.
    Dependencies are under ``crate NAME``, as code calls them: the name of the package, behind it
    the path that leads to it, if there is one. Those of a whole workspace are ``shared NAME``.
    """
    try:
        manifest: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    package = dict(_dependencies(_table(_table(manifest, "workspace"), "dependencies"), "shared"))
    for table in _TABLES:
        package |= _dependencies(_table(manifest, table), "crate")
    name, library = _text(_table(manifest, "package"), "name"), _table(manifest, "lib")
    if name:
        package["name"] = name
        package["lib"] = code_name(_text(library, "name") or name)
        package["path"] = _text(library, "path") or "src/lib.rs"
    roots = [path for path in (package.get("path", ""), *_roots(manifest)) if path]
    if roots:
        package["roots"] = "\n".join(roots)
    return package


def _roots(manifest: dict[str, Any]) -> Iterator[str]:
    for kind in _TARGETS:
        targets = manifest.get(kind)
        for target in targets if isinstance(targets, list) else ():
            yield _text(target, "path") if isinstance(target, dict) else ""


def code_name(package: str) -> str:
    """Return the name by which code calls a package."""
    return package.replace("-", "_")


def _dependencies(table: dict[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    for name, given in table.items():
        details = given if isinstance(given, dict) else {}
        package = _text(details, "package") or name
        yield f"{kind} {code_name(name)}", f"{package} {_text(details, 'path')}".strip()


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    inner = table.get(key)
    return inner if isinstance(inner, dict) else {}


def _text(table: dict[str, Any], key: str) -> str:
    text = table.get(key)
    return text if isinstance(text, str) else ""
