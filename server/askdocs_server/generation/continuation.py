"""Joins an answer that was begun in the model's name with what a server writes after it.

vLLM, SGLang and llama.cpp continue it. Others may repeat its beginning first, or begin anew.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing


async def continuing(begun: str, pieces: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    """Yield what comes after the begun text, which is left out where the pieces repeat it."""
    held: str | None = ""
    async with aclosing(pieces):
        async for piece in pieces:
            if held is None:
                yield piece
                continue
            held += piece
            if not begun.startswith(held.strip()):
                yield _after(begun, held)
                held = None
    if held and (rest := _after(begun, held)):
        yield rest


def _after(begun: str, text: str) -> str:
    repeated = text.lstrip()
    if repeated.startswith(begun):
        return repeated.removeprefix(begun)
    # Only what is no continuation begins with a letter right after a comma.
    anew = text[:1].isalnum() and not begun[-1:].isalnum()
    return f" {text}" if anew else text
