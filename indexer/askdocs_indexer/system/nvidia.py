"""Whether an NVIDIA driver is here, without asking it."""

from __future__ import annotations

from pathlib import Path

# The kernel's driver, and that of the Windows host under WSL.
_DRIVERS = (Path("/proc/driver/nvidia/version"), Path("/dev/dxg"))


def has_nvidia_driver() -> bool:
    """Return whether the kernel has an NVIDIA driver, or WSL may have that of its host."""
    return any(driver.exists() for driver in _DRIVERS)
