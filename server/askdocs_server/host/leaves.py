"""What leaves the machine, by the settings: nothing, unless somebody has set something.

This is the one place that decides it; the status, the command line and docs/security.md go by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from askdocs_indexer.embedding.catalogue import known_model
from askdocs_indexer.embedding.loading import GPU_MODEL, has_cuda
from askdocs_indexer.paths import expanded
from askdocs_indexer.reranking.choice import RERANKING
from askdocs_server.answers.verification.role import VERIFYING
from askdocs_server.generation.hub import cached_folder
from askdocs_server.generation.models import LLAMA
from askdocs_server.generation.vllm_child import has_cuda_build
from askdocs_server.settings.model import LlmSettings, Settings
from askdocs_server.text.addresses import host_elsewhere

_HUB = "https://huggingface.co"
_QUESTIONS = "questions with the passages that answer them, and the code that is selected"
_HOVERS = "passages that are hovered over"
_ALL = "all passages, for generated questions"
_VECTORS = "the vectors of all passages"
_IS_OFFLINE = frozenset({"1", "on", "true", "yes"})


@dataclass(frozen=True, slots=True)
class Leaving:
    """Something that leaves the machine, in words, and the name of the host that it goes to."""

    what: str
    to: str


def leaves(settings: Settings) -> tuple[Leaving, ...]:
    """Return all that leaves the machine with these settings; it looks for models on the disk.

    Servers on this machine do not count. Neither keys nor the rest of an address are told.
    """
    return (*_to_endpoint(settings), *_to_milvus(settings), *_to_hub(settings))


def _to_endpoint(settings: Settings) -> Iterator[Leaving]:
    llm = settings.llm
    host = host_elsewhere(llm.endpoint) if llm.mode in ("auto", "endpoint") else ""
    if not host:
        return
    yield Leaving(_QUESTIONS, host)
    if settings.hover.enabled and settings.hover.summaries:
        yield Leaving(_HOVERS, host)
    if settings.search.generated_questions == "on":
        yield Leaving(_ALL, host)


def _to_milvus(settings: Settings) -> Iterator[Leaving]:
    uri = settings.index.uri
    if not uri.endswith(".db") and (host := host_elsewhere(uri)):
        yield Leaving(_VECTORS, host)


def _to_hub(settings: Settings) -> Iterator[Leaving]:
    """Yield the names of models that are to be downloaded: of those that are here, nothing is
    asked."""
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in _IS_OFFLINE:
        return
    names = dict.fromkeys(_downloads(settings))
    host = host_elsewhere(os.environ.get("HF_ENDPOINT") or _HUB)
    if names and host:
        plural = "s" if len(names) > 1 else ""
        yield Leaving(f"the name{plural} of {', '.join(names)}, to download", host)


def _downloads(settings: Settings) -> Iterator[str]:
    """Yield the ids of the hub's models that the settings mean and that are not on this machine."""
    embedding = settings.embedding.model
    is_chosen_here = embedding == "auto" and has_cuda()
    known = known_model(embedding)
    yield from _missing(GPU_MODEL if is_chosen_here else known.model if known else embedding)
    for model, role in ((settings.search.reranker, RERANKING), (settings.verify.model, VERIFYING)):
        yield from _missing(role.default if model == "auto" and is_chosen_here else model)
    yield from _missing(_writing(settings.llm))


def _writing(llm: LlmSettings) -> str:
    """Return the model that a vLLM of this machine runs; "" for none."""
    if llm.mode in ("off", "endpoint") or (llm.mode == "auto" and llm.endpoint):
        return ""
    return LLAMA.name if llm.model == "auto" and has_cuda_build() else llm.model


def _missing(model: str) -> Iterator[str]:
    """Yield a model if it is an id of the hub and was not downloaded."""
    is_id = model.count("/") == 1 and not model.startswith((".", "/", "~"))
    if is_id and not expanded(model).is_dir() and cached_folder(model) is None:
        yield model
