"""A CUDA GPU as its driver describes it, and the choice among several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_FIRST_WITH_BFLOAT16 = 8.0
LEAST_CAPABILITY = 7.5
"""CUDA 13, which vLLM is built with, does not support cards older than Turing."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One CUDA GPU, or one MIG instance of it; memory in GiB.

    `capability` is its CUDA compute capability, 0 where the driver does not tell. `uuid` is what
    CUDA_VISIBLE_DEVICES takes, "" where the driver does not tell. `unified` memory is the
    machine's own.
    """

    name: str
    total_gib: float
    free_gib: float
    capability: float = 0.0
    uuid: str = ""
    unified: bool = False

    @property
    def has_bfloat16(self) -> bool:
        """Whether it computes in bfloat16; cards before Ampere do not."""
        return not self.capability or self.capability >= _FIRST_WITH_BFLOAT16

    @property
    def is_supported(self) -> bool:
        """Whether vLLM's build has code for it."""
        return not self.capability or self.capability >= LEAST_CAPABILITY


Card = tuple[Gpu, ...]
"""What one card offers: itself, or its MIG instances; nothing where MIG is on without instances."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the driver tells: the cards in the order of its own indices.

    `driver` is its version, "" where that is not known. `problem` says why there are no cards
    although there may be some, with the next step.
    """

    cards: tuple[Card, ...] = ()
    driver: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The GPU to use, and the driver's version. Without one, `problem` says why and what to do."""

    gpu: Gpu | None
    problem: str = ""
    driver: str = ""


def select(survey: Survey, visible: str | None) -> Selection:
    """The supported GPU with the most free memory among those that CUDA may use.

    `visible` is the value of CUDA_VISIBLE_DEVICES, None where it is not set.
    """
    if survey.problem:
        return Selection(None, survey.problem)
    offered = [gpu for card in survey.cards for gpu in card]
    gpus = offered if visible is None else visible_gpus(survey.cards, visible)
    supported = [gpu for gpu in gpus if gpu.is_supported]
    if supported:
        return Selection(max(supported, key=lambda gpu: gpu.free_gib), driver=survey.driver)
    return Selection(None, _no_gpu(survey, gpus, visible))


def visible_gpus(cards: Sequence[Card], visible: str) -> list[Gpu]:
    """The GPUs that a value of CUDA_VISIBLE_DEVICES names by indices or by beginnings of UUIDs.

    As in CUDA, what follows an entry that names nothing is ignored, and the index of a card
    with MIG stands for its first instance.
    """
    gpus: list[Gpu] = []
    for entry in visible.split(","):
        named = _named(cards, entry.strip())
        if named is None:
            break
        gpus.append(named)
    return gpus


def _named(cards: Sequence[Card], entry: str) -> Gpu | None:
    if entry.isdecimal():
        index = int(entry)
        return cards[index][0] if index < len(cards) and cards[index] else None
    gpus = [gpu for card in cards for gpu in card if entry and gpu.uuid.startswith(entry)]
    return gpus[0] if len(gpus) == 1 else None


def _no_gpu(survey: Survey, gpus: Sequence[Gpu], visible: str | None) -> str:
    if gpus:
        old = gpus[0]
        return (
            f"{old.name} has compute capability {old.capability:g}, and vLLM's CUDA build needs "
            f"{LEAST_CAPABILITY} or newer. Install the CPU build with `make setup`, or set "
            "llm.endpoint."
        )
    if visible is not None:
        return (
            f"CUDA_VISIBLE_DEVICES is '{visible}', which hides every GPU. Unset it, or set it to "
            "an index or a UUID that `nvidia-smi -L` shows."
        )
    if survey.cards:
        return (
            "The driver shows a GPU that offers nothing: it fails, or MIG is on and there are no "
            "instances. Look at `nvidia-smi`, and make an instance with `nvidia-smi mig -cgi`."
        )
    return (
        "The driver shows no GPU. In a container, start it with access to the GPUs (for Docker: "
        "--gpus all). Otherwise check `nvidia-smi`."
    )
