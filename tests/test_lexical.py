"""Words as the lexical index sees them."""

from __future__ import annotations

import pytest

from askdocs_indexer.storage.word_index import WordIndex
from askdocs_indexer.words.terms import Alternatives, lexical_text, query_terms


def indexed(*texts: str) -> WordIndex:
    rows = [(row, str(row), lexical_text(text)) for row, text in enumerate(texts, 1)]
    return WordIndex(lambda after: rows[after:])


def score(words: WordIndex, query: list[Alternatives], text: str) -> float:
    return sum(words.scores(query, [(lexical_text(text), "")])[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What do the parameters mean?", "paramet mean"),
        ("efConstruction", "efconstruction ef construct"),
        ("os.path.join", "os path join"),
        ("max_file_bytes", "max_file_bytes max file byte"),
        ("HNSW", "hnsw"),
        ("IVF_FLAT", "ivf_flat ivf flat"),
        ("the and of", ""),
        ("größe 東京", "grösse 東京 東 京"),
        ("größeBerechnen", "grösseberechnen grösse berechnen"),
        ("Milvus数据库", "milvus 数据 据库 数 据 库"),
        ("塩 サーバー", "塩 サー ーバ バー"),
        ("서버를", "서버 버를 서 버 를"),
        ("ที่นี่", "ที่นี่"),
        ("курьеры оптовиков", "курьер оптовик"),
        ("εγγραφές", "εγγραφ"),
        ("यहाँ मैल", "यह मैल"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert lexical_text(text) == expected


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        pytest.param("Mu\u0308tter", "Mütter", id="decomposed"),
        pytest.param("re\u00adcali\u00adbration", "recalibration", id="soft hyphens"),
        pytest.param("auto\u200bclave", "autoclave", id="zero-width space"),
        pytest.param("می\u200cخواهم", "میخواهم", id="joiners"),
        pytest.param("ｻｰﾊﾞｰ Ｗｉｄｅ", "サーバー wide", id="widths"),
        pytest.param("STRASSE", "Straße", id="folded"),
        pytest.param("שָׁלוֹם", "שלום", id="Hebrew points"),
        pytest.param("كِتَابـــ", "كتاب", id="Arabic vowels"),
        pytest.param("٣٠ ३०", "30 30", id="digits"),
        pytest.param("ﬁle oﬃce", "file office", id="ligatures"),
        pytest.param("5㎏ of 20℃", "5kg of 20°C", id="units"),
    ],
)
def test_spellings_of_a_word_meet(spelling: str, other: str) -> None:
    assert lexical_text(spelling) == lexical_text(other) != ""


@pytest.mark.parametrize("words", ["मूल मैल मेल", "schon schön", "пол полк", "บาน บ้าน"])
def test_words_that_differ_in_a_mark_differ(words: str) -> None:
    terms = [lexical_text(word) for word in words.split()]
    assert len({*terms}) == len(terms)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Die Bestellungen werden nicht vor dem Versand storniert.", "Bestellung"),
        ("Les commandes sont annulées avant la livraison et ne sont pas payées.", "annuler"),
        ("Los pedidos se cancelan antes del envío y no se pagan.", "cancelar un pedido"),
        ("Gli ordini sono annullati prima della consegna, e non si pagano.", "ordine"),
        ("De bestellingen worden voor de levering geannuleerd.", "bestelling"),
        ("Beställningarna avbryts innan de skickas, och det är gratis.", "beställningar"),
        ("Покупатели отменяют заказы за два часа.", "заказ"),
        ("Фільтри беруть від гуртівників.", "фільтр гуртівник"),
        ("Інструкції для користувачів.", "інструкція"),
        ("نشتري الطحين من تجار الجملة، وخبز الجوز يحتوي على مكسرات.", "المكسرات والتجار"),
        ("تستبدل المرشحات كل أسبوع.", "مرشحات"),
        ("Unu toptancılardan alırız.", "toptancı"),
        ("Žluťoučký kůň, dvě řeky.", "řeka"),
    ],
)
def test_forms_of_a_word_meet_in_its_language(text: str, query: str) -> None:
    words = indexed(text, "Orders may be cancelled.")
    asked = query_terms(query, words.languages)
    assert words.coverage(asked, lexical_text(text)) > 0.5
    assert score(words, asked, text) > 0
    assert words.best(asked, 1)[0][0] == "1"


@pytest.mark.parametrize(
    "text",
    [
        "The die is cast in a mould, and the size of it is not known.",
        "Locales: da de en es fi fr it no pl pt. See https://www.example.com/de/com.",
        "SELECT d, e, o FROM a WHERE y = 1",
        "Łódź timetable",
        "Dvořák wrote it in New York, for the orchestra there.",
    ],
)
def test_english_has_no_terms_of_other_languages(text: str) -> None:
    assert ":" not in lexical_text(text)


def test_a_removed_chunk_takes_its_language_along() -> None:
    words = indexed("Die Bestellungen werden nicht storniert.")
    assert words.languages == {"german"}
    words.remove(["1"])
    assert words.languages == frozenset()


@pytest.mark.parametrize(
    ("query", "text", "other"),
    [
        ("怎么撤销预订？", "顾客可以撤销预订。", "顾客可以修改地址，怎么都行。"),
        (
            "サーバーを再起動するにはどうすればいいですか",
            "サーバーは三分で再起動する。",
            "証明書を更新する。",
        ),
        ("서버를 어떻게 재시작하나요?", "서버 재시작은 삼 분이 걸린다.", "인증서를 갱신한다."),
        ("水", "水道水を使う。", "塩を使う。"),
    ],
)
def test_questions_without_spaces(query: str, text: str, other: str) -> None:
    words = indexed(text, other)
    asked = query_terms(query)
    scores = [score(words, asked, document) for document in (text, other)]
    coverage = [words.coverage(asked, lexical_text(document)) for document in (text, other)]
    assert scores[0] > scores[1]
    assert coverage[0] > 0.7 > coverage[1]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("retry", "the retry policy", 1.0),
        ("retry", "the cache", 0.0),
        ("", "the cache", 0.0),
    ],
)
def test_coverage(query: str, text: str, expected: float) -> None:
    words = indexed("the retry policy")
    assert words.coverage(query_terms(query), lexical_text(text)) == expected


def test_a_rare_word_that_is_missing_weighs_more_than_a_common_one() -> None:
    terms = indexed("create a collection", "drop a collection", "load a collection")
    query = query_terms("create a collection in Milvus")
    both = terms.coverage(query, lexical_text("create a collection"))
    common = terms.coverage(query, lexical_text("a collection"))
    unknown = terms.coverage(query, lexical_text("milvus"))
    assert common < both < unknown < 1


@pytest.mark.parametrize(
    ("question", "is_covered"),
    [
        ("restore consistency levels", True),
        ("resotre cnosistency levels", True),
        ("restore pythons", False),
        ("restore con", False),
    ],
)
def test_a_misspelt_word_is_covered(question: str, is_covered: bool) -> None:
    text = "Restore the consistency levels here."
    covered = indexed(text).coverage(query_terms(question), lexical_text(text))
    assert (covered == pytest.approx(1.0)) is is_covered
