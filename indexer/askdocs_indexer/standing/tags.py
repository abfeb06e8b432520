"""Names of languages and of versions in the names of folders and files.

Language tags are those of BCP 47 (a language, perhaps a script and a region) and a few codes of
countries that projects write instead. The table is that of ISO 639-1, which does not change; the
libraries that know all tags weigh megabytes and take the words that are left out here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl
ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu fil yue
"""
# Those that hardly mean anything else. `cs`, `hi`, `io`, `it`, `lt`, `ml`, `no`, `to`… may.
_CLEAR_CODES = """
ar az bg bn ca da de el en eo es et eu fa fi fil fr hu hy ja ka kk km ko lv mn mr nb nl nn pt ro
ru sk sl sq sr sv sw th tr uk ur uz yue zh
"""
# Codes of countries, and names, in the place of a language.
_OTHERS = """
cn:zh cz:cs jp:ja kr:ko tw:zh ua:uk arabic:ar chinese:zh deutsch:de english:en espanol:es
francais:fr french:fr german:de italian:it italiano:it japanese:ja korean:ko polski:pl
portugues:pt portuguese:pt russian:ru spanish:es turkish:tr
"""
_LANGUAGES = frozenset(_CODES.split())
_CLEAR = frozenset(_CLEAR_CODES.split())
_ALIASES = dict(pair.split(":") for pair in _OTHERS.split())
_TAG = re.compile(
    rf"(?:^|[._-])([a-z]{{2,3}}|{'|'.join(_ALIASES)})"
    r"((?:[-_](?:arab|cyrl|hans|hant|latn))?(?:[-_](?:[a-z]{2}|\d{3}))?)$"
)

_VERSION = re.compile(
    r"(?P<base>.*?)[-_.]?(?P<mark>(?<![a-z])(?:v|(?:ver(?:sion)?|rel(?:ease)?)[-_.]?v?)|)"
    r"(?P<number>\d+(?:\.\d+)*(?:\.x)?)(?:[-_.]?(?P<early>alpha|beta|rc|pre|dev)[.\d]*)?"
)
# The end of a name that makes a number behind it that of a version; `tls-1.2` and `ubuntu-22.04`
# are subjects.
_VERSIONED = re.compile(r"(?:^|[-_.])(?:docs?|documentation|guides?|manual|reference)$")
_CURRENT = frozenset({"latest", "stable"})
_UNRELEASED = frozenset(
    {"canary", "dev", "devel", "edge", "main", "master", "next", "nightly", "trunk", "unstable"}
)
_ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class LanguageTag:
    """A language, in a name that is `base` without it. `is_word` says that it may well be none."""

    base: str
    language: str
    is_word: bool


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version that compares like its numbers. `released` puts what the unversioned pages and
    "latest" stand for (2) before all numbers (1), and those before "next" and "main" (0)."""

    released: int
    numbers: tuple[int, ...] = ()
    is_final: bool = True


NEWEST = Version(2)


@dataclass(frozen=True, slots=True)
class VersionTag:
    """A version, in a name that is `base` without it.

    `is_word` says that the name may well be none, such as `next` or `main`, `is_bare` that it
    is a mere number, such as that of a chapter, and `is_major` that it is one behind a `v`.
    """

    base: str
    version: Version
    is_word: bool = False
    is_bare: bool = False
    is_major: bool = False


@lru_cache(maxsize=4096)
def language_tag(name: str) -> LanguageTag | None:
    """Return the language that a folder's name, or a file's without its suffix, is or ends in."""
    lowered = name.lower()
    match = _TAG.search(lowered)
    while match is not None:
        code, more = match.groups()
        language = _ALIASES.get(code, code)
        if language in _LANGUAGES:
            return LanguageTag(name[: match.start()], language, language not in _CLEAR and not more)
        match = _TAG.search(lowered, match.start() + 1)
    return None


@lru_cache(maxsize=4096)
def version_tag(name: str) -> VersionTag | None:
    """Return the version that a folder's name is or ends in."""
    lowered = name.lower()
    if lowered in _CURRENT or lowered == "current":
        return VersionTag("", NEWEST, is_word=lowered not in _CURRENT)
    if lowered in _UNRELEASED:
        return VersionTag("", Version(0), is_word=True)
    match = _VERSION.fullmatch(lowered)
    if match is None:
        return None
    base, number = match["base"], match["number"]
    is_versioned = _VERSIONED.search(base) is not None
    if base and not is_versioned and not match["mark"]:
        return None  # chapter-1, http2, tls-1.2
    is_bare = not match["mark"] and "." not in number and not is_versioned
    version = Version(1, _numbers(number), match["early"] is None)
    is_major = match["mark"] == "v" and "." not in number
    return VersionTag(name[: len(base)], version, is_bare=is_bare, is_major=is_major)


def named_versions(text: str) -> list[tuple[int, ...]]:
    """Return the numbers of the versions that a text names: v2, 1.10, version 3, 1.x."""
    pattern = r"\b(?:v|versions? )(\d+(?:\.\d+)*(?:\.x)?)\b|(?<![\w.])(\d+(?:\.\d+)*\.(?:\d+|x))\b"
    matches = re.finditer(pattern, text, re.IGNORECASE)
    return [_numbers(match[1] or match[2]) for match in matches]


def is_named(version: Version, named: tuple[int, ...]) -> bool:
    """Return whether a version is the named one, as far as both have numbers."""
    pairs = [*zip(version.numbers, named, strict=False)]
    return bool(pairs) and all(_ANY_NUMBER in pair or pair[0] == pair[1] for pair in pairs)


def _numbers(text: str) -> tuple[int, ...]:
    """Return 1.10.x as numbers; those of more than nine digits count alike."""
    return tuple(
        _ANY_NUMBER if part == "x" or len(part) > 9 else int(part) for part in text.split(".")
    )
