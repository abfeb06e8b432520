"""Which languages a model may know, by its vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from askdocs_indexer.embedding.familiarity import familiarity
from askdocs_indexer.embedding.loading import locate_model
from askdocs_indexer.embedding.window import UNLIMITED, Tokenizer, Window, window_of_folder
from askdocs_indexer.words.languages import ENGLISH
from askdocs_indexer.words.terms import query_language

BUNDLED = window_of_folder(Path(locate_model("bundled")[0]))
QUESTIONS = {
    "german": "Wie lange bewahrt man die Sicherung auf?",
    "spanish": "¿Cuántos días se guardan las copias?",
    "chinese": "备份数据会保存多久？",
    "japanese": "バックアップはいつ消えますか？",
    "korean": "백업한 파일은 얼마나 오래 보관되나요?",
    "russian": "Сколько дней хранится копия базы?",
    "hindi": "बैकअप कितने दिन रखे जाते हैं?",
    "thai": "เก็บข้อมูลสำรองไว้นานเท่าไร",
}


def asked(question: str, window: Window) -> float:
    return familiarity(question, query_language(question, ("german", "spanish")), window)


def many_tokens(texts: Sequence[str]) -> list[int]:
    """Count as a tokenizer of many languages does: a token a word, or two characters."""
    return [max(1, len(text) // 6 if text.isascii() else len(text) // 2) for text in texts]


def no_tokens(text: str, limit: int) -> list[int]:
    return []


MULTILINGUAL = Window("", 512, "", lambda: Tokenizer(many_tokens, lambda text: 0, no_tokens))


@pytest.mark.parametrize("language", QUESTIONS)
def test_what_a_vocabulary_was_made_for_is_known(language: str) -> None:
    assert BUNDLED is not None
    assert asked(QUESTIONS[language], BUNDLED) < 0.3
    assert asked(QUESTIONS[language], MULTILINGUAL) > 0.9
    assert asked(QUESTIONS[language], UNLIMITED) == 1.0


@pytest.mark.parametrize(
    "question",
    [
        "How does efConstruction work?",
        "Is it “µs” or α?",
        "naïve façade",
        "3f9a0c77e1b2",
        "",
        "die",
    ],
)
def test_english_is_always_known(question: str) -> None:
    assert BUNDLED is not None
    assert familiarity(question, ENGLISH, BUNDLED) == 1.0


def test_names_in_a_question_are_known() -> None:
    assert BUNDLED is not None
    assert 0 < asked("怎么配置 nginx 反向代理", BUNDLED) < 0.5


@pytest.mark.parametrize(
    ("query", "main", "expected"),
    [
        ("Bestellung", "german", "german"),
        ("Bestellung", ENGLISH, ENGLISH),
        ("where is it", "german", ENGLISH),
        ("wo ist es", ENGLISH, "german"),
    ],
)
def test_the_language_of_a_query(query: str, main: str, expected: str) -> None:
    assert query_language(query, ("german", "french"), main) == expected
