"""How many cores this process may keep busy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(cpus: Path = _CPUS, quota: Path = _QUOTA) -> int:
    """The cores that this process may use, within a container's quota.

    Threads that share a core count once.
    """
    allowed = os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1)
    physical = len({_siblings(cpus, cpu) for cpu in allowed})
    return max(1, min(physical, _quota(quota) or physical))


def _siblings(cpus: Path, cpu: int) -> str:
    try:
        return (cpus / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return str(cpu)


def _quota(file: Path) -> int:
    """The whole cores of a control group's quota; 0 where there is none."""
    try:
        granted, period = file.read_text().split()
        return 0 if granted == "max" else max(1, int(granted) // int(period))
    except (OSError, ValueError):
        return 0
