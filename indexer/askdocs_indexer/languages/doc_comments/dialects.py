"""JSDoc (with TSDoc), Javadoc, KDoc and Doxygen: how each marks its tags and its text."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Sequence

from askdocs_indexer.languages.doc_comments.prose import html, markdown
from askdocs_indexer.languages.doc_comments.tags import Dialect
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_indexer.types import Block

_TAG = re.compile(r"\s*@(?P<name>[A-Za-z][\w-]*)(?=[\s{\[(]|$)")
_BRACE = re.compile(r"\{@(?P<name>[A-Za-z]+)|[{}]")
_LATE = re.compile(r"\{@\w+\s*")
_LINK_LABEL = re.compile(r"\[([^\[\]\n]{1,200})\](?=\{@link)")
_BLOCK_TAG = re.compile(
    r"</?(?:p|ul|ol|li|dl|dt|dd|pre|table|tr|td|h[1-6]|br|blockquote)\b[^<>]{0,200}>", re.IGNORECASE
)
_FENCE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
_INLINE_HTML = re.compile(
    r"<(?P<tag>code|tt|kbd|samp|b|strong|i|em)>(?P<text>[^<>`]{1,400}?)</(?P=tag)>", re.IGNORECASE
)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}


def _with_line_ends(text: str, written: str) -> str:
    """Give what replaces a text as many line ends as that text had, and where it had them."""
    missing = text.count("\n") - written.count("\n")
    if missing < 0:
        written, missing = " ".join(written.split("\n")), text.count("\n")
    late = _LATE.match(text)
    above = min(missing, late[0].count("\n")) if late else 0
    return "\n" * above + written + "\n" * (missing - above)


def _replace_braced(text: str, convert: Callable[[str, str], str]) -> str:
    """Replace ``{@name argument}`` by what `convert` gives for both, braces inside counted."""
    if "{@" not in text:
        return text
    parts: list[str] = []
    done, depth, start, name = 0, 0, -1, ""
    for brace in _BRACE.finditer(text):
        if brace[0] == "}":
            depth -= 1 if depth else 0
            if start >= 0 and not depth:
                argument = text[start + 2 + len(name) : brace.start()]
                written = _with_line_ends(text[start : brace.end()], convert(name, argument))
                parts += (text[done:start], written)
                done, start = brace.end(), -1
        elif start >= 0:
            depth += 1
        elif brace["name"]:
            start, name, depth = brace.start(), brace["name"], 1
    return "".join((*parts, text[done:]))


def _mixed(lines: Sequence[str], first_line: int) -> list[Block]:
    """Read Markdown, or HTML where the text is laid out in its tags."""
    text = "\n".join(lines)
    if _BLOCK_TAG.search(text) and not _FENCE.search(text):
        return html(lines, first_line, is_markdown=True)
    return markdown(_INLINE_HTML.sub(_marked, text).split("\n"), first_line)


def _marked(element: re.Match[str]) -> str:
    mark = _MARKS.get(element["tag"].lower())
    text = entities.unescape(element["text"])
    return f"{mark}{text}{mark}" if mark else code_span(text)


# -- JSDoc ----------------------------------------------------------------------------------------


def _jsdoc_braced(name: str, argument: str) -> str:
    words_given = argument.strip()
    if name in {"link", "linkcode", "linkplain", "tutorial", "see"}:
        target, _, label = re.sub(r"\s*\|\s*", " ", words_given, count=1).partition(" ")
        if label:
            return label if name != "linkcode" else code_span(label)
        return target if re.match(r"https?:", target) or name == "linkplain" else code_span(target)
    if name.lower() in {"inheritdoc", "label"}:
        return ""
    return code_span(words_given)


def _jsdoc_inline(text: str) -> str:
    if "{@" not in text:
        return text
    return _replace_braced(_LINK_LABEL.sub(r"\1 ", text), _jsdoc_braced)


JSDOC = Dialect(_TAG, _jsdoc_inline, _mixed, "javascript")
TSDOC = Dialect(_TAG, _jsdoc_inline, _mixed, "typescript")


# -- Javadoc --------------------------------------------------------------------------------------


def _javadoc_braced(name: str, argument: str) -> str:
    given = argument.strip() if "\n" not in argument.strip() else argument.strip(" ")
    if name in {"link", "linkplain", "value"}:
        target, _, label = _split_reference(given)
        shown = label or target.lstrip("#").replace("#", ".")
        return shown if name == "linkplain" else f"<code>{shown}</code>"
    if name in {"code", "snippet", "systemProperty"}:
        return f"<code>{entities.escape(given, quote=False)}</code>"
    if name == "literal":
        return entities.escape(given, quote=False)
    if name == "inheritDoc":
        return ""
    return given


def _split_reference(reference: str) -> tuple[str, str, str]:
    """Split ``Type#method(int, int) label``; the blanks between brackets part nothing."""
    depth = 0
    for index, char in enumerate(reference):
        depth += (char in "(<") - (char in ")>")
        if char.isspace() and depth <= 0:
            return reference[:index], " ", reference[index:].strip()
    return reference, "", ""


def _javadoc_inline(text: str) -> str:
    return _replace_braced(text, _javadoc_braced)


def _javadoc_markdown_inline(text: str) -> str:
    return _replace_braced(text, _jsdoc_braced)


JAVADOC = Dialect(_TAG, _javadoc_inline, html, "java")
# Since Java 23, comments of `///` are Markdown.
JAVADOC_MARKDOWN = Dialect(_TAG, _javadoc_markdown_inline, markdown, "java")


# -- KDoc -----------------------------------------------------------------------------------------

_KDOC_LINK = re.compile(
    r"(?<![\w\])`!])\[(?:(?P<label>[^\[\]\n]{1,200})\]\[(?P<target>[A-Za-z_][\w.]{0,200})"
    r"|(?P<name>[A-Za-z_][\w.]{0,200}(?:\(\))?))\](?![\[(:`])"
)


def _kdoc_inline(text: str) -> str:
    return _KDOC_LINK.sub(lambda link: link["label"] or code_span(link["name"]), text)


KDOC = Dialect(_TAG, _kdoc_inline, markdown, "kotlin", labels={"constructor": "Constructor"})


# -- Doxygen --------------------------------------------------------------------------------------

_DOXYGEN_INLINE_NAMES = "a|b|c|e|em|p|ref|link|n|li|arg|f|emoji|cite|copybrief|copydetails"
_DOXYGEN_TAG = re.compile(
    rf"\s*[@\\](?P<name>(?!(?:{_DOXYGEN_INLINE_NAMES})\b)[A-Za-z]+)(?=[\s{{\[(]|$)"
)
_DOXYGEN_INLINE = re.compile(
    r"""[@\\](?:
      (?P<command>a|b|c|e|em|p|cite)(?:[ \t]+|\n)
      (?P<word>[^\s,;]{1,200}?)(?=[.:!?)]{0,3}(?:[\s,;]|$))
    | ref(?:[ \t]+|\n)(?P<target>[^\s,;"]{1,200}?)(?:[ \t]+"(?P<label>[^"\n]{1,200})")?(?=[^\w:~]|$)
    | link[ \t]+(?P<linked>\S{1,200}+)[ \t]*+(?P<words>[^@\\]{0,400}?)[@\\]endlink
    | (?P<copied>copydoc|copybrief|copydetails)[ \t]+(?P<original>\S{1,200})
    | f(?P<formula>[$\[\]()])
    | (?P<item>li|arg)\b
    | (?P<group>[{}])
    | n\b
    )""",
    re.VERBOSE,
)
_DOXYGEN_ESCAPE = re.compile(r"[@\\](?=[@\\&$#<>%\"])")


def _doxygen_piece(match: re.Match[str]) -> str:
    written = ""
    if match["word"]:
        style = {"b": "**", "a": "*", "e": "*", "em": "*"}.get(match["command"])
        written = f"{style}{match['word']}{style}" if style else code_span(match["word"])
    elif match["target"]:
        written = match["label"] or code_span(match["target"].lstrip("#"))
    elif match["linked"]:
        written = match["words"].strip() or code_span(match["linked"])
    elif match["copied"]:
        written = f"See {code_span(match['original'])}"
    elif match["formula"]:
        written = "$" if match["formula"] in "$()" else "$$"
    elif match["item"]:
        written = "-"
    return _with_line_ends(match[0], written)


def _doxygen_inline(text: str) -> str:
    if "@" not in text and "\\" not in text:
        return text
    return _DOXYGEN_ESCAPE.sub("", _DOXYGEN_INLINE.sub(_doxygen_piece, text))


# Commands that begin a paragraph of their own even in the middle of a line.
_DOXYGEN_INNER = re.compile(
    r"(?<=\s)[@\\](?P<name>attention|bug|deprecated|details|exception|note|param|post|pre|remarks?"
    r"|returns?|retval|sa|see|since|throws?|todo|tparam|warning)(?=[\s\[]|$)"
)
DOXYGEN = Dialect(
    _DOXYGEN_TAG,
    _doxygen_inline,
    _mixed,
    "cpp",
    verbatim={
        "code": "endcode",
        "verbatim": "endverbatim",
        "dot": "enddot",
        "rst": "endrst",
        "msc": "endmsc",
        "startuml": "enduml",
        "htmlonly": "endhtmlonly",
        "latexonly": "endlatexonly",
        "xmlonly": "endxmlonly",
    },
    ends_at_blank=True,
    structural=words("def dir file fn interface protocol property struct union relates related"),
    inner_tag=_DOXYGEN_INNER,
)
