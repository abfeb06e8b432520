"""An earlier turn of a conversation. Imports nothing: the wire's parameters hold turns too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question with its answer."""

    question: str
    answer: str
