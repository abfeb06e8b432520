"""The sentences of a Markdown text, and of a paragraph of it."""

from __future__ import annotations

from itertools import pairwise

from markdown_it import MarkdownIt

from askdocs_server.text.markdown import sentence_ends

_PARSER = MarkdownIt("commonmark").enable("table")


def sentences_of(markdown: str) -> list[str]:
    """Return the sentences of a text's paragraphs and list items."""
    tokens = _PARSER.parse(markdown)
    return [
        sentence
        for before, token in pairwise(tokens)
        if token.type == "inline" and before.type == "paragraph_open"
        for sentence in split_sentences(" ".join(token.content.split("\n")))
    ]


def split_sentences(prose: str) -> list[str]:
    """Split a paragraph of prose into sentences."""
    cuts = [0, *sentence_ends(prose), len(prose)]
    parts = (prose[start:end].strip() for start, end in pairwise(cuts))
    return [part for part in parts if part]


def first_sentences(text: str, characters: int, *, at_least_one: bool = False) -> str:
    """Return the beginning of a paragraph up to a size, cut where a sentence ends, "" if none fits.

    With `at_least_one`, the first sentence is returned whatever its length.
    """
    if len(text) <= characters:
        return text
    beginnings = [text[:end].rstrip() for end in sentence_ends(text)]
    whole = [beginning for beginning in beginnings if _is_closed(beginning)]
    fitting = [beginning for beginning in whole if len(beginning) <= characters]
    if fitting:
        return fitting[-1]
    if not at_least_one:
        return ""
    return whole[0] if whole else text


def _is_closed(text: str) -> bool:
    """Whether no code span, link or bold text is open at the end."""
    opened = text.count("`") % 2 or text.count("**") % 2
    return not opened and text.count("[") == text.count("]")
