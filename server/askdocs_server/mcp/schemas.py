"""JSON schemas of what the tools take and return."""

from __future__ import annotations

from askdocs_server.host.project import Row


def text(description: str) -> Row:
    """Return the schema of a text that is not empty."""
    return {"type": "string", "minLength": 1, "description": description}


def whole_number(description: str, least: int, most: int, default: int) -> Row:
    """Return the schema of a number that may be left out."""
    limits = {"minimum": least, "maximum": most, "default": default}
    return {"type": "integer", "description": description, **limits}


def arguments(**properties: Row) -> Row:
    """Return the schema of a tool's arguments; those without a default are required."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, schema in properties.items() if "default" not in schema],
        "additionalProperties": False,
    }


def _object(**properties: Row) -> Row:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Row) -> Row:
    return {"type": "array", "items": items}


_STRING: Row = {"type": "string"}
_INTEGER: Row = {"type": "integer"}
_NUMBER: Row = {"type": "number"}
_PASSAGE_FIELDS: dict[str, Row] = {
    "path": {**_STRING, "description": "relative to the root"},
    "uri": {**_STRING, "description": "the file, with its line as #L1"},
    "start_line": {**_INTEGER, "description": "counts from 1"},
    "end_line": {**_INTEGER, "description": "inclusive"},
    "title": _STRING,
    "score": {**_NUMBER, "description": "from 0 to 1"},
}
_CHARACTER: Row = {
    "type": ["integer", "null"],
    "description": "counts from 0; null where the lines are the whole passage",
}
_QUOTE = _object(
    text={**_STRING, "description": "words that a statement rests on, as they stand there"},
    start_line=_INTEGER,
    end_line=_INTEGER,
    start_character=_CHARACTER,
    end_character=_CHARACTER,
)
_ROOT: Row = {**_STRING, "description": "the folder of the project"}
_NOTE: Row = {**_STRING, "description": "what to know about this result; mostly empty"}

PASSAGES = _object(
    root=_ROOT,
    hits=_list(_object(**_PASSAGE_FIELDS, heading=_list(_STRING), text=_STRING)),
    note=_NOTE,
)
"""What a search returns, best first; `heading` is the path of headings above the passage."""

ANSWER = _object(
    root=_ROOT,
    answer={**_STRING, "description": "Markdown"},
    citations=_list(
        _object(
            number=_INTEGER,
            **_PASSAGE_FIELDS,
            excerpt=_STRING,
            breadcrumb={**_STRING, "description": "the path of headings above the passage"},
            verified={
                "type": ["boolean", "null"],
                "description": "the passage holds the words of what cites it",
            },
            quotes=_list(_QUOTE),
        )
    ),
    abstained={"type": "boolean", "description": "the documentation holds no answer"},
    model={"type": ["string", "null"], "description": "null where passages are the answer"},
    note=_NOTE,
)
"""An answer with its citations."""
