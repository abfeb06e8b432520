"""From a PDF's bytes to its text, by PDFium: the extra `pdf` installs pypdfium2.

pypdf, which is pure Python, reads 0.3 MB per second and loses the order of some lines; PDFium reads
ten times as fast, is free (BSD and Apache) and, being a browser's, hardened against hostile files.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from askdocs_indexer.errors import ReadError
from askdocs_indexer.readers.decoding import lines_of

if TYPE_CHECKING:
    import pypdfium2

# Between pages, as pdftotext has it, and before a line that is a heading, with its level.
PAGE_BREAK = "\f"
HEADING = "\x1e"

_NEEDS_EXTRA = "PDF files need an extra: install askdocs[pdf]"
# PDFium is not safe to be used by two threads at once.
_ALONE = threading.Lock()
_MOST_PAGES = 5000
_MOST_CHARACTERS = 20_000_000
_DEEPEST = 6
# PDFium joins a word that is hyphenated at the end of a line, with this for the hyphen.
_HYPHEN = re.compile("[\x02\ufffe](?P<lower>[a-zß-öø-ÿ])?")
_NO_TEXT = re.compile("[\0-\x08\x0b-\x1f\x7f]")
_NUMBERING = re.compile(
    r"^(?:(?:appendix|chapter|part|section)\s+)?(?:\d{1,3}|[A-Z])(?:\.\d{1,3})*[.:]?\s+",
    re.IGNORECASE,
)


class _Bookmark(NamedTuple):
    level: int
    title: str


def is_installed_since(error: str) -> bool:
    """Return whether a file was not read for want of the extra, which is there now."""
    return error == _NEEDS_EXTRA and find_spec("pypdfium2") is not None


def decode_pdf(data: bytes) -> str:
    """Return a PDF's text: its pages, with the titles of the outline marked where they stand.

    The first line is the document's title, "" where it has none. Raises ReadError where the text
    cannot be read, or none is there.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise ReadError(_NEEDS_EXTRA) from error
    with _ALONE:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                return _text(document)
            finally:
                document.close()
        except pypdfium2.PdfiumError as problem:
            raise ReadError(f"not a readable PDF ({problem})") from problem


def _text(document: pypdfium2.PdfDocument) -> str:
    bookmarks = _bookmarks(document)
    pages: list[str] = []
    size = 0
    for index in range(min(len(document), _MOST_PAGES)):
        lines = _clean(_page_text(document, index))
        pages.append("\n".join(_marked(lines, bookmarks.get(index, ()))))
        size += len(pages[-1])
        if size > _MOST_CHARACTERS:
            break
    if not any(map(str.strip, pages)):
        raise ReadError("this PDF holds no text, only pictures of pages")
    title = " ".join(_clean(document.get_metadata_value("Title")))
    return PAGE_BREAK.join([title, *pages])


def _page_text(document: pypdfium2.PdfDocument, index: int) -> str:
    page = document[index]
    text_page = page.get_textpage()
    text = text_page.get_text_bounded()
    text_page.close()
    page.close()
    return str(text)


def _bookmarks(document: pypdfium2.PdfDocument) -> dict[int, list[_Bookmark]]:
    """Return the outline's entries by the index of their page, in order."""
    bookmarks: dict[int, list[_Bookmark]] = {}
    for entry in document.get_toc(max_depth=_DEEPEST):
        target = entry.get_dest()
        page = target.get_index() if target is not None else None
        title = " ".join(_clean(entry.get_title()))
        if page is not None and title:
            bookmarks.setdefault(page, []).append(_Bookmark(entry.level + 1, title))
    return bookmarks


def _joined(hyphen: re.Match[str]) -> str:
    return hyphen["lower"] or "-"


def _clean(text: str) -> list[str]:
    """Return a text's lines without what is no text."""
    lines = lines_of(unicodedata.normalize("NFC", _HYPHEN.sub(_joined, text)))
    return [_NO_TEXT.sub("", line).rstrip() for line in lines]


def _marked(lines: Sequence[str], bookmarks: Sequence[_Bookmark]) -> Iterator[str]:
    """Yield a page's lines with headings: in place of a title where it stands, else on top."""
    positions: dict[int, list[_Bookmark]] = {}
    start = 0
    for bookmark in bookmarks:
        matching = (i for i in range(start, len(lines)) if _is_title(lines[i], bookmark))
        at = next(matching, start)
        positions.setdefault(at, []).append(bookmark)
        start = at + (at < len(lines) and _is_title(lines[at], bookmark))
    for index, line in enumerate([*lines, ""]):
        here = positions.get(index, ())
        for bookmark in here:
            yield f"{HEADING}{bookmark.level} {bookmark.title}"
        if index < len(lines) and not any(_is_title(line, bookmark) for bookmark in here):
            yield line


def _is_title(line: str, bookmark: _Bookmark) -> bool:
    """Return whether a line is the title of an entry; only one of them may be numbered."""
    written, title = title_letters(line), title_letters(bookmark.title)
    return bool(written) and written == title


def title_letters(text: str) -> str:
    """Return a title's letters and digits, without the number before it."""
    return "".join(filter(str.isalnum, _NUMBERING.sub("", text) or text)).casefold()
