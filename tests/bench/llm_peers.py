"""Plain transformers or llama.cpp, in a process of its own that needs nothing else.

    python llm_peers.py transformers|llama.cpp THREADS < TASK

TASK is JSON with the model, the folder of its tokenizer, how many tokens to write, and pairs of
chats that share their prefix. The last line of the output is JSON: seconds and tokens per second.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def main() -> None:
    """Measure the library that is named."""
    name, threads = sys.argv[1], int(sys.argv[2])
    task = json.load(sys.stdin)
    measure = {"transformers": with_transformers, "llama.cpp": with_llama_cpp}[name]
    result = measure(task, threads)
    result["memory"] = _memory()
    print(json.dumps(result))


def with_transformers(task: Row, threads: int) -> Row:
    """Greedy `generate`; for the cached prefix, the first chat's keys and values are kept."""
    started = time.perf_counter()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(threads)
    model = AutoModelForCausalLM.from_pretrained(task["model"], dtype=torch.bfloat16)
    tokenizer = AutoTokenizer.from_pretrained(task["tokenizer"])
    result = _result(time.perf_counter() - started)

    def write(ids: Any, tokens: int, cache: Any = None) -> tuple[Any, float]:
        begun = time.perf_counter()
        done = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            past_key_values=cache,
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            do_sample=False,
            return_dict_in_generate=True,
        )
        return done.past_key_values, time.perf_counter() - begun

    for chats in task["prompts"]:
        first, second = (_ids(tokenizer, chat, torch) for chat in chats)
        cache, cold = write(first, 1)
        _, written = write(first, task["tokens"])
        shared = int((first[0, : second.shape[1]] == second[0, : first.shape[1]]).long().argmin())
        cache.crop(shared - cache.get_seq_length())
        _, cached = write(second, 1, cache)
        result["cold"].append(cold)
        result["rates"].append((task["tokens"] - 1) / (written - cold))
        result["cached"].append(cached)
    return result


def _ids(tokenizer: Any, chat: list[Row], torch: Any) -> Any:
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    return torch.tensor([tokenizer.encode(text, add_special_tokens=False)])


def with_llama_cpp(task: Row, threads: int) -> Row:
    """Its own streaming; it keeps what a prompt shares with the one before."""
    started = time.perf_counter()
    from llama_cpp import Llama

    model = Llama(
        task["model"], n_ctx=4096, n_threads=threads, n_threads_batch=threads, verbose=False
    )
    result = _result(time.perf_counter() - started)
    for chats in task["prompts"]:
        first, *times = list(_times(model, chats[0], task["tokens"]))
        result["cold"].append(first)
        result["rates"].append(len(times) / (times[-1] - first))
        result["cached"].append(next(_times(model, chats[1], 1)))
    return result


def _times(model: Any, chat: list[Row], tokens: int) -> Iterator[float]:
    """Yield the seconds until each token."""
    begun = time.perf_counter()
    stream = model.create_chat_completion(chat, max_tokens=tokens, temperature=0, stream=True)
    for chunk in stream:
        if chunk["choices"][0]["delta"].get("content"):
            yield time.perf_counter() - begun


def _result(start: float) -> Row:
    return {"starts": [start], "cold": [], "cached": [], "rates": []}


def _memory() -> float:
    """This process's own memory at its highest, in GiB."""
    status = Path("/proc/self/status").read_text()
    row = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(row.split()[1]) / 2**20


if __name__ == "__main__":
    main()
