"""OpenAPI and Swagger descriptions, and JSON Schema: operations, schemas, and what they say.

Only files that name their format at the top level are read; see `is_description`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from askdocs_indexer.errors import ReadError
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.markdown.reader import MarkdownReader
from askdocs_indexer.readers.markdown_writer import Row, code_span, fenced, table
from askdocs_indexer.readers.openapi.connections import openapi_connections
from askdocs_indexer.readers.openapi.nodes import Node, as_data, parse
from askdocs_indexer.readers.openapi.schemas import Schemas, described
from askdocs_indexer.readers.sections import Heading, Item, sections_of
from askdocs_indexer.types import OTHER_DOMAIN, Block, Include, Section, nothing_included

_FORMAT = r"(?:openapi|swagger)[\"']?[ \t]*:[ \t]*[\"']?[1-9]\.\d"
_SCHEMA = r"\$schema[\"']?[ \t]*:[ \t]*[\"']?https?://json-schema\.org/"
_IN_YAML = re.compile(rf"^[\"']?(?:{_FORMAT}|{_SCHEMA})", re.MULTILINE)
_IN_JSON = re.compile(rf"\s*\{{.*?\"(?:{_FORMAT}|{_SCHEMA})", re.DOTALL)
_NAMES = re.compile(r"(?:^|[/._-])(?:openapi|swagger)[\w.-]*$", re.IGNORECASE)
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
# What components many operations share, beside schemas.
_MESSAGES = {"requestBodies": "Request bodies", "responses": "Responses"}
_CODE_SAMPLES = ("x-codeSamples", "x-code-samples")
_DEFINITIONS = ("definitions", "$defs")
_EXAMPLE_LINES = 80
_LAST_LINE = sys.maxsize
_MOST_REPEATED, _LEAST_CHARACTERS = 4, 100_000
_LANGUAGES = {"curl": "sh", "node": "javascript", "shell": "sh"}
# What makes more of a text than a paragraph.
_MARKUP = re.compile(r"\n|^\s*[-*+#>|<`\d]|\[[^\]]*\]\[")


def read_openapi(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a description; none of another file of YAML or JSON.

    Raises ReadError where a description is damaged.
    """
    is_json = path.lower().endswith(".json")
    try:
        root = parse("\n".join(lines_of(text)), is_json=is_json)
    except ReadError:
        if is_description(text):
            raise
        return ()
    if "openapi" in root.pairs or "swagger" in root.pairs:
        title = root.at("info", "title").text
        items = _within(_Description(root).items(), len(text))
        sections = sections_of(items, path, title, is_page=False)
        return openapi_connections(root, sections, path, _METHODS).attached(sections)
    if "json-schema.org" in root.at("$schema").text:
        items = _within(_JsonSchema(root).items(), len(text))
        return sections_of(items, path, root.at("title").text, is_page=False)
    return ()


def is_description(text: str) -> bool:
    """Return whether a text, or the beginning of one, names a format that is read here."""
    return _IN_YAML.search(text) is not None or _IN_JSON.match(text) is not None


def is_named_description(path: str) -> bool:
    """Return whether a file is called like a description, whatever it begins with."""
    return _NAMES.search(path) is not None


class _Prose:
    """Reads descriptions, which are Markdown, into items with the lines of the file."""

    def __init__(self) -> None:
        self._reader = MarkdownReader()

    def items(self, node: Node, level: int = 0) -> list[Item]:
        """Return a description's items. Its headings go below `level`; at 0 they are text."""
        text = node.text.strip("\n")
        if not text.strip():
            return []
        if not _MARKUP.search(text):
            return [Block(text.strip(), node.line, node.end_line)]
        lines = lines_of(node.text)
        items = self._reader.items(lines) if level else self._reader.inside(lines, 1)
        return [_in_file(item, node, level) for item in items]


def _in_file(item: Item, node: Node, level: int) -> Item:
    if not isinstance(item, Block | Heading):
        return item
    first = node.text_line or node.line

    def line(number: int) -> int:
        return min(max(first + number - 1, node.line), node.end_line)

    shifted = replace(item, start_line=line(item.start_line), end_line=line(item.end_line))
    if isinstance(shifted, Heading):
        return replace(shifted, level=shifted.level + level, symbols=(), domain="")
    return shifted


class _JsonSchema:
    """A schema with its definitions."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._schemas = Schemas(root)
        self._prose = _Prose()

    def items(self) -> Iterator[Item]:
        """Yield the items of the schema, then those of its definitions."""
        inside = [node for key in _DEFINITIONS for node in self._root.at(key).pairs.items()]
        own = [*_schema_items(self._root, self._schemas, self._prose)]
        last = min((node.line for _, node in inside), default=self._root.end_line)
        yield from (_between(item, self._root.line, max(last, 1)) for item in own)
        for name, node in sorted(inside, key=lambda pair: pair[1].line):
            yield from _schema_section(name, node, 2, self._schemas, self._prose)


class _Description:
    """A description of an interface over HTTP."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._schemas = Schemas(root)
        self._prose = _Prose()
        self._parts: dict[str, Callable[[Node], Iterable[Item]]] = {
            "components": self._components,
            "definitions": self._definitions,
            "responses": lambda node: self._messages("Responses", node),
            "info": lambda node: self._prose.items(node.at("description"), level=1),
            "paths": self._paths,
            "securityDefinitions": lambda node: self._listed("Authentication", node),
            "servers": self._servers,
            "tags": self._tags,
            "webhooks": self._webhooks,
        }

    def items(self) -> Iterator[Item]:
        """Yield the items of all parts, in their order in the file."""
        for key, node in self._root.pairs.items():
            part = self._parts.get(key)
            for item in part(node) if part else ():
                yield _between(item, node.line, max(node.line, node.end_line))

    # -- parts ------------------------------------------------------------------------------

    def _servers(self, node: Node) -> Iterator[Item]:
        if node.nodes:
            yield Heading(2, "Servers", node.line, node.line)
        for server in node.nodes:
            text = f"- {server.at('url').text}: {described(server)}".removesuffix(": ")
            yield Block(text, server.line, server.end_line)

    def _tags(self, node: Node) -> Iterator[Item]:
        described_tags = [tag for tag in node.nodes if described(tag)]
        if described_tags:
            yield Heading(2, "Tags", node.line, node.line)
        for tag in described_tags:
            name = tag.at("name").text
            yield Heading(3, name, tag.line, tag.line)
            yield from self._prose.items(tag.at("description"))

    def _paths(self, node: Node) -> Iterator[Item]:
        for path, item in node.pairs.items():
            text = described(item)
            if text:
                yield Heading(2, path, item.line, item.line)
                yield Block(text, item.line, item.line)
            for method in _in_order(item, _METHODS):
                yield from self._operation(f"{method.upper()} {path}", item, method)

    def _webhooks(self, node: Node) -> Iterator[Item]:
        for name, item in node.pairs.items():
            for method in _in_order(item, _METHODS):
                yield from self._operation(f"Webhook {name}", item, method)

    def _components(self, node: Node) -> Iterator[Item]:
        for key, part in node.pairs.items():
            if key == "schemas":
                yield from self._definitions(part)
            elif key in _MESSAGES:
                yield from self._messages(_MESSAGES[key], part)
            elif key == "securitySchemes":
                yield from self._listed("Authentication", part)

    def _definitions(self, node: Node) -> Iterator[Item]:
        if node.pairs:
            yield Heading(2, "Schemas", node.line, node.line)
        for name, schema in node.pairs.items():
            yield from _schema_section(name, schema, 3, self._schemas, self._prose)

    def _messages(self, title: str, node: Node) -> Iterator[Item]:
        if node.pairs:
            yield Heading(2, title, node.line, node.line)
        for name, message in node.pairs.items():
            yield Heading(3, name, message.line, message.line)
            yield from self._message(code_span(name), message)

    def _listed(self, title: str, node: Node) -> Iterator[Item]:
        if node.pairs:
            yield Heading(2, title, node.line, node.line)
        for name, scheme in node.pairs.items():
            kind = " ".join(
                filter(None, (scheme.at(key).text for key in ("type", "scheme", "in", "name")))
            )
            text = f"- {code_span(name)} ({kind}): {described(scheme)}".removesuffix(": ")
            yield Block(text, scheme.line, scheme.end_line)

    # -- operations -------------------------------------------------------------------------

    def _callbacks(self, node: Node) -> Iterator[Item]:
        for name, callback in node.pairs.items():
            for address, item in callback.pairs.items():
                for method in _in_order(item, _METHODS):
                    title = f"Callback {name}: {method.upper()} {address}"
                    yield Heading(3, title, item.line, item.line)
                    yield from self._operation_items(item.at(method), item.at("parameters").nodes)

    def _operation(self, title: str, around: Node, method: str) -> Iterator[Item]:
        node = around.at(method)
        identity = node.at("operationId").text
        symbols = (identity,) if identity else ()
        heading = Heading(2, title, node.line, node.line, symbols, OTHER_DOMAIN if symbols else "")
        yield _between(heading, around.line, max(around.line, around.end_line))
        for item in self._operation_items(node, around.at("parameters").nodes):
            yield _between(item, node.line, max(node.line, node.end_line))

    def _operation_items(self, node: Node, shared: Sequence[Node]) -> Iterator[Item]:
        summary, description = node.at("summary"), node.at("description")
        if node.at("deprecated").text == "true":
            yield Block("**Deprecated**", node.line, node.line)
        if summary.text.strip() and summary.text.strip() != description.text.strip():
            yield Block(summary.text.strip(), summary.line, summary.end_line)
        yield from self._prose.items(description)
        notes = [code_span(node.at("operationId").text)] if node.at("operationId").text else []
        tags = ", ".join(node.at("tags").texts())
        notes += [f"tags: {tags}"] if tags else []
        if notes:
            yield Block(f"Operation {', '.join(notes)}", node.line, node.line)
        written = (*shared, *node.at("parameters").nodes)
        resolved = [self._schemas.resolved(each) for each in written]
        bodies = [each for each in resolved if each.at("in").text == "body"]
        # An operation's own parameter replaces that of its path.
        others = {
            (each.at("name").text, each.at("in").text): each
            for each in resolved
            if each.at("in").text != "body"
        }
        yield from self._parameters([(name, each) for (name, _), each in others.items()])
        bodies += [node.at("requestBody")] if node.at("requestBody").pairs else []
        for body in bodies:
            yield from self._message("**Request body**", body)
        for status, response in node.at("responses").pairs.items():
            yield from self._message(f"- Response {code_span(status)}", response)
        for key in _CODE_SAMPLES:
            for sample in node.at(key).nodes:
                yield from _code_sample(sample)
        yield from self._callbacks(node.at("callbacks"))

    def _parameters(
        self, named: Sequence[tuple[str, Node]], label: str = "Parameter"
    ) -> list[Block]:
        """Return a table of parameters, or of headers."""
        rows = []
        for name, node in named:
            schema = node.at("schema") if node.at("schema").pairs else node
            required = " (required)" if node.at("required").text == "true" else ""
            cells = (
                f"{code_span(name)}{required}",
                node.at("in").text,
                self._schemas.type_of(schema),
                described(node, self._schemas.note(schema)),
            )
            rows.append(Row(cells, node.line, max(node.line, node.end_line)))
        header = [label, "In", "Type", "Description"]
        if not any(row.cells[1] for row in rows):
            header = [label, "Type", "Description"]
            rows = [replace(row, cells=[row.cells[0], *row.cells[2:]]) for row in rows]
        return table(header, rows, rows[0].start_line) if rows else []

    def _message(self, label: str, node: Node) -> Iterator[Item]:
        """A request's or a response's body: what it holds, by media type.

        One that is described elsewhere, for many operations, has its own section there.
        """
        is_elsewhere = "$ref" in node.pairs
        node = self._schemas.resolved(node)
        contents = dict(node.at("content").pairs)
        if node.at("schema").pairs:
            contents[""] = node
        kinds: dict[str, list[str]] = {}
        for media, content in contents.items():
            kinds.setdefault(self._schemas.type_of(content.at("schema")), []).append(media)
        shown = [
            " ".join(filter(None, [", ".join(map(code_span, filter(None, media))), kind]))
            for kind, media in kinds.items()
        ]
        text = f"{label} ({'; '.join(filter(None, shown))})" if any(shown) else label
        yield Block(f"{text}: {described(node)}".removesuffix(": "), node.line, node.end_line)
        if is_elsewhere:
            return
        headers = node.at("headers").pairs.items()
        yield from self._parameters(
            [(name, self._schemas.resolved(header)) for name, header in headers], "Header"
        )
        tables: set[str] = set()
        for media, content in contents.items():
            blocks = self._schemas.properties(content.at("schema"))
            if blocks and blocks[0].text not in tables:
                tables.add(blocks[0].text)
                yield from blocks
            yield from _examples(media, content)
        for media, example in node.at("examples").pairs.items() if not contents else ():
            yield from _example(media, example)


def _within(items: Iterable[Item], size: int) -> Iterator[Item]:
    """Yield items up to a multiple of the file's size, none above the heading before it.

    Aliases may repeat any text at will, and bring what stands elsewhere in the file.
    """
    left, line = _MOST_REPEATED * size + _LEAST_CHARACTERS, 1
    for item in items:
        left -= len(item.text) if isinstance(item, Block) else 0
        if left < 0:
            return
        shifted = _between(item, line, _LAST_LINE)
        if isinstance(shifted, Heading):
            line = shifted.start_line
        yield shifted


def _in_order(node: Node, keys: Sequence[str]) -> list[str]:
    return [key for key in node.pairs if key in keys]


def _schema_section(
    name: str, node: Node, level: int, schemas: Schemas, prose: _Prose
) -> Iterator[Item]:
    yield Heading(level, name, node.line, node.line, (name,), OTHER_DOMAIN)
    for item in _schema_items(node, schemas, prose):
        yield _between(item, node.line, max(node.line, node.end_line))


def _schema_items(node: Node, schemas: Schemas, prose: _Prose) -> Iterator[Item]:
    title = node.at("title").text
    kind, note = schemas.type_of(node), schemas.note(node)
    head = " ".join(filter(None, [f"{title.rstrip('.')}." if title else "", note]))
    if kind and (kind != "object" or not node.at("properties").pairs):
        head = f"{head} Type: {kind}.".strip()
    if head:
        yield Block(head, node.line, node.line)
    yield from prose.items(node.at("description"))
    yield from schemas.properties(node)
    yield from _examples("", node)


def _examples(media: str, node: Node) -> Iterator[Block]:
    if "example" in node.pairs:
        yield from _example(media, node.at("example"))
    examples = node.at("examples")
    for example in examples.nodes[:1]:
        yield from _example(media, example)
    for example in examples.pairs.values():
        text = described(example)
        if text:
            yield Block(f"Example: {text}", example.line, example.line)
        yield from _example(media, example.at("value"))


def _example(media: str, node: Node) -> Iterator[Block]:
    if not node.value:
        return
    language = "json"
    lines = lines_of(node.text.rstrip())
    if node.text:
        language = "xml" if "xml" in media else ""
    else:
        lines = json.dumps(as_data(node), indent=2, ensure_ascii=False).split("\n")
    if len(lines) > _EXAMPLE_LINES:
        lines = [*lines[:_EXAMPLE_LINES], "…"]
    yield Block(fenced(lines, language), node.line, node.end_line, "code")


def _code_sample(node: Node) -> Iterator[Block]:
    source, language = node.at("source"), node.at("lang").text.lower()
    if source.text.strip():
        code = fenced(lines_of(source.text.rstrip()), _LANGUAGES.get(language, language))
        yield Block(code, source.line, source.end_line, "code")


def _between(item: Item, first: int, last: int) -> Item:
    """Return an item inside some lines: what is referred to stands elsewhere in the file."""
    if not isinstance(item, Block | Heading):
        return item
    start = min(max(item.start_line, first), last)
    return replace(item, start_line=start, end_line=min(max(item.end_line, start), last))
