"""The words of a sentence."""

from __future__ import annotations

import pytest

from askdocs_server.text.tokens import all_tokens, content_words, exact_tokens, whole_words


@pytest.mark.parametrize(
    ("one", "other"),
    [("parameters", "Parameter"), ("queries", "query"), ("cached", "caches"), ("indexes", "index")],
)
def test_word_forms_meet(one: str, other: str) -> None:
    assert content_words(one) == content_words(other) != frozenset()


def test_names_count_as_a_whole_and_in_parts() -> None:
    assert {"os.path", "os", "path"} <= content_words("os.path")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Set `depth` to 2.5 in os.path.", {"depth", "2.5", "os.path"}),
        ("Use snake_case and camelCase, e.g. HNSW.", {"snake_case", "camelcase"}),
        ("Wait 5 seconds or one Minute.", {"5"}),
        ("Pass --no-color or -v, not well-known.", {"--no-color", "-v"}),
        ("Hash it with sha256 as Float16.", {"sha256", "float16"}),
        ("Plain words.", set()),
        ("备份文件保存三十天。", {"30"}),
        ("二〇二四年有一万二千五百个统一的文件。", {"2024", "12500"}),
        ("保管期間は三十日間です。", {"30"}),
        ("يتم الاحتفاظ بها لمدة ٣٠ يومًا", {"30"}),
        ("Копии хранятся тридцать дней", {"30"}),
        (
            "Sie werden dreißig Tage in `größe_x` behalten, und nicht mehr.",
            {"30", "grösse_x"},
        ),
    ],
)
def test_what_a_passage_must_hold_literally(text: str, expected: set[str]) -> None:
    assert exact_tokens(text) == expected


def test_a_name_is_met_in_bold_and_a_number_in_words() -> None:
    assert exact_tokens("`FAST_SCAN` in 30 s") <= all_tokens("__FAST_SCAN__ runs thirty s.")


def test_whole_words_keep_their_order_and_names() -> None:
    assert whole_words("Three keys of os.path, and a key") == ["three", "key", "os.path", "key"]


def test_a_script_without_spaces_comes_in_pairs() -> None:
    assert content_words("备份 Milvus数据") == {"备份", "milvus", "数据"}


def test_a_mark_that_stands_alone_is_no_word() -> None:
    assert content_words("Read it for each request. ⚠️") == content_words(
        "Read it for each request."
    )
