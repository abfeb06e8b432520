"""The words of a sentence: those that carry meaning, and those that must match literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import regex

from askdocs_indexer.words.forms import LETTERS, UNSPACED, is_unspaced, normalised
from askdocs_indexer.words.languages import ENGLISH, is_stop_word, language_of, stem
from askdocs_indexer.words.numerals import han_in_digits, number_in
from askdocs_indexer.words.terms import pairs_of

# A number, a run of a script without spaces, or a word or dotted name of another script.
_TOKEN = regex.compile(
    rf"(?V1)\d+(?:[.,٫]\d+)*|(?:{UNSPACED}\p{{M}}*)+"
    rf"|[\w--\d--{UNSPACED}][{LETTERS}--{UNSPACED}]*(?:\.[{LETTERS}--{UNSPACED}]+)*"
)
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
# Besides those of the index: words of questions and answers about documentation.
_STOP_WORDS = frozenset(
    """
    about according all also being describe described docs documentation each explain following
    given here mean means more most must one other passage please those us
    """.split()  # noqa: SIM905
)
_UNITS = frozenset(
    """
    ms millisecond second minute hour day week month year byte kb mb gb tb kib mib gib percent
    """.split()  # noqa: SIM905
)
# Units in other languages, which count as such behind a number.
_UNIT_FORMS = {
    "ms": "millisekunden millisecondes milisegundos миллисекунд 毫秒 ミリ秒 밀리초",
    "second": """
        sekunde sekunden seconde secondes segundo segundos secondo secondi секунда секунды секунд
        ثانية ثوان सेकंड δευτερόλεπτο δευτερόλεπτα 秒 秒钟 秒間 초
    """,
    "minute": """
        minuten minutes minuto minutos minuti минута минуты минут دقيقة دقائق मिनट λεπτό λεπτά
        分 分钟 分鐘 分間 분
    """,
    "hour": """
        stunde stunden heure heures hora horas ora ore час часа часов ساعة ساعات घंटा घंटे घंटों
        ώρα ώρες 小时 小時 个小时 個小時 時間 시간
    """,
    "day": """
        tag tage tagen jour jours día días dia dias giorno giorni день дня дней дни يوم يوما أيام
        दिन दिनों ημέρα ημέρες μέρα μέρες 天 日 日間 일
    """,
    "week": """
        woche wochen semaine semaines semana semanas settimana settimane неделя недели недель
        أسبوع أسابيع सप्ताह हफ़्ते εβδομάδα εβδομάδες 周 週 週間 星期 个星期 주
    """,
    "month": """
        monat monate monaten mois mes meses mês mese mesi месяц месяца месяцев شهر أشهر महीना
        महीने महीनों μήνας μήνες 月 个月 個月 か月 ヶ月 개월
    """,
    "year": """
        jahr jahre jahren an ans année années año años ano anos anno anni год года лет سنة سنوات
        साल वर्ष χρόνος χρόνια έτος έτη 年 年間 년
    """,
}
_UNIT_OF = {normalised(form): unit for unit, forms in _UNIT_FORMS.items() for form in forms.split()}
_UNSPACED_UNIT = re.compile("|".join(sorted(filter(is_unspaced, _UNIT_OF), key=len, reverse=True)))
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IN_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS, start=2)}


@lru_cache(maxsize=2048)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words, dotted names and numbers of a text in order, in their normal form.

    A script without spaces comes in runs. Numbers in words of other languages than English are in
    digits, and the units of time behind numbers in English.
    """
    # Nothing is left of a mark that stands alone, such as the one behind an emoji.
    words = [*filter(None, map(normalised, _TOKEN.findall(han_in_digits(text))))]
    language = language_of([token.casefold() for token in words])
    return tuple(_measured((number_in(token, language) for token in words), language))


def content_words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; the parts of dotted and snake names count too.

    Of a script without spaces, all pairs of neighbouring characters.
    """
    return frozenset(content_sequence(text))


def content_sequence(text: str) -> list[str]:
    """The same in the text's order, repeats included."""
    words: list[str] = []
    for token in tokens(text):
        name = token.casefold()
        parts = [] if is_number(name) else re.split(r"[._]", name)
        names = dict.fromkeys((name, *parts))
        words.extend(word for name in names if name for word in _stems(name))
    return words


def whole_words(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order: names whole, "two" as "2"."""
    names = (token.casefold() for token in tokens(text))
    return [word for name in names for word in _stems(_IN_DIGITS.get(name, name))]


def is_number(word: str) -> bool:
    """Whether a word is a number in digits."""
    return word[0].isdigit()


def exact_tokens(text: str) -> frozenset[str]:
    """Numbers, units of measure and identifiers: what a passage must contain literally.

    Identifiers are words in code spans and words that look like code (`snake_case`, `a.b`,
    `camelCase`, `sha256`).
    """
    spans = " ".join(_CODE_SPAN.findall(text))
    exact = {token for token in tokens(text) if _looks_exact(token)}
    return frozenset(map(_singular_unit, exact.union(tokens(spans))))


def all_tokens(text: str) -> frozenset[str]:
    """All words, names and numbers in small letters, and the parts of dotted names."""
    names: set[str] = set()
    for token in tokens(text):
        name = token.casefold()
        names.update((_singular_unit(name), name.strip("_"), *name.split(".")))
    return frozenset(names)


def _measured(words: Iterator[str], language: str) -> Iterator[str]:
    """Put units of time behind numbers into English."""
    is_behind_number = False
    for word in words:
        rest = word
        if is_behind_number and is_unspaced(word):
            if (unit := _UNSPACED_UNIT.match(word)) is not None:
                yield _UNIT_OF[unit[0]]
                rest = word[unit.end() :]
        elif is_behind_number and (language != ENGLISH or not word.isascii()):
            rest = _UNIT_OF.get(word.casefold(), word)
        if rest:
            yield rest
        is_behind_number = is_number(word)


def _stems(name: str) -> list[str]:
    if is_unspaced(name):
        return pairs_of(name)
    return [] if name in _STOP_WORDS or is_stop_word(name) else [stem(name)]


def _singular_unit(token: str) -> str:
    name = token.casefold()
    return name.removesuffix("s") if name.removesuffix("s") in _UNITS else name


def _looks_exact(token: str) -> bool:
    if all(len(part) == 1 for part in token.split(".")):
        return token[0].isdigit()
    if "_" in token or "." in token or any(c.isdigit() for c in token):
        return True
    inner_capital = any(c.isupper() for c in token[1:]) and any(c.islower() for c in token)
    return inner_capital or _singular_unit(token) in _UNITS
