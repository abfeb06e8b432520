"""How many cores this process may keep busy."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_threads() -> int:
    """Return how many threads of the processor this process may use."""
    return len(_allowed())


def usable_cores(cpus: Path = _CPUS, quota: Path = _QUOTA) -> int:
    """Return how many cores this process may use, within a container's quota.

    Threads that share a core count once, where the system tells of them.
    """
    physical = len({_siblings(cpus, cpu) for cpu in _allowed()})
    return max(1, min(physical, _quota(quota) or physical))


def _allowed() -> Collection[int]:
    allowed: Collection[int] = range(os.cpu_count() or 1)
    if sys.platform == "linux":
        allowed = os.sched_getaffinity(0)
    return allowed


def _siblings(cpus: Path, cpu: int) -> str:
    try:
        return (cpus / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return str(cpu)


def _quota(file: Path) -> int:
    """Return the whole cores of a control group's quota; 0 where there is none."""
    try:
        granted, period = file.read_text().split()
        return 0 if granted == "max" else max(1, int(granted) // int(period))
    except (OSError, ValueError):
        return 0
