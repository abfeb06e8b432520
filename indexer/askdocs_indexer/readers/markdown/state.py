"""What the rules of Markdown's blocks do with the parser's state."""

from __future__ import annotations

from markdown_it.rules_block import StateBlock


def line_text(state: StateBlock, line: int) -> str:
    """Return a line without its indentation; "" for a line that is indented as code."""
    if state.is_code_block(line):
        return ""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def lines_text(state: StateBlock, start: int, end: int, indented_as: int) -> str:
    """Return the lines [start, end) without the indentation of another line."""
    return state.getLines(start, end, state.sCount[indented_as], False)


def push(
    state: StateBlock, kind: str, start: int, end: int, code: str = "", info: str = ""
) -> bool:
    """Add a token for the lines [start, end), with the code in them and its language."""
    token = state.push(kind, "", 0)
    token.map, token.content, token.info = [start, end], code, info
    state.line = end
    return True
