"""Which files come first for a reader, and which of a page's variants count.

All of it follows from the paths of the index, the titles on some pages and the question: whatever
the order in which files come and go, the same set of files ends in the same standing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

from askdocs_indexer.globs import patterns
from askdocs_indexer.grammars import is_source
from askdocs_indexer.settings import DocsSettings, Role
from askdocs_indexer.standing.roles import ROLES, Headings, Roles
from askdocs_indexer.standing.tags import Version, is_named, language_tag, named_versions
from askdocs_indexer.standing.variants import Variant, by_page, variants_of

# A question that asks for these wants them in front. "How do I test a view?" asks for the manual.
_ASKED = {
    role: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for role, words in {
        "changelog": r"change ?logs?|release notes?|releases?|what(?:'s| is| was) new|new in"
        r"|(?:what|which) (?:has |have )?changed|which versions?|since when|when (?:was|were|did)",
        "contributing": r"contribut\w+|code of conduct|pull requests?|maintainers?|governance"
        r"|report (?:a |an |any )?(?:bugs?|issues?|security|vulnerabilit\w+)",
        "examples": r"examples?|samples?|demos?|benchmarks?|playgrounds?",
        "licence": r"licen[cs]\w+|copyright",
        "tests": r"test suites?|(?:run|running) (?:all |the |its |your )*tests",
        "translations": r"translat\w+",
        "vendored": r"vendored|third[- ]party",
        "versions": r"(?:old|older|previous|former|earlier) versions?",
    }.items()
}


# The share of its score that a hit loses where its file ranks behind: too little to bring up what
# has nothing to do with the question. Tests say what they check in the words of a question, and
# never how it is done, so they lose more. docs/quality.md has the figures.
BEHIND = 0.2
TESTS_BEHIND = 0.4


class Standing:
    """The standing of an index's files. Safe to use from any thread.

    `headings` returns the heading paths of a page, the same object until they may differ, and
    `repeats` whether a page that a generator may have written tells what sources of the index do.
    """

    def __init__(
        self,
        paths: Collection[str],
        docs: DocsSettings,
        headings: Headings,
        repeats: Callable[[str], bool],
    ) -> None:
        self.behind = ROLES & frozenset(docs.rank_behind)
        self._globs = patterns(tuple(glob for glob in docs.rank_behind if glob not in ROLES))
        self._headings = headings
        self._repeats = repeats
        pages, sources = _parted(paths)
        self._roles = Roles(pages, sources, headings)
        # By the headings that a page then had.
        self._known_roles: dict[str, tuple[Collection[tuple[str, ...]], Role | None]] = {}
        self.variants = variants_of(pages)
        self.pages = by_page(self.variants.values())
        self.languages = _in_order(self.variants.values(), docs)
        self.main_languages = _main(self.languages, docs)

    @property
    def has_translations(self) -> bool:
        """Whether any page is in another language than the project's own."""
        return not self.main_languages.issuperset(self.languages)

    def translation(self, path: str) -> str:
        """Return the language into which a page is translated; "" for one of the project's own."""
        language = self.variants[path].language if path in self.variants else ""
        return "" if language in self.main_languages else language

    def of(self, question: str = "", language: str = "") -> Reading:
        """Return the standing for a question in a language ("" where that is unknown)."""
        return Reading(self, question, language)

    def role(self, path: str) -> Role | None:
        """Return what a file is beside the manual, whatever the question."""
        headings, known = self._headings(path), self._known_roles.get(path)
        if known is None or known[0] is not headings:
            role = self._roles.of(path) or ("generated" if self._repeats(path) else None)
            known = self._known_roles[path] = headings, role
        return known[1]

    def is_listed(self, path: str) -> bool:
        """Return whether the settings put a file behind by a glob."""
        return self._globs.match_file(path)

    def rank(self, language: str) -> int:
        """Return how many languages the project prefers to a language."""
        return self.languages.index(language)

    def are_alike(self, path: str, other: str) -> bool:
        """Return whether two pages have mostly the same titles."""
        titles, others = (
            {headings[-1:] for headings in self._headings(page)} for page in (path, other)
        )
        return 2 * len(titles & others) >= max(len(titles), len(others), 1)


class Reading:
    """The standing of an index's files for a question."""

    def __init__(self, standing: Standing, question: str, language: str) -> None:
        self._standing = standing
        self._language = language
        self._versions = named_versions(question)
        asked = {role for role, words in _ASKED.items() if words.search(question)}
        if self._versions:
            asked |= {"changelog", "versions"}
        self._behind = standing.behind - asked
        self._handicaps: dict[str, float] = {}

    def counts(self, path: str) -> bool:
        """Return whether no other variant of a page takes its place."""
        variant = self._standing.variants.get(path)
        return variant is None or self._better(variant) is None

    def why_behind(self, path: str) -> str:
        """Return in words why a file ranks behind, or which page takes its place; "" for others."""
        role = self._standing.role(path)
        if role is not None and role in self._behind:
            return role
        variant = self._standing.variants.get(path)
        better = self._better(variant) if variant is not None else None
        if variant is not None and (better is not None or self._is_second_choice(variant)):
            is_old = variant.is_old if better is None else variant.version != better.version
            language = f" ({variant.language})" if variant.language else ""
            what = "older version" if is_old else f"translation{language}"
            return f"{what} of {better.path}" if better is not None else what
        return "docs.rankBehind" if self._standing.is_listed(path) else ""

    def handicap(self, path: str) -> float:
        """Return the share of its score that a hit in a file loses."""
        if path not in self._handicaps:
            self._handicaps[path] = self._handicap(path)
        return self._handicaps[path]

    def _handicap(self, path: str) -> float:
        role = self._standing.role(path)
        if role in self._behind:
            return TESTS_BEHIND if role == "tests" else BEHIND
        variant = self._standing.variants.get(path)
        is_behind = self._standing.is_listed(path) or self._is_second_choice(variant)
        return BEHIND if is_behind else 0.0

    def _is_second_choice(self, variant: Variant | None) -> bool:
        if variant is None:
            return False
        own = {self._language, *self._standing.main_languages}
        return ("translations" in self._behind and variant.language not in own) or (
            "versions" in self._behind and variant.is_old and not variant.is_numbered
        )

    def _better(self, variant: Variant) -> Variant | None:
        """Return a variant that takes another one's place."""
        others = self._standing.pages[variant.page]
        return next((other for other in others if self._is_better(other, variant)), None)

    def _is_better(self, variant: Variant, other: Variant) -> bool:
        """Return whether a variant differs from another in one way, and for the better."""
        if variant.version == other.version:
            return self._by_language(variant) < self._by_language(other)
        return (
            variant.language == other.language
            and self._by_version(variant) > self._by_version(other)
            and (not other.is_numbered or self._standing.are_alike(variant.path, other.path))
        )

    def _by_language(self, variant: Variant) -> tuple[bool, int]:
        return variant.language != self._language, self._standing.rank(variant.language)

    def _by_version(self, variant: Variant) -> tuple[bool, Version]:
        is_asked_for = any(is_named(variant.version, named) for named in self._versions)
        return is_asked_for, variant.version


def foreign(paths: Iterable[str], languages: Collection[str]) -> frozenset[str]:
    """Return the pages that are translations into other than these languages; none for no wish."""
    if not languages:
        return frozenset()
    wanted = {"", *_codes(languages)}
    variants = variants_of(_parted(paths)[0])
    return frozenset(path for path in variants if variants[path].language not in wanted)


def _parted(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return (pages, sources)."""
    pages: list[str] = []
    sources: list[str] = []
    for path in paths:
        (sources if _is_source(path[path.rfind(".") :]) else pages).append(path)
    return pages, sources


@lru_cache(maxsize=4096)
def _is_source(suffix: str) -> bool:
    return is_source(suffix)


def _in_order(variants: Iterable[Variant], docs: DocsSettings) -> list[str]:
    """Return the languages of a project, the main one first: as the settings say, else that of the
    pages whose path names none, else English, else the one with most pages."""
    sizes = Counter(variant.language for variant in variants)
    wanted = _codes(docs.languages)

    def order(language: str) -> tuple[int, bool, bool, int, str]:
        rank = wanted.index(language) if language in wanted else len(wanted)
        return rank, language != "", language != "en", -sizes[language], language

    return sorted(sizes, key=order)


def _main(languages: Sequence[str], docs: DocsSettings) -> frozenset[str]:
    """Return the languages whose pages are no translations, of all in order: no path names them,
    or they are the first that one names and nothing else could be the original."""
    named = next((language for language in languages if language), "")
    is_original = named in ("en", *_codes(docs.languages)) or "" not in languages
    return frozenset({"", named} if is_original else {""})


def _codes(languages: Iterable[str]) -> list[str]:
    tags = map(language_tag, languages)
    return [tag.language for tag in tags if tag is not None]
