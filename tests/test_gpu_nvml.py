"""What NVML tells of the GPUs, over a pretended driver: its names and errors are nvidia-ml-py's."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pynvml

from askdocs_server.generation.gpu import nvml
from askdocs_server.generation.gpu.card import Gpu, Survey
from askdocs_server.generation.gpu.survey import read_nvml

MEMORY = {"MemTotal": 120.0, "MemAvailable": 100.0}

# --- Through NVML


class PretendedNvml:
    """The driver's library with some cards; its names and errors are nvidia-ml-py's own."""

    NVMLError = pynvml.NVMLError
    NVMLError_NotSupported = pynvml.NVMLError_NotSupported
    NVMLError_NotFound = pynvml.NVMLError_NotFound

    def __init__(self, *cards: dict[str, Any]) -> None:
        self._cards = cards
        public = [name for name in vars(PretendedNvml) if name.startswith("nvml")]
        assert [name for name in public if not hasattr(pynvml, name)] == []

    def nvmlInit(self) -> None: ...  # noqa: N802
    def nvmlShutdown(self) -> None: ...  # noqa: N802

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802
        return "580.65.06"

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self._cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> dict[str, Any]:  # noqa: N802
        return self._cards[index]

    def nvmlDeviceGetName(self, card: dict[str, Any]) -> str:  # noqa: N802
        return str(card["name"])

    def nvmlDeviceGetUUID(self, card: dict[str, Any]) -> str:  # noqa: N802
        return str(card["uuid"])

    def nvmlDeviceGetCudaComputeCapability(self, card: dict[str, Any]) -> Any:  # noqa: N802
        if card["name"] == "lost":
            raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
        return card["capability"]

    def nvmlDeviceGetMemoryInfo(self, card: dict[str, Any]) -> Any:  # noqa: N802
        if "memory" not in card:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        total, free = card["memory"]
        return SimpleNamespace(total=total * 2**30, free=free * 2**30)

    def nvmlDeviceGetMigMode(self, card: dict[str, Any]) -> tuple[int, int]:  # noqa: N802
        if "instances" not in card:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return (1, 1)

    def nvmlDeviceGetMaxMigDeviceCount(self, card: dict[str, Any]) -> int:  # noqa: N802
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, card: dict[str, Any], index: int) -> Any:  # noqa: N802
        instance = card["instances"].get(index)
        if instance is None:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return instance


H100_CARD = {"name": "H100", "uuid": "GPU-1", "capability": (9, 0), "memory": (80, 79)}
GB10_CARD = {"name": "GB10", "uuid": "GPU-2", "capability": (12, 1)}
LOST_CARD = {"name": "lost", "uuid": "GPU-3"}
MIG_CARD = {
    "name": "A100",
    "uuid": "GPU-4",
    "capability": (8, 0),
    "memory": (40, 39),
    "instances": {
        0: {"name": "A100 MIG 1g.5gb", "uuid": "MIG-1", "memory": (4.75, 4.7)},
        2: {"name": "A100 MIG 3g.20gb", "uuid": "MIG-2", "memory": (19.5, 19)},
    },
}


def test_nvml_tells_of_all_kinds_of_cards() -> None:
    output = json.dumps(nvml.report(PretendedNvml(H100_CARD, GB10_CARD, LOST_CARD, MIG_CARD)))
    assert read_nvml(output, MEMORY) == Survey(
        (
            (Gpu("H100", 80.0, 79.0, 9.0, "GPU-1"),),
            (Gpu("GB10", 120.0, 100.0, 12.1, "GPU-2", unified=True),),
            (),
            (
                Gpu("A100 MIG 1g.5gb", 4.75, 4.7, 8.0, "MIG-1"),
                Gpu("A100 MIG 3g.20gb", 19.5, 19.0, 8.0, "MIG-2"),
            ),
        ),
        "580.65.06",
    )
