"""The XML of C#'s doc comments: each element of its own a tag, the text as HTML."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from itertools import pairwise

from askdocs_indexer.languages.doc_comments.attachment import Doc
from askdocs_indexer.languages.doc_comments.prose import html
from askdocs_indexer.languages.doc_comments.tags import Dialect, Tag

# Elements of the comment -> the tag that they are like.
_SECTIONS = {
    "summary": "",
    "remarks": "remarks",
    "param": "param",
    "typeparam": "typeParam",
    "returns": "returns",
    "value": "value",
    "exception": "exception",
    "example": "example",
    "seealso": "see",
    "permission": "permission",
    "inheritdoc": "inheritdoc",
    "include": "include",
}
_NAMES = "|".join(_SECTIONS)
_SECTION = re.compile(rf"<(?P<name>{_NAMES})\b(?P<given>[^<>]{{0,400}}?)/?>")
_SECTION_END = re.compile(rf"</(?:{_NAMES})\s*>")
_ATTRIBUTE = re.compile(r"""\b(?P<name>\w+)\s*=\s*["'](?P<text>[^"'<>]{0,300})["']""")
_ELEMENT = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z]\w{0,30})(?P<given>[^<>]{0,400}?)(?P<empty>/?)>"
)
_KIND = re.compile(r"^[!A-Z]:")
# Elements inside of a text -> (how HTML begins them, how it ends them).
_HTML = {
    "c": ("<code>", "</code>"),
    "code": ("<pre>", "</pre>"),
    "description": ("", ""),
    "item": ("<li>", "</li>"),
    "list": ("<ul>", "</ul>"),
    "listheader": ("<li>", "</li>"),
    "para": ("<p>", "</p>"),
    "term": ("<b>", "</b> "),
}
_REFERENCES = frozenset({"paramref", "see", "typeparamref"})


def tags_of(doc: Doc) -> tuple[Tag, ...]:
    """Cut a comment into its elements, in the order of its lines."""
    text = "\n".join(doc.lines)
    starts = [*_SECTION.finditer(text)]
    bounds = [0, *(match.start() for match in starts), len(text)]
    cut = zip([None, *starts], pairwise(bounds), strict=True)
    return tuple(_tags(text, doc.first_line, cut))


def _tags(
    text: str, first_line: int, cut: Iterator[tuple[re.Match[str] | None, tuple[int, int]]]
) -> Iterator[Tag]:
    for match, (start, end) in cut:
        written = text[match.end() if match is not None else start : end]
        given = _attributes(match["given"]) if match is not None else {}
        body = _ELEMENT.sub(_element, _SECTION_END.sub("", written).rstrip())
        label = _shown(given.get("name") or given.get("cref") or given.get("href") or "")
        line = first_line + text.count("\n", 0, match.end() if match is not None else start)
        name = _SECTIONS[match["name"]] if match is not None else ""
        if not (body.strip() or (name == "see" and label)):
            continue
        if name == "example" and "<pre" not in body:
            name = "remarks"
        if not label:
            skipped = len(body) - len(body.lstrip())
            line += body.count("\n", 0, skipped)
            body = body.lstrip()
        yield Tag(name, line, tuple(f"{label} {body}".strip().split("\n")))


def _attributes(given: str) -> dict[str, str]:
    return {match["name"]: match["text"] for match in _ATTRIBUTE.finditer(given)}


def _shown(reference: str) -> str:
    """Return what a `cref` names: ``T:Acme.Box{T}`` is ``Acme.Box<T>``."""
    return _KIND.sub("", reference).replace("{", "<").replace("}", ">")


def _element(match: re.Match[str]) -> str:
    """Write a comment's own element as HTML, with as many line ends."""
    name, lines = match["name"], "\n" * match[0].count("\n")
    if name in _REFERENCES:
        if not match["empty"]:  # The text inside of it is shown.
            return lines
        given = _attributes(match["given"])
        shown = entities.escape(_shown(next(iter(given.values()), "")), quote=False)
        return f"{shown}{lines}" if "href" in given else f"<code>{shown}</code>{lines}"
    if name in _HTML:
        return _HTML[name][bool(match["end"])] + lines
    return match[0]


# The text is HTML by then: no other tags are left in it.
XML = Dialect(re.compile(r"(?!)(?P<name>)"), str, html, "csharp")
