"""Positions, lines and URIs, as the protocol means them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from askdocs_server.lsp.documents import EditorWorkspace, Positions, path_of, read_text

TEXT = "a\U0001f600b\r\né\x0cx\n\rlast"


@pytest.mark.parametrize(
    ("encoding", "line", "character", "expected"),
    [
        ("utf-32", 0, 2, (0, 2)),
        ("utf-16", 0, 3, (0, 2)),
        ("utf-8", 0, 5, (0, 2)),
        pytest.param("utf-16", 0, 2, (0, 1), id="within a surrogate pair"),
        pytest.param("utf-8", 0, 3, (0, 1), id="within a sequence"),
        pytest.param("utf-16", 0, 99, (0, 3), id="beyond the line, before its CRLF"),
        pytest.param("utf-16", 1, 3, (1, 3), id="a form feed ends no line"),
        ("utf-8", 1, 2, (1, 1)),
        pytest.param("utf-16", 2, 0, (2, 0), id="an empty line"),
        ("utf-16", 3, 4, (3, 4)),
        pytest.param("utf-16", 4, 0, None, id="below the text"),
    ],
)
def test_code_points(
    encoding: str, line: int, character: int, expected: tuple[int, int] | None
) -> None:
    assert Positions(TEXT, encoding).code_point(types.Position(line, character)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_positions_go_both_ways(encoding: str) -> None:
    positions = Positions(TEXT, encoding)
    for place in [(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 3), (2, 0), (3, 4)]:
        assert positions.code_point(positions.position(*place)) == place


def test_the_last_line_may_be_empty() -> None:
    assert Positions("a\n", "utf-16").code_point(types.Position(1, 0)) == (1, 0)
    assert Positions("", "utf-16").code_point(types.Position(0, 0)) == (0, 0)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 1), (0, 3), "\U0001f600"),
        ((0, 0), (1, 1), "a\U0001f600b\r\né"),
        ((3, 0), (99, 0), "last"),
        ((98, 0), (99, 0), ""),
    ],
)
def test_slice(start: tuple[int, int], end: tuple[int, int], expected: str) -> None:
    area = types.Range(types.Position(*start), types.Position(*end))
    assert Positions(TEXT, "utf-16").slice(area) == expected


def test_edits_keep_a_buffer_with_form_feeds_right() -> None:
    workspace = EditorWorkspace(None)
    workspace.put_text_document(types.TextDocumentItem("file:///a.py", "python", 1, "a\x0cb\nc\nd"))
    area = types.Range(types.Position(1, 0), types.Position(1, 1))
    workspace.update_text_document(
        types.VersionedTextDocumentIdentifier(2, "file:///a.py"),
        types.TextDocumentContentChangePartial(area, "new"),
    )
    assert workspace.get_text_document("file:///a.py").source == "a\x0cb\nnew\nd"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("file:///a/b%20c.md", "/a/b c.md"),
        ("file:///a/b c.md", "/a/b c.md"),
        ("file:///a/%C3%BCber.md", "/a/über.md"),
        ("file:///a/100%25.md", "/a/100%.md"),
        ("file:///a/x%23y%3Fz.md", "/a/x#y?z.md"),
        ("file:///a;b/c;d.md", "/a;b/c;d.md"),
        ("untitled:Untitled-1", None),
        ("https://example.org/a.md", None),
    ],
)
def test_path_of(uri: str, expected: str | None) -> None:
    assert path_of(uri) == (None if expected is None else Path(expected))


def test_what_cannot_be_read_is_no_text(tmp_path: Path) -> None:
    assert read_text(tmp_path / "missing") is None
    assert read_text(tmp_path) is None
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(5_000_000)
    assert read_text(large) is None
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    assert read_text(tmp_path / "latin") == "caf\N{REPLACEMENT CHARACTER}"
