"""Ends a text at a stop string.

A server that is told of stop strings holds back as many characters as the longest has, from the
first token on; only what may be the beginning of one need be.
"""

from __future__ import annotations

from collections.abc import Sequence


class StopSequences:
    """Passes a text on up to the first stop string; `reached` says that there was one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self.reached = False
        self._stops = stops
        self._held = ""

    def feed(self, piece: str) -> str:
        """Add a piece; return what can be passed on now."""
        held = self._held + piece
        starts = [start for stop in self._stops if (start := held.find(stop)) >= 0]
        end = min(starts, default=len(held) - self._begun_characters(held))
        self.reached = bool(starts)
        self._held = "" if self.reached else held[end:]
        return held[:end]

    def flush(self) -> str:
        """What is still held back, at the end of the text."""
        return self._held

    def _begun_characters(self, text: str) -> int:
        """Return the length of the longest ending of a text that begins a stop string."""
        begun = (n for stop in self._stops for n in range(1, len(stop)) if text.endswith(stop[:n]))
        return max(begun, default=0)
