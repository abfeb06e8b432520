"""The text of Python docstrings: reStructuredText, Markdown, Google's and NumPy's sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.doc_comments.prose import code, labelled, list_item, markdown, rst
from askdocs_indexer.languages.source import Source
from askdocs_indexer.lines import dedented
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_indexer.types import Block

_ESCAPE = re.compile(r"\\([\\\"'])")
_FENCE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
# What only one of the two markups has.
_MARKDOWN_SIGNS = re.compile(
    r"""(?<!\S)!?\[(?=\S)[^\[\]\n]{1,200}\](?:\([^()\s]{1,300}\)|\[[^\[\]\n]{0,200}\])
    | ^[ ]*\[[^\[\]\n]{1,200}\]:[ ]+(?:<|https?:|[./\#])
    | ^[ ]*!!![ ]+\w
    | ^[ ]*\|?[ ]*:?-{3,}:?[ ]*\|""",
    re.MULTILINE | re.VERBOSE,
)
_RST_SIGNS = re.compile(
    r"""^[ ]*\.\.[ ]+\S
    | ::$
    | :[a-z][\w:+.-]{0,40}:`
    | ^[ ]*:[a-z]{3,12}(?:[ ][^:\n]{1,100})?:(?:[ ]|$)
    | ``[^`\n]{1,200}``
    | `_{1,2}(?!\w)
    | \[\w{1,20}\]_""",
    re.MULTILINE | re.VERBOSE,
)
_TITLES = (
    "Arguments|Args|Attributes|Class Attributes|Example|Examples|Keyword Args|Keyword Arguments|"
    "Keyword Parameters|Methods|Note|Notes|Other Parameters|Parameters|Params|Properties|Raises|"
    "Receives|References|Return|Returns|See Also|Todo|Usage|Variables|Warning|Warnings|Warns|"
    "Yield|Yields"
)
_GOOGLE = re.compile(rf"(?P<indent>\s*)(?P<title>{_TITLES})\s*:\s*$", re.IGNORECASE)
_NUMPY = re.compile(rf"(?P<indent>\s*)(?P<title>{_TITLES})$", re.IGNORECASE)
_DASHES = re.compile(r"\s*(-{3,}|={3,})$")
# Titles above a list of names; above others stands a text.
_LISTS = words(
    "arguments args attributes methods parameters params properties raises receives variables warns"
)
_RESULTS = words("return returns yield yields")
_EXAMPLES = words("example examples usage")
_CODE = re.compile(
    r"(?:from|import|with|for|if|while|def|class|async|await|return|try|@\w)\b.*"
    r"|[\w.\[\]'\", ]+ = .*|[\w.]+\(.*|\$ .*|% .*"
)
_ITEM = re.compile(
    r"(?P<name>[*`]{0,3}[A-Za-z_][\w.]*`{0,2}(?:\([^()]*\))?(?:,\s*[*`]{0,3}[A-Za-z_][\w.]*`{0,2})*)"
    r"\s*(?:\((?P<kind>[^\n]*?)\))?\s*:(?:\s+|$)(?P<text>.*)$"
)
_NUMPY_ITEM = re.compile(
    r"(?P<name>[*`]{0,3}[A-Za-z_][\w.]*`{0,2}(?:,\s*[*`]{0,3}[A-Za-z_][\w.]*`{0,2})*)"
    r"(?:\s*:\s*(?P<kind>.+))?$"
)


def string_lines(source: Source, node: Node) -> list[str]:
    """Return the lines of a string that can be a docstring, dedented; none for another node."""
    parts = node.named_children if node.type == "concatenated_string" else [node]
    lines: list[str] = []
    row = node.start_point.row
    for part in parts:
        if part.type != "string" or not part.children:
            return []
        start, *_, end = part.children
        prefix = source.text(start).lower()
        if not set(prefix) <= set("ru'\""):
            return []
        text = source.slice(start.end_byte, end.start_byte if end is not start else part.end_byte)
        if "r" not in prefix:
            text = _ESCAPE.sub(r"\1", text)
        offset = part.start_point.row - row
        lines += [""] * (offset + 1 - len(lines))
        # Strings beside each other are one.
        first, *rest = text.split("\n")
        lines[offset] += first
        lines += rest
    return _cleaned(lines)


def _cleaned(lines: Sequence[str]) -> list[str]:
    """Take the indentation off, as `inspect.cleandoc` does, and keep every line."""
    expanded = [line.expandtabs().rstrip() for line in lines]
    indents = [len(line) - len(line.lstrip()) for line in expanded[1:] if line]
    common = min(indents, default=0)
    cleaned = [expanded[0].lstrip(), *(line[common:] for line in expanded[1:])]
    # A backslash that hides the line end behind the quotes.
    cleaned[0] = "" if cleaned[0] == "\\" else cleaned[0]
    return cleaned if any(cleaned) else []


def is_markdown(text: str) -> bool:
    """Return whether a docstring is Markdown by what it has; nothing tells reStructuredText."""
    if _FENCE.search(text):
        return True
    signs, others = (len(each.findall(text)) for each in (_MARKDOWN_SIGNS, _RST_SIGNS))
    return signs > others


def docstring_blocks(lines: Sequence[str], first_line: int) -> list[Block]:
    """Return the blocks of a docstring whose lines begin at `first_line` of the file."""
    reader = _Docstring(lines, first_line)
    return list(reader.blocks())


class _Docstring:
    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self._lines = lines
        self._first_line = first_line
        self._body = markdown if is_markdown("\n".join(lines)) else rst

    def blocks(self) -> Iterator[Block]:
        """Yield the text before, in and between the sections."""
        start = index = 0
        while index < len(self._lines):
            section = self._section(index)
            if section is None:
                index += 1
                continue
            yield from self._free(start, index)
            title, body, end = section
            yield from self._titled(title, index, body, end)
            start = index = end
        yield from self._free(start, len(self._lines))

    def _free(self, start: int, end: int) -> list[Block]:
        lines = self._lines[start:end]
        return self._body(dedented(lines), self._first_line + start) if any(lines) else []

    def _section(self, index: int) -> tuple[str, int, int] | None:
        """Return (title, start of the body, end of the body) of the section at a line."""
        line = self._lines[index]
        numpy = _NUMPY.match(line)
        if numpy and index + 1 < len(self._lines) and _DASHES.match(self._lines[index + 1]):
            return numpy["title"], index + 2, self._numpy_end(index + 2)
        google = _GOOGLE.match(line)
        if google is None:
            return None
        indent = len(google["indent"])
        end = last = index + 1
        while end < len(self._lines):
            below = self._lines[end]
            if below and len(below) - len(below.lstrip()) <= indent:
                break
            last = end + 1 if below else last
            end += 1
        return (google["title"], index + 1, last) if last > index + 1 else None

    def _numpy_end(self, index: int) -> int:
        while index + 1 < len(self._lines):
            title = self._lines[index]
            if title and not title[0].isspace() and _DASHES.match(self._lines[index + 1]):
                return index
            index += 1
        return len(self._lines)

    def _titled(self, title: str, line: int, body: int, end: int) -> Iterator[Block]:
        kind = title.lower().rpartition(" ")[2]
        lines = dedented(self._lines[body:end])
        number = self._first_line + line
        is_numpy = body > line + 1
        if kind in _LISTS:
            yield Block(f"**{title}:**", number, number)
            for start, part in _parts(lines):
                yield from self._item(part, self._first_line + body + start, is_numpy)
        elif kind in _RESULTS and is_numpy:
            for start, part in _parts(lines):
                first = self._first_line + body + start
                yield from self._item(part, first, is_numpy, f"**{title}** ")
        elif kind in _RESULTS:
            blocks = self._body(lines, self._first_line + body)
            yield from list_item(blocks, f"**{title}:**", number)
        elif kind in _EXAMPLES and _is_code(lines):
            yield Block(f"**{title}:**", number, number)
            yield from code(lines, self._first_line + body, "python")
        else:
            blocks = self._body(lines, self._first_line + body)
            yield from labelled(blocks, f"**{title}:**", number)

    def _item(
        self, lines: Sequence[str], line: int, is_numpy: bool, label: str = ""
    ) -> Iterator[Block]:
        """Yield an entry of a list of names with its text; anything else is read as plain text."""
        first, *below = lines
        while is_numpy and first.endswith("\\") and below:
            first, line = f"{first[:-1].rstrip()} {below.pop(0).strip()}", line + 1
        item = (_NUMPY_ITEM if is_numpy else _ITEM).match(first[:1000])
        if item is None:
            yield from self._body(lines, line)
            return
        label += ", ".join(code_span(name.strip(" `")) for name in item["name"].split(","))
        label += f" ({item['kind']})" if item["kind"] else ""
        text = "" if is_numpy else item["text"]
        blocks = self._body([text, *dedented(below)], line)
        yield from list_item(blocks, f"{label}:", line)


def _parts(lines: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines that are not indented, each with its index and those below it that are."""
    starts = [index for index, line in enumerate(lines) if line and not line[0].isspace()]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        yield start, lines[start:end]


def _is_code(lines: Sequence[str]) -> bool:
    """Say whether an example is bare code: a text would announce it, or mark it as such."""
    first = next((line for line in lines if line), "")
    return _CODE.fullmatch(first) is not None
