"""Words as the lexical index sees them.

No analyzer that all databases have knows identifiers, stems and scripts without spaces, so all that
happens here, the same for documents and queries: `efConstruction` is found by "ef construction" and
by its own spelling. Scripts without spaces are indexed by pairs of neighbouring characters, Chinese
and Korean by the single ones as well, which together are as good as a dictionary (Nie, Gao, Zhang
and Zhou, "On the Use of Words and N-grams for Chinese Information Retrieval", 2000).

A chunk in another language than English, but in Latin letters, has the stems of its language beside
the English ones. They carry its name, so a query can ask for the stems of all languages that the
index has, without meeting other words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

import regex

from askdocs_indexer.words.forms import clusters_of, parts_of, runs_of, words_of
from askdocs_indexer.words.languages import (
    ENGLISH,
    is_latin,
    is_stop_word,
    language_of,
    stem,
    stem_in,
)

Alternatives = tuple[str, ...]
"""Terms any of which a text may hold for a word of a query."""

_LANGUAGE_MARK = ":"
_SINGLE = regex.compile(r"[\p{Han}\p{Hangul}]\p{M}*")
_HAN = regex.compile(r"\p{Han}\p{M}*")
# How questions are put in scripts without spaces. It tells nothing, and is cut out of queries.
_QUESTION_WORDS = regex.compile(
    "怎么样|怎么办|怎么|怎样|如何|为什么|为何|什么时候|什么|哪里|哪儿|哪个|哪些|多少|多久|是否|能否|可不可以"
    "|可以|应该|需要|请问|吗$|呢$"
    "|怎麼樣|怎麼辦|怎麼|為什麼|為何|什麼時候|什麼|哪裡|哪個|應該|請問|嗎$"
    "|どうすれば|どうやって|どうしたら|どのように|どのような|どうして|どう|なぜ|どこ|いつ|だれ|なに|いくつ|どれ"
    "|いいですか|よいですか|できますか|ありますか|しますか|でしょうか|ですか|ますか|ください"
    "|について|ための|ために|とき|には|では|から|まで"
    r"|(?<=[\p{Han}\p{Katakana}ー])[はがをにでとものへや]+(?=[\p{Han}\p{Katakana}]|$)"
    r"|(?<=\p{Hangul}\p{Hangul})(?:을|를|은|는|이|가|의|에|에서|로|으로|와|과|도|까지|부터)$"
    "|어떻게|무엇인가요|무엇을|무엇|언제|어디에서|어디서|어디에|어디|얼마나|어떤|누가|왜|하나요|합니까|되나요"
    "|됩니까|있나요|있습니까|인가요|입니까|해야|하려면"
    "|อย่างไร|ทำไม|อะไร|ที่ไหน|เมื่อไร|เมื่อไหร่|หรือไม่|ไหม"
)


def lexical_text(text: str) -> str:
    """Return the index terms of `text`, separated by spaces, for BM25."""
    words = list(words_of(text))
    language = language_of([word.casefold() for word in words])
    return " ".join(term for word in words for term in _terms(word, language))


def languages_in(terms: Collection[str]) -> frozenset[str]:
    """Return the languages beside English that a text's terms are marked with."""
    return frozenset(term.partition(_LANGUAGE_MARK)[0] for term in terms if _LANGUAGE_MARK in term)


def query_language(query: str, languages: Collection[str] = (), main: str = ENGLISH) -> str:
    """Return the language of a query's words in Latin letters.

    It is English, or one of the `languages` that the index has, or the `main` language of the
    index where nothing tells. A question is short, so a single stop word is enough.
    """
    words = [word.casefold() for word in words_of(query)]
    language = language_of(words, languages, 1)
    tells = language != ENGLISH or any(map(is_stop_word, words))
    return language if tells else main


def query_terms(query: str, languages: Collection[str] = ()) -> list[Alternatives]:
    """Return for each word of a query, in order, the terms that stand for it.

    `languages` are those beside English that the index has.
    """
    words = list(words_of(query))
    language = query_language(query, languages)
    others = tuple(sorted(languages))
    asked = [terms for word in words for terms in _asked(word, language, others)]
    # Nothing but a question word was searched for.
    runs = (run for word in words for run, unspaced in runs_of(word) if unspaced and not asked)
    return asked or [terms for run in runs for terms in _characters(run)]


def pairs_of(run: str) -> list[str]:
    """Return the pairs of neighbouring characters of a run; a character that stands alone."""
    clusters = clusters_of(run)
    return [*map("".join, pairwise(clusters))] if len(clusters) > 1 else clusters


@lru_cache(maxsize=65536)
def _terms(word: str, language: str) -> tuple[str, ...]:
    """Return the index terms of a word: itself, and its parts where it is an identifier."""
    terms: list[str] = []
    for run, is_unspaced in runs_of(word):
        if is_unspaced:
            terms += _pairs_and_singles(run)
            continue
        for name, is_inflected in _names(run, language):
            terms.append(stem(name) if is_inflected else name)
            if is_inflected and language != ENGLISH:
                terms += _marked(name, [language])
    return tuple(terms)


@lru_cache(maxsize=4096)
def _asked(word: str, language: str, languages: tuple[str, ...]) -> tuple[Alternatives, ...]:
    """Return what `query_terms` does, for a word of a query in `language`."""
    asked: list[Alternatives] = []
    for run, is_unspaced in runs_of(word):
        if is_unspaced:
            for piece in filter(None, _QUESTION_WORDS.split(run)):
                asked += _characters(piece)
            continue
        for name, is_inflected in _names(run, language):
            asked.append((stem(name), *_marked(name, languages)) if is_inflected else (name,))
    return tuple(asked)


def _names(run: str, language: str) -> Iterator[tuple[str, bool]]:
    """Yield what is indexed of a word in a script with spaces, each with whether it has a stem."""
    whole = run.casefold()
    if is_stop_word(whole, language):
        return
    parts = [part.casefold() for part in parts_of(run)]
    if len(parts) < 2:
        yield whole, True
        return
    yield whole, False
    yield from ((part, True) for part in parts if not is_stop_word(part, language))


def _marked(word: str, languages: Iterable[str]) -> list[str]:
    """Return the stems of a word in Latin letters in these languages, marked with their names."""
    if not is_latin(word):
        return []
    return [f"{language}{_LANGUAGE_MARK}{stem_in(word, language)}" for language in languages]


def _pairs_and_singles(run: str) -> list[str]:
    clusters = clusters_of(run)
    singles = [cluster for cluster in clusters if _SINGLE.fullmatch(cluster)]
    return [*pairs_of(run), *(singles if len(clusters) > 1 else ())]


def _characters(run: str) -> Iterator[Alternatives]:
    """Yield for each character the pairs that it is in, which say more than itself."""
    clusters = clusters_of(run)
    pairs = pairs_of(run) if len(clusters) > 1 else []
    for index, cluster in enumerate(clusters):
        single = [cluster] if not pairs or _HAN.fullmatch(cluster) else []
        yield (*pairs[max(index - 1, 0) : index + 1], *single)
