"""Reads settings from their sources and merges them.

Order, later wins: defaults, an editor's own defaults, the user's `config.toml`, the workspace's
`pyproject.toml` (`[tool.askdocs]`) and `askdocs.toml`, the editor, the command line. A bad value in
a file or from an editor is reported and skipped, so the value below it stays; on the command line
it is an error.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askdocs_indexer.paths import config_folder, expanded, read_file
from askdocs_server.errors import SettingsError
from askdocs_server.settings.model import Settings
from askdocs_server.settings.schema import Setting, close_match, schema, shown

PROJECT_FILE = "pyproject.toml"
WORKSPACE_FILE = "askdocs.toml"
WORKSPACE_FILES = frozenset({PROJECT_FILE, WORKSPACE_FILE})
"""The files of a workspace that may hold settings."""

UserConfigStamp = tuple[int, int, int] | None

_MAX_FILE_BYTES = 1_000_000
# A file that holds something else would otherwise give a warning for each of its keys.
_MAX_WARNINGS = 10
_MAX_KEY_CHARACTERS = 80
TRUST_KEY = "trustedWorkspaces"
# Sections of the editor's settings that are the client's own.
_CLIENT_SECTIONS = frozenset({"client", "server", "trace"})


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source: `name` as users know it, its values as nested tables or dotted keys."""

    name: str
    values: Mapping[str, object]
    trusted: bool = True


def load_settings(
    root: Path,
    editor: Mapping[str, object] | None = None,
    overrides: Mapping[str, object] | None = None,
    defaults: Mapping[str, object] | None = None,
) -> tuple[Settings, list[str]]:
    """Return the settings for a workspace root, and a warning for each value that was ignored.

    `defaults` are what an editor has in place of ours, `editor` what is set in it. `overrides` come
    from the command line: dotted keys; text is read as the setting's type. Raises SettingsError for
    a bad override.
    """
    warnings: list[str] = []
    user_file = user_config_file()
    user = _toml(user_file, warnings)
    trusted = _is_trusted(root, user.pop(TRUST_KEY, []), warnings)
    layers = [
        _Layer("the editor's defaults", defaults or {}),
        _Layer(str(user_file), user),
        _Layer(PROJECT_FILE, _tool_table(root / PROJECT_FILE, warnings), trusted),
        _Layer(WORKSPACE_FILE, _toml(root / WORKSPACE_FILE, warnings), trusted),
        _Layer("the editor's settings", _servers_own(editor or {})),
    ]
    values: dict[str, Any] = {}
    for layer in layers:
        values |= _accepted(layer, root, warnings)
    values |= _overrides(overrides or {})
    return _settings(values), _capped(warnings)


def user_config_file() -> Path:
    """Return the path of the user's own settings."""
    return config_folder() / "config.toml"


def is_trusted(root: Path) -> bool:
    """Return whether the user's own settings list this root under `trustedWorkspaces`."""
    return _is_trusted(root, _toml(user_config_file(), []).pop(TRUST_KEY, []), [])


def user_config_stamp() -> UserConfigStamp:
    """Return what changes with the user's own file of settings; None where there is none."""
    try:
        status = user_config_file().stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


# -- sources ----------------------------------------------------------------------------------


def _toml(path: Path, warnings: list[str]) -> dict[str, Any]:
    """Return a file's tables; empty where it is missing or broken."""
    try:
        return tomllib.loads(read_file(path, _MAX_FILE_BYTES).decode())
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        warnings.append(f"{path} is not UTF-8 text. It is ignored; save it as UTF-8.")
    except (ValueError, RecursionError) as error:  # Also for huge numbers and deep nesting.
        warnings.append(f"{path} is not valid TOML: {error}. It is ignored until fixed.")
    except OSError as error:
        warnings.append(f"{path} cannot be read ({error.strerror}). It is ignored.")
    return {}


def _tool_table(path: Path, warnings: list[str]) -> Mapping[str, object]:
    tool = _toml(path, warnings).get("tool", {})
    table = tool.get("askdocs", {}) if isinstance(tool, dict) else {}
    if isinstance(table, dict):
        return table
    warnings.append(f"{path}: tool.askdocs must be a table, [tool.askdocs]. It is ignored.")
    return {}


def _servers_own(editor: Mapping[str, object]) -> Mapping[str, object]:
    return {
        key: value for key, value in editor.items() if key.partition(".")[0] not in _CLIENT_SECTIONS
    }


def _is_trusted(root: Path, folders: object, warnings: list[str]) -> bool:
    """Return whether the user's own settings list this root."""
    if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
        warnings.append(
            f"{user_config_file()}: {TRUST_KEY} must be a list of folders. It is ignored."
        )
        return False
    paths = {folder: expanded(folder) for folder in folders}
    # A relative path would mean another folder wherever askdocs is started.
    warnings += [
        f"{user_config_file()}: {TRUST_KEY} names {folder!r}, which is not an absolute path. It "
        "is ignored; begin it with / or ~."
        for folder, path in paths.items()
        if not path.is_absolute()
    ]
    return any(path.is_absolute() and path.resolve() == root.resolve() for path in paths.values())


# -- checking ---------------------------------------------------------------------------------


def _accepted(layer: _Layer, root: Path, warnings: list[str]) -> dict[str, Any]:
    """Return a layer's valid values by key."""
    values: dict[str, Any] = {}
    refused: list[str] = []
    for key, value in _flat(layer.values):
        setting = schema().get(key)
        if value is None:
            continue  # Editors send null for what is not set.
        if setting is None:
            warnings.append(f"{layer.name}: {_unknown(key, value)} It is ignored.")
        elif not (setting.harmless or layer.trusted):
            refused.append(key)
        else:
            try:
                values[key] = setting.convert(value)
            except ValueError as error:
                warnings.append(f"{layer.name}: {error}. It is ignored.")
    if refused:
        verb = "is" if len(refused) == 1 else "are"
        warnings.append(
            f"{layer.name}: {', '.join(refused)} {verb} ignored, because a project may not set that"
            f' by itself. To allow it, add {TRUST_KEY} = ["{root.resolve()}"] to '
            f"{user_config_file()}."
        )
    return values


def _flat(values: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Yield (dotted key, value) of nested tables; an unknown table is a single value."""
    for key, value in values.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, Mapping) and name in _sections():
            yield from _flat(value, name)
        else:
            yield name, value


def _sections() -> set[str]:
    return {setting.section for setting in schema().values()}


def _unknown(key: str, value: object) -> str:
    if key in _sections():
        return f"{key} must be a table, [{key}], not {shown(value)}."
    if key == TRUST_KEY:
        return f"{key} counts only in {user_config_file()}."
    known = sorted(_sections()) if isinstance(value, Mapping) else schema()
    return f"there is no setting {key[:_MAX_KEY_CHARACTERS]}.{close_match(key, known)}"


def _overrides(overrides: Mapping[str, object]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in overrides.items():
        setting = schema().get(key)
        if setting is None:
            raise SettingsError(
                f"There is no setting {key}.{close_match(key, schema())} See docs/settings.md."
            )
        try:
            values[key] = setting.parse(value) if isinstance(value, str) else setting.convert(value)
        except ValueError as error:
            raise SettingsError(f"{error}.") from None
    return values


def _capped(warnings: list[str]) -> list[str]:
    distinct = list(dict.fromkeys(warnings))
    more = len(distinct) - _MAX_WARNINGS
    rest = [f"There are {more} more warnings about the settings."] if more > 0 else []
    return [*distinct[:_MAX_WARNINGS], *rest]


def _settings(values: Mapping[str, Any]) -> Settings:
    """Build the tree: defaults where nothing is given."""
    by_section: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        setting: Setting = schema()[key]
        by_section.setdefault(setting.section, {})[setting.name] = value
    defaults = Settings()
    return dataclasses.replace(
        defaults,
        **{
            section: dataclasses.replace(getattr(defaults, section), **fields)
            for section, fields in by_section.items()
        },
    )
