"""How much of a text a model reads, and that chunks fit it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_indexer.embedding import embedder as embedder_module
from askdocs_indexer.embedding import encoder as encoder_module
from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.embedding.loading import locate_model
from askdocs_indexer.embedding.model_folder import longest_input, prompt_of_folder
from askdocs_indexer.embedding.window import (
    UNLIMITED,
    Tokenizer,
    Window,
    window_of_folder,
    window_of_model,
)
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_indexer.types import Block, Section

BUNDLED = Path(locate_model("bundled")[0])
WINDOW = window_of_folder(BUNDLED)
assert WINDOW is not None


class Model:
    """Stands for a sentence-transformer whose tokens are words."""

    max_seq_length: int | None = 10

    class Tokenizer:
        def __call__(self, texts: Sequence[str], **_: object) -> dict[str, list[list[str]]]:
            return {"input_ids": [text.split() for text in texts]}

        def __len__(self) -> int:
            return 100

        def num_special_tokens_to_add(self) -> int:
            return 2

    tokenizer = Tokenizer()
    default_prompt_name = None

    def __init__(self) -> None:
        self.prompts = {"passage": "read this"}


def test_the_bundled_model_reads_256_tokens_with_its_marks() -> None:
    assert WINDOW.size == 254
    assert WINDOW.count(["Words of English.", "", "字字"]) == [4, 0, 2]


def write(folder: Path, **files: object) -> None:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"config": {"max_position_embeddings": 512}}, 512),
        (
            {
                "config": {"max_position_embeddings": 514},
                "tokenizer_config": {"model_max_length": 512},
            },
            512,
        ),
        (
            {
                "sentence_bert_config": {"max_seq_length": 128},
                "tokenizer_config": {"model_max_length": 512},
            },
            128,
        ),
        ({"sentence_bert_config": {"max_seq_length": None}, "config": []}, None),
    ],
)
def test_the_longest_input_is_declared(
    tmp_path: Path, files: dict[str, object], expected: int | None
) -> None:
    write(tmp_path, **files)
    assert longest_input(tmp_path) == expected


def test_files_of_the_transformer_may_lie_deeper(tmp_path: Path) -> None:
    write(tmp_path, modules=[{"path": "0_Transformer"}])
    (tmp_path / "0_Transformer").mkdir()
    write(tmp_path / "0_Transformer", sentence_bert_config={"max_seq_length": 64})
    assert longest_input(tmp_path) == 64


def test_the_prompt_of_passages_takes_a_part(tmp_path: Path) -> None:
    for name in ("tokenizer.json", "sentence_bert_config.json"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    plain = window_of_folder(tmp_path)
    write(tmp_path, config_sentence_transformers={"prompts": {"passage": "the passage: "}})
    prompted = window_of_folder(tmp_path)
    assert plain is not None
    assert prompted is not None
    assert prompt_of_folder(tmp_path, "passage", "x") == "the passage: "
    assert (plain.size, prompted.size) == (254, 251)
    assert plain.name != prompted.name


def test_a_tokenizer_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')
    data = (BUNDLED / "tokenizer.json").read_text()
    names = set()
    for text in (data, data.replace('"lowercase":true', '"lowercase":false')):
        (tmp_path / "tokenizer.json").write_text(text)
        window = window_of_folder(tmp_path)
        assert window is not None
        names.add(window.name)
    assert len(names) == 2


def test_a_loaded_model_tells_what_no_file_does(monkeypatch: pytest.MonkeyPatch) -> None:
    window = window_of_model(Model(), "read this")
    assert (window.size, window.count(["a b c"])) == (6, [3])
    monkeypatch.setattr(embedder_module, "downloaded", lambda model: None)
    monkeypatch.setattr(encoder_module, "load_model", lambda *_: Model())
    monkeypatch.setattr(embedder_module, "_mean_cosine", lambda *_: 0.0)
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(model="a/stub"))
    assert embedder.window.size == 6
    assert embedder.state == "ready"


def test_a_model_without_a_limit_reads_all() -> None:
    model = Model()
    model.max_seq_length = None
    assert window_of_model(model, "") is UNLIMITED


def test_files_tell_without_loading() -> None:
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(model="bundled"))
    assert embedder.window.size == 254
    assert embedder.state == "idle"


# Prose and code of many scripts, with what takes many tokens.
PIECES = [
    *(
        "the",
        "indexes",
        "efConstruction",
        "3f9a0c77e1b2",
        "http://10.0.0.1:19530/x?y=%20",
        "--- | ---",
    ),
    *(
        "数据库索引",
        "。",
        "サーバー",
        "서버를",
        "обработка",
        "έγγραφα",
        "مستندات",
        "दस्तावेज़",
        "เอกสาร",
    ),
    *("e\u0301", "👩‍👩‍👧", "ﷺ", "½", ".", ",", " ", "  ", "\n", "(", "“", "_", "`", "x" * 40),
]
TEXT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=400).map("".join)


@given(
    texts=st.lists(TEXT, min_size=1, max_size=4),
    titles=st.lists(TEXT.map(lambda text: " ".join(text.split())[:300]), max_size=3),
    limit=st.integers(100, 1200),
)
def test_all_of_each_chunk_is_read_and_nothing_is_lost(
    texts: list[str], titles: list[str], limit: int
) -> None:
    blocks = tuple(Block(text, 1, 1) for text in texts)
    section = Section("x", tuple(titles), blocks, 1, 1)
    chunks = chunks_of("a.md", [section], limit, WINDOW)
    assert max(WINDOW.count([chunk.embedded_text for chunk in chunks]), default=0) <= WINDOW.size
    assert _letters(chunk.text for chunk in chunks) == _letters(texts)


def _letters(texts: Sequence[str]) -> str:
    return "".join("".join(texts).split())


@pytest.mark.parametrize("size", [20, 60, 1000])
def test_small_windows(size: int) -> None:
    tokenizer = Tokenizer(lambda texts: [*map(len, texts)], len, lambda text, limit: [])
    window = Window("", size, "", lambda: tokenizer)
    text = "Words and 数据库索引 of a text. " * 30
    chunks = chunks_of(
        "a.md", [Section("Title", ("Title",), (Block(text, 1, 1),), 1, 1)], 900, window
    )
    assert all(len(chunk.embedded_text) <= size for chunk in chunks)
    assert _letters([chunk.text for chunk in chunks]) == _letters([text])
