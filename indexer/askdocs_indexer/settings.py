"""The indexer's share of the settings: typed, bounded and fully defaulted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

_T = TypeVar("_T")


def setting(
    default: _T,
    description: str,
    *,
    bounds: tuple[float, float] | None = None,
    harmless: bool = False,
) -> _T:
    """Declare a setting as a dataclass field.

    `description` is the sentence that docs/settings.md prints. `bounds` are the lowest and the
    highest value of a number. A project's files may set only what is `harmless`: nothing that loads
    a model, sends text elsewhere, names a path outside the root, an environment variable, a process
    or a machine, or takes resources without limit.
    """
    metadata = {"description": description, "bounds": bounds, "harmless": harmless}
    return field(default=default, metadata=metadata)


# What a file can be to its readers beside the manual.
Role = Literal[
    "changelog",
    "contributing",
    "examples",
    "generated",
    "licence",
    "tests",
    "translations",
    "vendored",
    "versions",
]


@dataclass(frozen=True, slots=True)
class DocsSettings:
    """Which files are documentation."""

    include: tuple[str, ...] = setting(
        (), "Globs of files to index, relative to the root; empty means all.", harmless=True
    )
    exclude: tuple[str, ...] = setting(
        (), "Globs of files to leave out; wins over include.", harmless=True
    )
    extra: tuple[str, ...] = setting((), "Folders outside the root to index as well.")
    docstrings: bool = setting(
        True, "Index docstrings and doc comments of source files as well.", harmless=True
    )
    languages: tuple[str, ...] = setting(
        (),
        "Languages of parallel translations to index, the main one first (`en`, `pt-BR`); empty "
        "means all.",
        harmless=True,
    )
    rank_behind: tuple[str, ...] = setting(
        get_args(Role),
        "What comes behind other pages that answer a question about as well: these kinds of files, "
        "and globs. Empty means nothing.",
        harmless=True,
    )
    max_file_bytes: int = setting(
        2_000_000, "Larger files are skipped (bytes).", bounds=(1, 50_000_000), harmless=True
    )
    # At most, so that a chunk of four-byte characters still fits the column of its text.
    chunk_characters: int = setting(
        900, "Upper size of a chunk (characters).", bounds=(100, 16_000), harmless=True
    )


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """The embedding model."""

    model: str = setting(
        "auto",
        "`auto` (bge-large-en-v1.5 with a CUDA GPU, else the bundled MiniLM), `bundled`, a Hugging "
        "Face id, or a local folder.",
    )
    device: str = setting("auto", "`auto`, `cpu` or a torch device such as `cuda:0`.")


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index lives."""

    uri: str = setting(
        "",
        "A Milvus server or Zilliz Cloud address; empty means a Milvus Lite database in the user's "
        "cache folder.",
    )
    token_env: str = setting(
        "ASKDOCS_MILVUS_TOKEN", "Environment variable with that server's token."
    )


@dataclass(frozen=True, slots=True)
class RerankerSettings:
    """The re-ranking model: what several sections of the settings say of it, brought together.

    `model` is `auto`, `off`, a Hugging Face id or a folder; `device` is as for embedding. A search
    waits for this number of `milliseconds` at most. `downloads` says whether `auto` may ask a hub,
    on a machine with a CUDA GPU.
    """

    model: str = "auto"
    device: str = "auto"
    milliseconds: int = 100
    downloads: bool = False
