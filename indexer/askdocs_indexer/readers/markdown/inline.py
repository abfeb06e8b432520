"""What dialects of Markdown write among words, as their renderers show it.

Roles of MyST, references to footnotes, comments of MDX, attributes behind links and links whose
target a template fills in. Line breaks stay, and so does code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from askdocs_indexer.readers.markdown_writer import outside_code
from askdocs_indexer.readers.rst.inline import role_text

_ROLE = re.compile(r"(?<![\w`\\])\{(?P<name>[A-Za-z][\w:.+-]{0,80})\}`(?P<text>[^`]{1,2000})`(?!`)")
_FENCED = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)*(?:```|~~~)", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]*+\{/\*.{0,400}?\*/\}", re.DOTALL)
_ATTRIBUTES = re.compile(
    r"(?<=[)])\{:?[ \t]*(?:(?:[.#][\w:-]+|[A-Za-z][\w:-]*="
    r"(?:\"[^\"{}\n]*\"|'[^'{}\n]*'|[^\s\"'{}]+))[ \t]*)++\}"
)
# Behind a heading that begins no section, in a quote.
_HEADING_ATTRIBUTES = re.compile(
    r"^(?P<heading>[ \t>]*#{1,6}[ \t][^{\n]*)\{:?[ \t]*[#.][^{}\n]{0,200}\}[ \t]*$", re.MULTILINE
)
_TEMPLATE_LINK = re.compile(
    r"\[(?P<text>[^\[\]]{1,400})\]\(\s?\{[{%][^(){}]{0,300}[}%]\}[^()\s]{0,200}\)"
)
_NOTE = re.compile(r"[ ]{0,3}\[\^(?P<label>[^\[\]\s]{1,100})\]:")
_NOTE_REFERENCE = re.compile(r"[ \t]?(?<!\[)\[\^(?P<label>[^\[\]\s]{1,100})\](?!:)")


@dataclass(frozen=True, slots=True)
class Inline:
    """The dialect of a document, and the labels of its footnotes."""

    is_mdx: bool = False
    is_myst: bool = False
    notes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lines: Sequence[str], *, is_mdx: bool, is_myst: bool) -> Inline:
        """Return what a document's lines say."""
        notes = frozenset(match["label"] for match in map(_NOTE.match, lines) if match)
        return cls(is_mdx, is_myst, notes)

    def shown(self, markdown: str) -> str:
        """Return a block's Markdown without what its renderer does not show."""
        if _FENCED.search(markdown):
            return markdown
        if self.is_myst and "}`" in markdown:
            markdown = _ROLE.sub(lambda role: role_text(role["name"], role["text"]), markdown)
        return (
            outside_code(markdown, self._prose) if "[" in markdown or "{" in markdown else markdown
        )

    def _prose(self, markdown: str) -> str:
        if self.is_mdx:
            markdown = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), markdown)
        if self.notes:
            markdown = _NOTE_REFERENCE.sub(self._reference, markdown)
        markdown = _HEADING_ATTRIBUTES.sub(lambda line: line["heading"].rstrip(), markdown)
        return _TEMPLATE_LINK.sub(r"\g<text>", _ATTRIBUTES.sub("", markdown))

    def _reference(self, match: re.Match[str]) -> str:
        return "" if match["label"] in self.notes else match[0]
