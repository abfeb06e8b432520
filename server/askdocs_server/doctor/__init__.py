"""Looks at everything that askdocs needs, one thing at a time.

Nothing heavy is imported unless the examination is deep, which loads the embedding model and starts
the answer model.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from askdocs_indexer.paths import cache_folder
from askdocs_indexer.system.watches import watch_limits
from askdocs_server.doctor import answer_model, cuda, installed, machine, models, project
from askdocs_server.doctor.check import Check, Verdict
from askdocs_server.generation.gpu.survey import select_gpu
from askdocs_server.generation.vllm_child import has_cuda_build
from askdocs_server.settings.model import Settings

__all__ = ["Check", "Verdict", "examine"]


async def examine(
    root: Path, settings: Settings, ignored: Sequence[str], *, deep: bool = False
) -> AsyncIterator[Check]:
    """Yield the checks one by one. `ignored` holds the warnings from loading the settings."""
    yield installed.check_python(sys.version_info[:2])
    for distribution, module, purpose in installed.PACKAGES:
        yield installed.check_package(distribution, module, purpose)
    yield installed.check_openvino()
    yield installed.check_vllm(settings.llm)
    yield await asyncio.to_thread(models.check_embedding_model, settings.embedding)
    yield await asyncio.to_thread(models.check_reranker, settings.reranking)
    yield await asyncio.to_thread(models.check_entailment, settings.entailment)
    selection, has_cuda = await select_gpu(), has_cuda_build()
    wanted = has_cuda and answer_model.is_local(settings.llm)
    for check in cuda.check_gpu(selection, wanted=wanted):
        yield check
    yield await answer_model.check_answer_model(settings.llm, selection.gpu if has_cuda else None)
    yield answer_model.check_network()
    yield machine.check_cache(cache_folder())
    yield machine.check_sockets()
    yield await asyncio.to_thread(machine.check_daemon)
    for check in machine.check_watches(root, watch_limits()):
        yield check
    for check in project.check_settings(ignored):
        yield check
    yield project.check_index(root, settings.index.uri)
    for check in project.check_unread(root):
        yield check
    if deep:
        yield await models.load_embedder(settings.embedding)
        yield await models.load_reranker(settings.reranking)
        yield await models.start_answer_model(settings.llm)
