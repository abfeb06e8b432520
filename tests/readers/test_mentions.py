"""Names that a section documents without an entry of their own."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.markdown.reader import read_markdown


def symbols(text: str) -> list[tuple[str, ...]]:
    return [section.symbols for section in read_markdown(text, "a.md")]


@pytest.mark.parametrize(
    ("title", "code", "expected"),
    [
        ("Digest authentication", "`acme.DigestAuth`", ("acme.DigestAuth",)),
        ("Mock transports", "```python\nt = acme.MockTransport(f)\n```", ("acme.MockTransport",)),
        ("Retry policy", "`retry_policy`", ("retry_policy",)),
        ("Timeouts", "`acme.Timeout`", ()),
        ("Authentication", "`acme.DigestAuth`", ()),
        ("Digest of the authentication", "`acme.DigestAuth`", ()),
        ("Digest authentication", "acme.DigestAuth, without code", ()),
        ("Digest authentication", "`acme.BasicAuth`", ()),
    ],
)
def test_a_title_in_words(title: str, code: str, expected: tuple[str, ...]) -> None:
    assert symbols(f"# Guide\n\n## {title}\n\nUse {code}.\n")[-1] == expected


def test_members_in_a_list_below_their_type() -> None:
    page = """# API

## `Response`

- `def __init__(...)`
- `.status_code` - **int**
* **`.text`** - the text
- `Response.json()` - decoded
- `.` nothing
- `Other.name`

## `get(url)`

- `url`: where to
- `timeout` and more
"""
    members = ("Response.status_code", "Response.text", "Response.json")
    assert symbols(page)[-2:] == [("Response", *members), ("get", "get.url")]


def test_a_list_belongs_to_the_symbol_above_it() -> None:
    page = (
        "# `createAdapter`\n\n## Result\n\n### Methods\n\n"
        "- `add`: adds one\n- `remove` - takes one\n"
    )
    assert symbols(page) == [
        ("createAdapter",),
        (),
        ("createAdapter.add", "createAdapter.remove"),
    ]


def test_mkdocstrings_names_what_it_writes() -> None:
    page = (
        "# Sockets\n\n::: acme.Socket\n    options:\n        members: no\n\nText.\n\n"
        "::: tip\n\nT.\n\n:::\n"
    )
    (section,) = read_markdown(page, "a.md")
    assert (section.symbols, section.domain) == (("acme.Socket",), "python")
    assert section.blocks[0].text == "Text."
