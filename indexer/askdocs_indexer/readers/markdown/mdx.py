"""The tags and JavaScript expressions of MDX: where they end, and the texts in their props."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_COMMENT = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
# The tokens of JavaScript that matter to its braces, outside of template literals and inside.
_SCRIPT = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|[`{}]", re.DOTALL
)
_TEMPLATE = re.compile(r"\\.|`|\$\{", re.DOTALL)
_TEMPLATE_LITERAL = re.compile(r"`(?P<text>(?:[^`\\$]|\\.|\$(?!\{))*+)`", re.DOTALL)
_TAG = re.compile(r"<(?:/?(?P<name>[A-Za-z][\w.-]*+)(?=[\s/>]|$)|/?>)")
_TAG_PART = re.compile(r"\"[^\"]*+\"|'[^']*+'|[{>]|\n[ \t]*\n")
# A prop that is a string, with or without braces.
_PROP = re.compile(
    r"\s(?P<name>[A-Za-z][\w-]*)=(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|\{\s*(?P<quote>[\"'`])(?P<script>(?:(?!(?P=quote))[^\\]|\\.)*+)(?P=quote)\s*\})",
    re.DOTALL,
)
# A string in a list.
_ELEMENT = re.compile(
    r"[\[,]\s*(?P<quote>[\"'`])(?P<script>(?:(?!(?P=quote))[^\\]|\\.)*+)(?P=quote)(?=\s*[,\]])",
    re.DOTALL,
)
# A string in an object or a list of objects.
_FIELD = re.compile(
    r"(?<=[\s{,])(?P<name>[A-Za-z]\w*)\s?:\s?"
    r"(?P<quote>[\"'`])(?P<script>(?:(?!(?P=quote))[^\\]|\\.)*+)(?P=quote)",
    re.DOTALL,
)
COMPONENT = re.compile(r"<(?P<name>[A-Z]\w*)(?=[\s/>])")
# One with words inside, but no JavaScript, which is no HTML.
WHOLE_COMPONENT = re.compile(r"<(?P<name>[A-Z]\w*)(?:\s[^<>{}]*)?>[^{}]*</(?P=name)>\s*$")
# HTML's own, whose contents are no Markdown.
_RAW = frozenset({"pre", "script", "style", "textarea"})


@dataclass(slots=True)
class Tags:
    """Tags that fill their lines: how many lines, and the code in the expressions between them."""

    lines: int = 0
    markup: str = ""
    codes: list[str] = field(default_factory=list)


def tags(text: str) -> Tags | None:
    """Return the tags of components that fill the first lines of a text, or None.

    Between them may be expressions that go over several lines; then they may be elements too.
    """
    result = Tags()
    position, is_component = 0, True
    while position < len(text) and text[position] != "\n":
        start, tag = position, _TAG.match(text, position)
        if text[position] == "{":
            position = expression_end(text, start)
            if "\n" not in text[start:position]:
                return None
            result.codes.append(expression_code(text[start:position]))
        elif tag and tag["name"] not in _RAW:
            is_component = is_component and (not tag["name"] or tag["name"][0].isupper())
            position = _tag_end(text, tag.end()) if tag["name"] else tag.end()
            result.markup += text[start:position]
        elif text[position].isspace():
            position += 1
        else:
            return None
        if position < 0:
            return None
    result.lines = text.count("\n", 0, position) + 1
    is_block = is_component or any("\n\n" in code for code in result.codes)
    return result if is_block else None


def _tag_end(text: str, position: int) -> int:
    """Return where a tag ends whose name ends at `position`; -1 if it does not."""
    while part := _TAG_PART.search(text, position):
        if part[0] == ">":
            return part.end()
        if part[0].isspace():
            return -1
        position = expression_end(text, part.start()) if part[0] == "{" else part.end()
        if position < 0:
            return -1
    return -1


def expression_end(text: str, position: int) -> int:
    """Return where the expression ends that `position` opens; -1 if it does not end."""
    around: list[str] = []
    while True:
        in_template = around and around[-1] == "`"
        token = (_TEMPLATE if in_template else _SCRIPT).search(text, position)
        if token is None:
            return -1
        position = token.end()
        if token[0] in {"{", "${"} or (token[0] == "`" and not in_template):
            around.append(token[0])
        elif token[0] in {"}", "`"}:
            around.pop()
        if not around:
            return position


def expression_code(expression: str) -> str:
    """Return the code in an expression's braces, or what its only template literal says.

    It is "" if there are but comments.
    """
    code = expression[1:-1].strip()
    literal = _TEMPLATE_LITERAL.fullmatch(code)
    comment = _COMMENT.match(code)
    if comment and comment.end() == len(code):
        return ""
    return re.sub(r"\\([`$\\])", r"\1", literal["text"]) if literal else code


def string_props(markup: str) -> Iterator[tuple[str, str]]:
    """Yield the names and the values of the props in tags that are strings."""
    for prop in _PROP.finditer(markup):
        if prop["quote"]:
            yield prop["name"], _unescaped(prop["script"])
        else:
            yield prop["name"], html.unescape(prop["double"] or prop["single"] or "")


def string_fields(markup: str) -> Iterator[tuple[str, str]]:
    """Yield the names and the values of the strings in objects and lists that are props.

    Those in lists have no name.
    """
    yield from ((match["name"], _unescaped(match["script"])) for match in _FIELD.finditer(markup))
    yield from (("", _unescaped(match["script"])) for match in _ELEMENT.finditer(markup))


def _unescaped(script: str) -> str:
    return re.sub(r"\\(.)", r"\1", script)
