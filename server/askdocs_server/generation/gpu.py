"""Finds a CUDA GPU without importing torch into this process."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass

_FIRST_WITH_BFLOAT16 = 8.0
_SMI_LIMIT_SECONDS = 10.0
_QUERY = ("--query-gpu=name,memory.total,memory.free,compute_cap", "--format=csv,noheader,nounits")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One CUDA GPU; memory in GiB. `capability` is its CUDA compute capability."""

    name: str
    total_gib: float
    free_gib: float
    capability: float = 8.0

    @property
    def has_bfloat16(self) -> bool:
        """Whether it computes in bfloat16; cards before Ampere do not."""
        return self.capability >= _FIRST_WITH_BFLOAT16


async def detect_gpu() -> Gpu | None:
    """The first CUDA GPU this process may use, as `nvidia-smi` (part of the driver) reports it."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    program = shutil.which("nvidia-smi")
    if program is None or (visible is not None and visible.strip() in ("", "-1")):
        return None
    select = ("-i", visible.split(",")[0].strip()) if visible else ()
    process = await asyncio.create_subprocess_exec(
        program,
        *select,
        *_QUERY,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_SMI_LIMIT_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return parse_smi(output.decode(errors="replace")) if process.returncode == 0 else None


def parse_smi(output: str) -> Gpu | None:
    """Read the first line of nvidia-smi's CSV: name, total MiB, free MiB, compute capability."""
    line = output.strip().partition("\n")[0]
    name, *fields = (field.strip() for field in line.rsplit(",", 3))
    if len(fields) != 3:
        return None
    try:
        total, free, capability = map(float, fields)
        return Gpu(name, total / 1024, free / 1024, capability)
    except ValueError:
        return None
