"""How much of a text an embedding model reads, measured by its own tokenizer.

What a passage has beyond the model's window does not change its vector, so chunks are cut to fit.
That must be known before the model is loaded, which takes seconds: a model's folder has its
tokenizer in `tokenizer.json`, which the `tokenizers` library reads by itself. Only where there is
no such file, as with a model that is not downloaded yet, the model is loaded first.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from askdocs_indexer.embedding.model_folder import (
    longest_input,
    prompt_of_folder,
    transformer_folder,
)
from askdocs_indexer.words.forms import in_usual_letters

# Tokenizers that know no limit say so with a very large number.
NO_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """What is asked of a tokenizer.

    `count` says how many tokens each of some texts has, without the `special_tokens` that a model
    puts around them, `unknown` how many of a text's tokens stand for what it has no token for, and
    `tokens` which tokens a model reads of a text, at most so many with the special ones.
    """

    count: Callable[[Sequence[str]], list[int]]
    unknown: Callable[[str], int]
    tokens: Callable[[str, int], list[int]]
    special_tokens: int = 0


class Window:
    """The part of a passage that a model reads; safe to use from any thread.

    `limit` is in tokens, with the `prompt` and the special tokens that stand around a passage.
    `name` changes with all that decides on how much of a text is read. `opened` is called on first
    need.
    """

    def __init__(self, name: str, limit: int, prompt: str, opened: Callable[[], Tokenizer]) -> None:
        self.name = name
        self._limit = limit
        self.prompt = prompt
        self._open = opened

    @cached_property
    def size(self) -> int:
        """How many tokens of a passage are read."""
        around = self.tokenizer.special_tokens + sum(self.count([self.prompt]))
        return max(self._limit - around, 1)

    @cached_property
    def gap(self) -> int:
        """How many tokens an empty line between two texts has."""
        return sum(self.count(["\n\n"]))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each of the texts has."""
        return self.tokenizer.count([in_usual_letters(text) for text in texts])

    def tokens(self, text: str) -> list[int]:
        """Return the tokens that the model reads of a text, with the special ones around them."""
        return self.tokenizer.tokens(text, self._limit)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer."""
        return self._open()


UNLIMITED = Window(
    "",
    sys.maxsize,
    "",
    lambda: Tokenizer(lambda texts: [0] * len(texts), lambda text: 0, lambda text, limit: []),
)
"""Of a model that reads all of a text."""


def window_of_folder(folder: Path, source: str = "") -> Window | None:
    """Return the window of the model in a folder; None where its files do not tell.

    `source` is the model's id on the hub, if it has one.
    """
    limit = longest_input(folder)
    try:
        data = (transformer_folder(folder) / "tokenizer.json").read_bytes()
    except OSError:
        return None
    if limit is None or limit >= NO_LIMIT:
        return None
    prompt = prompt_of_folder(folder, "passage", source or str(folder))
    digest = hashlib.blake2b(data + prompt.encode(), digest_size=6).hexdigest()
    return Window(f"{limit}-{digest}", limit, prompt, lambda: _read_tokenizer(data))


def window_of_model(model: Any, prompt: str) -> Window:
    """Return the window of a loaded SentenceTransformer that puts `prompt` before passages."""
    tokenizer, limit = model.tokenizer, model.max_seq_length
    if limit is None or limit >= NO_LIMIT or not callable(tokenizer):
        return UNLIMITED

    def count(texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        return [len(ids) for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"]]

    def unknown(text: str) -> int:
        return int(tokenizer.tokenize(text).count(tokenizer.unk_token))

    def tokens(text: str, limit: int) -> list[int]:
        return list(tokenizer(text, truncation=True, max_length=limit)["input_ids"])

    vocabulary = f"{type(tokenizer).__name__}-{len(tokenizer)}"
    special_tokens = tokenizer.num_special_tokens_to_add()
    opened = Tokenizer(count, unknown, tokens, special_tokens)
    return Window(f"{limit}-{vocabulary}", limit, prompt, lambda: opened)


def _read_tokenizer(data: bytes) -> Tokenizer:
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_buffer(data)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    unknown_id = tokenizer.token_to_id(getattr(tokenizer.model, "unk_token", None) or "<unk>")

    def count(texts: Sequence[str]) -> list[int]:
        # Of a batch of several, each wakes all cores, which costs more than it saves.
        batches = ([text] for text in texts)
        return [len(tokenizer.encode_batch_fast(b, add_special_tokens=False)[0]) for b in batches]

    def unknown(text: str) -> int:
        if unknown_id is None:
            return 0
        return tokenizer.encode(text, add_special_tokens=False).ids.count(unknown_id)

    special_tokens = tokenizer.num_special_tokens_to_add(False)

    def tokens(text: str, limit: int) -> list[int]:
        encoding = tokenizer.encode_batch_fast([text], add_special_tokens=False)[0]
        encoding.truncate(limit - special_tokens)
        return list(tokenizer.post_process(encoding).ids)

    return Tokenizer(count, unknown, tokens, special_tokens)
