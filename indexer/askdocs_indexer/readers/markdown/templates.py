"""Tags of template languages in Markdown: Liquid's and Jinja's `{% … %}`, Hugo's `{{< … >}}`.

The template is filled in before its Markdown is read. So what code tags enclose is code, whatever
it looks like, and so is a tag that goes over several lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from markdown_it.rules_block import StateBlock

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown.state import line_text, lines_text, push

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
    # A part of the name is enough: `code-toggle`, `tabbed_highlight`.
    is_code = not (_CODE | _LITERAL).isdisjoint(re.split(r"[-_]", name.lower()))
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
