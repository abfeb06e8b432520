"""Inline markup of reStructuredText, with Sphinx's roles, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span, literal_in_rst, without_blocks

# Every repetition is bounded or ends at a backtick, so that no input makes matching quadratic.
_INLINE = re.compile(
    r"""
      (?P<escape>\\.)
    | ``(?P<literal>(?=\S)(?:[^`]|`(?!`(?!`)))+?)``(?!`)
    | (?<!\w)_`(?P<anchor>[^`]{1,200})`
    | (?P<role>(?<![\w:]):[A-Za-z][\w.+-]{0,40}(?::[A-Za-z][\w.+-]{0,40})?:)?
      `(?P<text>[^`]{1,2000})`
      (?P<suffix>__?(?!\w)|:[A-Za-z][\w.+:-]{0,60}:(?!`))?
    | (?P<footnote>(?<![ \t])[ \t]*+\[(?:\#[\w.+-]{0,60}|\d{1,6}|\*)\]_(?!\w))
    | \[(?P<citation>[A-Za-z][\w.+-]{0,60})\]_(?!\w)
    | (?<![\w`*|<])(?P<target>[A-Za-z0-9]{1,80}(?:[.+:_-][A-Za-z0-9]{1,80}){0,10})__?(?![\w`])
    | \|(?P<substitution>[^|\s](?:[^|\n]{0,80}[^|\s])?)\|(?:__?(?!\w))?
    """,
    re.VERBOSE | re.DOTALL,
)
_DOCUMENT_ROLES = frozenset({"doc", "numref", "ref"})
_ANCHOR = re.compile(r"[\w./-]+$")
_ESCAPE = re.compile(r"\\([\s<>`])")
# What leads somewhere outside of Sphinx: addresses, and files beside the document.
_LEADING = re.compile(
    r"(?:(?:https?|ftp|mailto):\S+|(?:[\w.@~+-]+/)*+[\w@~+-][\w.@~+-]*\.[A-Za-z]\w{0,7})$"
)
_MARKDOWN_SPECIAL = "\\`*_[]<#&~"

# These roles name prose, not code. Roles that are not listed here or in _WRITTEN name code.
_PROSE_ROLES = words(
    "abbr abbreviation any-link citation cite dfn doc download eq footcite guilabel index "
    "mailheader manpage menuselection newsgroup numref pypi ref source sub subscript sup "
    "superscript term title title-reference"
)
_WRITTEN: dict[str, Callable[[str], str]] = {
    "pep": lambda target: f"PEP {target}",
    "rfc": lambda target: f"RFC {target}",
    "cve": lambda target: f"CVE-{target}",
    "cwe": lambda target: f"CWE-{target}",
    "issue": lambda target: f"issue {target}",
    "bpo": lambda target: f"bpo-{target}",
    "gh": lambda target: f"gh-{target}",
    "emphasis": lambda target: f"*{target}*",
    "strong": lambda target: f"**{target}**",
}


def to_markdown(text: str, substitutions: Mapping[str, str] | None = None) -> str:
    """Return a paragraph's inline markup as Markdown, keeping its line breaks.

    `substitutions` are the document's texts for names between bars, already Markdown.
    """
    parts: list[str] = []
    position = 0
    for match in _INLINE.finditer(text):
        parts.append(literal_in_rst(text[position : match.start()]))
        parts.append(_convert(substitutions or {}, match))
        position = match.end()
    parts.append(literal_in_rst(text[position:]))
    return without_blocks("".join(parts))


def _convert(substitutions: Mapping[str, str], match: re.Match[str]) -> str:
    source = match[match.lastgroup or 0]
    match match.lastgroup:
        case "escape":
            markdown = source if source[1] in _MARKDOWN_SPECIAL else source[1:].strip()
        case "literal":
            markdown = code_span(source)
        case "footnote":
            markdown = ""
        case "citation":
            markdown = f"\\[{source}]"
        case "substitution":
            markdown = substitutions.get(source, source)
        case "anchor" | "target":
            markdown = source
        case _:
            markdown = _interpreted(match["role"] or "", match["text"], match["suffix"] or "")
    return markdown


def _interpreted(role: str, text: str, suffix: str) -> str:
    if suffix.startswith("_"):
        return _link(role, text)
    return role_text((role or suffix).strip(":"), text)


def _link(before: str, text: str) -> str:
    """`text <url>`_ or `target`_."""
    label, target = label_and_target(text)
    if not target:
        return before + text
    url = "".join(target.split())
    return f"{before}[{label or url}]({url})" if _LEADING.match(url) else before + (label or target)


def role_text(role: str, text: str) -> str:
    """Return what Sphinx shows of a role's text, as Markdown; `role` may name its domain."""
    name = role.rpartition(":")[2].lower()
    label, target = label_and_target(text)
    if not label:
        label = (target or text).removeprefix("!")
        if label.startswith("~"):
            label = label[1:].rpartition(".")[2]
        if name in _WRITTEN:
            return _WRITTEN[name](label)
        if name in _DOCUMENT_ROLES and _ANCHOR.match(label):
            return re.sub(r"[-_]", " ", label.rpartition("/")[2])
    if name in _PROSE_ROLES or name in _WRITTEN:
        return label
    return code_span(_ESCAPE.sub(lambda match: match[1].strip(), label))


def label_and_target(text: str) -> tuple[str, str]:
    """Split a role's ``label <target>``; both are "" where the text has no target."""
    opening = text.rfind("<")
    if opening < 0 or not text.endswith(">") or text[opening - 1 : opening] == "\\":
        return "", ""
    return text[:opening].rstrip(), text[opening + 1 : -1]
