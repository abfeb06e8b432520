"""BERTs on processors, such as the bundled model, run by OpenVINO: without torch, and faster.

No other module but `openvino_bert.py` imports that library.
"""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.model_folder import Role, transformer_folder
from askdocs_indexer.embedding.openvino_bert import Weights, sentence_model, shape_of
from askdocs_indexer.embedding.window import Window
from askdocs_indexer.system.cores import usable_threads

log = logging.getLogger(__name__)

# Its inner vectors (tokens x 1536 numbers at most) stay in a processor's caches.
_STREAM_TOKENS = 512
# Lengths are rounded up to a multiple of this. OpenVINO prepares itself for each shape that it has
# not met, which takes longer than some padding, and remembers it, which takes memory.
_LENGTH_STEP = 8
# More streams would keep a waiting query from its turn; further cores make the streams quicker.
_MOST_STREAMS = 8
# Importing it tells Google Analytics, unless openvino-telemetry is missing; not needed here.
_TOOLS = "openvino.tools.ovc"


class OpenVinoEncoder:
    """An Encoder for a BERT whose vectors are pooled as usual, such as all-MiniLM-L6-v2.

    Each core takes texts of its own (a stream), as cores that share a small batch wait for each
    other. OpenVINO computes in bfloat16 where the processor has instructions for it, and in float32
    elsewhere. `prompts` are what stands before texts of a role. Raises ValueError for any other
    kind of model, and whatever the library raises where it does not run here.
    """

    device = "cpu"

    def __init__(self, folder: Path, window: Window, prompts: Mapping[Role, str]) -> None:
        self.window = window
        self._prompts = prompts
        shape = shape_of(folder)
        # The compiled model computes with them, too.
        self._weights = Weights(transformer_folder(folder) / "model.safetensors")
        cores = usable_threads()
        streams = min(cores, _MOST_STREAMS)
        with _without_tools():
            import openvino
        options = {
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": cores,
            # Bound to a core, a stream would wait for others that are busy there.
            "ENABLE_CPU_PINNING": False,
        }
        model = sentence_model(self._weights, shape)
        compiled = openvino.Core().compile_model(model, "CPU", options)
        self.dimension = int(compiled.output(0).partial_shape[1].get_length())
        self.batch_tokens = _STREAM_TOKENS * streams
        self._requests = [compiled.create_infer_request() for _ in range(streams)]
        # The first run lays the weights out for the processor; from now on it reads those.
        self.encode([""], "query")
        self._weights.release()
        # "f32" or "bf16".
        self.precision = str(compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name())
        log.info("OpenVINO runs %s in %s, %d streams", folder, self.precision, streams)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(tokens) for tokens in self._tokens(texts, "passage")]

    def encode(self, texts: Sequence[str], role: Role) -> NDArray[np.float32]:
        tokens = self._tokens(texts, role)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        streams = len(self._requests)
        # Texts come by their length, so that every stream gets about the same.
        shares = [range(first, len(tokens), streams) for first in range(min(streams, len(tokens)))]
        running = list(zip(self._requests, shares, strict=False))
        for request, share in running:
            request.start_async(_inputs([tokens[index] for index in share]))
        for request, share in running:
            request.wait()
            vectors[share] = request.get_output_tensor(0).data
        return vectors

    def _tokens(self, texts: Sequence[str], role: Role) -> list[list[int]]:
        return [self.window.tokens(f"{self._prompts[role]}{text}") for text in texts]


def _inputs(texts: Sequence[Sequence[int]]) -> list[NDArray[Any]]:
    """Return the tokens of texts as the model takes them, padded to one length."""
    length = _LENGTH_STEP * math.ceil(max(map(len, texts)) / _LENGTH_STEP)
    tokens = np.zeros((len(texts), length), np.int32)
    mask = np.zeros((len(texts), length), np.float32)
    for row, text in enumerate(texts):
        tokens[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return [tokens, mask, np.arange(length, dtype=np.int32)]


@contextmanager
def _without_tools() -> Iterator[None]:
    """Import OpenVINO without its tools, which it takes for missing then."""
    if _TOOLS in sys.modules:
        yield
        return
    sys.modules[_TOOLS] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_TOOLS]
