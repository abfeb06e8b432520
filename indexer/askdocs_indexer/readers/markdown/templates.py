"""Tags of template languages in Markdown: Liquid's and Jinja's `{% … %}`, Hugo's `{{< … >}}`.

The template is filled in before its Markdown is read. So what code tags enclose is code, whatever
it looks like, and so is a tag that goes over several lines. Lines of nothing but tags are not
shown, only what stands in the tags for readers. The same goes for the attributes of Kramdown.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator

from markdown_it.rules_block import StateBlock

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown.state import line_text, lines_text, push
from askdocs_indexer.readers.props import LABELS, box_label, shown_texts

_TAG = re.compile(
    r"\{(?:%[-~+]?|\{[<%])[ \t]*(?P<name>[A-Za-z](?:[\w-]{0,40}\w)?)"
    r"(?P<arguments>(?:\s(?:(?![%}]\}).)*?)?)[-~+]?(?:[>%]\}\}|%\})"
)
_LANGUAGE = re.compile(r"\blang(?:uage)?[:=][ \t]*[\"']?(?P<name>[\w+#-]{1,40})")
_FIRST_ARGUMENT = re.compile(r"\s*[\"']?(?P<name>[\w+#-]{1,40})[\"']?(?=\s|$)")
# Tags around code, and tags around what the template leaves alone: code, or Markdown with code.
_CODE = words("codeblock highlight katex math mermaid plantuml prism sourcecode")
_LITERAL = words("code literal raw verbatim")
_COMMENT = "comment"
# A line of tags: none of them may be closed on another line.
_LINE = re.compile(
    r"(?:\{%(?:(?!%\}).)*+%\}|\{\{<(?:(?!>\}\}).)*+>\}\}|\{\{%(?:(?!%\}\}).)*+%\}\}|\s)++$"
)
_LINE_TAG = re.compile(
    r"\{(?:%[-~+]?|\{[<%])\s*(?P<name>[A-Za-z](?:[\w./-]{0,60}\w)?)(?P<rest>[^\n]*)"
)
_ARGUMENT = re.compile(r"\s*[\"']?(?P<name>[\w+#-]{1,40})[\"']?(?=\s|$)")
# Tags around code, and tags around what the template leaves alone: code, or Markdown with code.
_CODE = words("codeblock highlight katex math mermaid plantuml prism sourcecode")
_LITERAL = words("code literal raw verbatim")
_COMMENT = "comment"
# A line of tags: none of them may be closed on another line.
_LINE = re.compile(
    r"(?:\{%(?:(?!%\}).)*+%\}|\{\{<(?:(?!>\}\}).)*+>\}\}|\{\{%(?:(?!%\}\}).)*+%\}\}|\s)++$"
)
_LINE_TAG = re.compile(
    r"\{(?:%[-~+]?|\{[<%])\s*(?P<name>[A-Za-z](?:[\w./-]{0,60}\w)?)(?P<rest>[^\n]*)"
)
_ARGUMENT = re.compile(
    r"(?:(?P<name>[A-Za-z][\w-]*)\s?[=:]\s?)?(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|`(?P<raw>[^`]*)`|(?P<bare>[^\s\"'`=%>{}]+))"
)
# What is a program's: conditions, loops, values.
_STATEMENTS = words(
    "assign block call capture case cycle decrement elif else elsif extends for form from if "
    "import increment layout macro paginate render section set tablerow unless when with"
)
# Their first argument is a title.
_TITLED = words("accordion card collapse details expand expander panel step tab tabitem")
_ATTRIBUTE_LINE = re.compile(r"\{::?(?P<inside>[^{}]*)\}$")
_CLASS = re.compile(r"\.(?P<name>[a-z]+)(?:-title)?(?![\w-])")
_MARKED_CODE = re.compile(r"`|^[ \t]*~{3,}", re.MULTILINE)
# What opens a tag -> what closes it; the first that fit count.
_CLOSINGS = {"{{!--": "--}}", "{{/*": "*/}}", "{{- /*": "}}", "{%": "%}", "{{": "}}", "{# ": "#}"}
_COMMENTS = ("{{!", "{{/*", "{{- /*", "{#")
# A tag may take this many lines: one that is never closed must stay cheap.
_LONGEST = 200


def template_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """What a code tag or a comment's tag encloses, with its tags."""
    tag = _TAG.match(line_text(state, start))
    if tag is None or tag["arguments"].endswith("/"):
        return False
    name, language = tag["name"], _language(tag)
    # A part of the name is enough: `code-toggle`, `tabbed_highlight`, `codetabs`.
    is_code = name.startswith("code") or not (_CODE | _LITERAL).isdisjoint(
        re.split(r"[-_]", name.lower())
    )
    if not is_code and name != _COMMENT and not _LANGUAGE.search(tag["arguments"]):
        return False
    closing = _closing(state, name, state.bMarks[start] + state.tShift[start] + tag.end())
    last = bisect_right(state.bMarks, closing.start()) - 1 if closing else start
    if (
        closing is None
        or not start < last < end
        or state.src[closing.end() : state.eMarks[last]].strip()
    ):
        return False
    beside = line_text(state, start)[tag.end() :]
    above = state.src[state.bMarks[last] : closing.start()].rstrip()
    inside = [beside, lines_text(state, start + 1, last, start), above]
    code = "\n".join(part for part in inside if part.strip())
    if name not in _CODE | {_COMMENT} and _MARKED_CODE.search(code):
        return False
    kind = "unseen" if name == _COMMENT else "code"
    return silent or push(state, kind, start, last + 1, code, language)


def template_tag(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A tag that goes over several lines."""
    text = f"{line_text(state, start)} "
    opening = next(filter(text.startswith, _CLOSINGS), "")
    if not opening or _CLOSINGS[opening] in text:
        return False
    bound = min(end, start + _LONGEST)
    last = next((i for i in range(start + 1, bound) if _CLOSINGS[opening] in _line(state, i)), 0)
    if not last or not _line(state, last).endswith(_CLOSINGS[opening]):
        return False
    code = lines_text(state, start, last + 1, start)
    if opening in code[len(opening) :]:
        return False  # It was never closed.
    kind = "unseen" if text.startswith(_COMMENTS) else "code"
    return silent or push(state, kind, start, last + 1, code, "")


def template_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line of nothing but tags."""
    text = line_text(state, start)
    if not text.startswith("{") or not _LINE.match(text):
        return False
    return silent or push(state, "tags", start, start + 1, text)


def attribute_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The attributes of the block above or below, by Kramdown."""
    match = _ATTRIBUTE_LINE.match(line_text(state, start))
    if match is None:
        return False
    names = (box["name"] for box in _CLASS.finditer(match["inside"]))
    if silent:
        return True
    push(state, "tags", start, start + 1)
    state.tokens[-1].meta["label"] = next(filter(None, (box_label(name, {}) for name in names)), "")
    return True


def line_texts(line: str) -> tuple[str, list[str]]:
    """Return the name of the box that a line of tags opens, or "", and the texts that it shows."""
    label, shown = "", []
    for tag in map(_LINE_TAG.match, _split(line)):
        if tag is None or tag["name"] in _STATEMENTS:
            continue
        arguments = list(_arguments(tag["rest"]))
        props = dict(reversed(arguments))
        opened = box_label(tag["name"].rpartition("/")[2], props)
        label = label or opened
        if tag["name"].lower() in _TITLED and props.get("", "").strip():
            shown.append(f"**{props[''].strip()}**")
        named = (a for a in arguments if not (opened and a[0] in LABELS) and a[1] != props.get(""))
        shown += shown_texts(named)
    return label, shown


def _split(line: str) -> list[str]:
    """Return the tags of a line."""
    return re.split(r"(?<=[%>]\}\})\s*|(?<=[^}%>]%\})\s*(?=\{)", line.strip())


def _arguments(text: str) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a tag with their names, "" for one without."""
    for match in _ARGUMENT.finditer(text):
        value = match["double"] or match["single"] or match["raw"] or match["bare"] or ""
        if match["name"] or value:
            yield (match["name"] or "").lower(), html.unescape(value)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]].rstrip()


def _language(tag: re.Match[str]) -> str:
    language = _LANGUAGE.search(tag["arguments"])
    if language is None and tag["name"] == "highlight":
        language = _FIRST_ARGUMENT.match(tag["arguments"])
    return language["name"] if language else ""


def _closing(state: StateBlock, name: str, position: int) -> re.Match[str] | None:
    """Return the first closing tag behind a position.

    It is remembered, so that the text is not searched again for each of many unclosed tags.
    """
    known = state.env.setdefault("closing_tags", {})
    closing: re.Match[str] | None
    since, closing = known.get(name, (len(state.src) + 1, None))
    if position < since or (closing and closing.start() < position):
        pattern = (
            rf"\{{%[-~+]?[ \t]*end{re.escape(name)}[ \t]*[-~+]?%\}}"
            rf"|\{{\{{[<%][ \t]*/[ \t]*{re.escape(name)}[ \t]*[>%]\}}\}}"
        )
        since, closing = position, re.compile(pattern).search(state.src, position)
        known[name] = (since, closing)
    return closing
