"""What package.json and tsconfig.json say about where imports lead."""

from __future__ import annotations

import json
import re
from typing import Any

_LONGEST = 1_000_000
_DEEPEST = 20
_ENTRIES = ("types", "typings", "source", "module", "main")
# Strings, which may hold the marks of comments, and what JSON has not: comments, last commas.
_BEYOND_JSON = re.compile(
    r'"(?:[^"\\\n]|\\.)*+"|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL
)


def read(kind: str, text: str) -> dict[str, str]:
    """Return what a package file says.

    Of a package: `name`, and for each of its subpaths (".", "./query") and own imports ("#query")
    JSON lists of files, a list of those that say the same in the order in which they count. Of a
    tsconfig.json: `base`, and a JSON list of files for `extends` and for each ``path:pattern``.
    """
    content = _loaded(text)
    return _package(content) if kind == "npm" else _configuration(content)


def _loaded(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST:
        return {}
    plain = text
    for _ in range(2):  # A comma may be the last only once a comment behind it is gone.
        plain = _BEYOND_JSON.sub(lambda mark: mark[0] if mark[0][0] == '"' else "", plain)
    try:
        value = json.loads(plain.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _package(manifest: dict[str, Any]) -> dict[str, str]:
    name = manifest.get("name")
    if not isinstance(name, str) or not name:
        return {}
    files: dict[str, list[list[str]]] = {}
    exports, own = manifest.get("exports"), manifest.get("imports")
    if isinstance(exports, dict) and any(str(key).startswith(".") for key in exports):
        files |= {key: _alternatives(target) for key, target in exports.items()}
    elif exports is not None:
        files["."] = _alternatives(exports)
    if "." not in files:
        files["."] = [[entry] for key in _ENTRIES if isinstance(entry := manifest.get(key), str)]
    if isinstance(own, dict):
        files |= {key: _alternatives(target) for key, target in own.items()}
    return {
        "name": name,
        **{key: json.dumps(alternatives) for key, alternatives in files.items() if alternatives},
    }


def _alternatives(target: object) -> list[list[str]]:
    """Return the files that conditions lead to: those with types, then those that run."""
    files: dict[bool, list[str]] = {True: [], False: []}
    left = [(target, False, 0)]
    while left:
        inner, is_type, depth = left.pop()
        if isinstance(inner, str):
            files[is_type].append(inner)
        elif isinstance(inner, dict) and depth < _DEEPEST:
            left += [
                (part, is_type or str(key).startswith("types"), depth + 1)
                for key, part in inner.items()
            ]
        elif isinstance(inner, list) and depth < _DEEPEST:
            left += [(part, is_type, depth + 1) for part in inner]
    return [listed for listed in files.values() if listed]


def _configuration(tsconfig: dict[str, Any]) -> dict[str, str]:
    options, extended = tsconfig.get("compilerOptions"), tsconfig.get("extends")
    configuration: dict[str, str] = {}
    if files := _strings([extended] if isinstance(extended, str) else extended):
        configuration["extends"] = json.dumps(files)
    if not isinstance(options, dict):
        return configuration
    base, paths = options.get("baseUrl"), options.get("paths")
    if isinstance(base, str):
        configuration["base"] = base
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        if files := _strings(targets):
            configuration[f"path:{pattern}"] = json.dumps(files)
    return configuration


def _strings(listed: object) -> list[str]:
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
