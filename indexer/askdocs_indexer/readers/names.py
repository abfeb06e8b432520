"""Which symbols a heading documents.

A heading in code font, or one that reads like a call or a dotted name, stands for that symbol, as
API pages written by hand have it: ``## `Client.connect(host)` ``. An ordinary word does not.
"""

from __future__ import annotations

import re

from askdocs_indexer.readers.source import words

_NAME = r"[A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*)*"
_KEYWORDS = (
    r"(?:(?:async|class|classmethod|const|def|enum|exception|export|fn|func|function|impl|"
    r"interface|method|module|property|pub|public|static|staticmethod|struct|trait|type)\s+)*"
)
_SIGNATURE = re.compile(
    rf"@?{_KEYWORDS}(?P<name>{_NAME})(?:\s*<(?:[^<>]|<[^<>]*>)*>)?(?P<call>\s*\(.*\))?"
    r"(?:\s*(?:->|→|:|=).*)?[!?]?$",
    re.DOTALL,
)
# A component: `<Suspense fallback={…}>`.
_ELEMENT = re.compile(r"</?(?P<name>[A-Z][\w.]*)(?:\s[^<>]*)?/?>$")
_CODE = re.compile(r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)", re.DOTALL)
_BETWEEN = re.compile(r"[\s,/&|]*(?:\b(?:and|or)\b)?[\s,/&|]*$")
_AFTER = re.compile(r"\s*(?:$|[-–—:(])")
# Bare words count only as a dotted name or with arguments right behind: not `Install (Linux)`, and
# not `Step(s)`.
_LIKE_CODE = re.compile(rf"{_KEYWORDS}[\w$]+(?:(?:\.|::|#)[\w$]+|\((?!e?s\)))")
_TITLE_CHARACTERS = 400
# `README.md` and `node.js` read like dotted names and are none.
_FILE_ENDINGS = words(
    "c cfg com conf cpp css csv exe go h htm html ini ipynb java js json lock log md net org "
    "pdf png py rs rst sh sql svg toml ts tsx txt xml yaml yml zip"
)


def signature_name(signature: str) -> str:
    """Return the name that a signature like ``class a.B(x) -> y`` declares, or "" for none."""
    signature = signature.strip()
    match = _SIGNATURE.match(signature) or _ELEMENT.match(signature)
    return match["name"] if match else ""


def heading_symbols(title: str) -> tuple[str, ...]:
    """Return the names that a heading documents; `title` is its Markdown."""
    title = title.strip()
    if not title or len(title) > _TITLE_CHARACTERS:
        return ()
    if "`" not in title:
        title = re.sub(r" \(\)$", "()", title)
        name = signature_name(title) if _LIKE_CODE.match(title) else ""
        return (name,) if name and _is_symbol(name, title) else ()
    names: list[str] = []
    position = 0
    for match in _CODE.finditer(title):
        if not _BETWEEN.match(title[position : match.start()]):
            break
        code = match["code"].strip()
        name = signature_name(code)
        if not name or not _is_symbol(name, code):
            return ()
        names.append(name)
        position = match.end()
    return tuple(dict.fromkeys(names)) if _AFTER.match(title, position) else ()


def qualified(names: tuple[str, ...], parents: tuple[str, ...]) -> tuple[str, ...]:
    """Return `names` inside the symbol that the heading above documents."""
    if len(parents) != 1:
        return names
    parent = parents[0]
    return tuple(
        name if re.search(r"\.|::|#", name) else f"{parent}{'::' if '::' in parent else '.'}{name}"
        for name in names
    )


def _is_symbol(name: str, written: str) -> bool:
    return "(" in written or name.rpartition(".")[2].lower() not in _FILE_ENDINGS or "." not in name
