"""Which reader reads a file.

Another format is one more module in `readers/` and one more row in `_BY_SUFFIX`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import Any

from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.files import LeftOut, Selection, nobody_told
from askdocs_indexer.ingest.sphinx import sphinx_format
from askdocs_indexer.languages.registry import is_package_file
from askdocs_indexer.readers.decoding import decode
from askdocs_indexer.readers.inclusion.expansion import MARKDOWN_SUFFIXES
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.types import Include, Section

# A reader takes (text, path relative to the root, how to read what the text includes). Whatever
# the text, it raises nothing but ReadError, and only where the whole text is not of its format.
Reader = Callable[[str, str, Include], tuple[Section, ...]]


@dataclass(frozen=True, slots=True)
class _Late:
    """A function by its module and name. It is imported with its first call: a look at an index
    that is up to date reads nothing."""

    module: str
    name: str

    def __call__(self, *args: Any) -> Any:
        return _loaded(self.module, self.name)(*args)


@cache
def _loaded(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


_READERS = "askdocs_indexer.readers"

read_asc = _Late(f"{_READERS}.asciidoc.reader", "read_asc")
read_asciidoc = _Late(f"{_READERS}.asciidoc.reader", "read_asciidoc")
read_html = _Late(f"{_READERS}.html.reader", "read_html")
read_man = _Late(f"{_READERS}.man.reader", "read_man")
read_markdown = _Late(f"{_READERS}.markdown.reader", "read_markdown")
read_notebook = _Late(f"{_READERS}.notebook.reader", "read_notebook")
read_openapi = _Late(f"{_READERS}.openapi.reader", "read_openapi")
read_org = _Late(f"{_READERS}.org.reader", "read_org")
read_pdf = _Late(f"{_READERS}.pdf.reader", "read_pdf")
read_proto = _Late(f"{_READERS}.proto.reader", "read_proto")
read_rst = _Late(f"{_READERS}.rst.reader", "read_rst")
read_source = _Late("askdocs_indexer.languages.documentation", "read_source")
read_text = _Late(f"{_READERS}.text", "read_text")

_decode_pdf = _Late(f"{_READERS}.pdf.decoding", "decode_pdf")
_is_roff = _Late(f"{_READERS}.man.reader", "is_roff")
_is_description = _Late(f"{_READERS}.openapi.reader", "is_description")
_is_named_description = _Late(f"{_READERS}.openapi.reader", "is_named_description")

_BY_SUFFIX: dict[str, Reader] = {
    ".ad": read_asc,
    ".adoc": read_asciidoc,
    ".asc": read_asc,
    ".asciidoc": read_asciidoc,
    ".htm": read_html,
    ".html": read_html,
    ".ipynb": read_notebook,
    ".org": read_org,
    ".pdf": read_pdf,
    ".proto": read_proto,
    ".rest": read_rst,
    ".rst": read_rst,
    ".text": read_text,
    ".txt": read_text,
    ".xhtml": read_html,
    **{f".{suffix}": read_markdown for suffix in sorted(MARKDOWN_SUFFIXES)},
}

DOCUMENT_SUFFIXES = tuple(_BY_SUFFIX)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Files that may be documents by their names: `is_it` tells, from path and beginning.

    The reader of such a format returns no sections for a text that is not of it.
    """

    names: re.Pattern[str]
    reader: Reader
    is_it: Callable[[str, str], bool]


# How much of a candidate is looked at, in bytes.
HEAD_BYTES = 4096
_CANDIDATES = (
    _Candidate(
        re.compile(r".+\.(?:[1-9][a-z]{0,9}|man|mdoc|n?roff|troff)(?:\.in)?$"),
        read_man,
        lambda path, head: _is_roff(head),
    ),
    # Data is mostly in such files: a path that says nothing of interfaces is not looked into.
    _Candidate(
        re.compile(r"(?=.*(?:api|docs?\b|oas|schema|spec|swagger)).+\.(?:json|ya?ml)$"),
        read_openapi,
        lambda path, head: _is_named_description(path) or _is_description(head),
    ),
)

# What Sphinx calls the formats that a project may declare for the suffixes of plain text.
_BY_SPHINX: dict[str, Reader] = {"markdown": read_markdown, "restructuredtext": read_rst}

# Documents that customarily have no suffix. Licences are left out: they do not explain a program.
_BY_NAME: dict[str, Reader] = dict.fromkeys(
    (
        "authors",
        "changelog",
        "changes",
        "contributing",
        "faq",
        "hacking",
        "history",
        "install",
        "news",
        "readme",
        "upgrading",
    ),
    read_text,
)

# Plain text by suffix, but written for programs.
_DATA_NAMES = frozenset({"cmakelists.txt", "constraints.txt", "requirements.txt", "robots.txt"})


def reader_within(root: Path, path: str, note: Callable[[str], None]) -> Reader | None:
    """Return the reader for a file of a project, whose settings may say what plain text is.

    `note` is told of each file that might say it.
    """
    reader = reader_for(path)
    if reader is read_text:
        return _BY_SPHINX.get(sphinx_format(root, path, note), reader)
    return reader


def reader_for(path: str, *, docstrings: bool = True) -> Reader | None:
    """Return the reader for a file by its name, or None if it is not a document.

    Sources count as documents where `docstrings` are wanted.
    """
    if is_source(path):
        return read_source if docstrings else None
    name = PurePosixPath(path).name.lower()
    suffix = PurePosixPath(name).suffix
    if name in _DATA_NAMES:
        return None
    reader = _BY_SUFFIX.get(suffix) if suffix else _BY_NAME.get(name)
    candidate = None if reader else _candidate(path)
    return candidate.reader if candidate else reader


def text_of(path: str, data: bytes) -> str:
    """Return the text that a file's reader takes. Raises ReadError where there is none."""
    decoded: str = _decode_pdf(data) if reader_for(path) is read_pdf else decode(data)
    return decoded


def is_candidate(path: str) -> bool:
    """Return whether a file's name leaves open if it is a document: its text tells."""
    return reader_for(path) is not None and _candidate(path) is not None


def is_recognised(path: str, head: bytes) -> bool:
    """Return whether a candidate is a document, by the first `HEAD_BYTES` of it."""
    candidate = _candidate(path)
    return candidate is not None and candidate.is_it(path, head.decode("utf-8", "replace"))


def _candidate(path: str) -> _Candidate | None:
    if is_package_file(path):
        return None
    name = path.lower()
    return next((each for each in _CANDIDATES if each.names.match(name)), None)


def is_markdown(path: str) -> bool:
    """Return whether a file, by its name, is a document in Markdown."""
    return reader_for(path, docstrings=False) in (read_markdown, read_notebook)


def is_page(path: str) -> bool:
    """Return whether all words of a file, by its name, are to be in the index.

    Sources, descriptions and manual pages have code besides, and notebooks what that has printed.
    """
    others = (None, read_man, read_notebook, read_openapi, read_proto)
    return reader_for(path, docstrings=False) not in others


def is_wanted(path: str, *, docstrings: bool = True) -> bool:
    """Return whether a file, by its name, is a document or tells something about symbols."""
    is_document = reader_for(path, docstrings=docstrings) is not None
    return is_document or (docstrings and is_package_file(path))


def selection_of(root: Path, docs: DocsSettings, left_out: LeftOut = nobody_told) -> Selection:
    """Return the selection of all files that tell an index something."""
    return Selection(root, docs, partial(is_wanted, docstrings=docs.docstrings), left_out)
