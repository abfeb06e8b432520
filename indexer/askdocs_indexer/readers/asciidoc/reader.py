"""AsciiDoc, as Asciidoctor reads it.

A structural reader of lines: of the parsers on PyPI, asciidoc (the Python tool) writes HTML without
lines, adparser wants the output of Asciidoctor, and asciidoctrine refuses what is not in its
grammar. Directives are followed first; then lines become blocks, and inline markup Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from askdocs_indexer.readers.asciidoc.attributes import Attributes
from askdocs_indexer.readers.asciidoc.blocks import Blocks, Document
from askdocs_indexer.readers.asciidoc.connections import asciidoc_connections
from askdocs_indexer.readers.asciidoc.includes import antora_attributes, antora_settings
from askdocs_indexer.readers.asciidoc.inline import Inline
from askdocs_indexer.readers.asciidoc.lines import ANCHOR, ATTRIBUTES, COMMENT, SECTION, TITLE
from askdocs_indexer.readers.asciidoc.preprocessor import Line, Preprocessor
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.sections import sections_of
from askdocs_indexer.types import Include, Section, nothing_included

# What nobody writes but for AsciiDoc: sections, entries and directives, what is above blocks.
_MARKS = re.compile(
    r"^(?:={1,5}[ ]\w|:[a-z][\w-]{0,40}:(?:[ ]|$)|\[(?:\[|source|NOTE|TIP|WARNING|cols|quote)"
    r"|\|===$|include::\S|image::\S|[^\n]{1,80}\n={4,80}$)",
    re.MULTILINE,
)
_FRONT_MATTER = "---"


def read_asciidoc(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of an AsciiDoc document."""
    texts = _without_front_matter(lines_of(text))
    # A path that begins with a slash is one from the root.
    given = {"docdir": f"/{path.rpartition('/')[0]}".rstrip("/")}
    settings = antora_settings(path)
    given |= antora_attributes((include(settings) if settings else None) or "")
    preprocessor = Preprocessor(path, include, Attributes(given))
    preprocessor.add(texts)
    attributes = Attributes(given)
    inline = Inline(attributes, _titles(preprocessor.lines))
    blocks = Blocks(Document(attributes, inline), preprocessor.lines)
    sections = sections_of(blocks.document(), path, blocks.title)
    return asciidoc_connections(preprocessor.lines, path, attributes).attached(sections)


def read_asc(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a file that may be AsciiDoc, or a signature or some other data."""
    return read_asciidoc(text, path, include) if _MARKS.search(text) else ()


def _without_front_matter(texts: list[str]) -> list[str]:
    """Blank out what a site generator wants to know of the page."""
    if not texts or texts[0].rstrip() != _FRONT_MATTER:
        return texts
    end = next((i for i, line in enumerate(texts[1:50], 1) if line.rstrip() == _FRONT_MATTER), 0)
    return [""] * (end + 1) + texts[end + 1 :] if end else texts


def _titles(lines: Sequence[Line]) -> dict[str, str]:
    """Return the texts of references, by the ids and the titles of what they refer to."""
    titles: dict[str, str] = {}
    identity = ""
    for line in lines:
        text = line.text
        if not text or text[:1] not in "=#[.":
            identity = "" if text and not COMMENT.match(text) else identity
            continue
        anchor = ANCHOR.match(text)
        attributes = ATTRIBUTES.match(text)
        section = SECTION.match(text)
        titled = section or TITLE.match(text)
        if anchor:
            identity = anchor["id"]
            if anchor["text"]:
                titles[identity] = anchor["text"]
        elif attributes:
            named = re.search(r"#([\w:.-]+)|\bid=\"?([\w:.-]+)", attributes["inside"])
            identity = (named[1] or named[2]) if named else identity
        elif titled:
            title = titled["title"].strip()
            titles.setdefault(identity, title)
            if section:
                titles.setdefault(_generated_id(title), title)
                titles.setdefault(" ".join(title.lower().split()), title)
            identity = ""
    titles.pop("", None)
    return titles


def _generated_id(title: str) -> str:
    words = re.sub(r"[^\w\s.-]", "", title.lower())
    return "_" + re.sub(r"[\s.-]+", "_", words).strip("_")
