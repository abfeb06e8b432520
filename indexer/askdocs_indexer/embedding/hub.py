"""The Hugging Face hub: what of it is on this machine, and what it says of a model.

No other module imports its library, which is imported on first need.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import EmbedderError

_ASK_SECONDS = 10.0
# What a start or a list may wait for the hub's first sign of life.
_REACH_SECONDS = 3.0
_WEIGHTS = (".safetensors", ".bin")

_ELSEWHERE = (
    "or download the model on another machine and give its folder here, as docs/air-gapped.md says"
)


@dataclass(frozen=True, slots=True)
class HubModel:
    """What the hub says of a model. `size` is that of the files to download (bytes)."""

    model: str
    licence: str
    size: int


def downloaded(model: str) -> Path | None:
    """Return the folder of a model of the hub, if it was loaded here before.

    A download that was cut short leaves a folder in which files are missing.
    """
    if not model:
        return None
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        files = (try_to_load_from_cache(model, name) for name in ("modules.json", "config.json"))
        file = next((file for file in files if isinstance(file, str)), None)
    except HFValidationError:  # The hub has no such names; loading reports it.
        return None
    return Path(file).parent if file else None


def cache_folder() -> Path:
    """Return where models of the hub are stored on this machine."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def unreachable() -> str:
    """Return why the hub cannot be reached, with the next step; "" where it can. Takes a while."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return f"The hub is switched off by HF_HUB_OFFLINE. Unset it, {_ELSEWHERE}."
    import httpx

    try:
        httpx.head(constants.ENDPOINT, timeout=_REACH_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return _no_answer(str(error) or type(error).__name__)
    return ""


def ask_hub(model: str) -> HubModel:
    """Return what the hub says of a model. Raises EmbedderError, with the next step."""
    from huggingface_hub import HfApi, constants, errors

    if constants.HF_HUB_OFFLINE:
        raise EmbedderError(unreachable())
    try:
        answer = HfApi().model_info(model, files_metadata=True, timeout=_ASK_SECONDS)
    except errors.GatedRepoError:
        raise EmbedderError(
            f"The hub gives {model} only to those who have accepted its terms. Accept them at "
            f"{constants.ENDPOINT}/{model}, and set HF_TOKEN to a token of that account."
        ) from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        raise EmbedderError(
            f"The hub has no model {model}. Correct the name; for a private model, set HF_TOKEN to "
            "a token of an account that may read it."
        ) from None
    except Exception as error:  # Its library hands on those of its HTTP client.
        raise EmbedderError(_no_answer(str(error).splitlines()[0] or repr(error))) from error
    return _hub_model(model, answer)


def _hub_model(model: str, answer: Any) -> HubModel:
    files = {file.rfilename: file.size or 0 for file in answer.siblings or ()}
    # Of the forms in which weights lie there, one is loaded.
    ending = next((end for end in _WEIGHTS if any(name.endswith(end) for name in files)), "")
    wanted = {
        name: size
        for name, size in files.items()
        if name.endswith((ending, ".json", ".txt", ".model")) and not name.startswith("onnx/")
    }
    card = answer.card_data or {}
    licence = card.get("license") or ""
    return HubModel(model, str(licence), sum(wanted.values()))


def _no_answer(reason: str) -> str:
    from huggingface_hub import constants

    return (
        f"The hub at {constants.ENDPOINT} cannot be reached ({reason}). Check the network and "
        f"HTTPS_PROXY, set HF_ENDPOINT to a mirror, {_ELSEWHERE}."
    )
