"""What the doctor reports about a part of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["good", "warning", "broken"]

REINSTALL = "Run `make setup`, or `pip install 'askdocs[cpu]'`."


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check. `broken` means that askdocs cannot do its work."""

    name: str
    verdict: Verdict
    detail: str
    next_step: str = ""
