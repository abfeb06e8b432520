"""Checking an answer's sentences in other languages and scripts."""

from __future__ import annotations

import pytest
from tests.fakes import make_hit

from askdocs_server.answers.passages import cite
from askdocs_server.answers.verification.checker import Checker

# A passage, what it says in these or other words, and what it does not say.
LANGUAGES: dict[str, tuple[str, list[str], list[str]]] = {
    "zh": (
        "备份文件保存三十天。超过期限的文件会自动删除。",
        ["备份文件保存30天。", "备份保存三十天。", "过期的文件会自动删除。"],
        [
            "备份文件保存九十天。",
            "备份文件保存三十年。",
            "超过期限的文件不会自动删除。",
            "备份文件保存在月球上的仓库里。",
        ],
    ),
    "ja": (
        "バックアップは三十日間保存されます。期限を過ぎたファイルは自動的に削除されます。",
        ["バックアップは30日間保存されます。", "期限を過ぎたファイルは自動的に削除される。"],
        ["バックアップは九十日間保存されます。", "期限を過ぎたファイルは自動的に削除されません。"],
    ),
    "ko": (
        "백업은 30일 동안 보관됩니다. 오래된 백업은 자동으로 삭제됩니다.",
        ["백업은 30일간 보관됩니다.", "오래된 백업이 자동으로 삭제됩니다."],
        ["백업은 90일 동안 보관됩니다.", "오래된 백업은 자동으로 삭제되지 않습니다."],
    ),
    "ar": (
        "يتم الاحتفاظ بالنسخ الاحتياطية لمدة ٣٠ يومًا. تُحذف النسخ القديمة تلقائيًا.",
        ["يتم الاحتفاظ بالنسخ الاحتياطية لمدة 30 يوما.", "تحذف النسخ القديمة تلقائيا."],
        ["يتم الاحتفاظ بالنسخ الاحتياطية لمدة 90 يوما.", "لا تحذف النسخ القديمة تلقائيا."],
    ),
    "hi": (
        "बैकअप ३० दिन तक रखे जाते हैं। पुराने बैकअप अपने आप हटा दिए जाते हैं।",
        ["बैकअप 30 दिन तक रखे जाते हैं।", "पुराने बैकअप अपने आप हटाए जाते हैं।"],
        ["बैकअप 90 दिन तक रखे जाते हैं।", "पुराने बैकअप अपने आप नहीं हटाए जाते हैं।"],
    ),
    "el": (
        "Τα αντίγραφα ασφαλείας διατηρούνται για 30 ημέρες. "
        "Τα παλιά αντίγραφα διαγράφονται αυτόματα.",
        [
            "Τα αντίγραφα διατηρούνται για τριάντα ημέρες.",
            "Τα παλιά αντίγραφα διαγράφονται αυτόματα.",
        ],
        [
            "Τα αντίγραφα διατηρούνται για 90 ημέρες.",
            "Τα παλιά αντίγραφα δεν διαγράφονται αυτόματα.",
        ],
    ),
    "de": (
        "Die Sicherungen werden 30 Tage lang aufbewahrt. "
        "Ältere Sicherungen werden automatisch gelöscht.",
        [
            "Sicherungen werden dreißig Tage aufbewahrt.",
            "Ältere Sicherungen werden automatisch gelöscht.",
        ],
        [
            "Die Sicherungen werden 90 Tage aufbewahrt.",
            "Die Sicherungen werden 30 Jahre aufbewahrt.",
            "Ältere Sicherungen werden nicht automatisch gelöscht.",
        ],
    ),
    "fr": (
        "Les sauvegardes sont conservées pendant trente jours. "
        "Les anciennes sauvegardes sont supprimées automatiquement.",
        [
            "Les sauvegardes sont conservées 30 jours.",
            "Les anciennes sauvegardes sont supprimées automatiquement.",
        ],
        [
            "Les sauvegardes sont conservées pendant quarante jours.",
            "Les anciennes sauvegardes ne sont pas supprimées automatiquement.",
        ],
    ),
    "ru": (
        "Резервные копии хранятся 30 дней. Старые копии удаляются автоматически.",
        ["Резервные копии хранятся тридцать дней.", "Старые копии удаляются автоматически."],
        [
            "Резервные копии хранятся 90 дней.",
            "Резервные копии хранятся 30 лет.",
            "Старые копии не удаляются автоматически.",
        ],
    ),
    "es": (
        "Las copias de seguridad se conservan treinta días. "
        "Las copias antiguas se eliminan automáticamente.",
        [
            "Las copias de seguridad se guardan 30 días.",
            "Las copias antiguas se eliminan automáticamente.",
        ],
        [
            "Las copias de seguridad se conservan noventa días.",
            "Las copias antiguas no se eliminan automáticamente.",
        ],
    ),
    "th": (
        "ข้อมูลสำรองจะถูกเก็บไว้ ๓๐ วัน",
        ["ข้อมูลสำรองจะถูกเก็บไว้ 30 วัน"],
        ["ข้อมูลสำรองจะถูกเก็บไว้ 90 วัน", "ข้อมูลสำรองจะไม่ถูกเก็บไว้ 30 วัน"],
    ),
}


@pytest.mark.parametrize(
    ("passage", "sentence", "is_true"),
    [
        pytest.param(passage, sentence, is_true, id=f"{language}-{is_true}-{number}")
        for language, (passage, told, untold) in LANGUAGES.items()
        for is_true, sentences in ((True, told), (False, untold))
        for number, sentence in enumerate(sentences)
    ],
)
async def test_what_a_passage_says_is_told_from_what_it_does_not(
    passage: str, sentence: str, is_true: bool
) -> None:
    verdict = await Checker(cite([make_hit(passage, "x")])).check(f"{sentence} [1]")
    assert verdict.supported is is_true
    assert verdict.numbers == (1,)
