"""Links, labels and index words in the lines of Org."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from askdocs_indexer.readers.connections import MOST_MARKS, Connections, context_of, target_within
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.org.lines import HEADLINE, KEYWORD, Line

_BLOCK = re.compile(r"[ \t]*#\+begin_(?P<kind>src|example|export|comment)\b", re.IGNORECASE)
_PROPERTY = re.compile(r"[ \t]*:(?P<name>[A-Za-z][\w-]{1,60}):[ \t]+(?P<value>\S.*)$")
_TAGS = re.compile(r"[ \t]:(?P<tags>[\w@#%:]{1,400}):[ \t]*$")
_BEGINS = re.compile(r"[ \t]*(?:[-+*]+[ \t]|\d{1,9}[.)][ \t]|\||#)")
_INLINE = re.compile(
    r"\[\[(?P<target>(?:[^\[\]\\]|\\.){1,800})\](?:\[(?P<label>(?:[^\[\]]|\](?!\])){1,600})\])?\]"
    r"|<<<?(?P<anchor>[^<>\n]{1,100})>>>?",
    re.DOTALL,
)
_MARKS = re.compile(
    r"<<<?[^<>\n]*>>>?|(?<!\w)[*/_+=~]+(?=\S)|(?<=\S)[*/_+=~]+(?!\w)"
    r"|^[ \t]*(?:[-+]|\d+[.)])[ \t]|\|",
    re.MULTILINE,
)
_LABELS = words("custom_id id")
_INDEX_PROPERTIES = words("alt_title description")
# Entries of the indexes that Texinfo makes, and what stands for the page.
_ENTRIES = words("cindex findex index kindex pindex tindex vindex")
_PAGE_KEYWORDS = words("description filetags keywords subtitle")


def org_connections(lines: Sequence[Line], path: str, links: Mapping[str, str]) -> Connections:
    """Return what connects a document; `links` are its abbreviations of addresses."""
    return _Scanner(path, links).read(lines)


def plain_words(text: str) -> str:
    """Return the words of Org without its marks, on one line."""
    return " ".join(_MARKS.sub("", _INLINE.sub(_label_of, text)).split())


def without_links(text: str) -> str:
    """Return Org without its links and what they show."""
    return _MARKS.sub("", _INLINE.sub("", text))


def _label_of(link: re.Match[str]) -> str:
    return link["label"] or ""


class _Scanner:
    def __init__(self, path: str, links: Mapping[str, str]) -> None:
        self._path = path
        self._abbreviations = links
        self._connections = Connections()
        self._waiting: list[str] = []

    def read(self, lines: Sequence[Line]) -> Connections:
        """Read all lines."""
        run: list[Line] = []
        closing = ""
        for line in lines:
            text = line.text
            if closing:
                closing = "" if text.strip().lower() == closing else closing
                continue
            if run and (not text.strip() or _BEGINS.match(text)):
                self._paragraph(run)
                run = []
            if block := _BLOCK.match(text) if "#+" in text else None:
                closing = f"#+end_{block['kind'].lower()}"
            elif text.strip() and not self._statement(line):
                run.append(line)
        if run:
            self._paragraph(run)
        return self._connections

    def _statement(self, line: Line) -> bool:
        """Read a line that is no text; return whether it is such a line."""
        text, number = line
        if keyword := KEYWORD.match(text) if "#+" in text else None:
            self._keyword(keyword["name"].lower(), keyword["value"].strip(), number)
            return True
        if text[:1] == "*" and HEADLINE.match(text) and (tags := _TAGS.search(text)):
            self._connections.index(tags["tags"].replace(":", " "), number)
        if written := _PROPERTY.match(text) if ":" in text else None:
            name = written["name"].lower()
            if name in _LABELS:
                mark = "id:" if name == "id" else ""
                self._connections.label(number, f"{mark}{written['value']}")
            elif name in _INDEX_PROPERTIES:
                self._connections.index(written["value"], number)
            return True
        return False

    def _keyword(self, name: str, value: str, number: int) -> None:
        if name == "name":
            self._waiting.append(value)
        elif name in _ENTRIES:
            self._connections.index(value.replace("!", " "), number)
        elif name in _PAGE_KEYWORDS:
            self._connections.index(value.strip(":").replace(":", " "))

    def _paragraph(self, run: Sequence[Line]) -> None:
        for name in self._waiting:
            self._connections.label(run[0].number, name)
        self._waiting.clear()
        text = "\n".join(line.text for line in run)
        if "[[" not in text and "<<" not in text:
            return
        index = position = 0
        for match in islice(_INLINE.finditer(text), MOST_MARKS):
            index += text.count("\n", position, match.start())
            position = match.start()
            number = run[index].number
            if match["anchor"]:
                self._connections.label(number, match["anchor"])
                continue
            label = match["label"] or match["target"].lstrip("*#")
            context = context_of(text, match.start(), match.end(), plain_words, without_links)
            target = self._target(re.sub(r"\\([\[\]\\])", r"\1", match["target"]))
            self._connections.link(number, plain_words(label), context, target)

    def _target(self, written: str) -> str:
        scheme, colon, rest = written.partition(":")
        if colon and scheme in self._abbreviations:
            return ""
        if scheme == "id":
            return f":id:{rest}"
        if written[:1] in {"*", "#"}:
            return f"#{written[1:]}"
        is_file = colon and scheme == "file"
        if not is_file and not written.startswith(("./", "../", "/")):
            return "" if colon else f"#{written}"
        path, _, inside = (rest if is_file else written).partition("::")
        target = target_within(self._path, path.partition("#")[0])
        inside = inside.lstrip("*#")
        return f"{target}#{inside}" if target and inside else target
