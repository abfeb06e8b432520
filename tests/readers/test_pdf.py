"""PDF, from bytes to sections."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

from askdocs_indexer.errors import ReadError
from askdocs_indexer.ingest.formats import text_of
from askdocs_indexer.readers.pdf.decoding import decode_pdf
from askdocs_indexer.readers.pdf.reader import read_pdf


def pdf(pages: Sequence[Sequence[str]], outline: Sequence[tuple[str, int]] = ()) -> bytes:
    """A PDF of lines of text, with a flat outline of (title, index of the page)."""
    first_page, first_entry = 4, 4 + 2 * len(pages)
    kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(len(pages)))
    last_entry = first_entry + len(outline) - 1
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 3 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        f"<< /Type /Outlines /First {first_entry} 0 R /Last {last_entry} 0 R >>"
        if outline
        else "<< /Type /Outlines >>",
    ]
    font = "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    for number, lines in enumerate(pages):
        shown = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
        stream = f"BT /F1 12 Tf 50 700 Td {shown}ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] "
            f"/Resources << /Font {font} >> /Contents {first_page + 2 * number + 1} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    for number, (title, page) in enumerate(outline):
        links = f"/Next {first_entry + number + 1} 0 R" if number + 1 < len(outline) else ""
        objects.append(
            f"<< /Title ({title}) /Parent 3 0 R {links} "
            f"/Dest [{first_page + 2 * page} 0 R /XYZ 0 800 0] >>"
        )
    data, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    data += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    start = data.index("xref\n0 ")
    data += f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return data.encode("latin-1")


def test_a_pdf_without_outline_has_a_section_for_each_page() -> None:
    text = decode_pdf(pdf([["Acme ponds", "are deep."], [], ["The end."]]))
    sections = read_pdf(text, "docs/manual.pdf")
    assert [(s.heading_path, s.start_line, s.end_line) for s in sections] == [
        (("manual", "Page 1"), 1, 1),
        (("manual", "Page 3"), 3, 3),
    ]
    assert sections[0].blocks[0].text == "Acme ponds\nare deep."


def test_headings_are_those_of_the_outline() -> None:
    pages = [["Preface words."], ["1 Digging", "Take a spade.", "Filling"], ["Add water."]]
    text = decode_pdf(pdf(pages, [("Digging", 1), ("Filling", 1)]))
    sections = read_pdf(text, "a.pdf")
    assert [(s.title, s.start_line, s.end_line) for s in sections] == [
        ("a", 1, 1),
        ("Digging", 2, 2),
        ("Filling", 2, 3),
    ]
    assert [[b.text for b in s.blocks] for s in sections] == [
        ["Preface words."],
        ["Take a spade."],
        ["Add water."],
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.4 and then nothing", "not a readable PDF"),
        (b"", "not a readable PDF"),
        (pdf([[], []]), "holds no text"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        text_of("a.pdf", data)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(ReadError, match=r"install askdocs\[pdf\]"):
        text_of("a.pdf", pdf([["Text"]]))
    assert text_of("a.md", b"Text") == "Text"


@pytest.mark.parametrize(
    ("pages", "texts"),
    [
        (["Acme 1\nOne\n1", "Acme 2\nTwo\n2", "Acme 3\nThree\niii"], ["One", "Two", "Three"]),
        (["Chapter 2: Digging 7\nText", "\x1e1 2 Digging\nMore"], ["Text", "More"]),
        (["Contents\n1 Digging . . . . . . . . 3\n2 Filling..........12"], ["Contents"]),
        (["manip-\nulation of self-\nMade things"], ["manipulation of self-\nMade things"]),
        (
            ["This is a rather long line which ends\nhere.\nAnother paragraph begins on this line"],
            [
                "This is a rather long line which ends\nhere.",
                "Another paragraph begins on this line",
            ],
        ),
        (["List\n• first\n• second\n1. third"], ["List", "- first", "- second", "1. third"]),
        (["a *star* and # sign\n# no heading"], ["a \\*star\\* and # sign\n\\# no heading"]),
    ],
)
def test_pages_become_paragraphs(pages: list[str], texts: list[str]) -> None:
    sections = read_pdf("\f".join(["", *pages]), "a.pdf")
    assert [block.text for section in sections for block in section.blocks] == texts


def test_the_documents_own_title_comes_first() -> None:
    (section,) = read_pdf("The Manual\fText", "a.pdf")
    assert section.heading_path == ("The Manual", "Page 1")
