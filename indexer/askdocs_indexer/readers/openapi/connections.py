"""Links, labels and index words in a description of an interface over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from askdocs_indexer.readers.connections import Connections
from askdocs_indexer.readers.markdown.connections import markdown_connections
from askdocs_indexer.readers.openapi.nodes import Node
from askdocs_indexer.types import Section


def openapi_connections(
    root: Node, sections: Sequence[Section], path: str, methods: Sequence[str]
) -> Connections:
    """Return what connects a description's sections: those of operations, and links in prose."""
    connections = Connections()
    for node in _operations(root, methods):
        connections.label(node.line, node.at("operationId").text)
        connections.index(node.at("summary").text, node.line)
        for tag in node.at("tags").texts():
            connections.index(tag, node.line)
    for section in sections:
        text = "\n\n".join(block.text for block in section.blocks if block.kind == "prose")
        if "](" in text:
            inside = markdown_connections(text.split("\n"), path)
            connections.links += ((section.start_line, link) for _, link in inside.links)
    return connections


def _operations(root: Node, methods: Sequence[str]) -> Iterator[Node]:
    for part in ("paths", "webhooks"):
        for item in root.at(part).pairs.values():
            yield from (item.at(method) for method in methods if method in item.pairs)
