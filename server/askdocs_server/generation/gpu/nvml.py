"""Prints what NVML, the driver's own library, tells of the GPUs: one JSON object.

`python -m askdocs_server.generation.gpu.nvml` runs it in a process of its own, because a driver
that hangs or crashes takes along whoever asked it. Needs nvidia-ml-py.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any


def report(nvml: Any) -> dict[str, Any]:
    """The driver's version and the cards: each a list of GPUs, several where MIG divides it.

    Memory is in bytes; None where the GPU shares the machine's.
    """
    nvml.nvmlInit()
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
        return {
            "driver": nvml.nvmlSystemGetDriverVersion(),
            "cards": [_card(nvml, handle) for handle in handles],
        }
    finally:
        nvml.nvmlShutdown()


def _card(nvml: Any, handle: Any) -> list[dict[str, Any]]:
    """What a card offers; nothing where it fails, as one that fell off the bus does."""
    try:
        return _gpus(nvml, handle)
    except nvml.NVMLError:
        return []


def _gpus(nvml: Any, handle: Any) -> list[dict[str, Any]]:
    major, minor = nvml.nvmlDeviceGetCudaComputeCapability(handle)
    mode, _ = _or_none(nvml, nvml.nvmlDeviceGetMigMode, handle) or (0, 0)
    parts = list(_instances(nvml, handle)) if mode else [handle]
    return [{**_gpu(nvml, part), "capability": f"{major}.{minor}"} for part in parts]


def _instances(nvml: Any, handle: Any) -> Iterator[Any]:
    for index in range(nvml.nvmlDeviceGetMaxMigDeviceCount(handle)):
        instance = _or_none(nvml, nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index)
        if instance is not None:
            yield instance


def _gpu(nvml: Any, handle: Any) -> dict[str, Any]:
    memory = _or_none(nvml, nvml.nvmlDeviceGetMemoryInfo, handle)
    return {
        "name": nvml.nvmlDeviceGetName(handle),
        "uuid": nvml.nvmlDeviceGetUUID(handle),
        "total": memory.total if memory else None,
        "free": memory.free if memory else None,
    }


def _or_none(nvml: Any, ask: Callable[..., Any], *arguments: Any) -> Any:
    """What is asked for, or None where the device has no such thing."""
    try:
        return ask(*arguments)
    except (nvml.NVMLError_NotSupported, nvml.NVMLError_NotFound):
        return None


def main() -> None:
    """Print the report, or say on stderr what fails."""
    nvml: Any = importlib.import_module("pynvml")
    try:
        print(json.dumps(report(nvml)))
    except nvml.NVMLError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
