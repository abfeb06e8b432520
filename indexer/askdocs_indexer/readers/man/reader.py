"""Manual pages: man(7) and mdoc(7).

No library reads them with line spans: mandoc and groff are programs, and doclifter writes DocBook.
"""

from __future__ import annotations

import re

from askdocs_indexer.readers.man.connections import man_connections
from askdocs_indexer.readers.man.macros import MACROS as MAN_MACROS
from askdocs_indexer.readers.man.macros import ManPage
from askdocs_indexer.readers.man.mdoc import MACROS as MDOC_MACROS
from askdocs_indexer.readers.man.mdoc import MdocPage
from askdocs_indexer.readers.man.source import Source
from askdocs_indexer.readers.sections import sections_of
from askdocs_indexer.types import Include, Section, nothing_included

# What a page begins with, behind comments, definitions and conditions.
_BEGINNING = re.compile(
    r"(?:[.'](?:[ \t]*\\[\"#][^\n]*|[ \t]*)\n|\\\"[^\n]*\n|\s)*+"
    r"(?:'\\\" |[.'][ \t]*(?:TH|Dd|Dt|Sh|SH|so|de1?|ds|if|ie|nr|TS|mso|ig"
    r"|ad|als|am|do|ft|hw|hy|lf|ll|na|nh|pc|pl|po|rn|rr|ss|ta|tr|warn)\b)"
)
_MARK = re.compile(r"'\\\"[ \t]+[a-z]{1,6}[ \t]*\n")
_MDOC = re.compile(r"^[.'][ \t]*(?:Dd|Dt|Sh)\b", re.MULTILINE)


def read_man(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a manual page; none of a text that is not roff."""
    if not is_roff(text):
        return ()
    is_mdoc = _MDOC.search(text) is not None
    source = Source(text, path, include, MDOC_MACROS if is_mdoc else MAN_MACROS)
    page = (MdocPage(source) if is_mdoc else ManPage(source)).read()
    sections = sections_of(page.result(), path, is_page=False)
    return man_connections(sections).attached(sections)


def is_roff(text: str) -> bool:
    """Return whether a text begins as manual pages do."""
    return _MARK.match(text) is not None or _BEGINNING.match(text) is not None
