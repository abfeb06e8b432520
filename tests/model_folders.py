"""Models in folders, built by hand with the real libraries and too small to mean anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from askdocs_indexer.embedding.loading import load_as_saved

LETTERS = "abcdefghijklmnopqrstuvwxyz:"
SIZE = 8
_SMALL = {
    "hidden_size": SIZE,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": SIZE,
    # With the usual one, all texts come out alike.
    "initializer_range": 0.5,
}

Module = Callable[[], object]


def bert(folder: Path, **config: Any) -> Path:
    """Write a bare BERT with its tokenizer of single letters, as `transformers` writes one."""
    from transformers import BertConfig, BertModel

    words = _bert_tokenizer(folder)
    BertModel(BertConfig(vocab_size=words, **{**_SMALL, **config})).save_pretrained(folder)
    return folder


def xlm_roberta(folder: Path, longest: int | None = None, **config: Any) -> Path:
    """Write a bare XLM-RoBERTa; `longest` is the length that its tokenizer declares."""
    from transformers import XLMRobertaConfig, XLMRobertaModel, XLMRobertaTokenizer

    marks = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = [*((mark, 0.0) for mark in marks), *((piece, -2.0) for piece in f"▁{LETTERS}")]
    vocabulary.append(("<mask>", 0.0))
    more = {} if longest is None else {"model_max_length": longest}
    XLMRobertaTokenizer(vocab=vocabulary, **more).save_pretrained(folder)
    sizes = {**_SMALL, "vocab_size": len(vocabulary), "max_position_embeddings": 514, **config}
    XLMRobertaModel(XLMRobertaConfig(pad_token_id=1, **sizes)).save_pretrained(folder)
    return folder


def language_model(folder: Path) -> Path:
    """Write a model that writes text."""
    from transformers import GPT2Config, GPT2LMHeadModel

    words = _bert_tokenizer(folder)
    config = GPT2Config(vocab_size=words, n_embd=SIZE, n_layer=1, n_head=1)
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def classifier(folder: Path) -> Path:
    """Write a re-ranker, as `transformers` writes one."""
    from transformers import BertConfig, BertForSequenceClassification

    words = _bert_tokenizer(folder)
    config = BertConfig(vocab_size=words, num_labels=1, **_SMALL)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def pipeline(folder: Path, transformer: Path, *modules: Module, **config: Any) -> Path:
    """Write a sentence-transformer of a bare one and further modules; `config` adds to its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Transformer

    first = Transformer(str(transformer))
    SentenceTransformer(modules=[first, *(make() for make in modules)]).save(str(folder))
    return declare(folder, "config_sentence_transformers.json", config)


def reference_of(folder: Path) -> Any:
    """Return a model as sentence-transformers runs it, whatever an embedder does."""
    return load_as_saved(str(folder), "cpu")


def are_alike(vectors: Any, others: Any) -> bool:
    """Return whether unit vectors are the same but for the last digits of bfloat16."""
    cosines = (np.asarray(vectors, np.float64) * np.asarray(others, np.float64)).sum(axis=-1)
    return bool(cosines.min() >= 0.9999)


def declare(folder: Path, name: str, more: Mapping[str, Any]) -> Path:
    """Add to one of a model's files."""
    file = folder / name
    before = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**before, **more}))
    return folder


def pooling(*modes: str) -> Module:
    def make() -> object:
        from sentence_transformers.sentence_transformer.modules import Pooling

        return Pooling(SIZE, modes)

    return make


def dense() -> object:
    from sentence_transformers.base.modules import Dense

    return Dense(SIZE, 6)


def normalize() -> object:
    from sentence_transformers.base.modules import Normalize

    return Normalize()


def _bert_tokenizer(folder: Path) -> int:
    from transformers import BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    vocabulary += [f"##{letter}" for letter in LETTERS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    return len(vocabulary)
