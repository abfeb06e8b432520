"""How texts are put to the embedding model, which is a stub here."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.index_harness import until

from askdocs_indexer.embedding import embedder as embedder_module
from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.settings import EmbeddingSettings


class Model:
    """Stands for a sentence-transformer; `batches` lists what it was given.

    A text's vector points to the axis of its length, and a token is a word. A batch with a text of
    one word more than `slow` waits for `go_on`.
    """

    device = "cpu"
    max_seq_length = None
    slow = 50

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.began = threading.Event()
        self.go_on = threading.Event()

    def tokenizer(self, texts: Sequence[str], **_: object) -> dict[str, list[list[str]]]:
        return {"input_ids": [text.split() for text in texts]}

    def get_embedding_dimension(self) -> int:
        return 64

    def encode(self, texts: list[str], **_: object) -> NDArray[np.float32]:
        self.batches.append(texts)
        if any(len(text.split()) > self.slow for text in texts):
            self.began.set()
            self.go_on.wait(30)
        return np.eye(64, dtype=np.float32)[[len(text) % 64 for text in texts]]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()
    monkeypatch.setattr(embedder_module, "_load", lambda *_: model)
    return model


@pytest.fixture
def embedder(model: Model) -> SentenceTransformerEmbedder:
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(model="a/stub"))
    embedder.load()
    model.batches.clear()
    return embedder


def words(count: int) -> str:
    return " ".join(["word"] * count)


def test_batches_hold_so_many_tokens(
    embedder: SentenceTransformerEmbedder, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_module, "_CPU_BATCH_TOKENS", 12)
    texts = [words(2), words(6), words(20), words(1), words(5), words(3)]
    vectors = embedder.encode_passages(texts)
    sizes = [[len(text.split()) for text in batch] for batch in model.batches]
    assert sizes == [[20], [6, 5], [3, 2, 1]]
    assert [int(vector.argmax()) for vector in vectors] == [len(text) % 64 for text in texts]


def test_no_texts_are_no_work(embedder: SentenceTransformerEmbedder, model: Model) -> None:
    assert embedder.encode_passages([]).shape == (0, 64)
    assert model.batches == []


def test_a_question_is_embedded_once(embedder: SentenceTransformerEmbedder, model: Model) -> None:
    first = embedder.encode_query("why?")
    assert embedder.encode_query("why?") is first
    assert model.batches == [["why?"]]
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


@pytest.mark.parametrize("kind", ["query", "passages"])
def test_what_is_urgent_goes_between_the_batches_of_bulk_work(
    embedder: SentenceTransformerEmbedder,
    model: Model,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr(embedder_module, "_CPU_BATCH_TOKENS", 1)
    bulk = threading.Thread(target=embedder.encode_passages, args=([words(60), "a", "b"],))
    if kind == "query":
        urgent = threading.Thread(target=embedder.encode_query, args=("now",))
    else:
        urgent = threading.Thread(
            target=embedder.encode_passages, args=(["now"],), kwargs={"urgent": True}
        )
    bulk.start()
    assert model.began.wait(30)
    urgent.start()
    until(lambda: embedder._gate._urgent > 0)
    model.go_on.set()
    bulk.join(30)
    urgent.join(30)
    assert [batch[0] for batch in model.batches][1] == "now"
