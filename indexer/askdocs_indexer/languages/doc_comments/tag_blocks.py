"""The tags of doc comments as Markdown: parameters, results and notes as items of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from askdocs_indexer.languages.doc_comments.prose import code, list_item
from askdocs_indexer.languages.doc_comments.tags import Dialect, Tag
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_indexer.types import Block

# Tags whose text begins with a name, and the label before that name.
_NAMED = {
    **dict.fromkeys(words("arg argument param prop property template tparam typeParam"), ""),
    **dict.fromkeys(words("exception raises throw throws"), "**Throws**"),
    "retval": "**Returns**",
}
_LABELS = {
    "apiNote": "API note",
    "copydoc": "See",
    "defaultValue": "Default",
    "defaultvalue": "Default",
    "implNote": "Implementation note",
    "implSpec": "Implementation",
    "post": "Postcondition",
    "pre": "Precondition",
    "result": "Returns",
    "return": "Returns",
    "sa": "See",
    "todo": "To do",
    "yield": "Yields",
}
# Tags that only mark the text behind them, which is the description itself.
_MARKS = words(
    "abstract alpha async beta brief classdesc desc description details eventProperty experimental "
    "export final generator global hideconstructor inheritDoc inheritdoc inner instance mixin "
    "override overload packageDocumentation privateRemarks protected public readonly remarks "
    "sealed short static summary this virtual file fileoverview overview"
)
# Tags that say where something belongs: a type or a name, then perhaps a description.
STRUCTURAL = words(
    "access alias api augments borrows callback category class const constant constructor "
    "constructs defgroup emits enum event exports extends external fires func function host "
    "implements interface kind lends listens member memberOf memberof method mixes module name "
    "namespace package typedef var variation"
)
_UNSEEN = words(
    "addtogroup anchor author authors cond copyright date dir dontinclude dot else elseif "
    "endcond endif endinternal endlink headerfile hidecallergraph if ifnot image include "
    "includelineno ingroup internal license licence mainpage msc nosubgrouping noinspection "
    "page private preserve sample showinitializer skip startuml subpackage subpage suppress "
    "SuppressWarnings tableofcontents weakgroup"
)
# What only one tool reads.
_TOOLS = ("phan-", "phpstan-", "psalm-")
_TITLES = words("par paragraph section subsection subsubsection")
_IDENTIFIED_TITLES = _TITLES - {"par"}
_EXAMPLE_CAPTION = re.compile(r"\s*<caption>(.*?)</caption>", re.DOTALL)
_PROSE_EXAMPLE = re.compile(r"```|~~~|<pre\b|\{@code")
_OPTIONAL = re.compile(r"\s*\[\s*(?P<name>[\w$.\[\]]+)\s*(?:=(?P<default>[^\n]*?))?\](?=\s|$)")
_DIRECTION = re.compile(r"\s*\[[a-z, ]{1,12}\]")
_NAME = re.compile(r"\s*(?P<name><\w+>|`[^`\n]+`|[^\s{}]+)")
_DASH = re.compile(r"[ \t]*[-–—:]+(?=\s)[ \t]*")
_LEADING_DASH = re.compile(r"[ \t]*[-–—][ \t]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_]")


def blocks_of(tags: Sequence[Tag], dialect: Dialect) -> list[Block]:
    """Return the blocks of a comment, in the order of its lines; a lone type is not text."""
    rendered = [(tag.name, _blocks(tag, dialect)) for tag in tags]
    if not any(blocks for name, blocks in rendered if name != "type"):
        return []
    return [block for _, blocks in rendered for block in blocks]


def _blocks(tag: Tag, dialect: Dialect) -> list[Block]:
    name = tag.name
    if name in _UNSEEN or name.startswith(_TOOLS):
        return []
    if name in dialect.labels:
        return list(_item(tag, dialect))
    if name in dialect.verbatim:
        return _verbatim(tag, dialect)
    if name in dialect.structural or name in STRUCTURAL:
        rest = _behind_type(tag)[1]
        # What stands on further lines is not a name.
        return _body(_behind_name(rest)[1] if rest.lines[0].strip() else rest, dialect)
    if not name or name in _MARKS:
        return _body(tag, dialect)
    return list(_item(tag, dialect))


def _item(tag: Tag, dialect: Dialect) -> Iterator[Block]:
    if tag.name == "example":
        yield from _example(tag, dialect)
    elif tag.name in _TITLES:
        yield from _titled(tag, dialect)
    elif tag.name in _NAMED:
        kind, rest = _behind_type(tag)
        name = ""
        if not (kind and _NAMED[tag.name]):  # What is thrown is named by its type.
            name, rest = _behind_name(rest)
        label = " ".join(filter(None, (_NAMED[tag.name], name, kind)))
        yield from _labelled(f"{label or _spelled(tag.name)}:", tag.first_line, rest, dialect)
    elif any(line.strip() for line in tag.lines):
        kind, rest = _behind_type(tag)
        label = dialect.labels.get(tag.name) or _LABELS.get(tag.name) or _spelled(tag.name)
        label = f"**{label}** {kind}:" if kind else f"**{label}:**"
        yield from _labelled(label, tag.first_line, rest, dialect)


def _body(tag: Tag, dialect: Dialect) -> list[Block]:
    first, *rest = _aligned(tag.lines)
    text = dialect.inline("\n".join((first.lstrip() if tag.name else first, *rest)))
    return dialect.body(text.split("\n"), tag.first_line)


def _aligned(lines: Sequence[str]) -> list[str]:
    """Take off the indentation of a tag's lines below its first one."""
    first, *rest = lines
    common = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return [first, *(line[common:] for line in rest)]


def _labelled(label: str, line: int, rest: Tag, dialect: Dialect) -> list[Block]:
    """Return a text as a list item that begins with a label; the label stands on `line`."""
    text = "\n".join(rest.lines)
    dash = _LEADING_DASH.match(text)
    blank = len(text) - len(text.lstrip())
    blocks = _body(rest.without(dash.end() if dash else blank), dialect)
    return list_item(blocks, label, line)


def _behind_type(tag: Tag) -> tuple[str, Tag]:
    """Split ``{type} rest`` into a type to show and the rest."""
    text = "\n".join(tag.lines)
    start = len(text) - len(text.lstrip())
    if not text.startswith("{", start) or text.startswith("{@", start):
        return "", tag
    depth = 0
    for brace in re.finditer(r"[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            kind = " ".join(text[start + 1 : brace.start()].split())
            return f"({code_span(kind)})" if kind else "", tag.without(brace.end())
    return "", tag


def _behind_name(tag: Tag) -> tuple[str, Tag]:
    """Split ``name - rest`` into a name to show and the rest."""
    text = "\n".join(tag.lines)
    start = 0
    direction = _DIRECTION.match(text)
    if direction is not None and not _OPTIONAL.fullmatch(text.split("\n", 1)[0].rstrip()):
        start = direction.end() if tag.name in _NAMED and _NAME.match(text, direction.end()) else 0
    match = (None if start else _OPTIONAL.match(text)) or _NAME.match(text, start)
    if match is None:
        return "", tag
    shown = code_span(match["name"].strip("`").rstrip(",:")) or match["name"]
    if match.re is _OPTIONAL and match["default"]:
        shown += f" (default {code_span(match['default'].strip())})"
    dash = _DASH.match(text, match.end())
    return shown, tag.without(dash.end() if dash else match.end())


def _example(tag: Tag, dialect: Dialect) -> Iterator[Block]:
    """An example is code, unless it marks its code itself."""
    text = "\n".join(tag.lines)
    caption = _EXAMPLE_CAPTION.match(text)
    if caption is not None:
        line = tag.first_line
        title = " ".join(caption[1].split())
        yield Block(f"**{title}**", line, line + caption[0].count("\n"))
        tag = tag.without(caption.end())
    if _PROSE_EXAMPLE.search(text):
        yield from _labelled("**Example:**", tag.first_line, tag, dialect)
    else:
        yield from code(_aligned(tag.lines), tag.first_line, dialect.language)


def _verbatim(tag: Tag, dialect: Dialect) -> list[Block]:
    """Code up to its end tag, perhaps with its language: ``code{.py}``."""
    text = "\n".join(tag.lines)
    end = re.search(rf"[ \t]*[@\\]{re.escape(dialect.verbatim[tag.name])}\b", text)
    text = text[: end.start()] if end else text
    option = re.match(r"\{\.?(\w*)[^}\n]*\}", text)
    language = option[1] if option else dialect.language
    shown = tag.without(option.end() if option else 0)
    count = text.count("\n") + 1
    lines = [*shown.lines[:count]]
    lines[-1] = text.split("\n")[-1] if count > 1 else text[option.end() if option else 0 :]
    return code(lines, tag.first_line, language if tag.name == "code" else "")


def _titled(tag: Tag, dialect: Dialect) -> Iterator[Block]:
    title = tag.lines[0].strip()
    if tag.name in _IDENTIFIED_TITLES:
        title = title.partition(" ")[2].strip() or title
    if title:
        yield Block(f"**{dialect.inline(title)}**", tag.first_line, tag.first_line)
    yield from _body(tag.without(len(tag.lines[0])), dialect)


def _spelled(name: str) -> str:
    """`packageName` -> `Package name`."""
    spelled = _CAMEL.sub(" ", name).lower()
    return spelled[:1].upper() + spelled[1:]
