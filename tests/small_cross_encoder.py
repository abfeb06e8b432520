"""A real cross-encoder, small enough to be made by hand in a moment.

It is a BERT of two layers that scores a passage by how many of its tokens stand in the query too.
In the first layer each token of a passage attends to the same word of the query, and where there is
none to [CLS]; what it finds there is one number. In the second, [CLS] takes the mean of that number
over the passage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HIDDEN = 64
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# What a dimension of a token's vector tells; from the sixth on, which of the words it is.
_IN_QUERY, _IN_PASSAGE, _IS_CLS, _IS_OTHER, _SHARED, _MEAN, _FIRST_WORD = range(7)


def write_cross_encoder(
    folder: Path,
    words: Sequence[str],
    *,
    others: Sequence[str] = (),
    max_length: int = 128,
    prompts: Mapping[str, str] | None = None,
    labels: int = 1,
    contradicts: Sequence[str] = (),
) -> Path:
    """Write the model into a folder and return that.

    `words` are those that count, `others` further ones that its tokenizer knows. With several
    `labels` it is a classifier; with the labels of `contradicts`, of which one is "contradiction",
    it calls texts that share words a contradiction, and others none.
    """
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    assert len(words) <= _HIDDEN - _FIRST_WORD
    plain = folder.with_name(f"{folder.name}-plain")
    plain.mkdir(parents=True)
    vocabulary = [*_SPECIAL, *words, *others]
    (plain / "vocab.txt").write_text("\n".join(vocabulary))
    tokenizer = BertTokenizerFast(vocab=str(plain / "vocab.txt"), model_max_length=max_length)
    tokenizer.save_pretrained(plain)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=_HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=max_length,
        num_labels=len(contradicts) or labels,
        **({"id2label": dict(enumerate(contradicts))} if contradicts else {}),
    )
    model = BertForSequenceClassification(config)
    _set_weights(model, len(words))
    if contradicts:
        _set_labels(model.classifier, contradicts)
    model.save_pretrained(plain)
    CrossEncoder(str(plain), device="cpu", prompts=dict(prompts or {})).save_pretrained(str(folder))
    return folder


def _set_weights(model: Any, words: int) -> None:
    """Normalised, a vector has about 5.6 where it says yes and next to 0 elsewhere."""
    import torch

    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "LayerNorm.weight" not in name:
                weights.zero_()
        of_words = range(_FIRST_WORD, _FIRST_WORD + words)
        _embed(model.bert.embeddings, of_words)
        first, second = model.bert.encoder.layer
        # The same word comes first, that of the query before that of the passage, then [CLS].
        for dimension in of_words:
            first.attention.self.query.weight[dimension, dimension] = 4.0
        _attend(first, {_IN_QUERY: 5.6, _IS_CLS: 17.0}, of_words)
        _hand_over(first, _IN_QUERY, _SHARED)
        _attend(second, {_IN_PASSAGE: 20.0})
        _hand_over(second, _SHARED, _MEAN)
        model.bert.pooler.dense.weight[0, _MEAN] = 0.2
        model.classifier.weight[:, 0] = 5.0


def _set_labels(classifier: Any, labels: Sequence[str]) -> None:
    """Have one label where some words are shared, and the others where none are.

    What the classifier gets is about -0.1 without shared words, and more with each.
    """
    import torch

    with torch.no_grad():
        for column, label in enumerate(labels):
            sign = 1.0 if label == "contradiction" else -1.0
            classifier.weight[column, 0] = sign * 200.0
            classifier.bias[column] = sign * 17.0


def _embed(embeddings: Any, of_words: Sequence[int]) -> None:
    tokens, segments = embeddings.word_embeddings.weight, embeddings.token_type_embeddings.weight
    segments[0, _IN_QUERY] = segments[1, _IN_PASSAGE] = 1.0
    tokens[:, _IS_OTHER] = 1.0
    for token, dimension in enumerate(of_words, len(_SPECIAL)):
        tokens[token, _IS_OTHER], tokens[token, dimension] = 0.0, 1.0
    for name in ("[CLS]", "[SEP]"):
        tokens[_SPECIAL.index(name), _IN_QUERY] = -1.0  # They belong to neither text.
    tokens[_SPECIAL.index("[CLS]"), _IS_CLS] = 1.0


def _attend(layer: Any, always: Mapping[int, float], as_it_is: Sequence[int] = ()) -> None:
    """Set what is looked for: dimensions `as_it_is`, and what `always` counts."""
    layer.attention.self.query.bias[0] = 1.0
    for dimension, weight in always.items():
        layer.attention.self.key.weight[0, dimension] = weight
    for dimension in as_it_is:
        layer.attention.self.key.weight[dimension, dimension] = 1.0


def _hand_over(layer: Any, source: int, target: int) -> None:
    """Have a dimension of what is attended to added to another one of the token itself."""
    layer.attention.self.value.weight[target, source] = 1.0
    layer.attention.output.dense.weight[target, target] = 1.0
