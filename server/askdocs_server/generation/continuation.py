"""Joins an answer that was begun in the model's name with what a server writes after it.

vLLM, SGLang and llama.cpp continue it. Others may repeat its beginning first, or start again.
"""

from __future__ import annotations


class Continuation:
    """Passes on what follows the text `begun`, which is left out where it is repeated."""

    def __init__(self, begun: str) -> None:
        self._begun = begun
        # What may still be a repetition; None once that is decided.
        self._held: str | None = "" if begun else None

    def feed(self, piece: str) -> str:
        """Add a piece; return what can be passed on now."""
        if self._held is None:
            return piece
        self._held += piece
        return "" if self._begun.startswith(self._held.strip()) else self.flush()

    def flush(self) -> str:
        """What is still held back, at the end of the text."""
        held, self._held = self._held, None
        return _after(self._begun, held) if held else ""


def _after(begun: str, text: str) -> str:
    repeated = text.lstrip()
    if repeated.startswith(begun):
        return repeated.removeprefix(begun)
    # Only what is not a continuation begins with a letter right after a comma.
    starts_again = text[:1].isalnum() and not begun[-1:].isalnum()
    return f" {text}" if starts_again else text
