"""Embedding models to choose from, with what has been published about them.

The models were chosen for licences without conditions on use (Apache-2.0, MIT), sizes that some
machine bears, and code that the libraries already have. docs/embedders.md names the sources.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from askdocs_indexer.embedding.loading import BUNDLED_NAME, GPU_MODEL

# Further from a name than this is no slip of the keyboard.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One model; `model` is its id on the hub.

    `dimension` is the length of a vector, `tokens` how long a text may be, `size` that of the
    download in bytes, and `work` how many million weights every token of a text passes: all but
    the table of tokens. `english` is the mean nDCG@10 (percent) of the 15 retrieval tasks of MTEB's
    first version, `multilingual` that of the 18 retrieval tasks of MTEB(Multilingual, v2); None
    where none is published.
    """

    model: str
    licence: str
    languages: str
    dimension: int
    tokens: int
    size: int
    work: float
    english: float | None = None
    multilingual: float | None = None

    @property
    def name(self) -> str:
        """The id without its owner."""
        return self.model.rpartition("/")[2]


_MB = 1_000_000

BUNDLED = KnownModel(
    f"sentence-transformers/{BUNDLED_NAME}",
    "Apache-2.0",
    "English",
    dimension=384,
    tokens=256,
    size=91 * _MB,
    work=10.6,
    english=41.95,
)
CATALOGUE = (
    BUNDLED,
    KnownModel(
        "BAAI/bge-small-en-v1.5",
        "MIT",
        "English",
        dimension=384,
        tokens=512,
        size=133 * _MB,
        work=21.3,
        english=51.68,
    ),
    KnownModel(
        "sentence-transformers/all-mpnet-base-v2",
        "Apache-2.0",
        "English",
        dimension=768,
        tokens=384,
        size=438 * _MB,
        work=85.1,
        english=43.81,
    ),
    KnownModel(
        GPU_MODEL,
        "MIT",
        "English",
        dimension=1024,
        tokens=512,
        size=1341 * _MB,
        work=302.3,
        english=54.29,
    ),
    KnownModel(
        "ibm-granite/granite-embedding-97m-multilingual-r2",
        "Apache-2.0",
        "52 languages, and code",
        dimension=384,
        tokens=32_768,
        size=195 * _MB,
        work=28.0,
        multilingual=60.3,
    ),
    KnownModel(
        "intfloat/multilingual-e5-small",
        "MIT",
        "about 100 languages",
        dimension=384,
        tokens=512,
        size=471 * _MB,
        work=21.3,
        multilingual=50.9,
    ),
    KnownModel(
        "BAAI/bge-m3",
        "MIT",
        "over 100 languages",
        dimension=1024,
        tokens=8192,
        size=2271 * _MB,
        work=302.3,
        multilingual=54.6,
    ),
)


def known_model(name: str) -> KnownModel | None:
    """Return the model with this id, with or without its owner; the case does not count."""
    wanted = name.casefold()
    return next(
        (known for known in CATALOGUE if wanted in (known.model.casefold(), known.name.casefold())),
        None,
    )


def like_named(name: str) -> list[str]:
    """Return the ids that a mistyped name may mean, the likeliest first."""
    wanted = name.rpartition("/")[2].casefold()
    names = {known.name.casefold(): known.model for known in CATALOGUE}
    holding = [key for key in names if wanted and wanted in key]
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=_ALIKE)
    return [names[key] for key in dict.fromkeys((*holding, *close))][:3]
