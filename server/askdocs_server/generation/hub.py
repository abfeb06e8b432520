"""What this machine has of the Hugging Face hub: its cache, a token, the files of models."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def hub_cache() -> Path:
    """Where the hub's library keeps models."""
    if folder := os.environ.get("HF_HUB_CACHE"):
        return Path(folder)
    return _hub_home() / "hub"


def cached_folder(name: str) -> Path | None:
    """The folder of a model that was downloaded before, by its id."""
    snapshots = hub_cache() / f"models--{name.replace('/', '--')}" / "snapshots"
    config = next(snapshots.glob("*/config.json"), None)
    return None if config is None else config.parent


def has_token() -> bool:
    """Whether there is a token for the hub."""
    file = Path(os.environ.get("HF_TOKEN_PATH", _hub_home() / "token"))
    return bool(os.environ.get("HF_TOKEN")) or file.is_file()


def control_tokens(folder: Path) -> tuple[str, ...]:
    """The tokens that a model's tokenizer does not read as text, as far as its files tell."""
    return tuple(sorted({token for entry in _added_tokens(folder) if (token := _special(entry))}))


def _added_tokens(folder: Path) -> Iterator[Any]:
    added = _read(folder / "tokenizer.json").get("added_tokens")
    yield from added if isinstance(added, list) else ()
    decoder = _read(folder / "tokenizer_config.json").get("added_tokens_decoder")
    yield from decoder.values() if isinstance(decoder, dict) else ()


def _special(entry: Any) -> str:
    content = entry.get("content") if isinstance(entry, dict) and entry.get("special") else ""
    return content if isinstance(content, str) else ""


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _hub_home() -> Path:
    return Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
