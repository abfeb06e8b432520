"""A symbol's signature as code: its own declarations in a section, or the section's title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from askdocs_indexer.storage.symbol_table import last_part
from askdocs_server.hover.blocks import Block
from askdocs_server.text.markdown import fenced, opening_fence
from askdocs_server.text.sanitize import plain

_MOST_SIBLINGS = 4
# How decorators, annotations and attributes begin.
_DECORATIONS = ("@", "#[", "[")

# A title that is a declaration and not only a name.
_CODE_TITLE = re.compile(r"(?:[a-z]+ )*[\w.:$#~]+\(.*\)|(?:[a-z]+ )+[\w.:$#~]+")
# A name stands before its parameters, its value or its type.
_NAME_END = re.compile(r"[(\[={;]|:(?!:)|->")


def signature(block: Block, name: str, language: str) -> str:
    """Return the declarations of `name` in a section's first block; "" where it declares none.

    The block's other declarations are only named: a section may document a whole family.
    """
    first, *lines = block.text.split("\n")
    fence = opening_fence(first)
    if fence is None or not lines or not fence.is_closed_by(lines.pop()):
        return ""
    if not any(last_part(name) in line for line in lines):
        return ""
    names = {declaration: _name_of(declaration) for declaration in _declarations(lines)}
    own = [d for d, its_name in names.items() if its_name == name]
    own = own or [d for d, its_name in names.items() if last_part(its_name) == last_part(name)]
    shown = own or list(names)
    code = fenced("\n".join(shown), fence.info or language)
    others = dict.fromkeys(its_name for d, its_name in names.items() if d not in shown)
    return f"{code}\n\n{_together(list(others), name)}" if others else code


def heading(title: str, name: str, language: str) -> str:
    """Return a title as the signature: as code if it is written like a declaration."""
    title = " ".join(title.split())
    if _CODE_TITLE.fullmatch(title) and last_part(name) in title:
        return fenced(title, language)
    # Sphinx shows three hyphens as a dash.
    return f"**{plain(title.replace(' --- ', ' — '))}**"


def _declarations(lines: Sequence[str]) -> list[str]:
    """Join the lines that belong to a declaration: what continues it, and decorators above it."""
    declarations: list[str] = []
    is_decorated = False
    for line in lines:
        if declarations and (is_decorated or not line or line[0] in " \t)]}"):
            declarations[-1] += f"\n{line}"
        else:
            declarations.append(line)
        is_decorated = line.startswith(_DECORATIONS)
    return declarations


def _name_of(declaration: str) -> str:
    lines = [line for line in declaration.split("\n") if not line.startswith(_DECORATIONS)]
    words = _NAME_END.split("\n".join(lines), maxsplit=1)[0].split()
    return words[-1].lstrip("@*&") if words else ""


def _together(others: Sequence[str], name: str) -> str:
    short = last_part(name)
    names = [other if last_part(other) == short else last_part(other) for other in others]
    listed = ", ".join(f"`{sibling}`" for sibling in names[:_MOST_SIBLINGS])
    more = len(names) - _MOST_SIBLINGS
    return f"Together with {listed}" + (f" and {more} more." if more > 0 else ".")
