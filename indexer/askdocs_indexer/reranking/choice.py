"""Which cross-encoder a setting means, and whether it is at hand."""

from __future__ import annotations

from dataclasses import dataclass

from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.loading import has_cuda
from askdocs_indexer.embedding.model_folder import is_whole
from askdocs_indexer.errors import RerankerError
from askdocs_indexer.paths import expanded

# Apache-2.0, 22.7 million parameters, English. docs/quality.md has its published figures.
DEFAULT_MODEL = "cross-encoder/ms-marco-MiniLM-L6-v2"
OFF = "off"


@dataclass(frozen=True, slots=True)
class Role:
    """What a cross-encoder is used for: the setting that names it, the model that `auto` means, how
    much that is to download, in words, what users call it and what they can set in its place."""

    setting: str
    default: str
    size: str
    noun: str
    instead: str


RERANKING = Role(
    "search.reranker",
    DEFAULT_MODEL,
    "90 MB",
    "The re-ranking model",
    "a folder with a cross-encoder",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What to load: a folder, or a model of the hub; empty for nothing, which `reason` explains.

    `name` is the model's.
    """

    source: str = ""
    name: str = ""
    reason: str = ""


def choose(model: str, *, downloads: bool = False, role: Role = RERANKING) -> Choice:
    """Return what a role's setting means on this machine. Raises RerankerError.

    `auto` means a model that was downloaded before. Where it may be downloaded at all, that is done
    only with a CUDA GPU, as for `embedding.model`: a processor may well be too slow for it.
    """
    if model == OFF:
        return Choice(reason=f"{role.setting} is off.")
    if model != "auto":
        return _named(model)
    folder = _complete(role.default)
    if folder or (downloads and has_cuda()):
        return Choice(folder or role.default, role.default)
    reason = (
        f"{role.default} is not on this machine. To download it from the Hugging Face hub "
        f"({role.size}), set {role.setting} to its id."
    )
    return Choice(reason=reason)


def _named(model: str) -> Choice:
    folder = expanded(model)
    if folder.is_dir():
        return Choice(str(folder.resolve()), folder.name)
    if model.startswith(("/", "~", ".")):
        raise RerankerError(f"there is no folder {folder}")
    return Choice(_complete(model) or model, model)


def _complete(model: str) -> str:
    """Return the folder of a model that was downloaded as a whole; "" where it was not."""
    folder = downloaded(model)
    return str(folder) if folder and is_whole(folder) else ""
