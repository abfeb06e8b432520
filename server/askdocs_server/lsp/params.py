"""The parameters of askdocs's own methods: plain JSON in, checked values out.

A wrong one raises JsonRpcInvalidParams that names the field and says what is expected there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from askdocs_server.answers.turn import Turn

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_TEXT_CHARACTERS = 20_000
MAX_ITEMS = 100

Token = int | str


@dataclass(frozen=True, slots=True)
class AskParams:
    """`uri` and `range` are the open file and what is selected in it."""

    question: str
    uri: str | None = None
    range: types.Range | None = None
    history: tuple[Turn, ...] = ()
    partial_result_token: Token | None = None
    work_done_token: Token | None = None


@dataclass(frozen=True, slots=True)
class SearchParams:
    """`limit` is 1 to MAX_LIMIT; a larger one counts as that."""

    query: str
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class ReindexParams:
    """`uri` is a file or folder; None means everything."""

    uri: str | None = None
    work_done_token: Token | None = None


def ask_params(params: Any) -> AskParams:
    """Check the parameters of askdocs/ask."""
    fields = _Fields.of(params)
    document = fields.nested("textDocument")
    area = fields.nested("range")
    if area is not None and document is None:
        raise invalid("textDocument", "is missing; `range` needs it")
    return AskParams(
        question=fields.text("question"),
        uri=document.text("uri") if document else None,
        range=_range(area) if area else None,
        history=tuple(
            Turn(turn.text("question"), turn.text("answer", blank=True))
            for turn in fields.list_of("history")
        ),
        partial_result_token=fields.token("partialResultToken"),
        work_done_token=fields.token("workDoneToken"),
    )


def search_params(params: Any) -> SearchParams:
    """Check the parameters of askdocs/search."""
    fields = _Fields.of(params)
    limit = fields.whole("limit", minimum=1, default=DEFAULT_LIMIT)
    return SearchParams(fields.text("query"), min(limit, MAX_LIMIT))


def reindex_params(params: Any) -> ReindexParams:
    """Check the parameters of askdocs/reindex."""
    fields = _Fields.of(params)
    uri = fields.text("uri") if fields.has("uri") else None
    return ReindexParams(uri, fields.token("workDoneToken"))


def status_params(params: Any) -> None:
    """Check the parameters of askdocs/status: there are none."""
    _Fields.of(params)


def invalid(field: str, problem: str) -> JsonRpcInvalidParams:
    """Return the error for a field."""
    return JsonRpcInvalidParams(f"{field}: {problem}.")


@dataclass(frozen=True, slots=True)
class _Fields:
    """A JSON object under the name `path` in the parameters."""

    values: Mapping[str, Any]
    path: str = ""

    @classmethod
    def of(cls, params: Any, path: str = "") -> _Fields:
        if params is None and not path:
            return cls({})
        if not isinstance(params, Mapping):
            raise invalid(path or "params", f"must be an object, not {_shown(params)}")
        return cls(params, path)

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, *, blank: bool = False) -> str:
        value = self._checked(name, lambda one: isinstance(one, str), "text")
        if not blank and not value.strip():
            raise invalid(self._at(name), "must not be empty")
        if len(value) > MAX_TEXT_CHARACTERS:
            raise invalid(self._at(name), f"must have at most {MAX_TEXT_CHARACTERS} characters")
        return str(value)

    def whole(self, name: str, *, minimum: int, default: int | None = None) -> int:
        if default is not None and not self.has(name):
            return default
        expected = f"a whole number of at least {minimum}"
        return int(self._checked(name, lambda one: _is_whole(one) and one >= minimum, expected))

    def token(self, name: str) -> Token | None:
        if not self.has(name):
            return None
        value: Token = self._checked(
            name, lambda one: _is_whole(one) or isinstance(one, str), "text or a whole number"
        )
        return value

    def nested(self, name: str) -> _Fields | None:
        return _Fields.of(self.values[name], self._at(name)) if self.has(name) else None

    def list_of(self, name: str) -> list[_Fields]:
        if not self.has(name):
            return []
        rows = self._checked(name, lambda one: isinstance(one, list | tuple), "a list")
        if len(rows) > MAX_ITEMS:
            raise invalid(self._at(name), f"must have at most {MAX_ITEMS} items")
        return [_Fields.of(row, f"{self._at(name)}[{place}]") for place, row in enumerate(rows)]

    def _checked(self, name: str, fits: Callable[[Any], bool], expected: str) -> Any:
        if not self.has(name):
            raise invalid(self._at(name), f"is missing; it must be {expected}")
        value = self.values[name]
        if not fits(value):
            raise invalid(self._at(name), f"must be {expected}, not {_shown(value)}")
        return value

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _range(fields: _Fields) -> types.Range:
    def position(name: str) -> types.Position:
        one = fields.nested(name) or _Fields({}, f"{fields.path}.{name}")
        return types.Position(one.whole("line", minimum=0), one.whole("character", minimum=0))

    return types.Range(position("start"), position("end"))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:60]}…"
