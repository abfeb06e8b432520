"""The language of a question, by its script and its commonest words.

Libraries that tell languages need a sentence or two and weigh megabytes; a question has five words,
most of them names, and only its function words tell.
"""

from __future__ import annotations

import re

from askdocs_indexer.words.forms import words_of
from askdocs_indexer.words.languages import ENGLISH, is_stop_word
from askdocs_indexer.words.languages import language_of as latin_language_of

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
    "vi": "ăđơư\u1ea0-\u1ef9",
}
_SHARE = 0.2
# Letters that tell a language from the others of its script need not be many.
_TELLING = {"fa", "ja", "uk", "vi"}

# What tells a language from others of its script: Japanese, Bulgarian, Persian, Marathi.
_CHINESE = re.compile("[的了吗嗎么麼呢这這哪什们們]")
_SHARED = {"ar", "hi", "ru", "zh"}

# What ISO 639-1 calls the languages in Latin letters.
_CODES = {
    ENGLISH: "en",
    "catalan": "ca",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
}


def language_of(text: str) -> str:
    """Return the language of a text as its ISO 639-1 code; "" where it does not tell."""
    letters = [letter for letter in text if letter.isalpha()]
    for language, characters in _SCRIPTS.items():
        count = len(re.findall(f"[{characters}]", text))
        if count and (language in _TELLING or count >= _SHARE * len(letters)):
            return language
    words = [word.casefold() for word in words_of(text)]
    language = latin_language_of(words, least=1)
    tells = language != ENGLISH or any(map(is_stop_word, words))
    return _CODES[language] if tells else ""


def is_certain(text: str, language: str) -> bool:
    """Return whether a text's words, and not its script alone, tell that it is in a language."""
    if language == "zh":
        return _CHINESE.search(text) is not None
    if language in _SHARED:
        return any(is_stop_word(word.casefold()) for word in words_of(text))
    return bool(language)
