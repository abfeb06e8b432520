"""What editors are given to show: nothing of a document loads, runs or leads astray."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askdocs_server.text.sanitize import as_code, is_safe, plain, safe_line, safe_markdown

HOSTILE = [
    "[x](command:workbench.action.terminal.new)",
    "[x](\ncommand:y)",
    "[x](<command:y z>)",
    "[x](COMMAND:y)",
    "[x](&#99;ommand:y)",
    "[x](com\\mand:y)",
    "[x][r]\n\n[r]: command:y",
    "[r]\n\n[r]: javascript:alert(1)",
    "> [r]\n>\n> [r]: vscode://x",
    "- [r]\n\n  [r]: file:///etc/passwd",
    "[r]:\n  command:y\n\n[r]",
    "![x](https://evil/x.png)",
    "![x](https://evil/x.png 'title (a)')",
    "![[a](b)](https://evil/x.png)",
    "![x][r]\n\n[r]: https://evil/x.png",
    "[![x](https://evil/x.png)](command:y)",
    "!\\[x](command:y)",
    "\\![x](command:y)",
    "<img src=https://evil/x.png>",
    "<script>alert(1)</script>",
    "<a href='command:y'>x</a>",
    "<command:y>",
    "<vscode://x/y>",
    "<!-- x --><b>",
    "<?x?>",
    "``` \n</div>\n```\n<div>",
    "````\n```\n````\n![x](https://evil)",
    "~~~\n![x](https://evil)",
    "`` ` ![x](https://evil)",
    "` `` ` ![x](https://evil) ``",
    "| a |\n| - |\n| ![x](https://evil) |",
    "    code\n\n![x](https://evil)",
    "\\`![x](https://evil)`",
    "<b`>![x](https://evil)`",
    "[x](data:text/html,hi)",
    "[x](//evil/x)",
    "[x](file:///etc/passwd)",
    "x ](command:y) [",
    "[`a`](command:y)",
    "[a\n\nb](command:y)",
    "\\<img src=https://evil/x.png>",
    "\\\\<img src=https://evil/x.png>",
    "| a |\n| - |\n| x |```b\\<img src=https://evil/x.png>",
    "| a |\n| - |\n| ~~~\nz |\n\t[`a`](command:y)#",
    "\t![x](https://evil/x.png)",
    "[x](file:///etc/passwd)\n\n1.   [r]: file:///x\n\n[r]",
    "* [x]: command:y\n\n[x][[wiki]]\\\r",
]
# What GFM makes of these is not what the parser here says, so they are looked at as they are.
GFM = [
    ("https://x.org<img src=y>", "https://x.org&lt;img src=y>"),
    ("https://x.org`![x](https://evil)`", "https://x.org `![x](https://evil)`"),
    ("a\n\n    ![x](y)\n\n    z\n\nb", "a\n\n```text\n![x](y)\n\nz\n```\n\nb"),
    ("![``](https://x.org): [x](y)``", "![\\`\\`\\](https://x.org): \\[x\\](y)\\`\\`"),
    ("`a\n![x](https://evil)`", "\\`a\n\\!\\[x\\](https://evil)\\`"),
    ("a\r[x]: command:y\r[x]", "a\n[x]\\: command:y\n[x]"),
    ("aftp://evil/x", "aftp:\\//evil/x"),
    ("> x\na|b\n-|-\n`x|![y](https://evil)`", "> x\na|b\n-|-\n\\`x\\|\\!\\[y\\](https://evil)\\`"),
    ("a|b\n-|-\n`x\\|<y>`| z", "a|b\n-|-\n`x\\|<y>`| z"),
]
KEPT = [
    ("[docs](https://x.org/a)", "[docs](https://x.org/a)"),
    ("see [other](other.md#a)", "see other"),
    ("![a picture](x.png) of it", "a picture of it"),
    ("![](https://example.org/x_(1).png)", ""),
    ("[![badge](https://b.example)](https://example.org)", "[badge](https://example.org)"),
    ("![ref][id] and [link](a.md)", "ref and link"),
    ("no image!", "no image!"),
    ("`<b>` and `![x](y)`", "`<b>` and `![x](y)`"),
    ("```html\n<b>\n```\n", "```html\n<b>\n```\n"),
    ("a < b and a <b", "a < b and a &lt;b"),
    ("a \\<b> and \\\\<b>", "a &lt;b> and \\\\&lt;b>"),
    ("from ftp://example.org", "from ftp:\\//example.org"),
    ("```\ncode\n```", "```\ncode\n```"),
    ("~~~~\ncut off", "~~~~\ncut off\n~~~~"),
    ("| a | b |\n| - | - |\n| 1 | 2 |", "| a | b |\n| - | - |\n| 1 | 2 |"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_not_acted_on(text: str) -> None:
    assert is_safe(safe_markdown(text))
    assert is_safe(as_code(text))


@pytest.mark.parametrize(("text", "shown"), [*KEPT, *GFM])
def test_what_is_shown_of_a_text(text: str, shown: str) -> None:
    assert safe_markdown(text) == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_line_is_shown_and_not_acted_on(text: str) -> None:
    assert is_safe(f"> {safe_line(text)} [1]")


@pytest.mark.parametrize("fence", ["```", "~~~", "`````", "```\n```\n```", "> ```", "- ~~~"])
def test_one_text_leaves_nothing_open_for_the_next(fence: str) -> None:
    hostile = "```\n![x](https://evil/x.png)\n```"
    both = [safe_markdown(text) for text in (f"{fence}\ncode", hostile)]
    assert is_safe("\n\n".join(both))
    assert is_safe("\n\n".join(reversed(both)))


def test_most_of_it_stays_text() -> None:
    """Code is the last resort: only what the parser would still act on becomes that."""
    assert sum(safe_markdown(text).startswith("```text") for text in HOSTILE) <= 8


@settings(max_examples=600, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*HOSTILE, "`", "``", "```\n", "\n", "\n\n", "[", "]", "(", "!", "<", ">", "\\", "    "]
        ),
        max_size=8,
    )
)
def test_pieces_of_it_in_any_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert is_safe(safe_markdown(text))
    assert is_safe(as_code(text))
    assert is_safe(f"**{plain(text)}** [1]")


def test_the_check_finds_what_it_looks_for() -> None:
    for text in (
        "![x](https://y)",
        "<b>x</b>",
        "[x](command:y)",
        "<command:y>",
        "<https://x>\n<p>",
    ):
        assert not is_safe(text)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_what_is_no_line_break_does_not_move_code(line_break: str) -> None:
    text = "a\x0cb\x85c\u2028\n\n```\n<b>![x](y)</b>\n```\n\n<i>"
    assert safe_markdown(text.replace("\n", line_break)) == text.replace("<i>", "&lt;i>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See <https://e.org/a> now", "See <https://e.org/a> now"),
        ("by <me@e.org> or <mailto:me@e.org>", "by me@e.org or mailto:me@e.org"),
        ("<command:x>", "command:x"),
        (r"\<https://e.org>", "&lt;https://e.org>"),
        ("vector<std::string> and <b>", "vector&lt;std::string> and &lt;b>"),
        ("`<https://e.org>`", "`<https://e.org>`"),
    ],
)
def test_an_address_between_angle_brackets_is_a_link_or_text(text: str, shown: str) -> None:
    assert safe_markdown(text) == shown
