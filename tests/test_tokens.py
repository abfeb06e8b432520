"""The bound of a text's tokens, beside what the bundled model's own tokenizer makes of it."""

from __future__ import annotations

import base64
import inspect
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from askdocs_server.answers import prompt
from askdocs_server.answers.token_bound import most_tokens
from askdocs_server.generation.bundled import bundled_directory

DOCS = Path(__file__).parents[1] / "docs"
LOWER = "abcdefghijklmnopqrstuvwxyz"
ASCII = "".join(map(chr, range(32, 127)))
ALPHABETS = {
    "letters": LOWER,
    "words": LOWER + LOWER.upper() + "    ",
    "syllables": "bcdfghjklmnprstvwzaeiou",
    "digits": "0123456789 .,",
    "code": ASCII + "\n\t    ",
    "whitespace": " \n\t\r",
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ",
    "latin": "".join(map(chr, range(0xC0, 0x180))),
    "cyrillic": "".join(map(chr, range(0x410, 0x450))),
    "CJK": "".join(map(chr, range(0x4E00, 0x9FA5))),
    "hangul": "".join(map(chr, range(0xAC00, 0xD7A4))),
    "emoji": "".join(map(chr, range(0x1F300, 0x1F650))),
}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """SmolLM2's, which `make setup` has written beside the model."""
    return Tokenizer.from_file(str(bundled_directory() / "tokenizer.json"))


def count(tokenizer: Tokenizer, text: str) -> int:
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_text_has_more_tokens(tokenizer: Tokenizer, alphabet: str, data: st.DataObject) -> None:
    # Of a few characters each: what a vocabulary lacks then comes again and again.
    used = data.draw(st.lists(st.sampled_from(alphabet), min_size=1, max_size=8))
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    text = "".join(chance.choices(used, k=300))
    assert count(tokenizer, text) <= most_tokens(text)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=30))
def test_no_encoded_data_has_more_tokens(tokenizer: Tokenizer, data: bytes) -> None:
    for text in (base64.b64encode(data).decode(), data.hex(), data.hex().upper()):
        assert count(tokenizer, text) <= most_tokens(text)


@pytest.mark.parametrize(
    ("text", "waste"),
    [
        ((DOCS / "asking.md").read_text("utf-8"), 2.3),
        (inspect.getsource(prompt), 2.4),
        ("Настройки хранятся в домашнем каталоге пользователя. " * 9, 3.0),
        ("向量数据库用于存储和检索高维向量。" * 9, 2.1),
    ],
    ids=["prose", "code", "Russian", "Chinese"],
)
def test_the_bound_is_near_for_ordinary_text(tokenizer: Tokenizer, text: str, waste: float) -> None:
    tokens = count(tokenizer, text)
    assert tokens <= most_tokens(text) <= waste * tokens


def test_no_text_has_more_tokens_than_bytes() -> None:
    assert most_tokens("") == 1
    assert most_tokens("the docs") == 1 + len(["t", "he", " do", "c", "s"])
    assert most_tokens("2026 🙂") == 1 + len("2026 🙂".encode())
    assert most_tokens(" " * 12 + "x") == 1 + len([" " * 8, " " * 3, " x"])
