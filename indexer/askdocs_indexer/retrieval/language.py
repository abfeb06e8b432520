"""The language of a question, by its script and its commonest words.

Libraries that tell languages need a sentence or two and weigh megabytes; a question has five words,
most of them names, and only its function words tell.
"""

from __future__ import annotations

import re
from collections import Counter

# The first script that a fifth of the letters belong to; kana before Han, as Japanese has both.
_SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "zh": "\u3400-\u9fff",
    "uk": "іїєґІЇЄҐ",
    "ru": "\u0400-\u04ff",
    "el": "\u0370-\u03ff",
    "he": "\u0590-\u05ff",
    "fa": "پچژگ",
    "ar": "\u0600-\u06ff",
    "hi": "\u0900-\u097f",
    "bn": "\u0980-\u09ff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "th": "\u0e00-\u0e7f",
    "ka": "\u10a0-\u10ff",
    "hy": "\u0530-\u058f",
}
_SHARE = 0.2
# Letters that tell a language from the others of its script need not be many.
_TELLING = {"ja", "uk", "fa"}

_WORDS = {
    "en": "a an and are as be by can do does for from how i if in is it my not of on or should"
    " that the there this to use what when where which who why will with you",
    "de": "als auf aus bei das dem den der des die ein eine einen er es für ich im in ist kann"
    " man mit nach nicht oder und von wann warum was welche wenn werden wie wo wird zu zum",
    "es": "al como cómo con cuál cuándo cuánto de del dónde el en es esta está hay la las lo"
    " los me mi no o para pero por puedo qué que se si son su un una y",
    "fr": "au aux avec ce comment dans de des du elle en est et il je la le les mon ne on ou où"
    " par pas peut pour pourquoi puis quand que quel quelle qui quoi se sont sur un une",
    "it": "al che chi come con cosa da dei del della di dove e è gli ho i il in la le lo mi non"
    " per perché posso qual quale quando se si sono su un una",
    "pt": "ao as com como da de do dos e é em eu faço não o onde os ou para pela pelo por"
    " porque posso qual quando que quem se são um uma",
    "nl": "aan als bij dat de die een en er het hoe ik in is kan met mijn naar niet of om ook"
    " op te van voor waar waarom wanneer wat welke worden wordt zijn",
    "pl": "co czy dla do gdzie i jak jaki jakie jest jeśli kiedy który lub ma mi mogę na nie od"
    " po się są to w z za że",
    "tr": "bir bu da de için ile kim mi mı nasıl ne neden nedir nerede olan olarak ve veya var"
    " yapılır",
    "sv": "att av den det du en ett för från har hur i inte jag kan med när och om på som till"
    " vad var varför vilken är",
    "cs": "a co do jak je jsou kde kdy když která který mohu na nebo není od po pro proč s se"
    " si v z za že",
    "vi": "các cái có của cho gì khi không là làm một nào ở sao tại thế thì tôi trong và với được",
    "id": "ada apa apakah atau bagaimana dan dari dengan di ini itu kapan ke mengapa pada saya"
    " tidak untuk yang",
}
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES.setdefault(_word, []).append(_language)


def language_of(text: str) -> str:
    """Return the language of a text as its ISO 639-1 code; "" where it does not tell."""
    letters = [letter for letter in text if letter.isalpha()]
    for language, characters in _SCRIPTS.items():
        count = len(re.findall(f"[{characters}]", text))
        if count and (language in _TELLING or count >= _SHARE * len(letters)):
            return language
    votes = Counter(
        language
        for word in re.findall(r"[^\W\d_]+", text.lower())
        for language in _LANGUAGES.get(word, ())
    )
    (first, most), (_, next_most) = (*votes.most_common(2), ("", 0), ("", 0))[:2]
    return first if most > next_most else ""
