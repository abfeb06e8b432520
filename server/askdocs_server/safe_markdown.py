"""Documentation as Markdown that an editor may show: nothing in it loads, runs or leads astray.

What stays: text, code, tables, and links to http and https. Images become their descriptions, other
links their text, and HTML is shown as it is written. Whether that was achieved is looked up with a
Markdown parser; a text that defeats it is shown as code, in which nothing is alive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ALLOWED = ("http://", "https://")
_IMAGE = re.compile(r"!\[((?:[^\[\]\\]|\\.)*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?")
_LINK = re.compile(r"\[((?:[^\[\]\\`]|\\.|`[^`]*`)*)\]\(\s*<?([^()\s<>]*)>?(?:\s+\"[^\"]*\")?\s*\)")
_LIVE_TARGET = re.compile(r"\](?=\((?!https?://))", re.IGNORECASE)
_DEFINITION = re.compile(r"^([ >]*\[[^\]]*\]):", re.MULTILINE)
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_TICKS = re.compile(r"\\.|(`+)", re.DOTALL)
_FENCE_RUN = re.compile(r"`+")

# With HTML, so that what an editor could take for it is found.
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def safe_markdown(text: str) -> str:
    """Return Markdown that shows `text` and has no images, no HTML and no links but to the web."""
    shown = _disarmed(text)
    return shown if is_safe(shown) else as_code(text)


def safe_line(text: str) -> str:
    """The same for one line, such as a sentence that is quoted."""
    shown = _disarmed(text)
    return shown if is_safe(shown) else plain(text)


def is_safe(markdown: str) -> bool:
    """Return whether a parser finds no image, no HTML and no link but to the web in it."""
    return all(_is_harmless(token) for token in _all(_PARSER.parse(markdown)))


def as_code(text: str) -> str:
    """Return a code block that shows the text, whatever fences it holds itself."""
    longest = max((len(run) for run in _FENCE_RUN.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def plain(text: str) -> str:
    """Return one line of text, such as a title, with all that Markdown would act on escaped."""
    return re.sub(r"([\\`*_\[\]<>!#|~])", r"\\\1", " ".join(text.split()))


def _disarmed(text: str) -> str:
    return "".join(piece if is_code else _harmless(piece) for piece, is_code in _pieces(text))


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _is_harmless(token: Token) -> bool:
    if token.type == "link_open":
        return str(token.attrGet("href") or "").lower().startswith(_ALLOWED)
    return token.type not in ("image", "html_block", "html_inline")


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is code."""
    lines = text.splitlines(keepends=True)
    above = 0
    for token in _PARSER.parse(text):
        if token.type in ("fence", "code_block") and token.map and token.map[0] >= above:
            yield from _inline("".join(lines[above : token.map[0]]))
            above = token.map[1]
            yield "".join(lines[token.map[0] : above]), True
    yield from _inline("".join(lines[above:]))


def _inline(text: str) -> Iterator[tuple[str, bool]]:
    """Tell code spans from the rest: a run of backticks up to the next run of the same length."""
    begin = at = 0
    while (run := _TICKS.search(text, at)) is not None:
        at = run.end()
        if run[1] is None:
            continue
        end = re.compile(rf"(?<!`){run[1]}(?!`)").search(text, at)
        if end is not None and "\n\n" not in text[run.start() : end.end()]:
            yield text[begin : run.start()], False
            yield text[run.start() : end.end()], True
            begin = at = end.end()
    yield text[begin:], False


def _harmless(text: str) -> str:
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda link: link[0] if _is_allowed(link[2]) else link[1], text)
    text = _LIVE_TARGET.sub(r"]\\", text)
    text = _DEFINITION.sub(r"\1\\:", text)
    return _TAG_START.sub(r"\<", text)


def _is_allowed(target: str) -> bool:
    return target.lower().startswith(_ALLOWED)
