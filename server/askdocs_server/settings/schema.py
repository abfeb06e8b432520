"""The settings as a flat table of keys, read from the dataclasses that define them.

The loader checks values against it and docs/settings.md is printed from it, so that neither can
disagree with the code.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import math
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
    A `trusted` key counts only from sources that are the user's own.
    """

    key: str
    section: str
    name: str
    hint: Any
    default: Any
    help: str
    minimum: float | None
    trusted: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a Literal; empty for other types."""
        is_literal = typing.get_origin(self.hint) is Literal
        return typing.get_args(self.hint) if is_literal else ()

    @property
    def expected(self) -> str:
        """What a value must be, as the end of a sentence: `a whole number of at least 1`."""
        if self.choices:
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        words = _WORDS.get(self.hint, "a list of strings")
        return words if self.minimum is None else f"{words} of at least {self.minimum:g}"

    def convert(self, value: object) -> Any:
        """Return `value`, as TOML or JSON gives it, as the field's type. Raises ValueError."""
        converted = _converted(self.hint, value)
        too_low = self.minimum is not None and converted is not None and converted < self.minimum
        if converted is None or too_low or (self.choices and converted not in self.choices):
            shown = json.dumps(value, ensure_ascii=False, default=str)[:_LONGEST_SHOWN]
            raise ValueError(f"{self.key} must be {self.expected}, not {shown}")
        return converted

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


_LONGEST_SHOWN = 80
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
    found = [
        _setting(section, typing.get_type_hints(kind), field)
        for section, kind in sections.items()
        for field in dataclasses.fields(kind)
    ]
    return MappingProxyType({setting.key: setting for setting in found})


def close_match(key: str, known: Iterable[str]) -> str:
    """Return ` Did you mean x?` for a mistyped key, or an empty string."""
    candidates = list(known)
    as_written = camel_case(key)
    close = difflib.get_close_matches(as_written, candidates, n=1, cutoff=0.6)
    # Somebody may know the name but not its section.
    ending = as_written.rpartition(".")[2]
    same_ending = [one for one in candidates if one.rpartition(".")[2] == ending]
    match = [one for one in candidates if one == as_written] or same_ending or close
    return f" Did you mean {match[0]}?" if match else ""


def camel_case(name: str) -> str:
    """Return a snake_case or kebab-case name in camelCase; others stay as they are."""
    return re.sub(r"(?<=[a-z0-9])[_-]([a-z0-9])", lambda match: match[1].upper(), name)


def _setting(section: str, hints: dict[str, Any], field: dataclasses.Field[Any]) -> Setting:
    return Setting(
        key=f"{section}.{re.sub('Gib$', 'GiB', camel_case(field.name))}",
        section=section,
        name=field.name,
        hint=hints[field.name],
        default=field.default,
        help=field.metadata["help"],
        minimum=field.metadata.get("minimum"),
        trusted=field.metadata.get("trusted", False),
    )


def _converted(hint: Any, value: object) -> Any:
    """Return the value as its type, or None where it is of another one. True is no number."""
    if hint is bool:
        return value if isinstance(value, bool) else None
    if isinstance(value, bool):
        return None
    if hint is int:
        return value if isinstance(value, int) else None
    if hint is float:
        return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
    if typing.get_origin(hint) is tuple:
        is_list = isinstance(value, list | tuple)
        items = tuple(typing.cast("Iterable[object]", value)) if is_list else None
        return items if items is not None and all(isinstance(one, str) for one in items) else None
    return value if isinstance(value, str) else None


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
