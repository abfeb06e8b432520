"""Manual pages."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.man.reader import is_roff, read_man

HEAD = ".TH FOO 1 2024\n.SH NAME\nfoo \\- does it\n.SH OTHER\n"
MDOC = ".Dd May 1, 2024\n.Dt FOO 1\n.Os\n.Sh NAME\n.Nm foo\n.Nd does it\n.Sh OTHER\n"


def shown(body: str, head: str = HEAD) -> str:
    """The blocks of the page's last section, each with its lines below the head."""
    first = head.count("\n")
    blocks = read_man(head + body, "man/man1/foo.1")[-1].blocks
    return "\n".join(f"{b.start_line - first}-{b.end_line - first} {b.text}" for b in blocks)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One\nline and\n\nanother", "1-2 One line and\n4-4 another"),
        (".B bold text\nand\n.IR name (3),", "1-3 **bold text** and *name*(3),"),
        ("\\fB\\-\\-all\\fP=\\fIname\\fR \\(bu \\(em \\[rs] \\*(lqq\\*(rq\\&.",
         "1-1 **--all**=*name* • — \\ “q”."),
        ("\\f(CWcode\\fR and a\\|b\\e0 \\s-1SMALL\\s0 caf\\('e \\[u2192] \\(*a",
         "1-1 `code` and ab\\0 SMALL café → α"),
        (".TP\n.B \\-a\nAll.\n.TP\n.BI \\-n \" num\"\nSome.\n\nMore.",
         "2-3 - **-a**: All.\n5-6 - **-n** *num*: Some.\n8-8   More."),
        (".TP\n-a\n.TQ\n--all\nAll.", "2-5 - **-a, --all:** All."),
        (".IP \\(bu 2\nFirst\n.IP \\(bu 2\nSecond\n.PP\nEnd", "1-2 - First\n3-4 - Second\n6-6 End"),
        (".IP 1. 4\nFirst\n.IP\nStill", "1-2 1. First\n4-4    Still"),
        (".TP\nouter\n.RS\n.IP \\(bu\ninner\n.RE\n.PP\nEnd",
         "2-2 - **outer:**\n4-5   - inner\n8-8 End"),
        (".PP\n\\-a, \\-\\-all\n.RS 4\nAll of it.\n.RE", "2-4 - **-a, --all:** All of it."),
        ("Thus:\n.nf\n  a \\fB*\\fP b\n\n.B c\n.fi\nEnd",
         "1-1 Thus:\n3-5 ```\n  a * b\n\nc\n```\n7-7 End"),
        (".EX\n$ foo\n.EE", "2-2 ```\n$ foo\n```"),
        (".Vb 1\n\\& foo\\e\n.Ve", "2-2 ```\nfoo\\\n```"),
        (".TS\ntab(;) box;\nlb lb\nl l.\nA;B\n_\n1;T{\n.B two\nwords\nT}\n.TE",
         "5-10 | A | B |\n| --- | --- |\n| 1 | **two** words |"),
        (".UR https://example.org\nThe site\n.UE .", "3-3 [The site](https://example.org)."),
        ("a\n.br\nb", "1-3 a  \nb"),
        ("Text \\\" a comment\n.\\\" another\n'\\\" one more\nend", "1-4 Text end"),
        ("long \\\nline", "1-1 long line"),
        (".de XX\nIs \\\\$1 of \\\\$2.\n..\n.XX one \"two three\"", "4-4 Is one of two three."),
        (".ie t no\n.el shown\n.if n \\{\\\nboth\n.\\}\n.if t \\{\\\nnever\n.\\}",
         "2-3 shown both"),
        (".ds Nx the value\nIt is \\*(Nx.", "2-2 It is the value."),
        (".ig\nignored\n..\nText", "4-4 Text"),
        (".if n \\{\\\n.  am URL\n.    ad l\n.  .\n.\\}\nText", "6-6 Text"),
        (".de XX\nText", "2-2 Text"),
        (".IX Item hidden\n.hy 0\nText", "3-3 Text"),
        ("\\h'-04'\\(bu\\h'+03'\\c\nitem", "1-2 - item"),
        (".SY foo\n.OP \\-a name\n.YS", "1-2 **foo** [**-a** *name*]"),
        (".MR bar 3 .", "1-1 **bar**(3)."),
    ],
)  # fmt: skip
def test_man_pages_become_markdown(body: str, expected: str) -> None:
    assert shown(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Text\n.Fl a Ar file\nand\n.Nm .", "1-4 Text `-a` *file* and `foo`."),
        (".Op Fl ab Ns = Ns Ar x Op Ar ...", "1-1 [`-ab`=*x* [*...*]]"),
        ("See\n.Xr bar 3 ,\n.Sx Other Part .", "1-3 See **bar**(3), *Other Part*."),
        (".Oo Fl a\n.Oc\n.Dq quoted Em words .", "1-3 [`-a`] “quoted *words*”."),
        (".Fn call \"int a\" b ,\n.Pa /etc/x\n.Ev HOME\n.Ql x y",
         "1-4 `call(int a, b)`, `/etc/x` `HOME` ‘`x y`’"),
        (".Bl -tag -width x\n.It Fl a\nAll.\n.Pp\nMore.\n.It Xo\n.Fl b\n.Ar c\n.Xc\nOne\n.El\nEnd",
         "2-3 - `-a`: All.\n5-5   More.\n9-10 - `-b` *c*: One\n12-12 End"),
        (".Bl -bullet\n.It\na\n.Bl -enum\n.It\nb\n.It\nc\n.El\n.El",
         "2-3 - a\n5-6   1. b\n7-8   2. c"),
        (".Bl -column a b\n.It Sy A Ta Sy B\n.It 1 Ta 2\nand 3\n.El",
         "1-4 | A | B |\n| --- | --- |\n| 1 | 2 and 3 |"),
        (".Bd -literal\nint x;\n  y\n.Ed\n.Dl foo -a",
         "2-3 ```\nint x;\n  y\n```\n5-5 ```\nfoo -a\n```"),
        (".Bx 4.4\nand\n.Fx 13 .\n.St -p1003.1-2008",
         "1-4 4.4BSD and FreeBSD 13. IEEE Std 1003.1-2008"),
        (".Ex -std", "1-1 The foo utility exits 0 on success, and >0 if an error occurs."),
        (".Fo call\n.Fa a\n.Fa b\n.Fc .", "4-4 `call(a, b)`."),
        (".Lk https://example.org the site", "1-1 [the site](https://example.org)"),
    ],
)  # fmt: skip
def test_mdoc_pages_become_markdown(body: str, expected: str) -> None:
    assert shown(body, MDOC) == expected


FUNCTIONS = """.TH STRTO 3
.SH NAME
strtol, strtoll \\- convert a string
.SH SYNOPSIS
.nf
.B #include <stdlib.h>
.PP
.BI "long strtol(const char *" s ");"
.fi
.SH DESCRIPTION
Converts.
.SH ERRORS
.SS Some
None.
"""


def test_a_page_on_functions_documents_them() -> None:
    page, errors, some = read_man(FUNCTIONS, "strtol.3")
    assert page.heading_path == ("STRTO(3)",)
    assert page.symbols == ("strtol", "strtoll")
    assert page.domain == "c"
    assert [(block.kind, block.text) for block in page.blocks] == [
        ("prose", "strtol, strtoll - convert a string"),
        ("signature", "```c\n#include <stdlib.h>\n```"),
        ("signature", "```c\nlong strtol(const char *s);\n```"),
        ("prose", "Converts."),
    ]
    assert (errors.heading_path, errors.symbols) == (("STRTO(3)", "ERRORS"), ())
    assert some.heading_path == ("STRTO(3)", "ERRORS", "Some")


@pytest.mark.parametrize(
    ("text", "title", "symbols", "domain"),
    [
        (".TH GREP 1\n.SH NAME\ngrep, egrep \\- print", "grep(1)", ("grep", "egrep"), "other"),
        (".TH git\\-add 1\n.SH NAME\ngit\\-add \\- add", "git-add(1)", ("git-add",), "other"),
        (".TH DBI 3pm\n.SH NAME\nDBI \\- databases", "DBI(3pm)", ("DBI",), "other"),
        (".TH HOSTS 5\n.SH NAME\nhosts \\- names", "hosts(5)", (), ""),
        (MDOC, "foo(1)", ("foo",), "other"),
        (".Dd x\n.Dt F 3\n.Sh NAME\n.Nm f\n.Nd it\n.Sh SYNOPSIS\n.In f.h\n.Ft char *\n.Fn f int",
         "f(3)", ("f",), "c"),
    ],
)  # fmt: skip
def test_the_names_of_a_page(text: str, title: str, symbols: tuple[str, ...], domain: str) -> None:
    section = read_man(text, "x.1")[0]
    assert (section.title, section.symbols, section.domain) == (title, symbols, domain)


@pytest.mark.parametrize(
    ("text", "is_page"),
    [
        ('\'\\" t\n.\\" comment\n.TH A 1\n', True),
        ('.\\" comment\n.\n.Dd May 1\n.Dt A 1\n', True),
        (".so man3/printf.3\n", True),
        (".ie \\n(.g .ds Aq x\n", True),
        ('.\\" comment\n.pc\n.TH A 1\n', True),
        ("2024-01-01 a log\n.TH in it", False),
        ("\x7fELF\x01", False),
        (".PHONY: all\n", False),
        ("", False),
    ],
)
def test_only_text_that_begins_as_roff_is_a_page(text: str, is_page: bool) -> None:
    assert is_roff(text) is is_page
    assert is_page or read_man(text, "a.1") == ()


def test_a_page_may_stand_for_another() -> None:
    files = {"man/man3/printf.3": FUNCTIONS}
    sections = read_man(".so man3/printf.3\n", "man/man3/sprintf.3", files.get)
    assert sections[0].symbols == ("strtol", "strtoll")
    assert {section.end_line for section in sections} == {1}
    assert read_man(".so man3/printf.3\n", "man/man3/sprintf.3") == ()


def test_a_page_that_includes_itself_or_a_macro_that_calls_itself_ends() -> None:
    assert read_man(".so a.1\n", "man/a.1", lambda path: ".TH A 1\n.so a.1\n.SH B\nText\n")
    assert read_man(".TH A 1\n.de X\n.X\n.X\n..\n.X\n.SH B\nText", "a.1")
