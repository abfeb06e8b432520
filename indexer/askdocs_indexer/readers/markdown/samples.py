"""The samples of code in Markdown: its blocks of code, as a file would have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from askdocs_indexer.readers.markdown.languages import LANGUAGES

_PARSER = MarkdownIt("commonmark")
_PARSER.core.ruler.enableOnly(["normalize", "block"])  # What stands within lines is not code.
_MARK = re.compile(r"[A-Za-z][\w+#-]*")
# A block of code is fenced or indented; most texts are neither, and need no parser.
_MAY_HAVE_CODE = re.compile(r"```|~~~|^ {0,3}(?:\t| {4})", re.MULTILINE)
_PROMPT = re.compile(r"(?:>>>|\.\.\.|In \[\d+\]:| *\.\.\.:)(?: |$)")


@dataclass(frozen=True, slots=True)
class Sample:
    """A block of code; `language` is "" where its mark tells none.

    `is_marked` says that it has a mark: it may be of a language that is not known here.
    """

    language: str
    code: str
    is_marked: bool


def samples(markdown: str) -> Iterator[Sample]:
    """Yield the blocks of code of a text, in order, also those in lists and quotations."""
    tokens = _PARSER.parse(markdown) if _MAY_HAVE_CODE.search(markdown) else []
    for token in tokens:
        if token.type in ("fence", "code_block"):
            mark = _MARK.search(token.info)
            language = LANGUAGES.get(mark[0].lower(), "") if mark else ""
            yield Sample(language, _typed(token.content), mark is not None)


def _typed(code: str) -> str:
    """Return what was typed, where a block shows an interactive interpreter."""
    lines = code.splitlines()
    if not any(line.startswith((">>> ", "In [")) for line in lines):
        return code
    prompts = ((line, _PROMPT.match(line)) for line in lines)
    return "".join(f"{line[prompt.end() :]}\n" for line, prompt in prompts if prompt)
