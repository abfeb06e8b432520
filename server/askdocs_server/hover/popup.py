"""The whole of a popup: the passage that documents a symbol, and what else the manual has on it.

An editor shows a docstring by itself. What it lacks is the manual: an example of a symbol's use,
where in the manual the passage stands, and which other sections use the symbol.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from askdocs_indexer.grammars import is_source
from askdocs_indexer.types import Chunk, Use
from askdocs_server.hover.lookup import HoverResult
from askdocs_server.text.markdown import fenced
from askdocs_server.text.sanitize import plain, safe_line, safe_markdown

_MOST_LINKS = 3
# Longer examples are for the page.
_MOST_EXAMPLE_LINES = 12
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))


def popup(result: HoverResult, root: Path, uses: Sequence[Use] = (), summary: str = "") -> str:
    """Return the Markdown of a hover; "" where there is nothing to show.

    From top to bottom: its summary, if any, the passage, an example where that has none, a link to
    its lines, and links to sections whose code uses the symbol.
    """
    below = [_position(hit.chunk, root) for hit in result.hits[:1]]
    if others := elsewhere(result, uses):
        links = (_link(title_of(chunk), chunk, root) for chunk in others)
        below.append(f"**More in the docs:** {' · '.join(links)}")
    above = f"**In short** (generated): {safe_line(summary)}\n\n---" if summary else ""
    passage = "\n\n".join(filter(None, [result.text, example(result, uses)]))
    return "\n\n".join(filter(None, [above, passage, "---" if passage else "", *below]))


def elsewhere(result: HoverResult, uses: Sequence[Use]) -> list[Chunk]:
    """Return where else to read of a symbol: up to three sections that are not shown."""
    shown = [result.hits[0].chunk, *result.hits[0].rest] if result.hits else []
    ids, sections = {chunk.id for chunk in shown}, {chunk.section for chunk in shown}
    chunks = (use.chunk for use in uses)
    others = [chunk for chunk in chunks if chunk.id not in ids and chunk.section not in sections]
    return others[:_MOST_LINKS]


def example(result: HoverResult, uses: Sequence[Use]) -> str:
    """Return a short example of a symbol's use, where its passage shows no code of its own."""
    fences = 2 * result.text.startswith("```")  # Those of a signature.
    if result.text.count("```") > fences:
        return ""
    codes = (dedent(use.code).strip("\n") for use in uses)
    code = next(filter(_is_example, codes), "")
    return safe_markdown(f"**Example:**\n\n{fenced(code, result.language)}") if code else ""


def _is_example(code: str) -> bool:
    """Return whether code is short, and not a piece of a longer block."""
    is_whole = all(code.count(left) == code.count(right) for left, right in _PAIRS)
    return is_whole and code.count("\n") < _MOST_EXAMPLE_LINES


def _position(chunk: Chunk, root: Path) -> str:
    link = _link(f"{chunk.path}:{chunk.start_line}", chunk, root)
    # A source's headings are the names of its file and its declarations.
    trail = "" if is_source(chunk.path) else plain(" › ".join(chunk.heading_path))
    return f"{trail} — {link}" if trail else link


def title_of(chunk: Chunk) -> str:
    """Return what tells a section: its page and itself, in plain text."""
    return " › ".join(dict.fromkeys((*chunk.heading_path[:1], chunk.title)))


def _link(text: str, chunk: Chunk, root: Path) -> str:
    return f"[{plain(text)}]({(root / chunk.path).as_uri()}#L{chunk.start_line})"
