"""Documentation as Markdown that an editor may show: nothing in it loads, runs or leads astray.

What stays: text, code, tables, and links to http and https. Images become their descriptions, other
links their text, or links to files of the project where these can be followed, and HTML is shown as
it is written. A Markdown parser checks the result; a text that fails the check is shown as code, in
which nothing is live.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from askdocs_indexer.lines import LINE_BREAK
from askdocs_server.text.markdown import FENCE_RUN, code_and_text, fenced

_ALLOWED = ("http://", "https://")
_IMAGE = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?")
_LINK = re.compile(r"\[((?:[^\[\]\\`]|\\.|`[^`]*`)*)\]\(\s*<?([^()\s<>]*)>?(?:\s+\"[^\"]*\")?\s*\)")
_LIVE_TARGET = re.compile(r"\](?=\((?P<target>[^\s()]*))")
_DEFINITION = re.compile(
    r"^((?:[ \t>*+-]|\d+[.)])*\[(?:[^\[\]\\]|\\.)*\]):", re.MULTILINE | re.DOTALL
)
_AUTOLINK = re.compile(
    r"(?<!\\)<([A-Za-z][\w+.-]{1,31}:(?!:)[^\s<>]*|[\w.+-]{1,64}@[\w.-]{1,255})>"
)
_WEB_AUTOLINK = re.compile(r"https?://[^\s<>\"'`\\\[\]()*]+>", re.IGNORECASE)
_TAG_START = re.compile(r"(\\*)<(?=[A-Za-z/!?])")
# Editors turn bare addresses into links, with all that follows up to a space.
_FTP = re.compile(r"(ftp:)(?=//)", re.IGNORECASE)
_ADDRESS_AT_END = re.compile(r"(?:https?://|www\.)\S*\Z", re.IGNORECASE)
# Editors differ in where blocks and tables begin, and cells end within code.
_RULE = re.compile(r"^[ \t>]*[|:-][|: \t-]*$", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
# In some editors, links and paragraphs also end within code.
_SPLIT = re.compile(r"\n|\A[^\[]*\]\(")
# The parser ends lines at no other character.
_LINE = re.compile(r".*\n|.+")
_TICKS = re.compile(r"\\.|(`+)", re.DOTALL)

# With HTML, to find all that an editor could take for HTML. Not all editors know tables.
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_BARE_PARSER = MarkdownIt("commonmark", {"html": True})
for _parser in (_PARSER, _BARE_PARSER):
    _parser.validateLink = lambda url: True  # type: ignore[method-assign]  # We judge the links.


def _is_web(target: str) -> bool:
    return target.lower().startswith(_ALLOWED)


AddressOf = Callable[[str], str | None]
"""Returns where a link leads that does not lead to the web, by its target; None for nowhere."""


def nowhere(target: str) -> str | None:
    """Follow no link to a file."""
    del target
    return None


def safe_markdown(text: str, address_of: AddressOf = nowhere) -> str:
    """Return Markdown that shows `text` and has no images, no HTML and no links except to the web,
    and to addresses that `address_of` has returned.

    Nothing is left open in it: between blank lines, it does not affect the text around it.
    """
    linked, addresses = _with_local_links(text, address_of)

    def is_allowed(target: str) -> bool:
        return _is_web(target) or unquote(target) in addresses

    shown = _closed(_disarmed(linked, is_allowed))
    return shown if is_safe(shown, is_allowed) else as_code(text)


def safe_line(text: str) -> str:
    """Return the same on one line, e.g. for a sentence that is quoted."""
    shown = _disarmed(_with_local_links(" ".join(text.split()), nowhere)[0], _is_web)
    return shown if is_safe(shown) else plain(text)


def is_safe(markdown: str, is_allowed: Callable[[str], bool] = _is_web) -> bool:
    """Return whether no parser finds an image, HTML or a link that is not allowed in it."""
    parsers = (_PARSER, _BARE_PARSER) if "|" in markdown else (_PARSER,)
    tokens = (token for parser in parsers for token in _all(parser.parse(markdown)))
    return all(_is_harmless(token, is_allowed) for token in tokens)


def as_code(text: str) -> str:
    """Return a code block that shows the text, whatever fences it contains."""
    return fenced(text, "text")


def plain(text: str) -> str:
    """Return a line of text, such as a title, with all of Markdown's special characters escaped."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    escaped = re.sub(r"([\\`*_\[\]>!#|~])", r"\\\1", text)
    return _FTP.sub(r"\1\\", escaped.replace("<", "&lt;"))


def _with_local_links(text: str, address_of: AddressOf) -> tuple[str, set[str]]:
    """Return a text whose links to files lead to their addresses, or are their texts alone, and
    these addresses without escapes.

    Code may stand in what a link shows, and what looks like a link in code.
    """
    masked = "".join(
        re.sub(r"[^\n]", "\0", piece) if is_code else piece
        for piece, is_code in code_and_text(text)
    )
    shown, end = "", 0
    addresses: set[str] = set()
    for link in _LINK.finditer(masked):
        if not link[2] or _is_web(link[2]) or masked[: link.start()].endswith("!"):
            continue
        words, address = text[link.start(1) : link.end(1)], address_of(link[2])
        shown += text[end : link.start()] + (f"[{words}]({address})" if address else words)
        end = link.end()
        if address:
            addresses.add(unquote(address))
    return shown + text[end:], addresses


def _disarmed(text: str, is_allowed: Callable[[str], bool]) -> str:
    shown = ""
    for piece, is_code in _pieces(LINE_BREAK.sub("\n", text)):
        if is_code and _ADDRESS_AT_END.search(shown):
            shown += " "
        shown += piece if is_code else _harmless(piece, is_allowed)
    return shown


def _closed(text: str) -> str:
    """Return a text with the code block closed that is open at its end."""
    if FENCE_RUN.search(text) is None:
        return text
    tokens = _PARSER.parse(text)
    if not tokens or tokens[-1].type != "fence":
        return text
    closed = f"{text.rstrip()}\n{tokens[-1].markup}"
    # If the block was closed already, this begins another block.
    return closed if len(_PARSER.parse(closed)) == len(tokens) else text


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _is_harmless(token: Token, is_allowed: Callable[[str], bool]) -> bool:
    if token.type == "link_open":
        return is_allowed(str(token.attrGet("href") or ""))
    return token.type not in ("image", "html_block", "html_inline")


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is code."""
    lines = _LINE.findall(text)
    above = 0
    for token in _PARSER.parse(text):
        if token.type in ("fence", "code_block") and token.map and token.map[0] >= above:
            yield from _inline("".join(lines[above : token.map[0]]))
            above = token.map[1]
            # Below another text, an indented block might not be code.
            is_indented = token.type == "code_block" and not token.level
            block = f"{as_code(token.content.rstrip())}\n" if is_indented else ""
            yield block or "".join(lines[token.map[0] : above]), True
    yield from _inline("".join(lines[above:]))


def _inline(text: str) -> Iterator[tuple[str, bool]]:
    """Tell code spans from the rest: a run of backticks up to the next run of the same length."""
    begin = at = 0
    while (run := _TICKS.search(text, at)) is not None:
        at = run.end()
        if run[1] is None:
            continue
        end = re.compile(rf"(?<!`){run[1]}(?!`)").search(text, at)
        span = text[run.start() : end.end()] if end is not None else ""
        if end is not None and "\n\n" not in span:
            yield text[begin : run.start()], False
            is_split = _SPLIT.search(span) or (_BAR.search(span) and _RULE.search(text))
            yield _escaped(span) if is_split else span, True
            begin = at = end.end()
    yield text[begin:], False


def _harmless(text: str, is_allowed: Callable[[str], bool]) -> str:
    text = _AUTOLINK.sub(_autolink, text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda link: link[0] if is_allowed(link[2]) else link[1], text)
    text = _LIVE_TARGET.sub(lambda end: "]" if is_allowed(end["target"]) else "]\\", text)
    text = _DEFINITION.sub(r"\1\\:", text)
    text = _FTP.sub(r"\1\\", text)
    # A backslash would not do: another before it may escape it, or an address may swallow it.
    return _TAG_START.sub(_tag_start, text)


def _autolink(link: re.Match[str]) -> str:
    """Keep an address of the web; of another, keep what is shown of it."""
    return link[0] if _WEB_AUTOLINK.fullmatch(link[0], 1) else link[1]


def _tag_start(tag: re.Match[str]) -> str:
    if not tag[1] and _WEB_AUTOLINK.match(tag.string, tag.end()):
        return tag[0]
    return f"{tag[1][: len(tag[1]) // 2 * 2]}&lt;"
