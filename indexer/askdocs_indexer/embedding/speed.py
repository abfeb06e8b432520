"""How many passages an embedding model embeds in a second on this machine.

It is measured on passages of the usual size and noted in the cache, by model, device and machine.
For a model that is not here it is estimated: the time for a token is about proportional to the
weights that the token passes.
"""

from __future__ import annotations

import itertools
import json
import logging
import platform
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from askdocs_indexer.embedding.catalogue import BUNDLED, KnownModel
from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.paths import cache_folder

log = logging.getLogger(__name__)

MEASURED_SECONDS = 2.0
_PASSAGES = 16
# How many are embedded at once, at first and at most.
_FEWEST, _MOST = 4, 128
# Four to seven of these sentences are a passage of 400 to 900 characters, as most chunks are.
_SENTENCES = (
    "The connection pool keeps up to ten idle connections for each host, and closes the oldest "
    "of them once a request has been waiting for longer than the timeout allows.",
    "Set `retries` to the number of attempts; a value of zero turns the feature off.",
    "A file that cannot be read is skipped, its path is written to the log, and the run goes on "
    "with the next one, so that a single damaged archive does not spoil the backup of a night.",
    "When both options are given, the one on the command line wins over the configuration file.",
    "The function returns a list of pairs, each made of a key and the time of its last change; "
    "an empty list means that nothing has been stored under this prefix so far.",
    "Call `close()` in the end, or use the object as a context manager: `with Client() as client`.",
    "Since version 2.4 the certificate of the server is checked by default; earlier versions did "
    "so only with `verify=True`, which is therefore not needed any more.",
)


def sample_passages() -> list[str]:
    """Return passages of the usual sizes, which are the same each time."""
    sentences = itertools.cycle(_SENTENCES)
    return [" ".join(itertools.islice(sentences, 4 + number % 4)) for number in range(_PASSAGES)]


def measure(
    embedder: Embedder, seconds: float = MEASURED_SECONDS, texts: Sequence[str] = ()
) -> float:
    """Return passages per second, measured for about so long on some texts, or on passages of the
    usual sizes. Raises EmbedderError.

    The model is loaded first. The groups grow while they pass quickly, as a GPU needs many at once,
    and a busy machine is slow with a few.
    """
    passages = itertools.cycle(texts or sample_passages())
    embedder.encode_passages([next(passages)])  # The first call costs more.
    size, done, spent = _FEWEST, 0, 0.0
    while not done or spent < seconds:
        started = time.monotonic()
        embedder.encode_passages([*itertools.islice(passages, size)])
        took = time.monotonic() - started
        done, spent = done + size, spent + took
        if took < seconds / 10:
            size = min(2 * size, _MOST)
    return done / max(spent, 1e-6)


def estimate(bundled: float, model: KnownModel) -> float:
    """Return about how many passages per second a model embeds where the bundled one does so."""
    return bundled * BUNDLED.work / model.work


class Speeds:
    """The noted speeds of this machine: passages per second by model and device.

    The device is that of the settings, so "auto" stands for what the machine has.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or cache_folder() / "speeds.json"
        self._rows = self._read()

    def get(self, model: str, device: str) -> float | None:
        """Return the noted speed; None where there is none."""
        speed = self._rows.get(_key(model, device))
        return float(speed) if isinstance(speed, int | float) and speed > 0 else None

    def put(self, model: str, device: str, speed: float) -> None:
        """Note a speed; where that cannot be written, it is left."""
        self._rows = {**self._read(), _key(model, device): round(speed, 3)}
        partial = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.write_text(json.dumps(self._rows, indent=1), "utf-8")
            partial.replace(self._file)
        except OSError as error:
            log.debug("%s is not written (%s)", self._file, error)
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def _read(self) -> dict[str, object]:
        try:
            rows = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return rows if isinstance(rows, dict) else {}


def _key(model: str, device: str) -> str:
    return f"{model} on {device} of {platform.node()}"
