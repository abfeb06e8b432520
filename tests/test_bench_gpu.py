"""The parts of the GPU benchmark that need no GPU; `make bench-gpu MODEL=bundled` runs the rest."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bench import bench_gpu
from tests.bench.bench_gpu import (
    Case,
    bytes_per_token,
    cases,
    parsed,
    prompt_of,
    row,
    write_llama,
)
from tests.bench.measurement import percentile
from tests.bench.vllm_load import Sample

from askdocs_server.generation.models import LLAMA
from askdocs_server.generation.vllm_generator import folder_profile


def test_every_combination_is_measured() -> None:
    options = parsed([])
    found = list(cases(options.prompts, options.users))
    assert len(found) == len(set(found)) == 8
    assert Case(1500, 1, cached=False) in found
    assert Case(6000, 8, cached=True) in found
    assert parsed(["--prompts", "200,300", "--users", "2"]).prompts == [200, 300]
    with pytest.raises(SystemExit):
        parsed(["--prompts", "20"])


def test_cached_prompts_share_all_but_their_end() -> None:
    chance = random.Random(0)
    start = prompt_of(chance, (), 100)
    first, second = prompt_of(chance, start, 148), prompt_of(chance, start, 148)
    assert len(first) == len(second) == 148
    assert first[:100] == second[:100] == start
    assert first != second


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1.0), (0.5, 2.0), (0.75, 3.0), (0.95, 4.0), (1.0, 4.0)]
)
def test_percentiles_are_nearest_ranks(share: float, expected: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == expected
    assert percentile([7.0], share) == 7.0


def test_a_row_tells_first_token_and_speed() -> None:
    samples = [Sample(first_token=0.1, total=1.1, tokens=101), Sample(0.3, 1.3, 101)]
    assert row(Case(1500, 8, cached=False), samples, 200.0).split() == [
        *("1500", "8", "cold", "100", "300", "100.0", "800.0", "0.50")
    ]


def test_a_llama_without_weights_has_the_true_shapes(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    write_llama(tmp_path / "llama", tmp_path)
    config = json.loads((tmp_path / "llama" / "config.json").read_text())
    heads, layers = config["num_key_value_heads"], config["num_hidden_layers"]
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    attention = 2 * hidden * hidden + 2 * hidden * heads * config["head_dim"]
    parameters = layers * (attention + 3 * hidden * inner) + 2 * config["vocab_size"] * hidden
    # 8.03 billion, in two bytes each: what the memory of a GPU is planned with.
    assert parameters * 2 / 2**30 == pytest.approx(LLAMA.weights_gib, rel=0.01)
    embedding = config["vocab_size"] * hidden
    assert bytes_per_token(config) == pytest.approx(2 * (parameters - embedding), rel=1e-6)
    assert (tmp_path / "llama" / "tokenizer.json").is_file()
    assert folder_profile(tmp_path / "llama").context_tokens > 6000


def test_without_a_gpu_it_says_so_and_fails() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_gpu"],
        cwd=Path(bench_gpu.__file__).parents[2],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "vLLM's CPU build is installed" in done.stdout
    assert "MODEL=bundled" in done.stdout
