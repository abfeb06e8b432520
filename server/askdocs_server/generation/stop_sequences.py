"""Ends a text at a stop string.

A server that is told of stop strings holds back as many characters as the longest has, from the
first token on; only what may be the beginning of one need be.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing


async def until(
    stops: Sequence[str], pieces: AsyncGenerator[str, None]
) -> AsyncGenerator[str, None]:
    """Yield pieces up to the first stop string, which is left out; then close their source."""
    held = ""
    async with aclosing(pieces):
        async for piece in pieces:
            held += piece
            ends = [place for stop in stops if (place := held.find(stop)) >= 0]
            ready = min(ends, default=len(held) - _begun(stops, held))
            if ready:
                yield held[:ready]
            if ends:
                return
            held = held[ready:]
    if held:
        yield held


def _begun(stops: Sequence[str], text: str) -> int:
    """Return the length of the longest ending of a text that begins a stop string."""
    begun = (n for stop in stops for n in range(1, len(stop)) if text.endswith(stop[:n]))
    return max(begun, default=0)
