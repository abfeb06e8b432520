"""Links, labels and index words in the lines of AsciiDoc."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from askdocs_indexer.readers.asciidoc.attribute_lists import attribute_list
from askdocs_indexer.readers.asciidoc.attributes import Attributes, entry_at
from askdocs_indexer.readers.asciidoc.includes import included_paths
from askdocs_indexer.readers.asciidoc.lines import ANCHOR, ATTRIBUTES, TITLE
from askdocs_indexer.readers.asciidoc.preprocessor import Line
from askdocs_indexer.readers.connections import MOST_MARKS, Connections, context_of, target_within
from askdocs_indexer.readers.decoding import words

_VERBATIM = re.compile(r"(?:-{4,}|\.{4,}|/{4,}|\+{4,}|`{3,}\w*)$")
_BEGINS = re.compile(r"[ \t]*(?:[-*.]{1,6}|\d{1,9}\.)[ \t]|=|[\[|:+]|\.\w|.{1,80}::(?:[ \t]|$)")
_MAY_LINK = re.compile(r"<<|xref:|link:|\[\[|\(\(\(|indexterm|anchor:|image:")
_INLINE = re.compile(
    r"""
      `[^`]{1,400}`(?!\w) | \+\+.{1,400}?\+\+
    | <<(?P<reference>[\w/.\#"{][^<>]{0,400}?)>>
    | (?P<macro>xref|link):(?P<target>[^\s\[\]]{1,400})\[(?P<text>(?:[^\]\\]|\\.){0,600})\]
    | \[\[(?P<anchor>[A-Za-z_:][\w:.-]{0,200})(?:,[^\[\]]{0,300})?\]\]
    | anchor:(?P<anchored>[\w:.-]{1,200})\[
    | \(\(\((?P<hidden>[^()]{1,300})\)\)\)
    | indexterm:\[(?P<indexed>[^\]]{1,300})\]
    """,
    re.VERBOSE | re.DOTALL,
)
_IDENTITY = re.compile(r"\#(?P<short>[^\s.,%\#\]]{1,200})|\bid=[\"']?(?P<named>[\w:.-]{1,200})")
_REFERENCE = re.compile(r"<<[^<>,]*(?:,\s*([^<>]*))?>>|(?:xref|link|https?):[^\s\[\]]*\[([^\]]*)\]")
_MARKS = re.compile(
    r"\(\(\([^()]*\)\)\)|\[\[[^\[\]]*\]\]|indexterm:\[[^\]]*\]|[*`]+|(?<!\w)_+|_+(?!\w)"
    r"|(?<!\S)#|#(?!\S)|^[ \t]*(?:[-.=]+|\d+\.)[ \t]|\|",
    re.MULTILINE,
)
# Attributes of the page that say in words what it is about.
_INDEX = words("description keywords navtitle page-tags page-topic-type title-alt")
_ALIASES = "page-aliases"


def asciidoc_connections(lines: Sequence[Line], path: str, attributes: Attributes) -> Connections:
    """Return what connects a document; `attributes` are those at its end."""
    connections = Connections()
    _read_attributes(lines, connections)
    scanner = _Scanner(path, attributes, connections)
    for run in _runs(lines):
        scanner.paragraph(run)
    return connections


def plain_words(text: str) -> str:
    """Return the words of AsciiDoc without its marks, on one line."""
    return " ".join(_MARKS.sub("", _REFERENCE.sub(_label_of, text)).split())


def without_links(text: str) -> str:
    """Return AsciiDoc without its links and what they show."""
    return _MARKS.sub("", _REFERENCE.sub("", text))


def _label_of(reference: re.Match[str]) -> str:
    return (reference[1] or reference[2] or "").removesuffix("^")


def _read_attributes(lines: Sequence[Line], connections: Connections) -> None:
    texts = [line.text for line in lines[:100]]
    for index, text in enumerate(texts):
        entry = entry_at(texts, index) if text[:1] == ":" else None
        if entry is None or not entry.value:
            continue
        if entry.name in _INDEX:
            connections.index(entry.value)
        elif entry.name == _ALIASES:
            for alias in entry.value.split(","):
                connections.former(alias.strip().rpartition(":")[2])


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield paragraphs and lines with a meaning of their own, without what is verbatim."""
    run: list[Line] = []
    fence = ""
    for line in lines:
        text = line.text
        if fence:
            fence = "" if text == fence else fence
            continue
        begins = not text or _BEGINS.match(text) is not None
        if begins and run:
            yield run
            run = []
        if text and text[0] in "-./+`" and (match := _VERBATIM.match(text)):
            fence = match[0] if text[0] != "`" else "```"
        elif text:
            run.append(line)
    if run:
        yield run


class _Scanner:
    """Reads paragraphs. Labels on lines of their own are for the next paragraph."""

    def __init__(self, path: str, attributes: Attributes, connections: Connections) -> None:
        self._path = path
        self._attributes = attributes
        self._connections = connections
        self._waiting: list[str] = []

    def paragraph(self, run: Sequence[Line]) -> None:
        """Read a paragraph."""
        first = run[0]
        if len(run) == 1 and first.text[:1] == "[" and self._labels(first.text):
            return
        if not TITLE.match(first.text) or len(run) > 1:
            for name in self._waiting:
                self._connections.label(first.number, name)
            self._waiting.clear()
        text = "\n".join(line.text for line in run)
        if _MAY_LINK.search(text):
            self._links(text, run)

    def _labels(self, text: str) -> bool:
        if anchor := ANCHOR.match(text):
            self._waiting.append(anchor["id"])
            return True
        attributes = ATTRIBUTES.match(text)
        if attributes and (named := _IDENTITY.search(attributes["inside"])):
            self._waiting.append(named["short"] or named["named"])
        return attributes is not None

    def _links(self, text: str, run: Sequence[Line]) -> None:
        index = position = 0
        for match in islice(_INLINE.finditer(text), MOST_MARKS):
            index += text.count("\n", position, match.start())
            position = match.start()
            number = run[index].number
            if label := match["anchor"] or match["anchored"]:
                self._connections.label(number, label)
            elif terms := match["hidden"] or match["indexed"]:
                self._connections.index(self._attributes.resolved(terms), number)
            elif match["reference"] or match["macro"]:
                shown, target = self._target(match)
                context = context_of(text, match.start(), match.end(), plain_words, without_links)
                context = self._attributes.resolved(context)
                self._connections.link(number, plain_words(shown), context, target)

    def _target(self, match: re.Match[str]) -> tuple[str, str]:
        """Return what a link shows, "" for the title of its target, and where it leads."""
        if match["macro"]:
            shown, target = match["text"], match["target"].strip("+")
            if "=" in shown:
                shown = attribute_list(shown).at(0)
        else:
            target, _, shown = match["reference"].partition(",")
        shown = self._attributes.resolved(shown.strip().removesuffix("^"))
        target = self._attributes.resolved(target.strip().strip('"'))
        path, mark, fragment = target.partition("#")
        if match["macro"] == "link":
            return shown, target_within(self._path, target)
        if not path or not (mark or "." in path.rpartition("/")[2]):
            return shown, f":{fragment or path}"
        return shown, self._page(path) + (f"#{fragment}" if fragment else "")

    def _page(self, path: str) -> str:
        """Return where a page lies; Antora's pages are named from the folder of their module."""
        folders = self._path.split("/")
        is_antora = ("modules", "pages") in zip(folders, folders[2:], strict=False)
        if is_antora and "://" not in path and path[:2] not in {"./", ".."}:
            *_, module, name = ["", *path.split(":")]
            page = f"{module}:page${name}" if module else f"page${name}"
            return next(iter(included_paths(page, self._path)), "")
        return target_within(self._path, path)
