"""What pyproject.toml and setup.cfg say about the folders that packages are imported from."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any


def read(kind: str, text: str) -> dict[str, str]:
    """Return a project's `name`, its `roots` and its `packages`.

    `roots` are the folders below its own that modules are imported from, `packages` the folders of
    packages that are called otherwise (``name=folder``); each has a line.
    """
    project = _pyproject(text) if kind == "pyproject" else _setup_cfg(text)
    return {key: value for key, value in project.items() if value}


def _pyproject(text: str) -> dict[str, str]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    name = _at(table, "project", "name") or _at(table, "tool", "poetry", "name")
    folders = [*_setuptools(table), *_hatch(table), *_poetry(table), *_others(table)]
    return _summary(str(name or ""), folders)


def _setuptools(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    folders = _at(table, "tool", "setuptools", "package-dir")
    yield from _pairs(folders)
    for folder in _strings(_at(table, "tool", "setuptools", "packages", "find", "where")):
        yield "", folder


def _hatch(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for build in (("build",), ("build", "targets", "wheel")):
        target = _at(table, "tool", "hatch", *build)
        for package in _strings(_at(target, "packages")):
            yield "", str(PurePosixPath(package).parent)
        sources = _at(target, "sources")
        yield from (("", folder) for folder in _strings(sources))
        for folder, name in _pairs(sources):
            yield name, folder


def _poetry(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    packages = _at(table, "tool", "poetry", "packages")
    for package in packages if isinstance(packages, list) else ():
        yield "", str(_at(package, "from") or ".")


def _others(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for keys in (("pdm", "build", "package-dir"), ("maturin", "python-source")):
        folder = _at(table, "tool", *keys)
        if isinstance(folder, str):
            yield "", folder


def _setup_cfg(text: str) -> dict[str, str]:
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except configparser.Error:
        return {}
    folders = []
    for line in config.get("options", "package_dir", fallback="").splitlines():
        name, equals, folder = line.partition("=")
        if equals:
            folders.append((name.strip(), folder.strip()))
    where = config.get("options.packages.find", "where", fallback="").strip()
    folders += [("", where)] if where else []
    return _summary(config.get("metadata", "name", fallback=""), folders)


def _summary(name: str, folders: list[tuple[str, str]]) -> dict[str, str]:
    cleaned = [(package, _cleaned(folder)) for package, folder in folders]
    return {
        "name": name,
        "roots": "\n".join(dict.fromkeys(folder for package, folder in cleaned if not package)),
        "packages": "\n".join(
            dict.fromkeys(f"{package}={folder}" for package, folder in cleaned if package)
        ),
    }


def _cleaned(folder: str) -> str:
    parts = [part for part in PurePosixPath(folder.replace("\\", "/")).parts if part != "."]
    return "/".join(part for part in parts if part not in ("/", ".."))


def _at(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _strings(listed: Any) -> list[str]:
    return [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []


def _pairs(table: Any) -> Iterator[tuple[str, str]]:
    for name, folder in table.items() if isinstance(table, dict) else ():
        if isinstance(folder, str):
            yield name, folder
