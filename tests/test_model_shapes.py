"""Models of every shape are used as their makers say: length, pooling, prompts, identity."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.model_folders import (
    SIZE,
    are_alike,
    bert,
    classifier,
    declare,
    language_model,
    normalize,
    pipeline,
    pooling,
    reference_of,
    xlm_roberta,
)

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.embedding.inspection import fault_of
from askdocs_indexer.embedding.prompts import usual_prompts
from askdocs_indexer.settings import EmbeddingSettings

BGE = "Represent this sentence for searching relevant passages: "


def embedder_of(folder: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(EmbeddingSettings(str(folder), "cpu"))


def bare_bert(top: Path) -> Path:
    return bert(top / "bare")


def bert_mean(top: Path) -> Path:
    return pipeline(top / "model", bert(top / "bare"), pooling("mean"))


def bert_cls_of_128(top: Path) -> Path:
    folder = pipeline(top / "model", bert(top / "bare"), pooling("cls"), normalize)
    return declare(folder, "sentence_bert_config.json", {"max_seq_length": 128})


def bare_xlm_roberta(top: Path) -> Path:
    return xlm_roberta(top / "bare")


def xlm_roberta_of_512(top: Path) -> Path:
    return pipeline(top / "model", xlm_roberta(top / "bare", longest=512), pooling("mean"))


def xlm_roberta_of_8192(top: Path) -> Path:
    plain = xlm_roberta(top / "bare", longest=8192, max_position_embeddings=8194)
    return pipeline(top / "model", plain, pooling("cls"), normalize)


@pytest.mark.parametrize(
    ("build", "tokens"),
    [
        (bare_bert, 512),
        (bert_mean, 512),
        (bert_cls_of_128, 128),
        (bare_xlm_roberta, 512),  # Of its 514 positions, two are lost.
        (xlm_roberta_of_512, 512),
        (xlm_roberta_of_8192, 8192),
    ],
)
def test_its_length_is_known_before_loading_and_is_right(
    tmp_path: Path, build: Callable[[Path], Path], tokens: int
) -> None:
    folder = build(tmp_path)
    embedder = embedder_of(folder)
    assert (embedder.dimension, embedder.window.size) == (SIZE, tokens - 2)
    assert embedder.state == "idle"
    reference = reference_of(folder)
    assert reference.max_seq_length == tokens
    # What does not fit is cut, and nothing beyond the last position is asked for.
    fitting, longer = " ".join("a" * (tokens - 2)), " ".join("a" * (tokens + 50))
    fits, is_cut = embedder.encode_passages([fitting, longer])
    assert are_alike(fits, is_cut)
    np.testing.assert_allclose(np.linalg.norm(fits), 1.0, atol=1e-5)
    texts = ["a", "b c d", fitting]
    expected = reference.encode(texts, normalize_embeddings=True)
    assert are_alike(embedder.encode_passages(texts), expected)
    assert not are_alike(expected[0], expected[1])


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("multilingual-e5-small", "query: ", "passage: "),
        ("e5-base-v2", "query: ", "passage: "),
        ("bge-small-en-v1.5", BGE, ""),
        ("bge-m3", "", ""),
        ("my-e5-small", "", ""),
    ],
)
def test_a_copy_has_the_prompts_of_its_family(
    tmp_path: Path, name: str, query: str, passage: str
) -> None:
    folder = pipeline(tmp_path / name, bert(tmp_path / "bare"), pooling("mean"))
    embedder = embedder_of(folder)
    assert embedder.window.prompt == passage
    asked, (told,) = embedder.encode_query("a b"), embedder.encode_passages(["a b"])
    texts = [f"{query}a b", f"{passage}a b"]
    plain = reference_of(folder).encode(texts, prompt="", normalize_embeddings=True)
    assert are_alike([asked, told], plain)
    assert are_alike(asked, told) == (query == passage)


def test_what_a_model_declares_goes_before_its_family(tmp_path: Path) -> None:
    plain, declared = bert(tmp_path / "bare"), {"query": "ask: "}
    folder = pipeline(tmp_path / "e5-small", plain, pooling("mean"), prompts=declared)
    embedder = embedder_of(folder)
    asked, (told,) = embedder.encode_query("a b"), embedder.encode_passages(["a b"])
    expected = reference_of(folder).encode(
        ["ask: a b", "a b"], prompt="", normalize_embeddings=True
    )
    assert are_alike([asked, told], expected)


def test_prompts_belong_to_ids_of_the_hub() -> None:
    assert usual_prompts("BAAI/bge-large-en-v1.5") == {"query": BGE}
    assert usual_prompts("intfloat/multilingual-e5-large")["document"] == "passage: "
    assert usual_prompts("intfloat/multilingual-e5-large-instruct") == {}


# -- identity ------------------------------------------------------------------------------------


def test_another_model_of_the_same_name_is_another_model(tmp_path: Path) -> None:
    first = pipeline(tmp_path / "a" / "model", bert(tmp_path / "bare"), pooling("mean"))
    second = pipeline(tmp_path / "b" / "model", bert(tmp_path / "bare2"), pooling("mean"))
    copy = Path(shutil.copytree(first, tmp_path / "c" / "model"))
    (copy / "README.md").write_text("My notes.")
    names = [embedder_of(folder).identity for folder in (first, second, copy)]
    assert names[0] != names[1]
    assert names[0] == names[2]
    assert names[0].startswith("model@")
    declare(copy, "1_Pooling/config.json", {"pooling_mode": "cls"})
    assert embedder_of(copy).identity != names[0]


def test_a_prompt_of_passages_is_part_of_the_identity(tmp_path: Path) -> None:
    model = pipeline(tmp_path / "e5-small", bert(tmp_path / "bare"), pooling("mean"))
    copy = Path(shutil.copytree(model, tmp_path / "mine"))
    told, untold = embedder_of(model).identity, embedder_of(copy).identity
    assert told.endswith("with 'passage: '")
    assert untold == told.replace("e5-small", "mine").removesuffix(" with 'passage: '")


def test_the_bundled_model_has_its_name() -> None:
    assert SentenceTransformerEmbedder(EmbeddingSettings("bundled")).identity == "all-MiniLM-L6-v2"


# -- what is no embedder -------------------------------------------------------------------------


def re_ranker(top: Path) -> Path:
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(classifier(top / "bare"))).save_pretrained(str(top / "model"))
    return top / "model"


def empty(top: Path) -> Path:
    (top / "model").mkdir()
    return top / "model"


def parent(top: Path) -> Path:
    pipeline(top / "inner", bert(top / "bare"), pooling("mean"))
    return top


def weightless(top: Path) -> Path:
    folder = bert_mean(top)
    (folder / "model.safetensors").unlink()
    return folder


def pointers(top: Path) -> Path:
    folder = bert_mean(top)
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    return folder


def speechless(top: Path) -> Path:
    folder = bert_mean(top)
    for file in (*folder.glob("tokenizer*"), *folder.glob("vocab*")):
        file.unlink()
    return folder


def foreign(top: Path) -> Path:
    folder = bert_mean(top)
    (folder / "modules.json").write_text('[{"path": "", "type": "custom_st.Transformer"}]')
    return folder


def adapter(top: Path) -> Path:
    (top / "adapter_config.json").write_text("{}")
    return top


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        (lambda top: language_model(top / "model"), "a language model"),
        (lambda top: classifier(top / "model"), "a re-ranker or classifier"),
        (re_ranker, "a re-ranker"),
        (empty, "holds no model"),
        (parent, "inner does. Give that folder"),
        (weightless, "weights"),
        (pointers, "git lfs pull"),
        (speechless, "has no tokenizer"),
        (foreign, "code of its own"),
        (adapter, "an adapter"),
        (bert_mean, ""),
        (bare_xlm_roberta, ""),
    ],
)
def test_what_is_no_embedder_is_told(
    tmp_path: Path, build: Callable[[Path], Any], fault: str
) -> None:
    found = fault_of(build(tmp_path))
    assert fault in found
    assert bool(fault) == bool(found)
