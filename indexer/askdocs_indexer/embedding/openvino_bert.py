"""BERT as a graph of OpenVINO, made of the files that the model comes with.

Nothing is exported or converted beforehand, so nothing can be out of date, half written or missing,
and neither torch nor transformers is needed. The weights stay in their file, which is mapped into
memory. Devlin et al., "BERT", 2019; pooling: Reimers and Gurevych, "Sentence-BERT", 2019.
"""

from __future__ import annotations

import json
import math
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.model_folder import (
    pooling_of,
    read_json,
    transformer_folder,
    truncated_dimension,
)
from askdocs_indexer.system.memory import release_pages

_HEADER_BYTES = 8
_WORDS = "embeddings.word_embeddings.weight"
# Added to the score of what is padding, whose share is then zero.
_PADDING_SCORE = -10_000.0
# What transformers takes where a file does not say it; another value is another model.
_USUAL = {"hidden_act": "gelu", "position_embedding_type": "absolute"}
_EPSILON = 1e-12
_OWN_CONFIG = "sentence_bert_config.json"


class Weights:
    """The tensors of a safetensors file, by name. Read on use; the file's format has a page at
    https://huggingface.co/docs/safetensors.

    Whoever computes with the arrays must keep this object.
    """

    def __init__(self, file: Path) -> None:
        with file.open("rb") as stream:
            # OpenVINO takes only memory that it might write to, so a change would be private.
            self._mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)
        size = int.from_bytes(self._mapped[:_HEADER_BYTES], "little")
        self._start = _HEADER_BYTES + size
        self._header: dict[str, Any] = json.loads(self._mapped[_HEADER_BYTES : self._start])
        # A model that was saved with a head of its own has the BERT below.
        named = (name.partition("embeddings.")[0] for name in self._header if _WORDS in name)
        self._prefix = next(named, "")

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """Return a tensor, in the shape that the file gives it. Raises KeyError and ValueError."""
        entry = self._header[f"{self._prefix}{name}"]
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is of the type {entry['dtype']}, not F32")
        shape, offset = entry["shape"], self._start + entry["data_offsets"][0]
        return np.frombuffer(self._mapped, np.float32, math.prod(shape), offset).reshape(shape)

    def release(self) -> None:
        """Give the memory of what was read back; it is read again where it is used again."""
        release_pages(self._mapped)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the weights do not tell of a BERT.

    `epsilon` is that of its layer normalisations, and `pooling` is `mean` or `cls`.
    """

    heads: int
    layers: int
    epsilon: float
    pooling: str


def shape_of(folder: Path) -> Shape:
    """Return the shape that a model's files declare. Raises ValueError for what is not built here:
    another architecture, and further steps."""
    files = transformer_folder(folder)
    config, own = (read_json(files / name) for name in ("config.json", _OWN_CONFIG))
    is_bert = isinstance(config, dict) and config.get("model_type") == "bert"
    if not is_bert or any(config.get(name, usual) != usual for name, usual in _USUAL.items()):
        raise ValueError(f"{folder} holds no usual BERT")
    pooling = pooling_of(folder)
    is_lowered = isinstance(own, dict) and own.get("do_lower_case")
    if pooling not in ("mean", "cls") or is_lowered or truncated_dimension(folder) is not None:
        raise ValueError(f"{folder} takes further steps")
    return Shape(
        config["num_attention_heads"],
        config["num_hidden_layers"],
        config.get("layer_norm_eps", _EPSILON),
        pooling,
    )


def sentence_model(weights: Weights, shape: Shape) -> Any:
    """Return an openvino.Model from texts to unit vectors, pooled of their tokens' vectors.

    Inputs: tokens (texts, length) of int32, mask (texts, length) of float32, which is 1 for tokens
    and 0 for padding, and positions (length) of int32, which are 0, 1… Output: (texts, dimension).
    """
    import openvino

    return _Graph(weights, shape).model(openvino)


class _Graph:
    """Builds the graph from below. All of `Any` are nodes of it."""

    def __init__(self, weights: Weights, shape: Shape) -> None:
        from openvino import opset13

        self._op: Any = opset13
        self._weights = weights
        self._shape = shape

    def model(self, openvino: Any) -> Any:
        op = self._op
        tokens = op.parameter([-1, -1], np.int32, name="tokens")
        mask = op.parameter([-1, -1], np.float32, name="mask")
        positions = op.parameter([-1], np.int32, name="positions")
        hidden = self._embedded(tokens, positions)
        # From (texts, length) to (texts, heads, queries, keys), and from 1 and 0 to 0 and less.
        keys = op.unsqueeze(mask, self._whole([1, 2]))
        scores = op.multiply(op.subtract(keys, self._number(1.0)), self._number(-_PADDING_SCORE))
        for index in range(self._shape.layers):
            hidden = self._layer(f"encoder.layer.{index}", hidden, scores)
        return openvino.Model([self._pooled(hidden, mask)], [tokens, mask, positions], "bert")

    def _embedded(self, tokens: Any, positions: Any) -> Any:
        op, name = self._op, "embeddings"
        first = self._whole(0)
        words = op.gather(self._large(f"{name}.word_embeddings.weight"), tokens, first)
        orders = op.gather(self._large(f"{name}.position_embeddings.weight"), positions, first)
        # All tokens are of the first of two texts.
        kind = op.constant(self._weights[f"{name}.token_type_embeddings.weight"][0].copy())
        return self._normalised(op.add(op.add(words, orders), kind), f"{name}.LayerNorm")

    def _layer(self, name: str, hidden: Any, scores: Any) -> Any:
        op = self._op
        attended = self._linear(
            self._attention(f"{name}.attention.self", hidden, scores),
            f"{name}.attention.output.dense",
        )
        hidden = self._normalised(op.add(attended, hidden), f"{name}.attention.output.LayerNorm")
        inner = op.gelu(self._linear(hidden, f"{name}.intermediate.dense"), "ERF")
        outer = self._linear(inner, f"{name}.output.dense")
        return self._normalised(op.add(outer, hidden), f"{name}.output.LayerNorm")

    def _attention(self, name: str, hidden: Any, scores: Any) -> Any:
        op = self._op
        size = self._weights[f"{name}.query.bias"].size
        heads = self._whole([0, 0, self._shape.heads, size // self._shape.heads])
        swapped = self._whole([0, 2, 1, 3])
        query, key, value = (
            op.transpose(op.reshape(self._linear(hidden, f"{name}.{part}"), heads, True), swapped)
            for part in ("query", "key", "value")
        )
        attended = op.scaled_dot_product_attention(query, key, value, scores)
        return op.reshape(op.transpose(attended, swapped), self._whole([0, 0, size]), True)

    def _linear(self, value: Any, name: str) -> Any:
        op = self._op
        product = op.matmul(value, self._large(f"{name}.weight"), False, True)
        return op.add(product, self._small(f"{name}.bias"))

    def _normalised(self, value: Any, name: str) -> Any:
        op = self._op
        even = op.mvn(value, self._whole([-1]), True, self._shape.epsilon, "INSIDE_SQRT")
        scaled = op.multiply(even, self._small(f"{name}.weight"))
        return op.add(scaled, self._small(f"{name}.bias"))

    def _pooled(self, hidden: Any, mask: Any) -> Any:
        op, along = self._op, self._whole(1)
        if self._shape.pooling == "cls":
            pooled = op.gather(hidden, self._whole(0), along)
        else:
            shares = op.unsqueeze(mask, self._whole(2))
            total = op.reduce_sum(op.multiply(hidden, shares), along, False)
            pooled = op.divide(total, op.reduce_sum(shares, along, False))
        return op.normalize_l2(pooled, self._whole([1]), 1e-12, "max")

    def _large(self, name: str) -> Any:
        """A tensor that stays where it is."""
        return self._op.constant(self._weights[name], shared_memory=True)

    def _small(self, name: str) -> Any:
        return self._op.constant(self._weights[name].copy())

    def _whole(self, value: Any) -> Any:
        return self._op.constant(np.array(value, np.int64))

    def _number(self, value: float) -> Any:
        return self._op.constant(np.float32(value))
