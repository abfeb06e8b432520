"""HTML among the words of a Markdown page, as what a browser would show of it.

Editors show no HTML. What is no element's tag stays: `<file>` and `List<T>` are meant to be read.
"""

from __future__ import annotations

import html
import re

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_server.text.markdown import code_and_text

_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_ELEMENTS = words(
    "a abbr address article aside audio b bdi bdo big blockquote br caption center cite code dd "
    "del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img "
    "ins kbd li mark nav ol p picture pre q rp rt ruby s samp section small source span strike "
    "strong sub summary sup table tbody td tfoot th thead tr tt u ul var video wbr"
)
_ATTRIBUTES = r"(?:\s++[^\s\"'<>=/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>=`]++))?+)*+"
_TAG = re.compile(
    rf"(?<!\\)<(?P<end>/?)(?P<name>[A-Za-z][\w.-]*+)(?P<attributes>{_ATTRIBUTES})\s*+(?P<empty>/?)>"
)
_PAIR = re.compile(
    r"(?<!\\)<(?P<name>a|b|code|em|i|kbd|q|samp|strong|sub|sup|tt|var)"
    rf"(?P<attributes>{_ATTRIBUTES})\s*+>(?P<text>[^<>]{{1,400}}?)</(?P=name)\s*+>",
    re.IGNORECASE,
)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_WEB = re.compile(r"\bhref\s*=\s*[\"']?(?P<target>https?://[^\s\"'()<>]+)", re.IGNORECASE)
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*", "q": '"'}
_CODE = words("code kbd samp tt var")
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_HEIGHTS = {"sub": _LOWERED, "sup": _RAISED}


def without_html(markdown: str, *, line_break: str = "  \n") -> str:
    """Return Markdown without tags and comments outside of its code."""
    if "<" not in markdown:
        return markdown
    pieces = code_and_text(markdown)
    shown = (piece if is_code else _shown(piece, line_break) for piece, is_code in pieces)
    return "".join(shown).strip("\n")


def _shown(text: str, line_break: str) -> str:
    text = _COMMENT.sub("", text)
    inner = ""
    while text != inner:  # A pair may stand inside another.
        inner, text = text, _PAIR.sub(_marked, text)
    # Components are told from placeholders by their attributes.
    components = {tag["name"] for tag in _TAG.finditer(text) if tag["empty"] or "=" in tag[0]}

    def bare(tag: re.Match[str]) -> str:
        name = tag["name"].lower()
        if name not in _ELEMENTS and tag["name"] not in components:
            return tag[0]
        if name == "br":
            return line_break
        alt = _ALT.search(tag["attributes"]) if name == "img" else None
        return html.unescape(alt[1] or alt[2] or "") if alt else ""

    return _TAG.sub(bare, text)


def _marked(pair: re.Match[str]) -> str:
    name, text = pair["name"].lower(), pair["text"]
    if not text.strip() or "\n\n" in text:
        return text
    if name in _CODE:
        return code_span(html.unescape(" ".join(text.split())))
    if name in _HEIGHTS:
        moved = text.translate(_HEIGHTS[name])
        return moved if not any(map(text.__contains__, moved)) else text
    if name == "a":
        target = _WEB.search(pair["attributes"])
        return f"[{text}]({target['target']})" if target else text
    return f"{_MARKS[name]}{text.strip()}{_MARKS[name]}"
