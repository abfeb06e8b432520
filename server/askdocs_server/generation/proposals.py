"""What writes answers on a machine without a GPU: nothing by itself, and what could be chosen.

docs/quality.md has the figures behind that.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.system.memory import MEMINFO, read_meminfo

# What a machine should have left beside a model.
_LEFT_FREE_GIB = 1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A model of the hub; `memory_gib` is what vLLM's CPU build takes with it (GiB, measured)."""

    model: str
    licence: str
    memory_gib: float


PROPOSALS = (
    Proposal("Qwen/Qwen2.5-1.5B-Instruct", "Apache-2.0", 6.7),
    Proposal("Qwen/Qwen2.5-0.5B-Instruct", "Apache-2.0", 4.4),
)
"""The best first; all write on two cores, and need neither a licence to accept nor a token."""


def free_memory_gib(meminfo: Path = MEMINFO) -> float:
    """The memory that is still free for programs (GiB); infinite where that is unknown."""
    return read_meminfo(meminfo).get("MemAvailable", float("inf"))


def fits(memory_gib: float, free_gib: float) -> bool:
    """Whether a model can take so much of the free memory (GiB) and leave enough of it."""
    return memory_gib + _LEFT_FREE_GIB <= free_gib


def proposed(free_gib: float) -> Proposal | None:
    """The best of the proposals that fits into the free memory (GiB)."""
    fitting = (each for each in PROPOSALS if fits(each.memory_gib, free_gib))
    return next(fitting, None)


def why_none(free_gib: float) -> str:
    """Why no model writes where `llm.model` is auto and there is no GPU, and what would change it.

    `free_gib` is the memory that is free (GiB).
    """
    text = "Without a GPU answers are the passages' own words; no model is started by itself."
    if (best := proposed(free_gib)) is None:
        return f"{text} Free memory for one, or set llm.endpoint to a server that runs one."
    return (
        f"{text} `askdocs model use --llm {best.model}` has a small one add to them "
        f"({best.memory_gib:g} GiB of memory)."
    )
