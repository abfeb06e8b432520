"""Where the links of a documented section lead, as addresses that an editor opens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from askdocs_indexer.ingest.formats import is_markdown
from askdocs_indexer.readers.connections import target_within
from askdocs_indexer.types import Link
from askdocs_server.text.markdown import CODE_SPAN, code_and_text

Locate = Callable[[str, str], str | None]
"""Gets the path of a page and where a link on it leads, as `Link.target`; returns the address of
that, or None where it is nothing that can be opened."""

_ANY_LINK = re.compile(r"!?\[(?:[^\[\]\\]|\\.)*\](?:\([^()\s]*\))?")
_SPAN = re.compile(CODE_SPAN)
_SEPARATOR = re.compile(r"[-_]")


class SectionLinks:
    """The links of a section of the page at `path`.

    In Markdown they stand in the text. Readers of other formats leave their words in the text and
    tell of `links` apart.
    """

    def __init__(self, path: str, links: Sequence[Link], locate: Locate) -> None:
        self._path = path
        self._links = () if is_markdown(path) else links
        self._locate = locate
        self._inserted: set[str] = set()

    def address(self, written: str) -> str | None:
        """Return the address for a link's target as the text has it; None for words alone."""
        if written in self._inserted:
            return written
        target = target_within(self._path, written)
        return self._locate(self._path, target) if target else None

    def inserted(self, text: str) -> str:
        """Return a text in which the words of `links` are links, as far as they can be opened."""
        masked = _masked(text) if self._links else ""
        addresses: dict[tuple[int, int], str] = {}
        for link in self._links:
            span = _span_of(_words_of(link), masked)
            address = self._locate(self._path, link.target) if span else None
            if span and address:
                addresses[span] = address
                masked = f"{masked[: span[0]]}{_hidden(masked[slice(*span)])}{masked[span[1] :]}"
        self._inserted.update(addresses.values())
        shown, end = "", 0
        for span in sorted(addresses):
            shown += f"{text[end : span[0]]}[{text[slice(*span)]}]({addresses[span]})"
            end = span[1]
        return shown + text[end:]


def _words_of(link: Link) -> str:
    """Return what is shown of a link; without a text that is its target's name."""
    if link.text:
        return link.text
    name = re.split(r"[/#:]", link.target)[-1]
    return _SEPARATOR.sub(" ", name)


def _span_of(words: str, text: str) -> tuple[int, int] | None:
    """Return where words stand alone in a text, with their marks, if code; None for nowhere."""
    if not words:
        return None
    same = r"\s+".join(map(re.escape, words.split()))
    match = re.search(rf"`{same}(?:\(\))?`|(?<![\w`]){same}(?![\w`])", text)
    return match.span() if match else None


def _masked(text: str) -> str:
    """Return a text of the same length without its blocks of code and its links."""
    return "".join(_hidden(piece) if hides else piece for piece, hides in _pieces(text))


def _hidden(text: str) -> str:
    return re.sub(r"[^\n]", "\0", text)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    for piece, is_code in code_and_text(text):
        if is_code:
            yield piece, _SPAN.fullmatch(piece) is None
            continue
        end = 0
        for link in _ANY_LINK.finditer(piece):
            yield piece[end : link.start()], False
            yield link[0], True
            end = link.end()
        yield piece[end:], False
