"""Org mode."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.org.reader import read_org


def shown(text: str) -> str:
    """All blocks of a document, each with its lines."""
    blocks = [block for section in read_org(text, "a.org") for block in section.blocks]
    return "\n".join(f"{b.start_line}-{b.end_line} {b.text}" for b in blocks)


def paths(text: str) -> list[str]:
    return [" > ".join(section.heading_path) for section in read_org(text, "a.org")]


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("* Plain", "Plain"),
        ("* TODO Write it", "Write it"),
        ("* DONE [#A] Ship it [2/3] :release:work:", "Ship it"),
        ("* Progress [50%]", "Progress"),
        ("* TODOs of a day", "TODOs of a day"),
        ("* Use =a_b= and /more/", "Use a_b and more"),
        ("* [[https://example.org][The site]]", "The site"),
        ("#+TODO: WAIT(w@/!) | GONE\n* WAIT Answer", "Answer"),
    ],
)
def test_a_headline_shows_its_title_alone(headline: str, title: str) -> None:
    assert paths(f"{headline}\nText.") == [title]


def test_headlines_stand_below_the_title() -> None:
    text = "#+title: The Manual\n#+subtitle: Second\n\nIntro.\n* A\n** B\nText.\n* C\n"
    assert paths(text) == [
        "The Manual",
        "The Manual > A",
        "The Manual > A > B",
        "The Manual > C",
    ]
    first = read_org(text, "a.org")[0]
    assert (first.start_line, first.end_line) == (1, 4)
    assert [block.text for block in first.blocks] == ["Second", "Intro."]


def test_headlines_document_symbols() -> None:
    text = "* ~acme.Client~\n** ~connect()~\nConnects.\n"
    assert [section.symbols for section in read_org(text, "a.org")] == [
        ("acme.Client",),
        ("acme.Client.connect",),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "* Gone :noexport:\nText\n** Below\nText",
        "* COMMENT Gone\nText\n** Below\nText",
        "* TODO COMMENT Gone\nText",
        "#+EXCLUDE_TAGS: secret\n* Gone :a:secret:\nText",
        "# A comment\n#\n  # Another",
        "#+begin_comment\nText\n#+end_comment",
        ":PROPERTIES:\n:ID: x\n:END:",
        ":LOGBOOK:\nCLOCK: [2024-01-01]\n:END:",
        "#+OPTIONS: toc:nil\n#+cindex: index\n#+ATTR_HTML: :width 3",
        "#+begin_src sh :exports none\nsetup\n#+end_src",
        "#+begin_export latex\n\\hrule\n#+end_export",
        "-----\n%%(diary-float t 4 2)",
        "[[file:picture.png]]",
    ],
)
def test_what_an_export_leaves_out_is_not_shown(text: str) -> None:
    assert shown(text) == ""


def test_planning_below_a_headline_is_not_shown() -> None:
    text = "* A\nSCHEDULED: <2024-01-01>\n:PROPERTIES:\n:ID: x\n:END:\nText.\n"
    assert shown(text) == "6-6 Text."


@pytest.mark.parametrize(
    ("written", "markdown"),
    [
        ("*bold*, /it/ and +gone+", "**bold**, *it* and ~~gone~~"),
        ("=a*b*= and ~c~", "`a*b*` and `c`"),
        ("a/b/c, 2*3*4 and snake_case_name", "a/b/c, 2\\*3\\*4 and snake_case_name"),
        ("[[https://example.org/a_b][the /site/]]", "[the *site*](https://example.org/a_b)"),
        ("[[https://example.org]]", "https://example.org"),
        ("[[file:other.org::*Setup][Setup]]", "Setup"),
        ("[[*Some heading]] and [[file:notes.txt]]", "Some heading and `notes.txt`"),
        ("Text[fn:1] with[fn:: an aside] notes", "Text with (an aside) notes"),
        ("\\alpha \\rarr \\beta{}x and \\unknown", "α → βx and \\unknown"),
        ("Energy $E = mc^2$ and \\(a_1*b*\\)", "Energy $E = mc^2$ and \\(a_1*b*\\)"),
        ("Run src_sh[:results x]{make all}", "Run `make all`"),
        ("A<<target>> and @@html:<b>@@B", "A and B"),
        ("Press {{{kbd(C-c C-x)}}}", "Press `C-c C-x`"),
        ("#+MACRO: v release $1\nSee {{{v(3)}}}", "See release 3"),
        ("#+LINK: bug https://bugs.example.org/%s/\n[[bug:7][Bug]]",
         "[Bug](https://bugs.example.org/7/)"),
        ("As in [cite:@knuth84]", "As in \\[@knuth84]"),
    ],
)  # fmt: skip
def test_inline_markup_becomes_markdown(written: str, markdown: str) -> None:
    assert shown(written).partition(" ")[2] == markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n  more\n  - b\n- [X] c", "1-2 - a\n  more\n3-3   - b\n4-4 - [x] c"),
        ("1. a\n2) b", "1-1 1. a\n2-2 2. b"),
        ("- term :: its text\n  on two lines", "1-2 - **term:** its text\n  on two lines"),
        ("- =code= :: text", "1-1 - `code`: text"),
        ("- a\n\n  again\n\n\nParagraph", "1-1 - a\n3-3   again\n6-6 Paragraph"),
        ("- a\n  #+begin_src c\n  int x;\n  #+end_src", "1-1 - a\n3-3   ```c\n  int x;\n  ```"),
        ("| A | B |\n|---+---|\n| <l> | <5> |\n| 1 | =x= |\n#+TBLFM: $1=2",
         "1-4 | A | B |\n| --- | --- |\n| 1 | `x` |"),
        ("#+BEGIN_SRC python -n :results output\n,* no headline\n  x\n#+END_SRC",
         "2-3 ```python\n* no headline\n  x\n```"),
        ("#+begin_example\n*not bold*\n#+end_example", "2-2 ```\n*not bold*\n```"),
        ("#+begin_quote\nA quote.\n#+end_quote", "2-2 A quote."),
        ("#+begin_warning\nMind it.\n#+end_warning", "1-2 **Warning:** Mind it."),
        ("#+begin_export html\n<p>Some <b>text</b></p>\n#+end_export", "2-2 Some **text**"),
        (": fixed\n:  width", "1-2 ```\nfixed\n width\n```"),
        ("#+RESULTS:\n: 42", "2-2 ```\n42\n```"),
        ("#+CAPTION: A /small/ table\n| a |", "1-1 A *small* table\n2-2 |  |\n| --- |\n| a |"),
        ("\\begin{align}\na &= b\n\\end{align}",
         "1-3 ```latex\n\\begin{align}\na &= b\n\\end{align}\n```"),
        ("[fn:1] The note.", "1-1 \\[1] The note."),
        (":NOTES:\nInside a drawer.\n:END:", "2-2 Inside a drawer."),
        ("#+begin_src sh\nunclosed", "1-2 #+begin_src sh\nunclosed"),
        ("+---+---+\n| a | b |\n+---+---+", "1-3 ```\n+---+---+\n| a | b |\n+---+---+\n```"),
    ],
)  # fmt: skip
def test_blocks_become_markdown(text: str, expected: str) -> None:
    assert shown(text) == expected


FILES = {
    "docs/part.org": "* Part\n:PROPERTIES:\n:CUSTOM_ID: p\n:END:\nIn it.\n** Sub\nDeep.\n* Other\n",
    "docs/code.py": "a = 1\nb = 2\nc = 3\n",
    "docs/loop.org": '#+INCLUDE: "loop.org"\nOnce.',
}


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ('#+INCLUDE: "code.py" src python', "3-3 ```python\na = 1\nb = 2\nc = 3\n```"),
        ('#+include: "code.py" src python :lines "2-3"', "3-3 ```python\nb = 2\n```"),
        ('#+INCLUDE: "./code.py" example :lines "3-"', "3-3 ```\nc = 3\n```"),
        ('#+INCLUDE: "part.org::#p"', "3-3 In it.\n3-3 Deep."),
        ('#+INCLUDE: "part.org::*Sub" :only-contents t', "3-3 Deep."),
        ('#+INCLUDE: "missing.org"', ""),
        ('#+INCLUDE: "../../outside.org"', ""),
    ],
)
def test_included_files_stand_on_the_line_that_names_them(keyword: str, expected: str) -> None:
    sections = read_org(f"* A\n\n{keyword}\n", "docs/a.org", FILES.get)
    blocks = [block for section in sections for block in section.blocks]
    assert "\n".join(f"{b.start_line}-{b.end_line} {b.text}" for b in blocks) == expected


def test_an_included_document_goes_below_the_headline_around_it() -> None:
    sections = read_org('* A\n** B\n#+INCLUDE: "part.org"', "docs/a.org", FILES.get)
    assert [section.heading_path for section in sections] == [
        ("A",),
        ("A", "B"),
        ("A", "B", "Part"),
        ("A", "B", "Part", "Sub"),
        ("A", "B", "Other"),
    ]


def test_a_document_that_includes_itself_ends() -> None:
    (section,) = read_org('#+INCLUDE: "loop.org"', "docs/a.org", FILES.get)
    assert section.blocks[0].text.startswith("Once.")


def test_signs_behind_other_blanks_than_spaces_are_text() -> None:
    [section] = read_org("||\n\x1c\x1c|\n\n|\n", "a.org")
    assert section.end_line <= 4
