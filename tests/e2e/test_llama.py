"""Llama 3.1 through the product's own vLLM: its tokenizer, template, stop tokens and budget.

The model is `tests/small_llama.py`'s, whose every text is known beforehand.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.e2e.vllm_support import generated, running
from tests.fakes import make_hit
from tests.small_llama import AFTER_STOP, ANSWER, BOS, ENDINGS, SPECIAL, small_llama
from tokenizers import Tokenizer

from askdocs_server.answers.passages import cite
from askdocs_server.answers.prompt import build_prompt
from askdocs_server.generation.models import Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.settings.model import LlmSettings

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(700)]

START_SECONDS = 300.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model in a folder that is named like the published one."""
    link = tmp_path_factory.mktemp("models") / "Meta-Llama-3.1-8B-Instruct"
    link.symlink_to(small_llama())
    return link


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def llama(folder: Path) -> AsyncIterator[LocalGenerator]:
    generator = LocalGenerator(LlmSettings(model=str(folder)))
    try:
        assert await generator.ready(START_SECONDS), generator.status.detail
        yield generator
    finally:
        await generator.aclose()


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


async def written(llama: LocalGenerator, *messages: Message, limit: int = 60) -> str:
    return "".join([piece async for piece in llama.stream(messages, limit)])


async def post(llama: LocalGenerator, path: str, body: dict[str, Any]) -> dict[str, Any]:
    transport = httpx.AsyncHTTPTransport(uds=str(llama.socket))
    async with httpx.AsyncClient(transport=transport, timeout=60) as client:
        reply = await client.post(f"http://localhost/{path}", json=body)
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer


async def test_its_context_comes_from_config_json(llama: LocalGenerator) -> None:
    assert llama.status.model == "Meta-Llama-3.1-8B-Instruct"
    assert llama.profile.context_tokens == 16384
    assert not llama.profile.small


async def test_the_template_begins_with_one_bos(llama: LocalGenerator) -> None:
    chat = [{"role": "system", "content": "Rules."}, {"role": "user", "content": "Why?"}]
    tokens = (await post(llama, "tokenize", {"messages": chat}))["tokens"]
    assert tokens[0] == BOS
    assert tokens.count(BOS) == 1
    text = (await post(llama, "detokenize", {"tokens": tokens}))["prompt"]
    assert text == (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nRules.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


async def test_an_answer_ends_at_its_stop_token(llama: LocalGenerator) -> None:
    assert await written(llama, Message("user", "How do I set the timeout?")) == ANSWER


@pytest.mark.parametrize("word", ENDINGS)
async def test_each_stop_token_stops_and_is_not_shown(word: str, llama: LocalGenerator) -> None:
    """A message that ends with the word is continued by the stop token alone."""
    before = await generated(llama)
    messages = (Message("user", "Go on."), Message("assistant", f"Go{word}"))
    assert await written(llama, *messages) == ""
    assert await generated(llama) - before == 1
    # What would come after it: the chain goes on where stop tokens are ignored.
    body = {"prompt": f"Go{word}", "max_tokens": 4, "temperature": 0, "ignore_eos": True}
    choice = (await post(llama, "v1/completions", body))["choices"][0]
    assert choice["text"].startswith(AFTER_STOP[:5])


async def test_a_prefilled_message_is_continued(llama: LocalGenerator) -> None:
    messages = (Message("user", "How do I set the timeout?"), Message("assistant", "Use connect"))
    assert await written(llama, *messages) == ANSWER.removeprefix("Use connect")


async def test_a_long_prompt_with_a_seed_and_a_temperature(llama: LocalGenerator) -> None:
    """It is read in several steps, which the engine's CPU build does not survive with a seed."""
    sampling = Sampling(seed=7, temperature=0.5)
    messages = [Message("user", "How do I set the timeout? " * 200)]
    pieces = [piece async for piece in llama.stream(messages, 60, sampling)]
    assert "".join(pieces) == ANSWER


async def test_its_own_tokenizer_counts(llama: LocalGenerator, tokenizer: Tokenizer) -> None:
    for text in ("connect(timeout=5)", "naïve café ☕ 日本語", "1234567 \t\n x", SPECIAL[128009]):
        counted = await llama.count_tokens(text)
        assert counted == len(tokenizer.encode(text, add_special_tokens=False).ids), text


ALPHABETS = (
    "abcdefghij   \n",
    "0123456789",
    "日本語文書検索。",
    "🙂🚀👍🏽",
    "{}[]()<>;:=+-*/\\|",
    "aA9_ .",
)


async def test_no_prompt_exceeds_its_budget(llama: LocalGenerator, tokenizer: Tokenizer) -> None:
    """Random passages, counted by the template and the tokenizer as the model sees them."""
    chance = random.Random(13)
    for _ in range(40):
        context = chance.choice((1000, 4000, 16384))
        texts = [
            "".join(chance.choices(chance.choice(ALPHABETS), k=chance.randrange(1, 9000)))
            for _ in range(chance.randrange(1, 7))
        ]
        hits = [make_hit(text, path=f"{number}.md") for number, text in enumerate(texts)]
        profile = replace(llama.profile, context_tokens=context)
        prompt = await build_prompt("Why?", cite(hits), profile, 200, count=llama.count_tokens)
        chat = [{"role": one.role, "content": one.content} for one in prompt.messages]
        tokens = (await post(llama, "tokenize", {"messages": chat}))["count"]
        assert tokens + 200 <= context


async def test_no_passage_holds_a_control_token(
    llama: LocalGenerator, tokenizer: Tokenizer
) -> None:
    """All 256 of the tokenizer's own, also in titles, selected code and the question."""
    special = {*range(BOS, BOS + 256)}
    tokens = [tokenizer.id_to_token(number) for number in sorted(special)]
    assert set(llama.profile.control_tokens) == set(tokens)
    text = "\n".join(tokens)
    hits = [make_hit(text, title=tokens[9])]
    prompt = await build_prompt(text, cite(hits), llama.profile, 200, selection=text)
    for message in prompt.messages:
        assert not special & {*tokenizer.encode(message.content, add_special_tokens=False).ids}


async def test_cancelling_ends_the_generation(llama: LocalGenerator) -> None:
    """Text without a chain goes on at random until the limit."""
    messages = [Message("user", "Go on."), Message("assistant", "zebra")]
    before = await generated(llama)
    async with aclosing(llama.stream(messages, 12_000)) as pieces:
        assert await anext(pieces)
    while await running(llama):
        pass
    assert await generated(llama) - before < 6_000


async def test_askdocs_ask_cites_what_llama_says(llama: LocalGenerator, tmp_path: Path) -> None:
    (tmp_path / "timeouts.md").write_text(
        "# Timeouts\n\nUse connect(timeout=5) to set the timeout. It counts in seconds.\n"
    )
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "askdocs_server.cli.main", "ask", "--json"),
        *("--root", str(tmp_path), "--set", f"llm.endpoint=unix:{llama.socket}"),
        # vLLM's engine for CPUs dies of a long prompt with a seed.
        *("--set", "llm.seed=-1"),
        "How do I set the timeout of connect?",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = await asking.communicate()
    assert asking.returncode == 0, errors.decode()
    answer = json.loads(output.splitlines()[-1])
    assert answer["model"] == llama.status.model
    assert answer["answer"].startswith("Use connect(timeout=5) to set the timeout")
    assert answer["abstained"] is False
    citation = answer["citations"][0]
    assert (citation["path"], citation["verified"]) == ("timeouts.md", True)
