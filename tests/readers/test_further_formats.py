"""What holds for the readers of further formats, whatever is in a file."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askdocs_indexer.errors import ReadError
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.man.reader import read_man
from askdocs_indexer.readers.openapi.reader import read_openapi
from askdocs_indexer.readers.org.reader import read_org
from askdocs_indexer.readers.pdf.reader import read_pdf
from askdocs_indexer.readers.proto.reader import read_proto
from askdocs_indexer.types import Section


def with_head(head: str) -> Callable[[str, str], tuple[Section, ...]]:
    """A reader of manual pages that get a first line, shown as the line below."""

    def read(text: str, path: str) -> tuple[Section, ...]:
        sections = read_man(head + text, path, lambda path: "Text\n.SH A\n.so a.1\n")
        return tuple(map(_raised, sections))

    return read


def _raised(section: Section) -> Section:
    blocks = (
        replace(b, start_line=max(b.start_line - 1, 1), end_line=max(b.end_line - 1, 1))
        for b in section.blocks
    )
    start, end = max(section.start_line - 1, 1), max(section.end_line - 1, 1)
    return replace(section, blocks=tuple(blocks), start_line=start, end_line=end)


def with_format(head: str, suffix: str) -> Callable[[str, str], tuple[Section, ...]]:
    """A reader of descriptions whose text begins with the name of their format."""

    def read(text: str, path: str) -> tuple[Section, ...]:
        return tuple(map(_raised, read_openapi(f"{head}\n{text}", path + suffix)))

    return read


def read_pdf_pages(text: str, path: str) -> tuple[Section, ...]:
    """A reader of PDF's text with the breaks of pages and lines changed over: lines are pages."""
    return read_pdf(text.translate({10: "\f", 12: "\n"}), path)


# What begins a construct in each format, to be put together at random.
ORG = r"""
* ;** ;#+begin_src c;#+end_src;#+begin_quote;#+end_quote;#+begin_note;#+end_note;- ;  - ;1. ; ::
| a | b |;|---+---|;:END:;:LOGBOOK:;: ;[fn:1] ;[[a][b]];{{{m(x)}}};#+TITLE: t;*b*;/i/;=c=;~;_
#+MACRO: m $1 {{{m(x)}}};\begin{a};\end{a};$x$;\alpha;@@;<<t>>;# ;COMMENT ;#+INCLUDE: "a.org"
TODO ;:noexport:;+---+;SCHEDULED: ;word
"""
MAN = r"""
.TH A 1;.SH ;.SH NAME;.SS ;.TP;.IP \(bu;.IP;.PP;.RS;.RE;.B ;.BI ;.nf;.fi;.EX;.EE;.TS;.TE;T{;T};l l.
.de X;..;.X;.if n ;.ie t ;.el ;\{;\};.ds x ;\*x;\fB;\fP;\(bu;\[x];\c;\\;\e;\h'1';.so a.1
.UR x;.UE;.ig;\";\s-1;\o'ab';.ft B;.br;.sp;a - b
tab(;);";_;.SY;.EQ;.EN;.as x \*x\*x;word;.TQ;$1
"""
MDOC = r"""
.Dd 1;.Dt A 3;.Sh ;.Sh SYNOPSIS;.Ss ;.Nm ;.Bl -tag;.Bl -column;.Bl -enum;.It ;.El;.Xo;.Xc
.Bd -literal;.Ed;.Fl a;.Ar;.Op Fl a;.Oo;.Oc;.Fn f a;.Fo f;.Fa a;.Fc;.Ft int;.In a.h;.Xr a 1;.Ns
.Pf a;.Dq ;.Ql x;.Pp;.Bx 4;.St -x;.Ex -std;.Rv -std;.Lk a b;.Ta; Ta ;.Sm off;.D1 ;.Rs;.Re;.Eo ;.Ec
.An -split; , ;(;.Nd
"""
PROTO = r"""
syntax = "proto3"; package a.b;
message A {
enum E {
service S { rpc M(A) returns (A) {
}
oneof o {
extend A {
string s = 1;
X = 0;
map<string, A> m = 2;
optional group G = 3 {
option x = {
// text
/* text */
/*
"
'
[a = "b"]
[
(
reserved 1;
=
;
//
import "a";
"""
OPENAPI = r"""
paths:
  /a:
    get:
      summary: x
      description: |
        # A
      parameters:
        - name: a
          $ref: "#/paths"
      responses:
        200:
          content: {a/b: {schema: {$ref: "#/paths"}, example: [1]}}
components:
  schemas:
    A: &a
      allOf: [*a]
      properties: {a: *a}
      <<: *a
      items: *a
info: {title: t, description: "a\\n# b"}
tags: [{name: a, description: b}]
"\ud83d"
? a
--- a
{
[
"
"""
FORMATS: dict[str, tuple[Callable[[str, str], tuple[Section, ...]], list[str]]] = {
    "man": (with_head(".TH A 1\n"), re.split("[;\n]", MAN)),
    "mdoc": (with_head(".Dd 1\n"), re.split("[;\n]", MDOC)),
    "json": (with_format('{"openapi": "3.0.0", ', ".json"), OPENAPI.splitlines()),
    "yaml": (with_format('openapi: "3.0.0"', ".yaml"), OPENAPI.splitlines()),
    "org": (read_org, re.split("[;\n]", ORG)),
    "pdf": (
        read_pdf_pages,
        ["\f", "\x1e1 A", "\x1e3 B", "• a", "1. b", "a-", "12", ". . . . . . 7"],
    ),
    "proto": (read_proto, PROTO.splitlines()),
}


def check(name: str, text: str) -> None:
    reader, _ = FORMATS[name]
    count = len(lines_of(text))
    try:
        sections = reader(text, "a")
    except ReadError:
        return
    last = 0
    for section in sections:
        assert last <= section.start_line <= section.end_line <= count
        last = section.start_line
        for block in section.blocks:
            assert section.start_line <= block.start_line <= block.end_line <= section.end_line
            assert block.text.strip()
    for chunk in chunks_of("a", sections, 200):
        assert 1 <= chunk.start_line <= chunk.end_line <= count


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_no_text_makes_a_reader_fail(name: str, data: st.DataObject) -> None:
    pieces = st.sampled_from([*FORMATS[name][1], "\n", "\n", " ", "\n\n", "text"])
    mixed = st.lists(pieces | st.text(max_size=5), max_size=60).map("".join)
    check(name, data.draw(mixed | st.text(max_size=200)))


SIZE = 100_000
# Aliases that stand for a million texts.
BOMB = "\n".join(
    [
        "definitions:",
        "  a0: &a0 {title: t, example: [x], properties: {a: {type: b}}}",
        *(
            f"  a{n}: &a{n} {{example: [{{x}}], oneOf: [{{x}}], items: *a{n - 1}}}".replace(
                "{x}", ", ".join([f"*a{n - 1} "] * 30)
            )
            for n in range(1, 9)
        ),
        "paths:",
        *(f"  /{n}: {{get: {{description: *a1, responses: {{200: *a8}}}}}}" for n in range(500)),
    ]
)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.timeout(100)
def test_hostile_text_ends_soon(name: str) -> None:
    pieces = [piece.strip(" ") for piece in FORMATS[name][1] if piece.strip()]
    texts = [
        "x" * 10_000_000,
        "\n".join(f"{' ' * depth}{pieces[depth % len(pieces)]}" for depth in range(600)),
        BOMB,
        *(piece * (SIZE // len(piece)) for piece in pieces),
        *(f"{piece} " * (SIZE // len(piece) // 4) for piece in pieces),
        *(f"{piece}\n" * (SIZE // len(piece) // 4) for piece in pieces),
    ]
    for text in texts:
        start = time.process_time()
        check(name, text)
        assert time.process_time() - start < 20, text[:40]


def test_definitions_that_never_end_take_no_longer_than_others() -> None:
    start = time.process_time()
    check("man", "".join(f".de X{number} E{number}\n" for number in range(20_000)))
    assert time.process_time() - start < 20
