"""What the files of a sentence-transformers model say about it, read without loading it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Modules that leave the length of a vector as it is.
_SAME_LENGTH = frozenset({"Normalize", "Dropout", "LayerNorm", "WeightedLayerPooling"})
_POOLING_PREFIX = "pooling_mode_"


def output_dimension(folder: Path) -> int | None:
    """Return the length of the vectors from the whole pipeline; None where no file declares it.

    The last module decides: a Dense module after the pooling changes the length of the
    transformer's vectors.
    """
    whole, truncated = _pipeline_dimension(folder), truncated_dimension(folder)
    return whole if whole is None or truncated is None else min(whole, truncated)


def truncated_dimension(folder: Path) -> int | None:
    """Return how many leading components of its vectors the model keeps, if it declares that."""
    return _positive(_json(folder / "config_sentence_transformers.json"), "truncate_dim")


def _pipeline_dimension(folder: Path) -> int | None:
    modules = _json(folder / "modules.json")
    for module in reversed(modules if isinstance(modules, list) else []):
        kind = str(module.get("type", "")).rpartition(".")[2]
        config = _json(folder / str(module.get("path", "")) / "config.json")
        if (dimension := _positive(config, "out_features")) is not None:
            return dimension
        if kind == "Pooling":
            return _pooled_dimension(config)
        if kind == "Transformer":
            break
        if kind not in _SAME_LENGTH:
            return None
    return _positive(_json(folder / "config.json"), "hidden_size")


def _pooled_dimension(config: Any) -> int | None:
    """Return the length of pooled vectors, which hold a token's vector per pooling mode."""
    token = _positive(config, "word_embedding_dimension") or _positive(
        config, "embedding_dimension"
    )
    if token is None:
        return None
    mode = config.get("pooling_mode")  # As version 6 of sentence-transformers writes it.
    if mode is None:
        modes = sum(
            value is True for key, value in config.items() if key.startswith(_POOLING_PREFIX)
        )
    else:
        modes = 1 if isinstance(mode, str) else len(mode)
    return token * max(modes, 1)


def _positive(config: Any, key: str) -> int | None:
    value = config.get(key) if isinstance(config, dict) else None
    return value if isinstance(value, int) and value > 0 else None


def _json(file: Path) -> Any:
    """Return what a JSON file holds; None where it cannot be read."""
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
