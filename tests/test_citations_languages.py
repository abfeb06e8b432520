"""Checking an answer's statements in other languages and scripts."""

from __future__ import annotations

import pytest
from tests.fakes import make_hit

from askdocs_server.answers.passages import cite
from askdocs_server.answers.verification.checker import Checker
from askdocs_server.text.sentence_stream import SentenceBuffer

# A passage; what it says in the same words, spelt or broken otherwise; what it does not say.
LANGUAGES: dict[str, tuple[str, list[str], list[str]]] = {
    "zh": (
        "备份文件保存三十天。超过期限的\n文件会自动删除。",
        ["备份文件保存三十天", "超过期限的文件会自动删除"],
        ["备份文件保存九十天", "超过期限的文件不会自动删除", "保存"],
    ),
    "ja": (
        "バックアップは三十日間保存されます。期限を過ぎたファイルは自動的に削除されます。",
        ["バックアップは三十日間保存されます", "ﾊﾞｯｸｱｯﾌﾟは三十日間"],
        ["バックアップは九十日間保存されます", "自動的に削除されません"],
    ),
    "ko": (
        "백업은 30일 동안 보관됩니다. 오래된 백업은 자동으로 삭제됩니다.",
        ["백업은 30일 동안 보관", "오래된 백업은 자동으로 삭제됩니다"],
        ["백업은 90일 동안 보관", "자동으로 삭제되지 않습니다"],
    ),
    "ar": (
        "يتم الاحتفاظ بالنسخ الاحتياطية لمدة ٣٠ يومًا. تُحذف النسخ القديمة تلقائيًا.",
        ["بالنسخ الاحتياطية لمدة 30 يوما", "تحذف النسخ القديمة تلقائيا"],
        ["بالنسخ الاحتياطية لمدة 90 يوما", "لا تحذف النسخ القديمة تلقائيا"],
    ),
    "hi": (
        "बैकअप ३० दिन तक रखे जाते हैं। पुराने बैकअप अपने आप हटा दिए जाते हैं।",
        ["बैकअप 30 दिन तक रखे जाते हैं"],
        ["बैकअप 90 दिन तक रखे जाते हैं", "पुराने बैकअप अपने आप नहीं"],
    ),
    "de": (
        "Die **Größe** der Sicherungen ist fest. Sie werden 30 Tage lang aufbewahrt.",
        ["Größe der Sicherungen", "GRÖSSE DER SICHERUNGEN", "werden 30 Tage lang aufbewahrt"],
        ["werden 90 Tage lang aufbewahrt", "Größe der Sicherung", "Sie werden"],
    ),
    "fr": (
        "Les sauvegardes sont conservées pendant trente jours, puis supprimées.",
        ["conservées pendant trente jours", "conserve\u0301es pendant trente jours"],
        ["conservées pendant quarante jours", "conservés pendant trente jours"],
    ),
    "ru": (
        "Резервные копии хранятся 30 дней. Старые копии удаляются автоматически.",
        ["Резервные копии хранятся 30 дней", "старые копии удаляются"],
        ["Резервные копии хранятся 90 дней", "Старые копии не удаляются"],
    ),
    "th": (
        "ข้อมูลสำรองจะถูกเก็บไว้ ๓๐ วัน",
        ["ข้อมูลสำรองจะถูกเก็บไว้ 30 วัน"],
        ["ข้อมูลสำรองจะถูกเก็บไว้ 90 วัน"],
    ),
}
PAIRS = [
    pytest.param(passage, words, is_there, id=f"{language}-{is_there}-{number}")
    for language, (passage, there, elsewhere) in LANGUAGES.items()
    for is_there, each in ((True, there), (False, elsewhere))
    for number, words in enumerate(each)
]


@pytest.mark.parametrize(("passage", "words", "is_there"), PAIRS)
def test_quoted_words_are_found_in_every_script(passage: str, words: str, is_there: bool) -> None:
    verdict = Checker(cite([make_hit(passage, "x")])).check(f'So it is. [1: "{words}"]')
    assert bool(verdict.supported) is is_there
    assert verdict.numbers == (1,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passages_own_sentences_are_cited_one_by_one(language: str) -> None:
    passage = LANGUAGES[language][0].replace("\n", "")
    buffer, checker = SentenceBuffer(), Checker(cite([make_hit(passage, "x")]))
    sentences = [*buffer.feed(passage), *buffer.flush()]
    verdicts = [checker.check(f"{sentence.strip()} [1]") for sentence in sentences]
    assert all(verdict.supported for verdict in verdicts)
    assert len(verdicts) == (1 if language in ("fr", "th") else 2)
