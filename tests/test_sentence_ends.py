"""Where sentences end, in every script."""

from __future__ import annotations

from itertools import pairwise

import pytest

from askdocs_indexer.words.sentences import clause_ends, ends_sentence, sentence_ends


@pytest.mark.parametrize(
    "marked",
    [
        "It works. |Then stop! |Why? |So.",
        "备份保存三十天。|过期的会删除！|为什么？|“好。”|他说。",
        "保存三十天。[1]|过期的会删除。[2]",
        "値は３．５です。|次へ進む。",
        "Копии хранятся 30 дней. [1] |Старые удаляются.",
        "Το αντίγραφο υπάρχει. |Όλα καλά.",
        "Es gibt, z. B. Milvus, ca. 3 davon. |Über alles andere bzw. Neues später.",
        "یہ ایک ہے۔ |دوسرا جملہ۔",
        "هل يعمل؟ |نعم. |هذا كل شيء.",
        "यह एक है। |दूसरा वाक्य।",
        "Սա մեկն է։ |Երկրորդը։",
        "Use e.g. Milvus, version 2.5 of it, as J. Smith did. |Done.",
        "Call os.path.join. |`x` is next. it goes on",
        "¿Funciona? |¡Sí! |¿Y después?",
    ],
)
def test_sentences_end(marked: str) -> None:
    text = marked.replace("|", "")
    borders = [0, *sentence_ends(text), len(text)]
    pieces = [text[start:end] for start, end in pairwise(borders)]
    assert pieces == marked.split("|")


@pytest.mark.parametrize("text", ["Done.", "(Done.)", "完成。", "「完了。」", "تم؟", "है।"])
def test_whole_sentences(text: str) -> None:
    assert ends_sentence(text)
    assert not ends_sentence(text.rstrip("。．.?؟।)」") + ",")


def test_clauses_end_at_punctuation() -> None:
    assert [*clause_ends("一，二、三；四, five; six")] == [2, 4, 6, 9, 15]
