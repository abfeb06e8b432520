"""Writes a setting into a file of settings, and leaves everything else in it as it was.

No other module imports tomlkit, which keeps comments, order and spacing.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from askdocs_server.errors import SettingsError


def write_setting(file: Path, key: str, value: str) -> None:
    """Set a dotted key in a file, which is created where it is missing.

    The file changes in one step. One behind a link is written where the link leads. Raises
    SettingsError, with the next step; the file is then as it was.
    """
    target = file.resolve()
    try:
        before = target.read_bytes().decode() if target.exists() else ""
        after = _with(before, key, value)
        _replace(target, after.encode())
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text. Save it as UTF-8, and try again.") from None
    except ValueError as error:  # Those of tomlkit, too.
        raise SettingsError(
            f"{file} is not valid TOML ({error}). Correct it, or set {key} there by hand."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be written ({error.strerror}). Make it writable, or set {key} there by "
            "hand."
        ) from error


def _with(text: str, key: str, value: str) -> str:
    """Return the text of a file with a key set. Raises ValueError."""
    import tomlkit

    section, _, name = key.partition(".")
    text = f"{text}\n" if text and not text.endswith("\n") else text
    document: Any = tomlkit.parse(text)
    if key in document:  # As one quoted word, which the loader takes as well.
        document[key] = value
    else:
        if section not in document:
            document.add(section, tomlkit.table())
        if not isinstance(document[section], MutableMapping):
            raise ValueError(f"{section} is not a table")
        document[section][name] = value
    written = str(tomlkit.dumps(document))
    row: Any = tomllib.loads(written)
    if value not in (row.get(key), row.get(section, {}).get(name)):
        raise ValueError(f"{key} cannot be set")
    return written


def _replace(target: Path, data: bytes) -> None:
    """Replace a file's content in one step; its mode stays. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
