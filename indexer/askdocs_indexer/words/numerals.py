"""Numbers that are written in words or in Chinese characters, in digits.

Only numbers from two on: "one" is an article as well in most languages.
"""

from __future__ import annotations

import re

_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN_GROUPS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_HAN = "".join((*_HAN_DIGITS, *_HAN_UNITS, *_HAN_GROUPS))
# What is counted or measured: a single numeral in front of it is a number, elsewhere mostly not.
_COUNTERS = (
    "个個天日年月周週小分秒时時次人名元块塊円米公厘克吨度岁歳倍位条條页頁台件字本冊册枚匹回部层層种種项項步"
    "份张張台毫行列点點组組轮輪级級台端章节節ヶか箇つ"
)
_HAN_NUMBER = re.compile(rf"[{_HAN}]{{2,}}|[二两兩三四五六七八九十百千](?=[{_COUNTERS}])")

_WORDS = {
    "english": """
        two three four five six seven eight nine ten eleven twelve
        twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
    """,
    "german": """
        zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
        zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend
    """,
    "french": """
        deux trois quatre cinq six sept huit neuf dix onze douze
        vingt trente quarante cinquante soixante
        soixante-dix quatre-vingts quatre-vingt-dix cent mille
    """,
    "spanish": """
        dos tres cuatro cinco seis siete ocho nueve diez once doce
        veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien mil
    """,
    "portuguese": """
        dois três quatro cinco seis sete oito nove dez onze doze
        vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem mil
    """,
    "italian": """
        due tre quattro cinque sei sette otto nove dieci undici dodici
        venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento mille
    """,
    "russian": """
        два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать
        двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто тысяча
    """,
    "greek": """
        δύο τρεις τέσσερις πέντε έξι επτά οκτώ εννέα δέκα έντεκα δώδεκα
        είκοσι τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα εκατό χίλια
    """,
    "hindi": """
        दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह
        बीस तीस चालीस पचास साठ सत्तर अस्सी नब्बे सौ हज़ार
    """,
    "arabic": """
        اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة أحد-عشر اثنا-عشر
        عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون مئة ألف
    """,
}
_VALUES = (*range(2, 13), *range(20, 100, 10), 100, 1000)
_NUMBERS = {
    language: dict(zip(words.casefold().split(), map(str, _VALUES), strict=True))
    for language, words in _WORDS.items()
}
_OTHER_SCRIPTS = _NUMBERS["russian"] | _NUMBERS["greek"] | _NUMBERS["hindi"] | _NUMBERS["arabic"]


def han_in_digits(text: str) -> str:
    """Return a text with the numbers in Chinese characters in it in digits: 三十天 as 30天."""
    return _HAN_NUMBER.sub(lambda number: str(_value(number[0])), text)


def number_in(word: str, language: str) -> str:
    """Return the digits of a number in words, in a text of a language; any other word as it is."""
    name = word.casefold()
    return _NUMBERS.get(language, {}).get(name) or _OTHER_SCRIPTS.get(name, word)


def _value(numeral: str) -> int:
    """Return the value of a numeral, which may write its digits alone: 二〇二四."""
    if all(character in _HAN_DIGITS for character in numeral):
        return int("".join(str(_HAN_DIGITS[character]) for character in numeral))
    total = group = digit = 0
    for character in numeral:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        elif character in _HAN_UNITS:
            group += (digit or 1) * _HAN_UNITS[character]
            digit = 0
        else:
            total = (total + group + digit or 1) * _HAN_GROUPS[character]
            group = digit = 0
    return total + group + digit
