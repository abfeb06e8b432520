"""What a file is to its readers, by the conventions of languages, tools and hosts.

Conventions are about paths. Where a name may mean something else, what stands beside or on the page
decides: a folder `spec` holds tests where most of its sources are named like tests, and
`history.md` is a changelog where its titles are versions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Literal, get_args

from askdocs_indexer.grammars import is_source

Role = Literal[
    "changelog",
    "contributing",
    "examples",
    "generated",
    "licence",
    "tests",
    "translations",
    "vendored",
    "versions",
]
ROLES = frozenset[str](get_args(Role))

Headings = Callable[[str], Collection[tuple[str, ...]]]
"""Returns the heading paths of a page's sections."""


def _names(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)


# Names of folders in lower case. In a manual, tests and examples are subjects as well.
_FOLDERS: dict[Role, re.Pattern[str]] = {
    "vendored": _names(
        r"vendor(?:ed)? | (?:3rd|third)[-_]?party | bower_components | node_modules | \.yarn"
    ),
    "generated": _names(
        """(?:auto[-_]?)?generated | __generated__ | autogen | dist | amalgamat(?:ed|ion)
        | single[-_]include | apidocs? | (?:java|js|type|ty|rust|go|py)docs? | doxygen | _build
        | _site"""
    ),
    "licence": _names("licen[cs]es"),
    "changelog": _names(
        r"""changelogs?(?:\.d)? | changes\.d | \.?changesets? | release[-_]?notes
        | news[-_]?fragments | _posts"""
    ),
    "contributing": _names(
        # Folders with a dot are for the tools of those who work on the project.
        r"\..+ | contribut(?:e|ing|ors?) | governance | (?:issue|pull_request)_template"
    ),
    "tests": _names("tests | test[-_]?data | test[-_]?suite | __(?:tests|mocks|snapshots)__ | e2e"),
    "examples": _names(
        r"""(?:[\w.-]+[-_.])?(?:examples?|samples?|demos?|bench(?:es|marks?)?|playgrounds?)
        | docs?_src | snippets"""
    ),
}
_SUBJECTS = frozenset({"tests", "examples"})
_MANUAL = _names(
    r"(?:[\w-]+[-_.])?(?:docs?|documentation|manual|guides?|book|wiki|content|site|website)"
)
# Sources in these are examples where there are pages as well; a package may be called like it.
_DOCUMENTATION = _names("docs? | documentation")
# Folders of tests where most sources in them are named like tests.
_PERHAPS_TESTS = _names(
    r"""(?:[\w.-]+[-_.])?(?:tests?|specs?|testing) | tests?[-_.][\w.-]+
    | (?:android|common|functional|integration|js|jvm|native|unit)tests?"""
)
# A folder `test` is one of tests in `src`, at the top and beside these.
_SOURCES = _names("include | lib | src")
_CERTAIN_TESTS = _names("(?:.*/)?src/test/ | test/")
# Folders of changelogs where their pages are called like versions.
_PERHAPS_CHANGELOGS = _names("changes | history | news | releases? | whats[-_]?new")

# Names of sources, without the last suffix: pytest, Go, RSpec, Jest, JUnit, xUnit, Maven, …
_TEST_SOURCE = _names(
    r"tests?[-_.].* | .*[-_.](?:tests?|spec) | .*[a-z0-9](?:Tests?|Spec|IT) | conftest"
)
_GENERATED_SOURCE = _names(
    r""".*\.(?:min|g|pb|designer) | .*[-_.](?:bundled?|umd|iife|amalgamated|generated)
    | .*_pb2(?:_grpc)? | zz_generated.*"""
)

# Names of pages in lower case, without the last suffix.
_PAGES: dict[Role, re.Pattern[str]] = {
    "licence": _names(
        "(?:un)?licen[cs]es? | copying | copyright | third[-_]party[-_](?:notices?|licen[cs]es?)"
    ),
    "changelog": _names(
        r"""(?:.*[-_.])?change[-_]?log(?:[-_.].*)? | (?:.*[-_])?release[-_]?notes?(?:[-_.].*)?
        | whats?[-_]?new(?:[-_.].*)? | \d{4}-\d{2}-\d{2}[-_].*"""
    ),
    "contributing": _names(
        """contributing(?:[-_.].*)? | contributors? | (?:code[-_]of[-_])?conduct | governance
        | maintain(?:ers?|ing) | codeowners | authors | hacking | release[-_]?process
        | (?:issue|pull[-_]request|merge[-_]request)[-_]template"""
    ),
}
# Pages of a manual are called like this as well, but not in capitals.
_IN_CAPITALS: dict[Role, re.Pattern[str]] = {
    "licence": _names("LICEN[CS]E.* | COPYING.* | NOTICE.*"),
    "changelog": _names("CHANGES.* | HISTORY | NEWS | RELEASES?"),
    "contributing": _names(
        "AGENTS | CLAUDE | DEVELOP(?:ING|MENT) | GEMINI | RELEASING | ROADMAP | SECURITY | SUPPORT"
    ),
}
_VERSION_NAME = re.compile(r"v?\d+(?:\.\d+)+(?:[.-]?\w+)*")
_VERSION_TITLE = re.compile(
    r"\[?(?:v|version |release |[\w.-]+ v?)?\d+(?:\.\d+)+[\w.+-]*\]?\s*(?:$|[-–—(:/,]).*"
    r"|\[?unreleased\]?|\[?\d{4}-\d\d-\d\d.*",
    re.IGNORECASE,
)
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
            if role is not None and not (in_manual and role in _SUBJECTS):
                return role if not _introduces(path) else None
            if folder in self._manuals:
                in_manual = True
                if _DOCUMENTATION.fullmatch(name) and is_source(path):
                    return "examples"
        return None

    def _holds_tests(self, folder: str, name: str) -> bool:
        if folder in self._beside or _CERTAIN_TESTS.fullmatch(folder):
            return True
        is_perhaps = _PERHAPS_TESTS.fullmatch(name) is not None
        return is_perhaps and 0 < self._sources[folder] <= 2 * self._tests[folder]

    def _by_page(self, path: str) -> Role | None:
        stem = _stem(path)
        for names, name in ((_PAGES, stem.lower()), (_IN_CAPITALS, stem)):
            for role, pattern in names.items():
                if pattern.fullmatch(name):
                    return role
        folder = _folder(path).rpartition("/")[2].lower()
        is_release = _PERHAPS_CHANGELOGS.fullmatch(folder) and _VERSION_NAME.fullmatch(stem)
        return "changelog" if is_release or self._lists_versions(path) else None

    def _lists_versions(self, path: str) -> bool:
        """Return whether most titles on a level of a page are versions or dates."""
        levels = [
            {headings[level] for headings in self._headings(path) if len(headings) > level}
            for level in (0, 1)
        ]
        return any(
            sum(_VERSION_TITLE.fullmatch(title.strip("`* ")) is not None for title in titles)
            >= max(_LEAST_VERSIONS, len(titles) / 2)
            for titles in levels
        )


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
    return "generated" if _GENERATED_SOURCE.fullmatch(stem) else None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(path: str) -> str:
    """Return the name of a file without its last suffix."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name
