"""The special characters of roff: what `\\(xx` and `\\[name]` stand for."""

from __future__ import annotations

import re
import unicodedata

# Names of groff_char(7); those of letters with accents, Greek letters and code points follow rules.
_NAMED = {
    "!=": "≠", "'": "´", "**": "∗", "*=": "≅", "+-": "±", "-+": "∓", "->": "→", "-D": "Ð",
    "/_": "∠", "12": "½", "14": "¼", "34": "¾", "3d": "∴", "<-": "←", "<=": "≤", "<>": "↔",
    "==": "≡", "=>": "⇒", "=~": "≅", ">=": "≥", "AE": "Æ", "Ah": "ℵ", "Bq": "„", "CL": "♣",
    "CR": "↵", "Cs": "¤", "DE": "◇", "DI": "♦", "Do": "$", "Eu": "€", "Fc": "»", "Fl": "ffl",
    "Fi": "ffi", "Fo": "«", "HE": "♥", "Im": "ℑ", "OE": "Œ", "Of": "ª", "Om": "º", "Po": "£",
    "Re": "ℜ", "S1": "¹", "S2": "²", "S3": "³", "SP": "♠", "Sd": "ð", "TP": "Þ", "Tp": "þ",
    "Ye": "¥", "aa": "´", "ab": "˘", "ac": "¸", "ad": "¨", "ae": "æ", "ah": "ˇ", "an": "⎯",
    "ao": "˚", "ap": "∼", "aq": "'", "at": "@", "a-": "¯", "a.": "˙", "a^": "^", "ba": "|",
    "bb": "¦", "bq": "‚", "br": "│", "bs": "☎", "bu": "•", "bv": "⎪", "ca": "∩", "ci": "○",
    "co": "©", "coproduct": "∐", "cq": "’", "ct": "¢", "cu": "∪", "c*": "⊗", "c+": "⊕",
    "dA": "⇓", "da": "↓", "dd": "‡", "de": "°", "dg": "†", "di": "÷", "dq": '"', "eq": "=",
    "em": "—", "en": "–", "es": "∅", "eu": "€", "fa": "∀", "fc": "›", "ff": "ff", "fi": "fi",
    "fl": "fl", "fm": "′", "fo": "‹", "ga": "`", "gr": "∇", "hA": "⇔", "ha": "^", "ho": "˛",
    "hy": "-", "hbar": "ℏ", "ib": "⊆", "if": "∞", "ip": "⊇", "is": "∫", "lA": "⇐", "lB": "[",
    "lC": "{", "la": "⟨", "lh": "☜", "lq": "“", "lz": "◊", "mc": "µ", "mi": "−", "mo": "∈",
    "mu": "×", "nb": "⊄", "nc": "⊉", "ne": "≢", "nm": "∉", "no": "¬", "oe": "œ", "oq": "‘",
    "or": "|", "pc": "·", "pd": "∂", "pl": "+", "pp": "⊥", "product": "∏", "ps": "¶", "pt": "∝",
    "r!": "¡", "r?": "¿", "rA": "⇒", "rB": "]", "rC": "}", "ra": "⟩", "rg": "®", "rh": "☞",
    "rn": "‾", "rq": "”", "rs": "\\", "ru": "_", "sb": "⊂", "sc": "§", "sd": "″", "sh": "#",
    "sl": "/", "sp": "⊃", "sq": "□", "sr": "√", "ss": "ß", "st": "∋", "sum": "∑", "te": "∃",
    "tf": "∴", "ti": "~", "tm": "™", "tno": "¬", "t+-": "±", "tmu": "×", "tdi": "÷", "uA": "⇑",
    "ua": "↑", "ul": "_", "va": "↕", "vA": "⇕", "wp": "℘", ".i": "ı", ".j": "ȷ", "~=": "≈",
    "~~": "≈", "|=": "≃", "IJ": "Ĳ", "ij": "ĳ", "radicalex": "‾", "-h": "ℏ", "oA": "Å", "oa": "å",
    "/O": "Ø", "/o": "ø", "/L": "Ł", "/l": "ł", "OK": "✓",
}  # fmt: skip
_ACCENTS = {
    "'": "\N{COMBINING ACUTE ACCENT}",
    "`": "\N{COMBINING GRAVE ACCENT}",
    "^": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "~": "\N{COMBINING TILDE}",
    ":": "\N{COMBINING DIAERESIS}",
    ",": "\N{COMBINING CEDILLA}",
    "v": "\N{COMBINING CARON}",
}
_GREEK = dict(
    zip(
        "abgdezyhiklmncoprstufxqwABGDEZYHIKLMNCOPRSTUFXQW",
        "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
        strict=True,
    )
)
_CODE_POINT = re.compile(r"u(?P<hex>[0-9A-Fa-f]{4,6})(?:_[0-9A-Fa-f_]+)?$")
_NUMBER = re.compile(r"char(?P<number>\d{1,3})$")


def character(name: str) -> str:
    """Return the text of a special character; "" for an unknown name."""
    if name in _NAMED:
        return _NAMED[name]
    code_point = _CODE_POINT.match(name)
    if code_point:
        number = int(code_point["hex"], 16)
        return chr(number) if _is_text(number) else ""
    if _NUMBER.match(name):
        return chr(int(name[4:]))
    if len(name) == 2 and name[0] == "*":
        return _GREEK.get(name[1], "")
    if len(name) == 2 and name[0] in _ACCENTS:
        return unicodedata.normalize("NFC", name[1] + _ACCENTS[name[0]])
    return name if len(name) == 1 else ""


def _is_text(number: int) -> bool:
    """Return whether a number is that of a character which can be stored."""
    return 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
