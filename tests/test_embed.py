"""How texts are put to the embedding model, which is a stub here."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.index_harness import until
from tests.model_folders import are_alike, bert, dense, normalize, pipeline, pooling, reference_of

from askdocs_indexer.embedding import encoder as encoder_module
from askdocs_indexer.embedding import loading
from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_indexer.system import nvidia


class Model:
    """Stands for a sentence-transformer; `batches` lists what it was given.

    A text's vector points to the axis of its length, and a token is a word. A batch with a text of
    one word more than `slow` waits for `go_on`.
    """

    device = "cpu"
    max_seq_length = None
    default_prompt_name: str | None = None
    slow = 50

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.prompts = {"query": "", "document": ""}
        self.began = threading.Event()
        self.go_on = threading.Event()

    def tokenizer(self, texts: Sequence[str], **_: object) -> dict[str, list[list[str]]]:
        return {"input_ids": [text.split() for text in texts]}

    def get_embedding_dimension(self) -> int:
        return 64

    def encode_query(self, texts: list[str], **_: object) -> NDArray[np.float32]:
        return self.encode_document(texts)

    def encode_document(self, texts: list[str], **_: object) -> NDArray[np.float32]:
        self.batches.append(texts)
        if any(len(text.split()) > self.slow for text in texts):
            self.began.set()
            self.go_on.wait(30)
        return np.eye(64, dtype=np.float32)[[len(text) % 64 for text in texts]]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()
    monkeypatch.setattr(encoder_module, "load_model", lambda *_: model)
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
    monkeypatch.setattr(encoder_module, "_CPU_BATCH_TOKENS", 12)
    texts = [words(2), words(6), words(20), words(1), words(5), words(3)]
    vectors = embedder.encode_passages(texts)
    sizes = [[len(text.split()) for text in batch] for batch in model.batches]
    assert sizes == [[20], [6, 5], [3, 2, 1]]
    assert [int(vector.argmax()) for vector in vectors] == [len(text) % 64 for text in texts]


def test_no_texts_are_no_work(embedder: SentenceTransformerEmbedder, model: Model) -> None:
    assert embedder.encode_passages([]).shape == (0, 64)
    assert model.batches == []


def test_a_model_sees_usual_letters(embedder: SentenceTransformerEmbedder, model: Model) -> None:
    embedder.encode_passages(["The ﬁle oﬃce, Ｗｉｄｅ ｻｰﾊﾞｰ。x² 𝐁𝐨𝐥𝐝"])
    assert model.batches == [["The file office, Wide サーバー。x² Bold"]]


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
    monkeypatch.setattr(encoder_module, "_CPU_BATCH_TOKENS", 1)
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


# -- a real model in a folder, too small to mean anything --------------------------------------


@pytest.fixture
def model_folder(tmp_path: Path) -> Callable[..., Path]:
    """Write a model whose transformer has 8 dimensions, with these further modules and prompts."""
    plain = bert(tmp_path / "transformer")
    return lambda *modules, **config: pipeline(tmp_path / "model", plain, *modules, **config)


@pytest.mark.parametrize(
    ("modules", "config", "dimension"),
    [
        ([pooling("mean"), normalize], {}, 8),
        ([pooling("cls", "max")], {}, 16),
        ([pooling("mean"), dense, normalize], {}, 6),
        ([pooling("mean"), dense], {"truncate_dim": 4}, 4),
    ],
    ids=["pooling", "two modes", "dense", "truncated"],
)
def test_the_dimension_is_known_before_loading(
    model_folder: Callable[..., Path],
    modules: Sequence[Callable[[], object]],
    config: Mapping[str, object],
    dimension: int,
) -> None:
    embedder = SentenceTransformerEmbedder(
        EmbeddingSettings(str(model_folder(*modules, **config)), "cpu")
    )
    assert embedder.dimension == dimension
    assert embedder.state == "idle"
    assert embedder.encode_passages(["a b"]).shape == (1, dimension)
    assert embedder.dimension == dimension


def test_a_missing_model_has_no_dimension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Least of all that of a model in the folder that the process happens to be in."""
    (tmp_path / "config.json").write_text('{"hidden_size": 8}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "BUNDLED_PACKAGE", "no_such_package")
    with pytest.raises(EmbedderError, match="it is not installed"):
        _ = SentenceTransformerEmbedder(EmbeddingSettings("bundled")).dimension


def test_an_older_pooling_tells_its_modes_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "config.json").write_text('{"hidden_size": 8}')
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    (tmp_path / "modules.json").write_text(
        json.dumps([{"path": path, "type": f"old.models.{kind}"} for path, kind in modules])
    )
    modes = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}
    (tmp_path / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 8, **modes, "pooling_mode_max_tokens": False})
    )
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(str(tmp_path)))
    assert embedder.dimension == 16


@pytest.mark.parametrize(
    ("config", "query", "passage"),
    [
        ({}, "", ""),
        ({"prompts": {"query": "q: ", "document": "d: "}}, "q: ", "d: "),
        ({"prompts": {"query": "q: ", "passage": "p: "}}, "q: ", "p: "),
        ({"prompts": {"query": "q: "}, "default_prompt_name": "query"}, "q: ", ""),
        ({"prompts": {"all": "a: "}, "default_prompt_name": "all"}, "a: ", "a: "),
    ],
    ids=["none", "both", "passage", "default for queries", "default"],
)
def test_the_prompts_are_those_that_the_model_declares(
    model_folder: Callable[..., Path], config: Mapping[str, object], query: str, passage: str
) -> None:
    # A name like those of models that are used with prompts gives it none.
    folder = model_folder(pooling("mean"), **config)
    folder = folder.rename(folder.with_name("e5-bge-small"))
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(str(folder), "cpu"))
    asked = embedder.encode_query("a b")
    told = embedder.encode_passages(["a b"])[0]
    encode = reference_of(folder).encode
    plain = encode([f"{query}a b", f"{passage}a b"], prompt="", normalize_embeddings=True)
    assert are_alike([asked, told], plain)


@pytest.mark.parametrize(
    ("version", "model"),
    [
        ("cuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n", loading.GPU_MODEL),
        ("cuda: Optional[str] = None\nhip: Optional[str] = '7.0'\n", "all-MiniLM-L6-v2"),
        (None, "all-MiniLM-L6-v2"),
    ],
    ids=["cuda", "another gpu", "no version"],
)
def test_the_model_is_chosen_without_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None, model: str
) -> None:
    """The folder of torch is read and not imported, and its package's metadata is not needed."""
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise AssertionError('imported')")
    if version is not None:
        (tmp_path / "torch" / "version.py").write_text(f"__version__ = '2.14.0'\n{version}")
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(importlib.metadata, "version", _missing)
    monkeypatch.setattr(nvidia, "_DRIVERS", (tmp_path,))
    assert SentenceTransformerEmbedder(EmbeddingSettings()).model == model


def _missing(name: str) -> str:
    raise importlib.metadata.PackageNotFoundError(name)
