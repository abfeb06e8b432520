"""What a schema says: its type in words, and a table of its properties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from askdocs_indexer.readers.markdown_writer import Row, code_span, table
from askdocs_indexer.readers.openapi.nodes import Node
from askdocs_indexer.types import Block

# How deep the properties of properties are listed, and how many are looked at.
_DEEPEST = 3
_MOST_ROWS = 600
_MOST_VALUES = 30
_COMBINED = {"allOf": "all of", "anyOf": "any of", "oneOf": "one of"}


class Schemas:
    """The schemas of a document, whose `root` resolves references inside it."""

    def __init__(self, root: Node) -> None:
        self._root = root
        # Types by the identity of a schema's value, which aliases share, and depth.
        self._types: dict[tuple[int, int], str] = {}

    def resolved(self, node: Node) -> Node:
        """Return what a node refers to inside the document, on the lines of the node."""
        reference = node.at("$ref").text
        if not reference.startswith("#/"):
            return node
        keys = (key.replace("~1", "/").replace("~0", "~") for key in reference[2:].split("/"))
        target = self._root.at(*keys)
        return replace(target, line=node.line, end_line=node.end_line) if target.pairs else node

    def type_of(self, schema: Node, depth: int = 0) -> str:
        """Return a schema's type: ``array of `Pet` ``; "" where it has none."""
        if depth > _DEEPEST:
            return "…"
        key = (id(schema.value), depth)
        if key not in self._types:
            self._types[key] = self._type_of(schema, depth)
        return self._types[key]

    def _type_of(self, schema: Node, depth: int) -> str:
        reference = schema.at("$ref").text
        if reference:
            return code_span(named(reference))
        for key, words in _COMBINED.items():
            kinds = [self.type_of(node, depth + 1) for node in schema.at(key).nodes[:_MOST_VALUES]]
            kinds = [kind for kind in kinds if kind]
            if kinds:
                return kinds[0] if len(kinds) == 1 else f"{words} {', '.join(kinds)}"
        kind = schema.at("type").text or " or ".join(schema.at("type").texts())
        if "items" in schema.pairs:
            inner = self.type_of(schema.at("items"), depth + 1)
            return f"{kind or 'array'} of {inner}" if inner else kind or "array"
        form = schema.at("format").text
        return f"{kind} ({form})" if kind and form else kind or form

    def note(self, schema: Node) -> str:
        """Return the values that a schema allows, and the one that it takes for granted."""
        notes = []
        values = list(schema.at("enum").texts()) or list(schema.at("items", "enum").texts())
        if values:
            shown = ", ".join(map(code_span, values[:_MOST_VALUES]))
            notes.append(f"One of {shown}{', …' if len(values) > _MOST_VALUES else ''}.")
        if schema.at("const").text:
            notes.append(f"Always {code_span(schema.at('const').text)}.")
        if schema.at("default").text:
            notes.append(f"Default: {code_span(schema.at('default').text)}.")
        return " ".join(notes)

    def properties(self, schema: Node) -> list[Block]:
        """Return a table of a schema's properties, with those inside them."""
        visited = islice(self._rows(schema, "", 0), _MOST_ROWS)
        rows = [row for row in visited if row is not None]
        return table(("Property", "Type", "Description"), rows, schema.line) if rows else []

    def _rows(self, schema: Node, prefix: str, depth: int) -> Iterator[Row | None]:
        """Yield the properties below a schema, and None for each schema that is looked into."""
        yield None
        if depth > _DEEPEST:
            return
        for key in _COMBINED:
            for part in schema.at(key).nodes:
                yield from self._rows(part, prefix, depth + 1)
        required = set(schema.at("required").texts())
        for name, node in schema.at("properties").pairs.items():
            label = code_span(f"{prefix}{name}")
            label += " (required)" if name in required else ""
            cells = (label, self.type_of(node), described(node, self.note(node)))
            yield Row(cells, node.line, max(node.line, node.end_line))
            yield from self._rows(node, f"{prefix}{name}.", depth + 1)
        if "items" in schema.pairs:
            yield from self._rows(schema.at("items"), f"{prefix.removesuffix('.')}[].", depth + 1)


def named(reference: str) -> str:
    """Return the name of what a reference leads to."""
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~") or reference


def described(node: Node, note: str = "") -> str:
    """Return a node's title and description on one line, marked where it is deprecated."""
    title, text = node.at("title").text, node.at("description").text or node.at("summary").text
    if note and text.strip()[-1:].isalnum():
        text = f"{text.rstrip()}."
    parts: Sequence[str] = (
        "Deprecated." if node.at("deprecated").text == "true" else "",
        f"{title.rstrip('.')}." if title and title.lower() not in text.lower() else "",
        text,
        note,
    )
    return " ".join(" ".join(parts).split())
