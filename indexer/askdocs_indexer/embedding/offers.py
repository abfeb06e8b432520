"""What is known of a model before it is chosen, and a trial of one that is about to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from askdocs_indexer.embedding.catalogue import BUNDLED
from askdocs_indexer.embedding.choice import Choice
from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.inspection import FolderFacts, facts_of
from askdocs_indexer.embedding.loading import free_memory
from askdocs_indexer.embedding.speed import Speeds, estimate, measure
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.settings import EmbeddingSettings

SpeedIs = Literal["measured", "estimated", "unknown"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A model as a list shows it. What nobody knows is None, or "".

    `size` is that of the files in bytes, `speed` in passages per second; `english` and
    `multilingual` are those of a KnownModel.
    """

    licence: str
    languages: str
    dimension: int | None
    tokens: int | None
    size: int | None
    english: float | None
    multilingual: float | None
    speed: float | None
    speed_is: SpeedIs


@dataclass(frozen=True, slots=True)
class Trial:
    """What loading a model and embedding with it has shown. `speed` is in passages per second."""

    identity: str
    dimension: int
    device: str
    speed: float
    facts: FolderFacts | None


def offer_of(choice: Choice, device: str, speeds: Speeds) -> Offer:
    """Return what is known of a model without loading it. Its own files go before the catalogue."""
    known = choice.known
    facts = facts_of(choice.folder, choice.source) if choice.folder is not None else None
    speed, speed_is = _speed(choice, device, speeds)
    return Offer(
        licence=known.licence if known else facts.licence if facts else "",
        languages=known.languages if known else "",
        dimension=facts.dimension if facts else known.dimension if known else None,
        tokens=facts.tokens if facts else known.tokens if known else None,
        size=facts.size if facts else known.size if known else None,
        english=known.english if known else None,
        multilingual=known.multilingual if known else None,
        speed=speed,
        speed_is=speed_is,
    )


def try_out(choice: Choice, device: str, speeds: Speeds) -> Trial:
    """Load a model, which may download it, embed with it for some seconds, and note its speed.

    Raises EmbedderError.
    """
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(choice.setting, device))
    try:
        speed = measure(embedder)
        _ensure_sound(embedder)
    except EmbedderError as error:
        raise EmbedderError(f"{choice.name} cannot be used: {_cause(error)}") from error
    speeds.put(_speed_key(choice), device, speed)
    folder = choice.folder or downloaded(choice.source)
    trial = Trial(
        identity=embedder.identity,
        dimension=embedder.dimension,
        device=embedder.device,
        speed=speed,
        facts=facts_of(folder, choice.source) if folder is not None else None,
    )
    del embedder
    free_memory()
    return trial


def _speed(choice: Choice, device: str, speeds: Speeds) -> tuple[float | None, SpeedIs]:
    measured = speeds.get(_speed_key(choice), device)
    if measured is not None:
        return measured, "measured"
    bundled = speeds.get(BUNDLED.name, device)
    if bundled is None or choice.known is None:
        return None, "unknown"
    return estimate(bundled, choice.known), "estimated"


def _speed_key(choice: Choice) -> str:
    return choice.setting if choice.where == "folder" else choice.name


def _ensure_sound(embedder: SentenceTransformerEmbedder) -> None:
    """Raise EmbedderError where the vectors are no unit vectors, as with broken weights."""
    vectors = embedder.encode_passages(["A first text.", "Quite another one."])
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.allclose(lengths, 1.0, atol=0.01):
        raise EmbedderError("its vectors are not finite, so its weights are damaged.")


def _cause(error: EmbedderError) -> str:
    """Return in a line why a model does not load; libraries explain at length."""
    text = str(error.__cause__ or error).strip()
    if "trust_remote_code" in text:
        return "it needs code from its own repository, which askdocs does not run."
    return text.splitlines()[0] if text else repr(error.__cause__)
