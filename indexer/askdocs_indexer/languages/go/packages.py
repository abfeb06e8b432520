"""What a go.mod says of its module."""

from __future__ import annotations

import re

_MODULE = re.compile(r"^\s*module\s+\"?(?P<name>[^\s\"]+)", re.MULTILINE)


def read(kind: str, text: str) -> dict[str, str]:
    """Return the module's import path as `name`; nothing where the file has none."""
    module = _MODULE.search(text)
    return {"name": module["name"]} if module else {}
