"""The plain value that symbol resolution returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Confidence = Literal["resolved", "inferred", "unknown"]

# Gives the documented return type (or the type of an attribute) of a qualified name, such as
# "list[str]" for "str.split", or None where the documentation names none.
ReturnTypes = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Symbol:
    """The identifier under the cursor and what it may stand for.

    `name` is the identifier, `expression` the dotted expression up to and including it, both as
    written. `candidates` are qualified names, most certain first; a caller shows the first one
    that is documented. `confidence` says where they come from: "resolved" through imports or
    builtins, "inferred" through the type of a local value, "unknown" when only the name is known
    (an attribute of an untyped value; `candidates` is then empty). `start` and `end` are the
    0-based (line, character) span of `name`, characters in code points, end exclusive.
    """

    name: str
    expression: str
    candidates: tuple[str, ...]
    confidence: Confidence
    start: tuple[int, int]
    end: tuple[int, int]
