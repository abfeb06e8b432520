"""The editor's open documents, and positions in the units that it negotiated.

The protocol ends lines at \\n, \\r\\n and \\r alone. Python's `splitlines`, which pygls uses, also
ends them at form feeds and others; one form feed would shift every line below it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument, Workspace

from askdocs_indexer.paths import read_file
from askdocs_server.text.lines import CODECS, UNITS, code_point, line_span

# Longer texts are not followed: working on one would slow the other windows down.
MAX_CHARACTERS = 4_000_000


class EditorDocument(TextDocument):
    """A document with the protocol's lines. It is not followed once it is too long."""

    @property
    def is_too_long(self) -> bool:
        """Whether the text is longer than what is followed."""
        return len(self._source or "") > MAX_CHARACTERS

    def _apply_incremental_change(self, change: types.TextDocumentContentChangePartial) -> None:
        if self.is_too_long:
            return
        positions = Positions(self._source or "", encoding_name(self.position_codec.encoding))
        self._source = positions.replaced(change.range, change.text)


class EditorWorkspace(Workspace):
    """pygls's workspace with documents of the kind above."""

    @classmethod
    def like(cls, other: Workspace) -> EditorWorkspace:
        """Return one with the same folders and encoding."""
        return cls(
            other.root_uri,
            workspace_folders=list(other.folders.values()),
            position_encoding=other.position_encoding,
        )

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        return EditorDocument(
            doc_uri, source, version, language_id, position_codec=self.position_codec
        )


class Positions:
    """Converts between the client's positions in a text and 0-based lines and code points.

    `encoding` is "utf-8", "utf-16" or "utf-32".
    """

    def __init__(self, text: str, encoding: str) -> None:
        self._text = text
        self._encoding = encoding

    def code_point(self, position: types.Position) -> tuple[int, int] | None:
        """Return (line, code point) of a position; None below the last line.

        A character beyond the end of its line counts as the end; one inside a code point, as its
        start.
        """
        character = code_point(self._text, position.line, position.character, self._encoding)
        return None if character is None else (position.line, character)

    def position(self, line: int, code_point: int) -> types.Position:
        """Return the client's position of a line and code point."""
        span = line_span(self._text, line)
        if span is None:
            return types.Position(line, 0)
        start, end = span
        head = self._text[start : min(end, start + code_point)]
        data = head.encode(CODECS[self._encoding], "surrogatepass")
        units = len(data) // UNITS[self._encoding]
        return types.Position(line, units)

    def slice(self, wanted: types.Range) -> str:
        """Return the text of a range; what lies beyond the text is left out."""
        return self._text[self._offset(wanted.start) : self._offset(wanted.end)]

    def replaced(self, wanted: types.Range, new: str) -> str:
        """Return the whole text with another one in place of a range."""
        start, end = self._offset(wanted.start), self._offset(wanted.end)
        return f"{self._text[:start]}{new}{self._text[max(start, end) :]}"

    def _offset(self, position: types.Position) -> int:
        point, span = self.code_point(position), line_span(self._text, position.line)
        return span[0] + point[1] if point and span else len(self._text)


def encoding_name(encoding: types.PositionEncodingKind | str | None) -> str:
    """Return a position encoding as Positions names it."""
    return str(getattr(encoding, "value", encoding or "utf-16"))


def path_of(uri: str) -> Path | None:
    """Return the path of a file URI; None for other schemes."""
    # urllib would cut a bare semicolon's rest off as parameters.
    path = to_fs_path(uri.replace(";", "%3B"))
    return Path(path) if path else None


def read_text(path: Path) -> str | None:
    """Return the text of a file on disk; None where it is missing, unreadable or too large."""
    try:
        return read_file(path, MAX_CHARACTERS).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document's text, with its path if it has a file URI.

    `language_id` is the editor's name of its language, "" if it is not open.
    """

    text: str
    path: Path | None
    language_id: str = ""


async def document_text(server: LanguageServer, uri: str) -> DocumentText | None:
    """Return a document's text; None where it is neither open nor a readable file, or too long."""
    document, path = server.workspace.get_text_document(uri), path_of(uri)
    if isinstance(document, EditorDocument) and document.is_too_long:
        return None
    if document.version is not None:
        return DocumentText(document.source, path, document.language_id or "")
    text = await asyncio.to_thread(read_text, path) if path else None
    return None if text is None else DocumentText(text, path)


def open_text(server: LanguageServer, uri: str) -> str | None:
    """Return a document's text as the editor has it; None where it is not open, or too long."""
    document = server.workspace.get_text_document(uri)
    is_followed = isinstance(document, EditorDocument) and not document.is_too_long
    return document.source if is_followed and document.version is not None else None


def encoding_of(server: LanguageServer) -> str:
    """Return the negotiated position encoding: "utf-8", "utf-16" or "utf-32"."""
    return encoding_name(server.workspace.position_encoding)
