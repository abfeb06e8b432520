"""What the files of a sentence-transformers model say about it, read without loading it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from askdocs_indexer.embedding.prompts import usual_prompts

# Modules that leave the length of a vector as it is.
_SAME_LENGTH = frozenset({"Normalize", "Dropout", "LayerNorm", "WeightedLayerPooling"})
_POOLING_PREFIX = "pooling_mode_"

# Before version 1 of sentence-transformers, its file was named by the kind of transformer.
_LENGTH_FILES = tuple(
    f"sentence_{kind}_config.json"
    for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
)
# These count positions from behind that of the padding, so the first ones of their table are lost.
_PADDED_POSITIONS = frozenset({"camembert", "mpnet", "roberta", "xlm-roberta"})

Role = Literal["query", "passage"]
# The names by which models declare their prompts, as sentence-transformers knows them.
_PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("document", "passage", "corpus"),
}
# Modules with weights, and where these lie unless they are in several files.
_WEIGHTED = frozenset({"Transformer", "Dense", "StaticEmbedding"})
_WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
_CONFIGURED = frozenset({"Transformer", "Dense", "Pooling"})
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "sentencepiece.bpe.model", "spiece.model")
# Files that decide on a model's vectors. Of large ones, samples of this size and number are read.
_DECIDING = frozenset({".bin", ".json", ".model", ".safetensors", ".txt"})
_SAMPLE_BYTES, _SAMPLES = 1 << 16, 16


def output_dimension(folder: Path) -> int | None:
    """Return the length of the vectors from the whole pipeline; None where no file declares it.

    The last module decides: a Dense module after the pooling changes the length of the
    transformer's vectors.
    """
    whole, truncated = _pipeline_dimension(folder), truncated_dimension(folder)
    return whole if whole is None or truncated is None else min(whole, truncated)


def truncated_dimension(folder: Path) -> int | None:
    """Return how many leading components of its vectors the model keeps, if it declares that."""
    return _positive(read_json(folder / "config_sentence_transformers.json"), "truncate_dim")


def pooling_of(folder: Path) -> str:
    """Return how a pipeline of a transformer and one way of pooling does that, such as `mean`.

    sentence-transformers takes the mean where nothing is declared. Raises ValueError for another
    pipeline.
    """
    modules = [module for module in module_folders(folder) if module[0] != "Normalize"]
    if [kind for kind, _ in modules] == ["Transformer"]:
        return "mean"
    if [kind for kind, _ in modules] != ["Transformer", "Pooling"]:
        raise ValueError(f"{folder} holds more than a transformer")
    config = read_json(modules[1][1] / "config.json")
    modes = _pooling_modes(config) if isinstance(config, dict) else []
    if len(modes) != 1 or not config.get("include_prompt", True):
        raise ValueError(f"{folder} pools in a way of its own")
    return modes[0]


def transformer_folder(folder: Path) -> Path:
    """Return where the files of the transformer lie, which is the first module."""
    modules = read_json(folder / "modules.json")
    first = modules[0] if isinstance(modules, list) and modules else {}
    return folder / str(first.get("path", "")) if isinstance(first, dict) else folder


def longest_input(folder: Path) -> int | None:
    """Return after how many tokens a text is cut, as sentence-transformers finds it.

    It overlooks that some models have fewer positions than their files say, and then fails.
    """
    files = transformer_folder(folder)
    for name in _LENGTH_FILES:
        if (declared := _positive(read_json(files / name), "max_seq_length")) is not None:
            return declared
    config = read_json(files / "config.json")
    positions = _positive(config, "max_position_embeddings")
    if positions is not None and config.get("model_type") in _PADDED_POSITIONS:
        positions -= (_positive(config, "pad_token_id") or 1) + 1
    limits = (_positive(read_json(files / "tokenizer_config.json"), "model_max_length"), positions)
    return min((limit for limit in limits if limit is not None), default=None)


def prompt_of_folder(folder: Path, role: Role, source: str) -> str:
    """Return what stands before texts of a role; "" for nothing.

    `source` is the model's id on the hub, or its folder.
    """
    config = read_json(folder / "config_sentence_transformers.json")
    config = config if isinstance(config, dict) else {}
    declared = config.get("prompts")
    declared = declared if isinstance(declared, dict) else {}
    prompts = with_usual(declared, source)
    name = prompt_name(prompts, config.get("default_prompt_name"), role)
    return "" if name is None else str(prompts.get(name, ""))


def with_usual(declared: Mapping[str, str | None], source: str) -> dict[str, str]:
    """Return the prompts that a model declares, or else those that it was trained with."""
    prompts = {name: prompt or "" for name, prompt in declared.items()}
    return prompts if any(prompts.values()) else {**prompts, **usual_prompts(source)}


def prompt_name(prompts: Mapping[str, str], default: str | None, role: Role) -> str | None:
    """Return the name of the prompt that a model declares for texts of a role, if any.

    sentence-transformers by itself overlooks a prompt named `passage`, and the default prompt.
    """
    for name in _PROMPT_NAMES[role]:
        if prompts.get(name):
            return name
    # The other role's prompt does not fit this role, even where it is the default.
    return None if any(default in names for names in _PROMPT_NAMES.values()) else default


def module_folders(folder: Path) -> list[tuple[str, Path]]:
    """Return the kind and the folder of each module of a pipeline, in order.

    A folder without `modules.json` is that of a transformer.
    """
    modules = read_json(folder / "modules.json")
    if not isinstance(modules, list):
        return [("Transformer", folder)]
    rows = [module for module in modules if isinstance(module, dict)]
    return [
        (str(row.get("type", "")).rpartition(".")[2], folder / str(row.get("path", "")))
        for row in rows
    ]


def is_whole(folder: Path) -> bool:
    """Return whether no file is missing, as where a download was cut short."""
    return all(_is_whole(kind, module) for kind, module in module_folders(folder))


def has_tokenizer(folder: Path) -> bool:
    """Return whether the folder of a transformer has its tokenizer."""
    return any((folder / name).is_file() for name in TOKENIZER_FILES)


def _is_whole(kind: str, module: Path) -> bool:
    if kind in _WEIGHTED and not _has_weights(module):
        return False
    if kind == "Transformer" and not has_tokenizer(module):
        return False
    return kind not in _CONFIGURED or (module / "config.json").is_file()


def _has_weights(folder: Path) -> bool:
    for name in _WEIGHT_FILES:
        if (folder / name).is_file():
            return True
        index = read_json(folder / f"{name}.index.json")
        shards = index.get("weight_map") if isinstance(index, dict) else None
        if isinstance(shards, dict) and all((folder / part).is_file() for part in shards.values()):
            return True
    return False


def content_digest(folder: Path) -> str:
    """Return a short name that changes with the files that decide on a model's vectors."""
    digest = hashlib.blake2b(digest_size=6)
    for kind, module in module_folders(folder):
        for file in sorted(path for path in module.glob("*.*") if path.suffix in _DECIDING):
            digest.update(f"{kind}/{file.name}\0".encode())
            for sample in _samples(file):
                digest.update(sample)
    return digest.hexdigest()


def _samples(file: Path) -> Iterator[bytes]:
    """Yield a file's size, and its content, or samples of it from beginning to end."""
    try:
        size = file.stat().st_size
        yield str(size).encode()
        with file.open("rb") as stream:
            step = max(size // _SAMPLES, _SAMPLE_BYTES)
            for start in range(0, size, step):
                stream.seek(start)
                yield stream.read(_SAMPLE_BYTES)
    except OSError:  # A link that leads nowhere; loading the model reports it.
        return


def _pipeline_dimension(folder: Path) -> int | None:
    modules = read_json(folder / "modules.json")
    for module in reversed(modules if isinstance(modules, list) else []):
        kind = str(module.get("type", "")).rpartition(".")[2]
        config = read_json(folder / str(module.get("path", "")) / "config.json")
        if (dimension := _positive(config, "out_features")) is not None:
            return dimension
        if kind == "Pooling":
            return _pooled_dimension(config)
        if kind == "Transformer":
            break
        if kind not in _SAME_LENGTH:
            return None
    return _positive(read_json(folder / "config.json"), "hidden_size")


def _pooled_dimension(config: Any) -> int | None:
    """Return the length of pooled vectors, which hold a token's vector per pooling mode."""
    token = _positive(config, "word_embedding_dimension") or _positive(
        config, "embedding_dimension"
    )
    if token is None:
        return None
    return token * max(len(_pooling_modes(config)), 1)


def _pooling_modes(config: Mapping[str, Any]) -> list[str]:
    """Return how a module pools the vectors of tokens, such as `mean` or `cls`."""
    mode = config.get("pooling_mode")  # As version 6 of sentence-transformers writes it.
    if mode is None:
        names = [key for key, value in config.items() if value is True]
        return [_pooling_mode(name) for name in names if name.startswith(_POOLING_PREFIX)]
    return [mode] if isinstance(mode, str) else list(mode)


def _pooling_mode(name: str) -> str:
    """Return the mode that a key of older files turns on: `pooling_mode_cls_token` means `cls`."""
    return re.sub("_tokens?$", "", name.removeprefix(_POOLING_PREFIX))


def _positive(config: Any, key: str) -> int | None:
    value = config.get(key) if isinstance(config, dict) else None
    return value if isinstance(value, int) and value > 0 else None


def read_json(file: Path) -> Any:
    """Return what a JSON file holds; None where it cannot be read."""
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
