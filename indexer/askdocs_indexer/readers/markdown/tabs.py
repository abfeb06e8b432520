"""Tabs of docfx: headings that are links to `#tab/…`, up to a rule.

Whatever level they are written with, the page shows them below the heading around, and the
headings of their contents below them.
"""

from __future__ import annotations

import re

_TAB = re.compile(r"\[[^\n]*\]\(#tab/[^()\s]*\)$")


class Tabs:
    """Follows the headings and rules of a document. `level` is that of the open tabs, 0 for none.

    Tabs whose rule is missing end at a heading that cannot stand below the one around them.
    """

    def __init__(self) -> None:
        self.level = 0

    def level_of(self, heading: str, written: int, around: int, *, is_closed: bool) -> int:
        """Return the level of a heading below one of the level `around`, 0 for none.

        `is_closed` says whether a rule follows.
        """
        if is_tab(heading):
            self.level = self.level or max(around, 1) + 1
            return self.level
        if self.level and (written >= self.level or is_closed):
            return max(written, self.level) + 1
        self.level = 0
        return written

    def end(self) -> int:
        """End the open tabs; return their level."""
        level, self.level = self.level, 0
        return level


def is_tab(heading: str) -> bool:
    """Return whether a heading's Markdown is that of a tab."""
    return _TAB.match(heading.strip()) is not None
