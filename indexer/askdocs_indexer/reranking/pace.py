"""How long a model takes on this machine for texts of a length, learned from what it took."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence

# The median of so many calls follows a machine that becomes busy, and no single call that stalled.
_REMEMBERED = 5


class Pace:
    """What calls cost. For one thread at a time.

    A call's lengths are the tokens of its texts, each of which is padded to the longest. Texts of
    like length (32 to 63 tokens, 64 to 127…) have a rate of their own: every call costs something
    beside its tokens, and attention grows with their square.
    """

    def __init__(self) -> None:
        self._rates: dict[int, deque[float]] = {}

    def note(self, lengths: Sequence[int], seconds: float) -> None:
        """Learn from a call."""
        rates = self._rates.setdefault(max(lengths).bit_length(), deque(maxlen=_REMEMBERED))
        rates.append(seconds / padded(lengths))

    def seconds(self, lengths: Sequence[int]) -> float:
        """Return what a call will take; infinite before anything was learned."""
        if not self._rates:
            return math.inf
        wanted = max(lengths).bit_length()
        nearest = min(self._rates, key=lambda known: abs(known - wanted))
        return padded(lengths) * statistics.median(self._rates[nearest])

    def fitting(self, lengths: Sequence[int], seconds: float, tokens: int) -> int:
        """Return how many of the first texts a call may have.

        It takes at most `seconds` and has at most `tokens`, padding included, or a single text.
        """
        count = 0
        for size in range(1, len(lengths) + 1):
            first = lengths[:size]
            if self.seconds(first) > seconds or (size > 1 and padded(first) > tokens):
                break
            count = size
        return count


def padded(lengths: Sequence[int]) -> int:
    """Return how many tokens a call has with its padding."""
    return max(lengths) * len(lengths)
