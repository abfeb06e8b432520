"""The indexer's share of the settings: typed and fully defaulted.

Each field's metadata carries `help`, the sentence that docs/settings.md prints, and `trusted`,
which marks keys that could send text elsewhere, load code or read outside the root: those are
ignored from workspace files unless the user trusts that workspace.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DocsSettings:
    """Which files are documentation."""

    include: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Globs of files to index, relative to the root; empty means all."},
    )
    exclude: tuple[str, ...] = field(
        default=(), metadata={"help": "Globs of files to leave out; wins over include."}
    )
    extra: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Folders outside the root to index as well.", "trusted": True},
    )
    docstrings: bool = field(
        default=True,
        metadata={"help": "Index docstrings and doc comments of source files as well."},
    )
    max_file_bytes: int = field(
        default=2_000_000, metadata={"help": "Larger files are skipped (bytes).", "minimum": 1}
    )
    chunk_characters: int = field(
        default=900,
        metadata={"help": "Upper size of a chunk (characters).", "minimum": 100},
    )


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """The embedding model."""

    model: str = field(
        default="auto",
        metadata={
            "help": "`auto` (bge-large-en-v1.5 with a CUDA GPU, else the bundled MiniLM), "
            "`bundled`, a Hugging Face id, or a local folder.",
            "trusted": True,
        },
    )
    device: str = field(
        default="auto", metadata={"help": "`auto`, `cpu` or a torch device such as `cuda:0`."}
    )


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index lives."""

    uri: str = field(
        default="",
        metadata={
            "help": "A Milvus server or Zilliz Cloud address; empty means a Milvus Lite database "
            "in the user's cache folder.",
            "trusted": True,
        },
    )
    token_env: str = field(
        default="ASKDOCS_MILVUS_TOKEN",
        metadata={"help": "Environment variable with that server's token.", "trusted": True},
    )
