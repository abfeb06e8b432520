"""The parameters of askdocs's own methods: plain JSON in, checked values out.

Null counts as left out, and fields that a method does not have are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NewType, TypeVar

import attrs
from cattrs import BaseConverter, BaseValidationError, Converter
from cattrs.cols import is_sequence, list_structure_factory
from cattrs.errors import AttributeValidationNote, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from askdocs_server.settings.schema import camel_case, shown

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_TEXT_CHARACTERS = 20_000
MAX_ITEMS = 100
MAX_POSITION = 2**31 - 1
"""The largest line and character that the protocol has."""

Token = int | str
Text = NewType("Text", str)
"""A string that is not blank."""
Limit = NewType("Limit", int)

_T = TypeVar("_T")


@attrs.frozen
class HistoryTurn:
    """An earlier question with its answer."""

    question: Text
    answer: str


@attrs.frozen
class TextDocument:
    """An open file."""

    uri: Text


@attrs.frozen
class HoverParams:
    """`definitions` are where other language servers find the symbol defined, best first."""

    text_document: TextDocument
    position: types.Position
    definitions: list[types.Location] = attrs.field(factory=list)


@attrs.frozen
class AskParams:
    """`text_document` is the open file, `range` what is selected in it."""

    question: Text
    text_document: TextDocument | None = None
    range: types.Range | None = None
    history: list[HistoryTurn] = attrs.field(factory=list)
    partial_result_token: Token | None = None
    work_done_token: Token | None = None


def _capped(limit: Limit) -> Limit:
    return Limit(min(limit, MAX_LIMIT))


@attrs.frozen
class SearchParams:
    """`limit` is 1 to MAX_LIMIT; a larger one counts as that."""

    query: Text
    limit: Limit = attrs.field(default=Limit(DEFAULT_LIMIT), converter=_capped)


@attrs.frozen
class ReindexParams:
    """`uri` is a file or folder; None means everything."""

    uri: Text | None = None
    work_done_token: Token | None = None


@attrs.frozen
class ContentsParams:
    """`limit` is how many files are listed at most; None means all."""

    limit: Limit | None = None


@attrs.frozen
class StatusParams:
    """There are none."""


def parse(params: Any, kind: type[_T]) -> _T:
    """Return a method's parameters as `kind`.

    Raises JsonRpcInvalidParams, which names the first wrong field and says what is expected there.
    """
    try:
        return _CONVERTER.structure({} if params is None else params, kind)
    except (ValueError, BaseValidationError) as error:
        path, problem = _first_problem(error)
        raise invalid(path or "params", problem) from None


def invalid(field: str, problem: str) -> JsonRpcInvalidParams:
    """Return the error for a field."""
    return JsonRpcInvalidParams(f"{field}: {problem}.")


def _first_problem(error: BaseException, path: str = "") -> tuple[str, str]:
    """Return the path of the first wrong field, such as `history[1].question`, and its problem."""
    if not isinstance(error, BaseValidationError):
        return path, str(error)
    cause = error.exceptions[0]
    for note in getattr(cause, "__notes__", ()):
        if isinstance(note, IterableValidationNote):
            path += f"[{note.index}]"
        elif isinstance(note, AttributeValidationNote):
            path = f"{path}.{camel_case(note.name)}".removeprefix(".")
            if isinstance(cause, KeyError):
                return path, f"is missing; it must be {_KINDS.get(note.type, _OBJECT).expected}"
    return _first_problem(cause, path)


# -- kinds of values --------------------------------------------------------------------------


@attrs.frozen
class _Kind:
    """`expected` is what a value must be, as the end of a sentence; `fits` tells whether it is."""

    expected: str
    fits: Callable[[Any], bool]

    def checked(self, value: Any, _: Any = None) -> Any:
        if self.fits(value):
            return value
        raise ValueError(f"must be {self.expected}, not {shown(value)}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT_CHARACTERS


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TEXT = f"text of at most {MAX_TEXT_CHARACTERS} characters"
_LIST = _Kind(
    f"a list of at most {MAX_ITEMS} items",
    lambda value: isinstance(value, list | tuple) and len(value) <= MAX_ITEMS,
)
_OBJECT = _Kind("an object", lambda value: isinstance(value, Mapping))
_KINDS: dict[Any, _Kind] = {
    str: _Kind(_TEXT, _is_text),
    Text: _Kind(f"non-blank {_TEXT}", lambda value: _is_text(value) and bool(value.strip())),
    int: _Kind(
        f"a whole number from 0 to {MAX_POSITION}",
        lambda value: _is_whole(value) and 0 <= value <= MAX_POSITION,
    ),
    Limit: _Kind("a whole number of at least 1", lambda value: _is_whole(value) and value >= 1),
    Token | None: _Kind(
        "text or a whole number", lambda value: isinstance(value, str) or _is_whole(value)
    ),
}


def _list(kind: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:
    structure = list_structure_factory(kind, converter)
    return lambda value, _: structure(_LIST.checked(value), kind)


def _object(kind: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:
    fields = [field.name for field in attrs.fields(kind)]
    names: dict[str, Any] = {name: override(rename=camel_case(name)) for name in fields}
    structure = make_dict_structure_fn(kind, converter, **names)

    def without_nulls(value: Any, _: Any) -> Any:
        items = _OBJECT.checked(value).items()
        return structure({name: field for name, field in items if field is not None}, kind)

    return without_nulls


_CONVERTER = Converter()
for _type, _kind in _KINDS.items():
    _CONVERTER.register_structure_hook(_type, _kind.checked)
_CONVERTER.register_structure_hook_factory(is_sequence, _list)
_CONVERTER.register_structure_hook_factory(attrs.has, _object)
