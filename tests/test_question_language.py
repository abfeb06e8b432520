"""The language that a question is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_indexer.retrieval.language import language_of


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do I enable SluiceGuard?", "en"),
        ("close the channel", "en"),
        ("¿Cómo activar SluiceGuard? Escriba la lista de los lagos permitidos", "es"),
        ("Wie kann ich das Zeitlimit von httpx.Client ändern?", "de"),
        ("Comment installer le paquet ?", "fr"),
        ("Come posso installare il pacchetto?", "it"),
        ("Como faço para instalar o pacote?", "pt"),
        ("Hoe installeer ik het pakket?", "nl"),
        ("Jak mogę zainstalować pakiet?", "pl"),
        ("Paket nasıl kurulur ve nerede olan?", "tr"),
        ("Hur kan jag installera det?", "sv"),
        ("Jak je možné balíček nainstalovat pro všechny, když není síť?", "cs"),
        ("Làm thế nào để cài đặt gói này với pip?", "vi"),
        ("Bagaimana cara memasang paket ini dengan pip?", "id"),
        ("如何启用 SluiceGuard？", "zh"),
        ("インデックスの作り方", "ja"),
        ("FastAPIを使う", "ja"),
        ("패키지를 어떻게 설치하나요?", "ko"),
        ("Как установить httpx через pip?", "ru"),
        ("Як встановити їх?", "uk"),
        ("Πώς εγκαθιστώ το πακέτο;", "el"),
        ("איך מתקינים?", "he"),
        ("كيف أثبت الحزمة؟", "ar"),
        ("چگونه بسته را نصب کنم؟", "fa"),
        ("ติดตั้งอย่างไร", "th"),
        ("पैकेज कैसे स्थापित करें?", "hi"),
        ("SluiceGuard", ""),
        ("httpx.Client", ""),
        ("What does the option `名前` of the client in FastAPI do?", "en"),
        ("", ""),
        ("42?", ""),
    ],
)
def test_languages(question: str, language: str) -> None:
    assert language_of(question) == language


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert len(language_of(text)) in (0, 2)
