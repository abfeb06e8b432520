"""The text of Ruby's doc comments: RDoc or Markdown, with the tags of YARD."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from askdocs_indexer.languages.doc_comments.attachment import Doc
from askdocs_indexer.languages.doc_comments.dialects import JSDOC
from askdocs_indexer.languages.doc_comments.tags import Tag
from askdocs_indexer.readers.markdown_writer import code_span, is_list_item, outside_code

_TAG = re.compile(r"@!?(?P<name>[a-z_]+)(?=[\s\[(]|$)")
# For tools, not for readers.
_DIRECTIVE = re.compile(r"\s*(?:rubocop|steep|sorbet|frozen_string_literal|encoding|coding)\b\s*:")
_TYPE = re.compile(r"(?P<name>\s*[\w:*&]+)?\s+\[(?P<type>[^\[\]\n]{1,300})\]")
_RDOC = re.compile(r"(?<![\w+\\])\+(?P<word>[\w:#.?!=@\[\]]{1,100})\+(?![\w+])")
_LINK = re.compile(r"\{(?P<target>[\w:#.?!=]{1,200})(?:[ \t]+(?P<label>[^{}\n]{1,200}))?\}")
_TITLE = re.compile(r"(?P<level>={1,6})[ \t]+(?P<text>\S[^\n]*)")
_INDENT = re.compile(r" {2,3}(?=\S)")
_NAMES = {"raise": "throws", "option": "param", "yieldparam": "param", "yieldreturn": "yield"}
# Directives say where a comment belongs, to tools alone.
_UNSEEN = frozenset({"endgroup", "group", "macro", "parse", "scope", "visibility"})
_TYPED = frozenset({"attr", "option", "param", "raise", "return", "yieldparam", "yieldreturn"})


def shown(doc: Doc) -> Doc:
    """Return a comment as Markdown: without directives, and with RDoc's titles and code marked."""
    lines: list[str] = []
    is_code = False
    for line in doc.lines:
        before = lines[-1] if lines else ""
        if _DIRECTIVE.match(line):
            lines.append("")
            continue
        is_code = bool(_INDENT.match(line)) and (is_code or _opens_code(lines, before))
        title = _TITLE.match(line)
        shown_line = f"{'#' * len(title['level'])} {title['text']}" if title is not None else line
        lines.append(f"  {shown_line}" if is_code else shown_line)
    return replace(doc, lines=tuple(lines))


def _opens_code(lines: Sequence[str], before: str) -> bool:
    """Return whether an indented line begins RDoc's code: behind a paragraph, but not in a list."""
    above = next((line for line in reversed(lines) if line.strip()), "")
    is_inside = is_list_item(above) or above.startswith((" ", "@"))
    return not before.strip() and bool(lines) and not is_inside


def typed(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Write YARD's tags like those of JSDoc."""
    return tuple(map(_marked, tags))


def _marked(tag: Tag) -> Tag:
    first, *rest = tag.lines
    if tag.name == "example" and first.strip():
        first = f" <caption>{first.strip()}</caption>"
    match = _TYPE.match(first) if tag.name in _TYPED else None
    if match is not None:
        first = f" {{{match['type']}}}{match['name'] or ''}{first[match.end() :]}"
    name = "skip" if tag.name in _UNSEEN else _NAMES.get(tag.name, tag.name)
    return replace(tag, name=name, lines=(first, *rest))


def is_hidden(tags: Iterable[Tag]) -> bool:
    """Return whether a comment makes what it documents private: ``@!visibility private``."""
    hiding = {"private", "protected"}
    return any(
        tag.name == "private" or (tag.name == "visibility" and tag.lines[0].strip() in hiding)
        for tag in tags
    )


def _inline(text: str) -> str:
    return outside_code(text, lambda part: _LINK.sub(_linked, _RDOC.sub(_coded, part)))


def _coded(match: re.Match[str]) -> str:
    return code_span(match["word"])


def _linked(match: re.Match[str]) -> str:
    return match["label"] or code_span(match["target"])


YARD = replace(JSDOC, tag=_TAG, inline=_inline, language="ruby")
