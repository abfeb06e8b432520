"""What a file is to its readers, by the conventions of languages, tools and hosts.

Conventions are about paths. Where a name may mean something else, what stands beside or on the page
decides: a folder `spec` holds tests where most of its sources are named like tests, and
`history.md` is a changelog where its titles are versions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import get_args

from askdocs_indexer.grammars import is_source
from askdocs_indexer.settings import Role
from askdocs_indexer.standing.tags import language_tag, version_tag

ROLES = frozenset[str](get_args(Role))

Headings = Callable[[str], Collection[tuple[str, ...]]]
"""Returns the heading paths of a page's sections."""


def _names(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)


# Names of folders in lower case. In a manual, some are subjects as well.
_FOLDERS: dict[Role, re.Pattern[str]] = {
    "vendored": _names(
        r"""vendor(?:ed)? | (?:3rd|third)[-_]?party | bower_components | carthage | _deps
        | node_modules | pods | \.yarn"""
    ),
    "generated": _names(
        """(?:auto[-_]?)?generated | __generated__ | autogen | dist | amalgamat(?:ed|ion)
        | single[-_]include | apidocs? | (?:java|js|type|ty|rust|go|py)docs? | doxygen | _build
        | _site"""
    ),
    "licence": _names("licen[cs]es"),
    "changelog": _names(
        r"""change[-_]?logs?(?:\.d)? | changes\.d | \.?changesets? | \.changes | news\.d
        | rel(?:ease)?[-_]?notes | (?:next|prev)[-_]whats[-_]?new | upcoming[-_]changes
        | (?:change|news)[-_]?fragments | _posts | \d{4}-\d\d-\d\d[-_].*"""
    ),
    "contributing": _names(
        # Folders with a dot are for the tools of those who work on the project.
        r"""\..+ | contribut(?:e|ing|ors?)(?:[-_]guides?)? | governance
        | (?:issue|pull_request)_template | adrs? | rfcs"""
    ),
    "tests": _names(
        """tests | test[-_]?(?:data|fixtures?|suite) | e2e
        | __(?:\\w*fixtures | mocks | snapshots | \\w*tests)__"""
    ),
    "examples": _names(
        r"""(?:[\w.-]+[-_.]|__)?(?:examples?|samples?|demos?|bench(?:es|marks?)?|playgrounds?)(?:__)?
        | docs?_src | snippets"""
    ),
}
_SUBJECTS = frozenset({"examples", "licence", "tests"})
# Programs have packages that are called like these: `changelog` may be one that writes them.
_OF_PAGES = frozenset({"changelog", "contributing", "licence"})
_PERHAPS_PACKAGE = _names(
    "|".join(names.pattern for role, names in _FOLDERS.items() if role in _OF_PAGES)
)
_MANUAL = _names(
    r"(?:[\w-]+[-_.])?(?:docs?|documentation|manual|guides?|book|wiki|content|site|website)"
)
# Sources in these are examples where there are pages as well; a package may be called like it.
_DOCUMENTATION = _names("docs? | documentation")
# Folders of tests where most sources in them are named like tests.
_PERHAPS_TESTS = _names(
    r"""(?:[\w.-]+[-_.])?(?:tests?|specs?|testing) | tests?[-_.][\w.-]+ | unittests
    | (?:android|common|functional|integration|js|jvm|native|unit)tests?"""
)
# A folder `test` is one of tests in `src`, at the top and beside these.
_SOURCES = _names("include | lib | src")
_CERTAIN_TESTS = _names(
    "(?:.*/)?src/test/ | test/ | (?:.*/)?src/\\w*test(?:fixtures)?/(?:groovy|java|kotlin|scala)/"
)
# What pages below some folders are where their path says so by a number: versions, fragments of
# news by their issue, decisions.
_VERSION = r"(?:[a-z_-]+[-_])?v?\d+[._]\d[\w.+-]*"
_FRAGMENT = r"(?:\d+|\+\w+)\.[a-z]+(?:\.\d+)?"
_NUMBERED_BELOW: dict[Role, re.Pattern[str]] = {
    "changelog": _names(
        r"(?:.*/)?(?:announce(?:ments?)?|changes|history|news|relnotes|releases?|whats[-_]?new)/"
        rf"(?:{_VERSION}|{_FRAGMENT})"
    ),
    "contributing": _names(
        r"(?:.*/)?(?:decisions?|designs?|enhancements?|proposals?|rfc)/(?:.*/)?\d{3,}[-_][^/]+(?:/.*)?"
    ),
}
# The posts of a site, unless the manual is about such: they stand beside it, or are dated.
_POSTS = _names(
    r"""(?:(?:.*/)?(?:content|pages|site|src|website|www)/(?:[a-z]{2}(?:-[a-z]{2})?/)?)?
    blog/(?!readme$).+ | (?:.*/)?blog/(?:.*/)?(?:posts|\d{4})/.+"""
)

# Names of sources, without the last suffix: pytest, Go, RSpec, Jest, JUnit, xUnit, Maven, …
_TEST_SOURCE = _names(
    r"""tests | tests?[-_.].* | .*[-_.](?:cy|(?:unit)?tests?|spec) | .*[a-z0-9](?:Tests?|Spec|IT)
    | conftest"""
)
_EXAMPLE_SOURCE = _names(r".*\.stories")
_GENERATED_SOURCE = _names(
    r""".*\.(?:min|g|pb|designer) | .*[-_.](?:bundled?|umd|iife|amalgamated|generated)
    | .*_pb2(?:_grpc)? | zz_generated.*"""
)

# Names of pages in lower case, without the last suffix.
_PAGES: dict[Role, re.Pattern[str]] = {
    "licence": _names(
        """(?:un)?licen[cs]es? | copying | third[-_]?party[-_]?(?:notices?|licen[cs]es?)"""
    ),
    "changelog": _names(
        r"""(?:.*[-_.])?change[-_]?log(?:[-_.].*)? | (?:.*[-_])?rel(?:ease)?[-_]?notes?(?:[-_.].*)?
        | whats?[-_]?new(?:[-_.].*)? | \d{4}-\d{2}-\d{2}[-_].*"""
    ),
    "contributing": _names(
        """(?:how[-_]to[-_])?contribut(?:e|ing)(?:[-_.].*)? | contributors?
        | (?:code[-_]of[-_])?conduct | governance | maintain(?:ers?|ing) | hacking
        | release[-_]?process | (?:issue|pull[-_]request|merge[-_]request)[-_]template"""
    ),
}
# Pages of a manual are called like this as well, but not in capitals.
_IN_CAPITALS: dict[Role, re.Pattern[str]] = {
    "licence": _names("COPYRIGHT | LICEN[CS]E.* | COPYING.* | NOTICE.*"),
    "changelog": _names("CHANGES.* | HISTORY | NEWS | RELEASES?"),
    "contributing": _names(
        """AGENTS | AUTHORS | BACKERS | CLAUDE | CODEOWNERS | (?:CODE_?)?STYLE(?:_?GUIDE)?
        | CREDITS | DEVELOP(?:ING|MENT) | GEMINI | MAINTAIN | OWNERS | PATRONS
        | (?:PROJECT_?)?CHARTER | RELEASING | ROADMAP | SECURITY | SPONSORS | SUPPORT | THANKS
        | TODO"""
    ),
}
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = rf"\d{{4}}-\d\d-\d\d|(?:\d\d?\.? )?{_MONTH} (?:\d\d?,? )?\d{{4}}"
_VERSION_TITLE = re.compile(
    # What follows a dash is a date, as in "1.0 - 2024-05-01"; "1.1 - Setup" is numbered.
    r"\[?(?:v|version |release |(?:changes|new|what's new) in )?v?\d+(?:\.\d+)+[\w.+-]*\]?"
    rf"\s*(?:$|[(/,].*|[-–—:]\s*(?:\D{{0,20}}\d{{4}}|{_MONTH}|unreleased).*)"
    rf"|v\d+(?:\.\d+)+[\w.+-]*\s*[-–—:].*|\[?unreleased\]?|\[?(?:{_DATE}).*",
    re.IGNORECASE,
)
# Of a product, where the page is called like news: "Ubuntu 22.04" is a system to install it on.
_RELEASE_TITLE = re.compile(r"[\w.-]+ v?\d+(?:\.\d+)+[\w.+-]*\s*(?:$|[-–—(:/,]).*")
_NEWS = re.compile("change|history|news|release|version|what", re.IGNORECASE)
# Such a page has many versions, and is none.
_UPGRADES = re.compile("migrat|upgrad", re.IGNORECASE)
_LONGEST_VERSION = 100
# A page directly in these, or in a manual, is about the project; elsewhere about a subject.
_OWN = _names(
    "about | community | info | legal | meta | misc | news | project | releases? | source | src"
)
_EXACTLY_CHANGELOG = _names("change[-_]?log | rel(?:ease)?[-_]?notes? | whats?[-_]?new")
_FRONT = frozenset({"_index", "current", "index", "next", "readme", "unreleased", "upcoming"})
# So many titles that are versions make a changelog.
_LEAST_VERSIONS = 3
# A project with fewer sources per page is a manual.
_PAGES_PER_SOURCE = 4
_LEVELS = re.compile(r"[^/]+/")


class Roles:
    """Tells the roles of a project's files, given the paths of all pages and sources."""

    def __init__(
        self, pages: Collection[str], sources: Collection[str], headings: Headings
    ) -> None:
        self._headings = headings
        self._manuals = {
            manual
            for folder in {_folder(path) for path in pages}
            for manual in _named_like(folder, _MANUAL)
        }
        has_manual = any(_DOCUMENTATION.fullmatch(folder[:-1].lower()) for folder in self._manuals)
        self._is_manual = not has_manual and len(sources) * _PAGES_PER_SOURCE < len(pages)
        shown = sum(bool(_named_like(_folder(path), _FOLDERS["examples"])) for path in pages)
        self._is_shown = not self._manuals and 2 * shown > len(pages)
        self._beside = {
            f"{_folder(folder[:-1])}/test/"
            for path in {_folder(path) for path in sources}
            for folder in _named_like(path, _SOURCES)
        }
        self._tests, self._sources = Counter[str](), Counter[str]()
        for path in sources:
            for folder in _named_like(_folder(path), _PERHAPS_TESTS):
                self._sources[folder] += 1
                self._tests[folder] += _TEST_SOURCE.fullmatch(_stem(path)) is not None
        of_sources, of_pages = (Counter(_in_packages(paths)) for paths in (sources, pages))
        self._packages = {folder for folder in of_sources if of_sources[folder] >= of_pages[folder]}

    def of(self, path: str) -> Role | None:
        """Return what a file is beside the manual; None where it is part of that."""
        return self._by_folder(path) or (
            _by_source_name(path) if is_source(path) else self._by_page(path)
        )

    def _by_folder(self, path: str) -> Role | None:
        in_manual = self._is_manual
        for match in _LEVELS.finditer(path):
            folder, name = path[: match.end()], match[0][:-1].lower()
            role = _role_of_folder(name)
            if role is None and self._holds_tests(folder, name):
                role = "tests"
            if role is not None and not self._is_subject(role, path, match.start(), in_manual):
                return role if not _introduces(path) else None
            if folder in self._manuals:
                in_manual = True
                if _DOCUMENTATION.fullmatch(name) and is_source(path):
                    return "examples"
        return None

    def _is_subject(self, role: Role, path: str, start: int, in_manual: bool) -> bool:
        """Return whether a folder, at an index of a path, is called like a role for its subject."""
        if path[start] == ".":
            return False
        if role == "examples" and self._is_shown and not is_source(path):
            return True  # They are the manual.
        if role in _OF_PAGES:
            folder = path[: path.index("/", start) + 1]
            if is_source(path) or folder in self._packages:
                return True
            if role == "changelog" and in_manual:
                return not self._is_news(path, _stem(path[start:]))
        return in_manual and role in _SUBJECTS

    def _is_news(self, path: str, name: str) -> bool:
        """Return whether a page tells of versions by its name, or at least one of its titles."""
        is_numbered = any(map(str.isdigit, name)) or _stem(path).lower() in _FRONT
        return is_numbered or any(_is_version(title) for title in self._titles(path))

    def _holds_tests(self, folder: str, name: str) -> bool:
        if folder in self._beside or _CERTAIN_TESTS.fullmatch(folder.lower()):
            return True
        is_perhaps = _PERHAPS_TESTS.fullmatch(name) is not None
        return is_perhaps and 0 < self._sources[folder] <= 2 * self._tests[folder]

    def _by_page(self, path: str) -> Role | None:
        stem = _stem(path)
        lowered = path.lower().removesuffix(f".{path.rpartition('.')[2].lower()}")
        for role, below in _NUMBERED_BELOW.items():
            if below.fullmatch(lowered):
                return role
        if _POSTS.fullmatch(lowered):
            return "changelog"
        for role, pattern in _IN_CAPITALS.items():
            if pattern.fullmatch(stem):
                return role
        for role, pattern in _PAGES.items():
            if pattern.fullmatch(stem.lower()) and self._is_about_project(role, path, stem):
                return role
        return "changelog" if self._lists_versions(path) else None

    def _is_about_project(self, role: Role, path: str, stem: str) -> bool:
        """Return whether a page that is called like a role is no page of the manual about such."""
        if not (self._is_manual or _named_like(_folder(path), _MANUAL)) or stem.isupper():
            return True
        is_own = _is_own(path)
        if role == "changelog":
            is_exactly = _EXACTLY_CHANGELOG.fullmatch(stem.lower()) is not None
            is_short = is_own and is_exactly and len(self._titles(path)) <= 1
            return is_short or self._is_news(path, stem)
        return is_own or role != "licence"

    def _titles(self, path: str) -> set[str]:
        return {title for headings in self._headings(path) for title in headings}

    def _lists_versions(self, path: str) -> bool:
        """Return whether most titles on a level of a page are versions or dates."""
        if _UPGRADES.search(path):
            return False
        is_called_news = _NEWS.search(_stem(path)) is not None
        levels = [
            {headings[level] for headings in self._headings(path) if len(headings) > level}
            for level in (0, 1)
        ]
        return any(
            sum(_is_version(title, of_product=is_called_news) for title in titles)
            >= max(_LEAST_VERSIONS, len(titles) / 2)
            for titles in levels
        )


def _is_version(title: str, *, of_product: bool = False) -> bool:
    text = title.strip("`* ")
    if len(text) > _LONGEST_VERSION:
        return False
    is_of_product = of_product and _RELEASE_TITLE.fullmatch(text) is not None
    return is_of_product or _VERSION_TITLE.fullmatch(text) is not None


def _is_own(path: str) -> bool:
    """Return whether a page of a manual stands where it speaks of the project itself."""
    name = _folder(path).rpartition("/")[2].lower()
    is_variant = language_tag(name) is not None or version_tag(name) is not None
    return not name or is_variant or any(names.fullmatch(name) for names in (_MANUAL, _OWN))


def _in_packages(paths: Iterable[str]) -> Iterator[str]:
    """Yield, for each of some paths, the folders in it that may be packages called like pages."""
    for path in paths:
        yield from _named_like(_folder(path), _PERHAPS_PACKAGE)


@lru_cache(maxsize=4096)
def _role_of_folder(name: str) -> Role | None:
    return next((role for role, names in _FOLDERS.items() if names.fullmatch(name)), None)


@lru_cache(maxsize=4096)
def _named_like(folder: str, names: re.Pattern[str]) -> tuple[str, ...]:
    """Return the folders on a path that are named so, each with its slash."""
    path = f"{folder}/"
    return tuple(
        path[: match.end()]
        for match in _LEVELS.finditer(path)
        if names.fullmatch(match[0][:-1].lower())
    )


def _introduces(path: str) -> bool:
    """Return whether a host shows a page as the project's own, though it lies among others."""
    return re.fullmatch(r"\.git(?:hub|lab)/readme\.\w+", path.lower()) is not None


def _by_source_name(path: str) -> Role | None:
    stem = _stem(path)
    if _TEST_SOURCE.fullmatch(stem):
        return "tests"
    if _EXAMPLE_SOURCE.fullmatch(stem):
        return "examples"
    return "generated" if _GENERATED_SOURCE.fullmatch(stem) else None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(path: str) -> str:
    """Return the name of a file without its last suffix."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name
