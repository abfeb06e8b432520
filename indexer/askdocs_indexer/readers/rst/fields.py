"""Field lists: what their names mean in Sphinx, and the types that belong to other fields."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from askdocs_indexer.readers.decoding import words

FIELD = re.compile(r":(?![:\s`])((?:[^:\\\n]|\\.|:(?=[^\s`])){1,200}):(?:\s+|$)")

_VARIABLES = words("cvar ivar var")
_PARAMETERS = words("arg argument attr key keyword kwarg kwparam param parameter")
_ERRORS = words("except exception raise raises throws")
# Fields that only hold the type of another field -> the fields that they may belong to.
_TYPES = {"paramtype": _PARAMETERS, "type": _PARAMETERS | _VARIABLES, "vartype": _VARIABLES}
_WITH_SUBJECT = _PARAMETERS | _VARIABLES | _ERRORS | frozenset(_TYPES)
_LABELS = {"rtype": "Return type"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field on the lines [start, end): its name, and where its text begins on the first line."""

    name: str
    start: int
    end: int
    cut: int

    @property
    def kind(self) -> str:
        """The first word of the name."""
        return self.name.split(None, 1)[0]

    @property
    def subject(self) -> str:
        """The parameter, variable or error that the field is about; "" for any other field."""
        kind, *rest = self.name.split()
        return rest[-1] if rest and kind in _WITH_SUBJECT else ""


def labels(fields: Sequence[Field], text_of: Callable[[Field], str]) -> dict[Field, str]:
    """Return the fields that are shown, each with its label; "" where that is its name.

    A type goes into the label of what it is the type of, wherever in the list that is. It is a
    field of its own only where nothing else tells of that parameter.
    """
    by_subject: defaultdict[str, list[Field]] = defaultdict(list)
    for field in fields:
        by_subject[field.subject].append(field)
    types = {
        field: [owner for owner in by_subject[field.subject] if owner.kind in _TYPES[field.kind]]
        for field in fields
        if field.kind in _TYPES
    }
    given = {owner: text_of(field) for field, owners in types.items() for owner in owners}
    return {field: _label(field, given.get(field, "")) for field in fields if not types.get(field)}


def _label(field: Field, given: str) -> str:
    """`param int limit` -> `limit (int)`."""
    if not field.subject:
        return _LABELS.get(field.name, "")
    kind = " ".join(field.name.split()[1:-1]) or given
    return f"{field.subject} ({kind})" if kind else field.subject
