"""What runs a model: OpenVINO a BERT on a processor, and sentence-transformers any other."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.model_folders import declare

from askdocs_indexer.embedding import encoder as encoder_module
from askdocs_indexer.embedding import loading
from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.embedding.encoder import SentenceTransformerEncoder
from askdocs_indexer.embedding.loading import (
    BUNDLED_PACKAGE,
    load_as_saved,
    load_model,
    locate_model,
)
from askdocs_indexer.embedding.openvino_encoder import OpenVinoEncoder
from askdocs_indexer.embedding.window import window_of_folder
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.settings import EmbeddingSettings

ROOT = Path(__file__).parent.parent
FOLDER = Path(locate_model("bundled")[0])
# Lengths in characters, of which a word to a page are tokens; the longest does not fit the model.
LENGTHS = (12, 30, 40, 60, 90, 120, 240, 30)
ODD = [
    "",
    " ",
    "?",
    "serverStatus() -> Dict[str, int]",
    "数据库索引 и обработка",
    "e\u0301 ﬁle 👩‍👩‍👧",
    "[CLS] and [SEP]",
    "long words " * 300,
]


def real_texts(count: int) -> list[str]:
    """Return texts of this project, pages and sources, in pieces of very different lengths."""
    files = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "indexer").rglob("*.py"))]
    pages = itertools.cycle([re.sub(r"\s+", " ", file.read_text("utf-8")) for file in files])
    texts = []
    for number, length in enumerate(itertools.islice(itertools.cycle(LENGTHS), count)):
        page = next(pages)
        start = 37 * number % max(len(page) - length, 1)
        texts.append(page[start : start + length])
    return texts


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    embedder = SentenceTransformerEmbedder(EmbeddingSettings("bundled", "cpu"))
    embedder.load()
    return embedder


def encoder_of(device: str, source: str = str(FOLDER)) -> object:
    window = SentenceTransformerEmbedder(EmbeddingSettings("bundled")).window
    return encoder_module.load_encoder(source, device, window)


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch's threads from waiting for each other, which takes minutes on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@pytest.mark.timeout(300)  # On a busy machine torch alone takes a minute to import.
def test_vectors_are_those_of_sentence_transformers(embedder: SentenceTransformerEmbedder) -> None:
    assert isinstance(embedder._encoder, OpenVinoEncoder)
    reference = SentenceTransformerEmbedder(EmbeddingSettings("bundled", "cpu"))
    reference._encoder = SentenceTransformerEncoder(load_as_saved(str(FOLDER), "cpu"))
    with one_thread():
        check_alike(embedder, reference)


def check_alike(
    embedder: SentenceTransformerEmbedder, reference: SentenceTransformerEmbedder
) -> None:
    assert embedder._encoder is not None
    assert reference._encoder is not None
    texts = [*real_texts(500), *ODD]
    assert len(set(texts)) >= 480
    ours, theirs = embedder.encode_passages(texts), reference.encode_passages(texts)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999
    asked, known = embedder.encode_query(texts[0]), reference.encode_query(texts[0])
    assert asked @ known >= 0.9999
    assert embedder._encoder.token_counts(texts) == reference._encoder.token_counts(texts)
    assert (embedder.identity, embedder.device) == (reference.identity, reference.device)
    assert embedder.dimension == reference._encoder.dimension


def test_a_text_has_one_vector_whatever_it_is_encoded_with(
    embedder: SentenceTransformerEmbedder,
) -> None:
    texts = real_texts(40)
    alone = np.array([embedder.encode_passages([text])[0] for text in texts])
    # In bfloat16 the last digits follow the shape of a batch.
    assert (alone * embedder.encode_passages(texts)).sum(axis=1).min() >= 0.9999


@pytest.mark.timeout(300)
@pytest.mark.parametrize("is_quicker", [True, False])
def test_bfloat16_is_used_where_it_pays(monkeypatch: pytest.MonkeyPatch, is_quicker: bool) -> None:
    import torch

    def seconds(dtype: torch.dtype) -> float:
        return 1.0 + is_quicker * (dtype == torch.float32)

    monkeypatch.setattr(loading, "_product_seconds", seconds)
    model, reference = (load(str(FOLDER), "cpu") for load in (load_model, load_as_saved))
    assert (model.dtype == torch.bfloat16) == is_quicker
    texts = real_texts(100)
    with one_thread():
        ours, theirs = (
            SentenceTransformerEncoder(each).encode(texts, "passage") for each in (model, reference)
        )
    assert (ours * theirs).sum(axis=1).min() >= 0.9998


def test_neither_torch_nor_anything_that_calls_home_is_imported() -> None:
    code = """
import sys
from askdocs_indexer import EmbeddingSettings, SentenceTransformerEmbedder
embedder = SentenceTransformerEmbedder(EmbeddingSettings("bundled", "cpu"))
assert embedder.encode_passages(["a text"]).shape == (1, 384)
assert embedder.encode_query("a question").shape == (384,)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "openvino" in modules
    heavy = {"torch", "transformers", "sentence_transformers", "scipy", "pandas"}
    assert not modules & {*heavy, "openvino.tools.ovc", "openvino_telemetry"}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What sentence-transformers would load."""
    model = object()
    monkeypatch.setattr(encoder_module, "load_model", lambda *_: model)
    return model


def test_without_openvino_sentence_transformers_serves(
    model: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "openvino"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "openvino", None)
    encoder = encoder_of("cpu")
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert encoder.model is model
    assert "OpenVINO does not run all-MiniLM-L6-v2 here (import of openvino" in caplog.text


@pytest.mark.parametrize(
    ("device", "has_cuda", "is_light"),
    [("cpu", True, True), ("auto", False, True), ("auto", True, False), ("cuda:0", True, False)],
)
def test_a_gpu_is_used(
    model: Any, monkeypatch: pytest.MonkeyPatch, device: str, has_cuda: bool, is_light: bool
) -> None:
    monkeypatch.setattr(encoder_module, "has_cuda", lambda: has_cuda)
    assert isinstance(encoder_of(device), OpenVinoEncoder) == is_light


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model like the bundled one, in a folder of the user's; its weights are a link."""
    folder = tmp_path / "model"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    (folder / "model.safetensors").symlink_to(FOLDER / "model.safetensors")
    return folder


def write_weights(folder: Path, data: bytes) -> None:
    file = folder / "model.safetensors"
    file.unlink()
    file.write_bytes(data)


def headed(folder: Path) -> None:
    """Name the weights as a model with a head of its own does."""
    data = (folder / "model.safetensors").read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = {f"bert.{name}": row for name, row in json.loads(data[8 : 8 + size]).items()}
    written = json.dumps(header).encode()
    write_weights(folder, len(written).to_bytes(8, "little") + written + data[8 + size :])


def unlike(name: str, **more: object) -> Callable[[Path], object]:
    return lambda folder: declare(folder, name, more)


@pytest.mark.parametrize(
    ("change", "is_light"),
    [
        (lambda folder: None, True),
        (headed, True),
        (unlike("1_Pooling/config.json", pooling_mode="cls"), True),
        (unlike("1_Pooling/config.json", pooling_mode=["cls", "mean"]), False),
        (unlike("1_Pooling/config.json", pooling_mode="lasttoken"), False),
        (unlike("1_Pooling/config.json", include_prompt=False), False),
        (unlike("config.json", model_type="roberta"), False),
        (unlike("config.json", hidden_act="relu"), False),
        (unlike("config.json", position_embedding_type="relative_key"), False),
        (unlike("sentence_bert_config.json", do_lower_case=True), False),
        (unlike("config_sentence_transformers.json", truncate_dim=64), False),
        (lambda folder: (folder / "model.safetensors").unlink(), False),
        (lambda folder: (folder / "tokenizer.json").unlink(), False),
        (lambda folder: write_weights(folder, b"damage"), False),
    ],
)
def test_a_bert_of_the_user_is_run_like_the_bundled_one(
    model: Any, folder: Path, change: Callable[[Path], object], is_light: bool
) -> None:
    change(folder)
    encoder = encoder_module.load_encoder(str(folder), "cpu", window_of_folder(folder))
    assert isinstance(encoder, OpenVinoEncoder) == is_light


def test_damaged_weights_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / BUNDLED_PACKAGE / "model"
    shutil.copytree(FOLDER, folder)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-1000, 2)
        weights.write(b"damage")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / BUNDLED_PACKAGE / "__init__.py").touch()
    embedder = SentenceTransformerEmbedder(EmbeddingSettings("bundled", "cpu"))
    with pytest.raises(EmbedderError, match="weights are damaged"):
        embedder.load()
    assert embedder.state == "failed"
