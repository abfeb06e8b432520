"""The settings as a flat table of keys, read from the dataclasses that define them.

The loader checks values against it and docs/settings.md is printed from it, so that neither can
disagree with the code.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import re
import tomllib
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from askdocs_server.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. `key` is as users write it (`docs.maxFileBytes`), `name` the dataclass's field.

    `hint` is the field's type: bool, int, float, str, a Literal of strings, or tuple[str, ...].
    `bounds` are the lowest and the highest value of a number. Only a `harmless` key counts from the
    files of a project that the user does not trust.
    """

    key: str
    section: str
    name: str
    hint: Any
    default: Any
    description: str
    bounds: tuple[float, float] | None
    harmless: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a Literal; empty for other types."""
        is_literal = typing.get_origin(self.hint) is Literal
        return typing.get_args(self.hint) if is_literal else ()

    @property
    def expected(self) -> str:
        """What a value must be, as the end of a sentence: `a whole number from 1 to 50`."""
        if self.choices:
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        words = _WORDS.get(self.hint, "a list of strings")
        return f"{words} from {self.bounds[0]} to {self.bounds[1]}" if self.bounds else words

    def convert(self, value: Any) -> Any:
        """Return `value`, as TOML or JSON gives it, as the field's type. Raises ValueError."""
        if not _has_type(self.hint, value) or not self._allows(value):
            raise ValueError(f"{self.key} must be {self.expected}, not {shown(value)}")
        if self.hint is float:
            return float(value)
        return tuple(value) if isinstance(value, list) else value

    def parse(self, text: str) -> Any:
        """Return the value that a command line's text means. Raises ValueError.

        A list is written with commas between its items, or as in TOML.
        """
        if self.hint is bool:
            return self.convert({"true": True, "false": False}.get(text.lower(), text))
        if self.hint in (int, float):
            return self.convert(_number(text))
        if typing.get_origin(self.hint) is tuple:
            return self.convert(_list(text))
        return self.convert(text)

    def _allows(self, value: Any) -> bool:
        """Return whether a value of the right type is within the bounds, or one of the choices."""
        if self.bounds:
            return bool(self.bounds[0] <= value <= self.bounds[1])
        return not self.choices or value in self.choices


_MAX_SHOWN_CHARACTERS = 80
_ACCEPTED: dict[Any, Any] = {bool: bool, int: int, float: int | float}
_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
}


@functools.cache
def schema() -> MappingProxyType[str, Setting]:
    """Return all settings by key, in the order of their definition."""
    sections = typing.get_type_hints(Settings)
    settings = [
        _setting(section, typing.get_type_hints(kind), field)
        for section, kind in sections.items()
        for field in dataclasses.fields(kind)
    ]
    return MappingProxyType({setting.key: setting for setting in settings})


def close_match(key: str, known: Iterable[str]) -> str:
    """Return ` Did you mean x?` for a mistyped key, or an empty string."""
    keys = list(known)
    wanted = camel_case(key)
    if wanted in keys:
        return f" Did you mean {wanted}?"
    # Somebody may know the name but not its section.
    name = wanted.rpartition(".")[2]
    same_name = [candidate for candidate in keys if candidate.rpartition(".")[2] == name]
    matches = same_name or difflib.get_close_matches(wanted, keys, n=1, cutoff=0.6)
    return f" Did you mean {matches[0]}?" if matches else ""


def camel_case(name: str) -> str:
    """Return a snake_case or kebab-case name in camelCase; others stay as they are."""
    return re.sub(r"(?<=[a-z0-9])[_-]([a-z0-9])", lambda match: match[1].upper(), name)


def shown(value: object) -> str:
    """Return a value as JSON, cut to a length that fits a message."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:
        return "a number of thousands of digits"  # Python refuses to write those out.
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"


def _setting(section: str, hints: dict[str, Any], field: dataclasses.Field[Any]) -> Setting:
    return Setting(
        key=f"{section}.{re.sub('Gib$', 'GiB', camel_case(field.name))}",
        section=section,
        name=field.name,
        hint=hints[field.name],
        default=field.default,
        description=field.metadata["description"],
        bounds=field.metadata["bounds"],
        harmless=field.metadata["harmless"],
    )


def _has_type(hint: Any, value: object) -> bool:
    """Return whether a value of TOML or JSON is of the field's type. True is not a number."""
    if typing.get_origin(hint) is tuple:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, _ACCEPTED.get(hint, str))


def _number(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _list(text: str) -> object:
    if text.startswith("["):
        try:
            return tomllib.loads(f"items = {text}")["items"]
        except tomllib.TOMLDecodeError:
            pass  # A glob may begin with a bracket as well.
    return [item.strip() for item in text.split(",") if item.strip()]
