"""Asks the driver which GPUs there are, without importing torch into this process.

NVML is asked first: it knows MIG instances' memory and needs no program on the PATH. Where
nvidia-ml-py is not installed or fails, `nvidia-smi` is, which comes with the driver.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from askdocs_indexer.system.memory import MEMINFO, read_meminfo
from askdocs_server.generation.gpu.card import Card, Gpu, Selection, Survey, select

_LIMIT_SECONDS = 20.0
_GIB_BYTES, _GIB_MIB = 2**30, 2**10
# Windows keeps the driver's program there, and not every distribution has it on the PATH.
WSL_FOLDER = Path("/usr/lib/wsl/lib")

_FIELDS = ("name", "uuid", "memory.total", "memory.free", "compute_cap", "driver_version")
_QUERY = (f"--query-gpu={','.join(_FIELDS)},mig.mode.current", "--format=csv,noheader,nounits")
_LISTED_CARD = re.compile(r"^GPU \d+: ", re.MULTILINE)
_LISTED_INSTANCE = re.compile(
    r"^ +MIG (?P<profile>\S*?(?P<gb>\d+)gb\S*).*\(UUID: (?P<uuid>[^)]+)\)", re.MULTILINE
)
_NOT_SUPPORTED = ("[N/A]", "N/A", "[Not Supported]")
_DRIVER_STEPS = (
    (r"version mismatch", "Reboot: the driver was updated while it ran."),
    (r"not a valid field", "Install a newer driver (580 or newer for CUDA 13)."),
    (r"permission", "Give this user access to the driver's files, or set llm.endpoint."),
    (r"", "Check that the NVIDIA driver is installed and loaded; a reboot often helps."),
)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a program printed, or why it printed nothing."""

    output: str = ""
    failure: str = ""


async def select_gpu() -> Selection:
    """The GPU that vLLM is to use. Never raises."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return select(await survey_gpus(), visible)


async def survey_gpus() -> Survey:
    """The cards of this machine. Never raises."""
    memory = read_meminfo(MEMINFO)
    if importlib.util.find_spec("pynvml") is not None:
        reply = await _run((sys.executable, "-m", "askdocs_server.generation.gpu.nvml"))
        if not reply.failure:
            return read_nvml(reply.output.splitlines()[-1], memory)
    program = shutil.which("nvidia-smi") or shutil.which("nvidia-smi", path=str(WSL_FOLDER))
    if program is None:
        return Survey()
    reply = await _run((program, *_QUERY))
    if reply.failure:
        return Survey(problem=f"`nvidia-smi` fails: {reply.failure}. {_next_step(reply.failure)}")
    survey, divided = read_smi(reply.output, memory)
    if not divided:
        return survey
    return with_instances(survey, divided, (await _run((program, "-L"))).output)


async def _run(argv: Sequence[str]) -> _Reply:
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        return _Reply(failure=f"it cannot be executed ({error.strerror})")
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        return _Reply(failure=f"no answer in {_LIMIT_SECONDS:.0f} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    text = output.decode(errors="replace")
    if process.returncode == 0:
        return _Reply(text)
    first = next((line.strip() for line in text.splitlines() if line.strip()), "no message")
    return _Reply(failure=first.rstrip("."))


def _next_step(failure: str) -> str:
    return next(s for pattern, s in _DRIVER_STEPS if re.search(pattern, failure, re.IGNORECASE))


def read_nvml(output: str, memory: Mapping[str, float]) -> Survey:
    """Read what nvml.py printed. `memory` is the machine's own (GiB), as of `read_meminfo`."""

    def gpu(row: Mapping[str, Any]) -> Gpu:
        total, free = (row[name] and row[name] / _GIB_BYTES for name in ("total", "free"))
        return _gpu(row["name"], row["uuid"], total, free, float(row["capability"]), memory)

    report = json.loads(output)
    cards = tuple(tuple(map(gpu, card)) for card in report["cards"])
    return Survey(cards, report["driver"])


def read_smi(output: str, memory: Mapping[str, float]) -> tuple[Survey, frozenset[int]]:
    """Read nvidia-smi's CSV; returns the cards and the indices of those that MIG divides."""
    cards: list[Card] = []
    divided: set[int] = set()
    driver = ""
    for line in output.splitlines():
        name, *fields = (field.strip() for field in line.rsplit(",", len(_FIELDS)))
        if len(fields) != len(_FIELDS):
            continue
        uuid, total, free, capability, driver, mig = fields
        if mig == "Enabled":
            divided.add(len(cards))
        try:
            total_gib, free_gib = _number(total, _GIB_MIB), _number(free, _GIB_MIB)
            version = _number(capability, 1) or 0.0
            gpu = _gpu(name, uuid, total_gib, free_gib, version, memory)
        except ValueError:
            cards.append(())  # Such as [GPU is lost].
        else:
            cards.append((gpu,))
    return Survey(tuple(cards), driver), frozenset(divided)


def with_instances(survey: Survey, divided: frozenset[int], listing: str) -> Survey:
    """Put MIG instances, as `nvidia-smi -L` lists them, in the place of their cards.

    It tells an instance's memory by the name of its profile alone, and not how much is free.
    """
    # The text before the first card is of no use.
    _, *parts = _LISTED_CARD.split(listing)
    cards = [
        tuple(_instances(card, part)) if index in divided else card
        for index, (card, part) in enumerate(zip(survey.cards, parts, strict=False))
    ]
    return replace(survey, cards=tuple(cards))


def _instances(card: Card, listing: str) -> Iterator[Gpu]:
    for match in _LISTED_INSTANCE.finditer(listing):
        size = float(match["gb"])
        for gpu in card:
            name = f"{gpu.name} MIG {match['profile']}"
            yield Gpu(name, size, size, gpu.capability, match["uuid"])


def _gpu(
    name: str,
    uuid: str,
    total_gib: float | None,
    free_gib: float | None,
    capability: float,
    memory: Mapping[str, float],
) -> Gpu:
    """One GPU. Where it has no memory of its own, as in Jetson and DGX Spark, the machine's is."""
    known = uuid if uuid.startswith(("GPU-", "MIG-")) else ""
    if total_gib is None or free_gib is None:
        total, free = memory.get("MemTotal", 0.0), memory.get("MemAvailable", 0.0)
        return Gpu(name, total, free, capability, known, unified=True)
    return Gpu(name, total_gib, free_gib, capability, known)


def _number(field: str, unit: float) -> float | None:
    """A number of units, None where the device has no such thing. Raises ValueError."""
    return None if field in _NOT_SUPPORTED else float(field) / unit
