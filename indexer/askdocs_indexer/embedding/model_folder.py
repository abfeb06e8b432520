"""What the files of a sentence-transformers model say about it, read without loading it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

# Modules that leave the length of a vector as it is.
_SAME_LENGTH = frozenset({"Normalize", "Dropout", "LayerNorm", "WeightedLayerPooling"})
_POOLING_PREFIX = "pooling_mode_"

Role = Literal["query", "passage"]
# The names by which models declare their prompts, as sentence-transformers knows them.
_PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("document", "passage", "corpus"),
}


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


def transformer_folder(folder: Path) -> Path:
    """Return where the files of the transformer lie, which is the first module."""
    modules = _json(folder / "modules.json")
    first = modules[0] if isinstance(modules, list) and modules else {}
    return folder / str(first.get("path", "")) if isinstance(first, dict) else folder


def longest_input(folder: Path) -> int | None:
    """Return after how many tokens a text is cut, as sentence-transformers finds it."""
    files = transformer_folder(folder)
    declared = _positive(_json(files / "sentence_bert_config.json"), "max_seq_length")
    if declared is not None:
        return declared
    limits = (
        _positive(_json(files / "tokenizer_config.json"), "model_max_length"),
        _positive(_json(files / "config.json"), "max_position_embeddings"),
    )
    return min((limit for limit in limits if limit is not None), default=None)


def passage_prompt(folder: Path) -> str:
    """Return what the model declares that stands before passages; "" for nothing."""
    config = _json(folder / "config_sentence_transformers.json")
    config = config if isinstance(config, dict) else {}
    prompts = config.get("prompts")
    prompts = prompts if isinstance(prompts, dict) else {}
    return str(prompts.get(prompt_name(prompts, config.get("default_prompt_name"), "passage"), ""))


def prompt_name(prompts: Mapping[str, str], default: str | None, role: Role) -> str | None:
    """Return the name of the prompt that a model declares for texts of a role, if any.

    sentence-transformers by itself overlooks a prompt named `passage`, and the default prompt.
    """
    for name in _PROMPT_NAMES[role]:
        if prompts.get(name):
            return name
    # The other role's prompt does not fit this role, even where it is the default.
    return None if any(default in names for names in _PROMPT_NAMES.values()) else default


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
