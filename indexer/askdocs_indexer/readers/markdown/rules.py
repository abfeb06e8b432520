"""The parser of Markdown's blocks, with those that documentation sites add to CommonMark.

Each rule gives a single token without children, whose lines the reader then reads:

- ``front_matter``: YAML, TOML or JSON for programs, above the document.
- ``admonition``: `!!! note`, `??? note` or `=== "Tab"` with the indented lines below it.
- ``autodoc``: `::: package.name` with its options, where mkdocstrings puts a docstring.
- ``directive``: `:::{name} argument` of MyST, with its body up to the colons that close it.
- ``colon_open``, ``colon_close``: the lines `:::note` and `:::`; the lines between are parsed too.
- ``continued``: what is indented below the first paragraph of a definition or a footnote.
- ``code``: what code tags of templates enclose, and the expressions of MDX.
- ``unseen``: statements and comments of MDX, comments of templates, and the targets, comments and
  breaks of MyST.
- ``tags``: lines of nothing but a template's tags, and attributes of Kramdown.
- ``jsx``: the tags of MDX components that fill their lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph

from askdocs_indexer.readers.markdown.colons import AUTODOC, COLON_DIRECTIVE, COLONS, closing_colons
from askdocs_indexer.readers.markdown.front_matter import front_matter
from askdocs_indexer.readers.markdown.mdx import expression_code, expression_end, tags
from askdocs_indexer.readers.markdown.state import line_text, lines_text, push
from askdocs_indexer.readers.markdown.templates import (
    attribute_line,
    template_block,
    template_line,
    template_tag,
)

_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+\w|===[!+]?[ \t]+\"")
_INDENT = 4
_NOTE = re.compile(r"\[\^[^\[\]\s]{1,100}\]:")
_DEFINITION = re.compile(r"(?P<mark>[:~][ \t]{1,9})\S")
# Where a document's pairs of colons are kept while it is parsed.
_CLOSING = "closing_colons"
_TARGET = re.compile(r"\([\w .:+-]{1,100}\)=$")
_IMPORT = re.compile(r"import\s+(?:[\w*{].*\sfrom\s+)?[\"'][^\"']+[\"'];?\s*$")
_STATEMENT = re.compile(
    r"import\s*(?:[{*\"']|(?:type\s+)?\w+\s*(?:,|\sfrom\s))|export\s*(?:[{*]|"
    r"(?:async|class|const|default|enum|function|interface|let|type|var)\b)"
)
_GOES_ON = (",", "=", "=>", "(", "?", ":", "+", "|", "&", " from")
# Statements, expressions and tags may take this many lines: an unclosed one must stay cheap.
_LONGEST = 200

# Blocks that end without a blank line.
_ANYTHING = ("paragraph", "reference", "blockquote", "list")

_Rule = Callable[[StateBlock, int, int, bool], bool]


@cache
def block_parser(
    *, is_mdx: bool = False, is_myst: bool = False, opens_document: bool = False
) -> MarkdownIt:
    """Return a parser of blocks only: their inline contents stay as they were written.

    Front matter is looked for only where the text `opens_document`. What a parser notes of a text
    is in the environment that it is given with it, so all texts of a dialect share one.
    """
    parser = MarkdownIt("commonmark").enable("table")
    if opens_document:
        _add(parser, (), _front_matter)
    _add(parser, _ANYTHING, _admonition, _autodoc, _directive, _colons)
    _add(parser, (), _target, _footnote)
    parser.block.ruler.at("paragraph", _paragraph)
    if is_mdx:
        # Indented text is not code in MDX: the contents of components are written that way.
        parser.disable("code")
        _add(parser, _ANYTHING, _jsx)
        _add(parser, (), _statement, _expression)
    else:
        _add(parser, (), _import)
        _add(parser, _ANYTHING, template_block, template_tag, template_line, attribute_line)
    if is_myst:
        _add(parser, _ANYTHING, _myst_note)
    return parser.disable(["inline", "text_join"])


def _add(parser: MarkdownIt, ends: Sequence[str], *rules: _Rule) -> None:
    """Add rules whose blocks end the named other blocks without a blank line between."""
    for rule in rules:
        parser.block.ruler.before("fence", rule.__name__, rule, {"alt": list(ends)})


def _front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    matter = None if start else front_matter(state.src)
    if matter is None or not push(state, "front_matter", 0, matter.lines):
        return False
    state.tokens[-1].meta["matter"] = matter
    return True


def _admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not _ADMONITION.match(line_text(state, start)):
        return False
    inner = state.sCount[start] + _INDENT
    line, last = start + 1, start
    while line < end and (state.isEmpty(line) or state.sCount[line] >= inner):
        last = last if state.isEmpty(line) else line
        line += 1
    return last > start and (silent or push(state, "admonition", start, last + 1))


def _autodoc(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A word alone is a container's (`::: tip`), unless options are indented below it."""
    match = AUTODOC.match(line_text(state, start))
    if match is None:
        return False
    inner = state.sCount[start] + _INDENT
    line = start + 1
    while line < end and not state.isEmpty(line) and state.sCount[line] >= inner:
        line += 1
    is_certain = match["rest"] or line > start + 1
    return bool(is_certain) and (silent or push(state, "autodoc", start, line))


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An unclosed directive would take the headings of all that follows: its line stays a line."""
    match = COLON_DIRECTIVE.match(line_text(state, start))
    if match is None:
        return False
    # The pieces of a document share what is kept.
    closing = state.env.setdefault(_CLOSING, {})
    if state.src not in closing:
        closing[state.src] = closing_colons(state.src.split("\n"))
    last = closing[state.src].get(start, end)
    if last >= end or any(map(partial(_is_outside, state), range(start, last + 1))):
        return False
    if not silent:
        push(state, "directive", start, last + 1)
        state.tokens[-1].markup, state.tokens[-1].info = match["colons"], match["info"]
    return True


def _is_outside(state: StateBlock, line: int) -> bool:
    """Return whether a line ends the list around it."""
    return not state.isEmpty(line) and state.sCount[line] < state.blkIndent


def _colons(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    text = line_text(state, start)
    match = COLONS.match(text)
    if match is None or not (match["name"] or match.end() == len(text)):
        return False
    return silent or push(state, "colon_open" if match["name"] else "colon_close", start, start + 1)


def _target(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    is_target = _TARGET.match(line_text(state, start)) is not None
    return is_target and push(state, "unseen", start, start + 1)


def _myst_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A comment, or the break between the blocks of a notebook."""
    is_note = line_text(state, start).startswith(("%", "+++"))
    return is_note and (silent or push(state, "unseen", start, start + 1))


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A footnote of a single word, or of a single address, is not a definition of a link."""
    return line_text(state, start).startswith("[^") and _paragraph(state, start, end, silent)


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph; what is indented below a definition or a footnote belongs to it, not to code."""
    paragraph(state, start, end, silent)
    indent = _content_indent(state, start)
    line, last = state.line, state.line
    inner = state.blkIndent + indent
    while indent and line < end and (state.isEmpty(line) or state.sCount[line] >= inner):
        line += 1
        last = last if state.isEmpty(line - 1) else line
    if last > state.line:
        # Four columns are usual, also where the mark takes fewer.
        least = min(state.sCount[i] for i in range(state.line, last) if not state.isEmpty(i))
        push(state, "continued", state.line, last)
        state.tokens[-1].meta["indent"] = max(inner, min(least, state.blkIndent + _INDENT))
    return True


def _content_indent(state: StateBlock, start: int) -> int:
    """Return how far the contents of the footnote or definition in a paragraph are indented.

    The paragraph ends on the line before `state.line`; 0 stands for any other.
    """
    if _NOTE.match(line_text(state, start)):
        return _INDENT
    for line in range(state.line - 1, start - 1, -1):
        definition = _DEFINITION.match(line_text(state, line))
        if definition:
            mark = definition["mark"].expandtabs(_INDENT)
            return state.sCount[line] - state.blkIndent + len(mark)
    return 0


def _import(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    is_import = _IMPORT.match(line_text(state, start)[:400]) is not None
    return is_import and push(state, "unseen", start, start + 1)


def _statement(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An import or export of MDX; it goes on until its brackets are closed."""
    if not _STATEMENT.match(line_text(state, start)[:400]):
        return False
    depth = 0
    for line in range(start, min(end, start + _LONGEST)):
        text = line_text(state, line)
        depth += sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))
        if depth <= 0 and text and not text.endswith(_GOES_ON):
            return push(state, "unseen", start, line + 1)
    return False


def _expression(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A comment of MDX, or an expression over several lines, which may be blank."""
    if not line_text(state, start).startswith("{"):
        return False
    text = lines_text(state, start, min(end, start + _LONGEST), start)
    close = expression_end(text, 0)
    if close < 0 or text[close:].split("\n", 1)[0].strip():
        return False
    code, last = expression_code(text[:close]), start + text.count("\n", 0, close)
    if code and last == start:
        return False
    return push(state, "code" if code else "unseen", start, last + 1, code)


def _jsx(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Tags of components up to the end of a line, with no text beside them."""
    if not line_text(state, start).startswith("<"):
        return False
    filled = tags(lines_text(state, start, min(end, start + _LONGEST), start))
    if filled is None:
        return False
    code = "\n".join(filter(None, filled.codes))
    if not silent:
        push(state, "jsx", start, start + filled.lines, code)
        state.tokens[-1].meta["markup"] = filled.markup
    return True
