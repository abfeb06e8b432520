"""Headings below which the very name in them is declared, as generators of API pages write.

`### pressure` above `> **pressure**: number`, or `### Brake(Int32)` above code that begins with
`public void Brake(int force)`: the declaration proves what the heading is about, whatever the tool.
A page with only a single such heading may have been written by hand, about anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown.languages import FAMILIES
from askdocs_indexer.readers.markdown.titles import heading_title

_LEAST = 2
# Between a heading and its declaration, no reference has more blocks.
_MOST_TOKENS = 60
_MOST_CHARACTERS = 600

# A heading's name, among the words for its kind and with its arguments.
_HEADING = re.compile(
    r"(?:(?:class|constructor|enum|enumeration|event|field|function|interface|method|namespace|"
    r"operator|property|record|struct|trait|type|typedef|union|using|var|variable):?\s+)?"
    r"(?P<name>[A-Za-z_$][\w$]*(?:(?:\.|::)~?[A-Za-z_$][\w$]*)*)(?:<.*>)?\??"
    r"(?P<call>\s*\(.*\))?(?:\s+(?:Class|Constructor|Delegate|Enum|Event|Field|Interface|Method|"
    r"Operator|Property|Struct)s?)?$",
    re.DOTALL | re.IGNORECASE,
)
_MARKS = re.compile(r"\*\*|~~|\[(?=[^\[\]]*\]\()|\]\([^()]*\)|`")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_QUOTED = re.compile(r"(?:\\\+|[▸•Ƭ])\s|>\s")
_SIGNATURE_HEADING = re.compile(r"(?:(?:Call|Get|Set) )?Signature$")
_KEYWORD = (
    r"(?:#define|abstract|class|constexpr|data|declare|def|delegate|enum|event|export|final|fn|fun|"
    r"func|function|inline|interface|internal|module|namespace|open|override|private|protected|"
    r"pub|public|readonly|record|sealed|static|struct|suspend|template|trait|type|typedef|union|"
    r"using|virtual)"
)
# What is no type before a name.
_NO_TYPES = ("await", "const", "let", "new", "return", "var")
# Above headings that name types, of which no declaration is shown.
_GROUPS = words("Classes Enumerations Enums Exceptions Interfaces Namespaces Structs Traits Types")


@dataclass(frozen=True, slots=True)
class Declaration:
    """The name that a heading and a declaration below it agree on, and its family of languages."""

    name: str
    family: str


def declarations(tokens: Sequence[Token], lines: Sequence[str]) -> dict[int, Declaration]:
    """Return what is declared below the headings of a document, by their tokens' indices.

    It is empty for a document that is no reference.
    """
    headings = [i for i, token in enumerate(tokens) if token.type == "heading_open"]
    below = ((i, _declared(tokens, i, lines)) for i in headings)
    declared = {i: declaration for i, declaration in below if declaration is not None}
    if len(declared) < _LEAST:
        return {}
    return {**dict(_grouped(tokens, headings, declared)), **declared}


def _declared(tokens: Sequence[Token], index: int, lines: Sequence[str]) -> Declaration | None:
    name = heading_name(tokens[index + 1].content)
    if not name:
        return None
    last = re.split(r"\.|::", name)[-1]
    for position in range(index + 3, min(len(tokens), index + _MOST_TOKENS)):
        token = tokens[position]
        if token.type == "heading_open":
            if not _SIGNATURE_HEADING.match(tokens[position + 1].content):
                return None
        elif token.type == "fence":
            family = FAMILIES.get(token.info.strip().split(" ")[0].lower(), "")
            is_declared = family and _declares(token.content[:_MOST_CHARACTERS], last)
            return Declaration(name, family) if is_declared else None
        elif token.type in {"blockquote_open", "paragraph_open"} and token.map:
            line = lines[token.map[0]]
            if _QUOTED.match(line) and f"**{last}**" in _ESCAPE.sub(r"\1", line):
                return Declaration(name, "javascript")  # TypeDoc
    return None


def heading_name(markdown: str) -> str:
    """Return the name that is all of a heading but for arguments and a word for its kind."""
    title = heading_title(markdown[:_MOST_CHARACTERS])
    text = _ESCAPE.sub(r"\1", _MARKS.sub("", title)).replace("().", ".").strip()
    match = _HEADING.match(text)
    return match["name"] if match else ""


def _declares(code: str, name: str) -> bool:
    """Return whether code begins with the declaration of a name, rather than uses it."""
    escaped = re.escape(name)
    statement = re.split(r"[{;]|\n\n", _without_notes(code), maxsplit=1)[0]
    head = rf"\s*(?:template\s*<[^\n]*>\s*)?(?P<before>[^=(\n]*?)(?<![\w.]){escaped}(?P<after>\W|$)"
    match = re.match(head, statement)
    if match is None:
        return False
    before = match["before"].split()
    is_typed = bool(before) and not before[0].startswith(_NO_TYPES)
    rest = statement[match.end("before") :]
    is_called = rest.startswith(f"{name}(")
    has_result = re.match(rf"{escaped}\(.*\)\s*(?:->|→|:)", rest, re.DOTALL) is not None
    has_keyword = any(re.fullmatch(_KEYWORD, word) for word in before)
    return has_keyword or has_result or (is_typed and (is_called or not match["after"].strip()))


def _without_notes(code: str) -> str:
    """Take out what stands in front of a declaration: comments, decorators and attributes."""
    lines = code.split("\n")
    while lines and re.match(r"\s*(?:$|//|/\*|\*|@\w|#\[|\[\w[^\]]*\]\s*$)", lines[0]):
        del lines[0]
    return "\n".join(lines)


def _grouped(
    tokens: Sequence[Token], headings: Sequence[int], declared: dict[int, Declaration]
) -> Iterator[tuple[int, Declaration]]:
    """Yield the headings right below those of groups of types."""
    family = next(iter(declared.values())).family
    group = 0
    for index in headings:
        level, title = int(tokens[index].tag[1]), tokens[index + 1].content
        if title in _GROUPS:
            group = level
        elif level <= group:
            group = 0
        elif group and level == group + 1 and (name := heading_name(title)):
            yield index, Declaration(name, family)
