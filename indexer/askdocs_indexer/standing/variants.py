"""Pages that exist several times: in parallel translations and in parallel versions.

A folder or file that is named by a language or a version is a variant where it holds mostly the
same relative paths as its siblings, or as the pages beside it that have no such name. So a lone
folder `it` or `go` is no translation, and the number of a chapter no version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from askdocs_indexer.standing.tags import (
    NEWEST,
    LanguageTag,
    Version,
    VersionTag,
    language_tag,
    version_tag,
)

Tag = LanguageTag | VersionTag

# Folders that generators put beside a tag, and what they stand for where the tag is taken out:
# Docusaurus has `i18n/fr/docusaurus-plugin-content-docs/current/a.md` and
# `versioned_docs/version-1.0/a.md` for `docs/a.md`.
_CARRIERS = {
    "docusaurus-plugin-content-docs": "docs",
    "i18n": "",
    "l10n": "",
    "locale": "",
    "locales": "",
    "translated": "",
    "translations": "",
    "versioned_docs": "docs",
    "website": "",
}
# Any two folders may hold these.
_USUAL = frozenset(
    {"_index", "changelog", "contributing", "index", "intro", "license", "overview", "readme"}
)
# From so many pages on, parallel names are no coincidence.
_CERTAIN_PAGES = 2


@dataclass(frozen=True, slots=True)
class Variant:
    """A page in a language ("" where its path names none) and a version.

    `page` is what all of its variants share. `is_old` says that there are newer versions, also
    where this page is not part of them. `is_numbered` says that the version is a mere number:
    only pages that are alike are its variants, and no chapters.
    """

    path: str
    page: str
    language: str = ""
    version: Version = NEWEST
    is_old: bool = False
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A part of a path, by its index, that may be a tag, and what is there without it.

    `hole` is the same for all siblings that differ in the tag, and `name` tells them apart.
    """

    index: int
    hole: str
    name: str
    tag: Tag
    without: str


@dataclass(frozen=True, slots=True)
class _Folder:
    """What the pages of a folder share: its path without carriers, and its candidates, each with
    the path that the folder has without it."""

    plain: str
    candidates: tuple[tuple[_Candidate, str], ...]


@dataclass(slots=True)
class _Siblings:
    """The tags of a hole by name, and their pages: name -> path without the tag -> path.

    `beside` holds those paths without a tag that are pages as well.
    """

    tags: dict[str, Tag] = field(default_factory=dict)
    pages: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    beside: set[str] = field(default_factory=set)


def variants_of(paths: Iterable[str]) -> dict[str, Variant]:
    """Return the variants among the paths of pages, by path; the order of `paths` is no matter."""
    plain: dict[str, list[str]] = defaultdict(list)
    candidates: dict[str, list[tuple[_Candidate, str]]] = {}
    folders: dict[str, _Folder] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        above = folders.get(folder) or folders.setdefault(folder, _folder(folder))
        plain[_joined(above.plain, name)].append(path)
        some = [(one, _joined(without, name)) for one, without in above.candidates]
        if one := _in_file(folder, name):
            some.append((one, _joined(above.plain, one.without)))
        if some:
            candidates[path] = some
    holes = _holes(candidates, plain)
    real = {hole: _real(siblings) for hole, siblings in holes.items()}
    newest = {
        hole: max(_versions(holes[hole], names), default=NEWEST) for hole, names in real.items()
    }
    variants: dict[str, Variant] = {}
    for path, some in candidates.items():
        if tags := [(one, rest) for one, rest in some if one.name in real[one.hole]]:
            variants[path] = _variant(path, tags, newest)
    for page in {variant.page for variant in variants.values()}:
        for path in plain.get(page, ()):
            variants.setdefault(path, Variant(path, page))
    return variants


def by_page(variants: Iterable[Variant]) -> dict[str, tuple[Variant, ...]]:
    """Return the variants of each page."""
    pages: dict[str, list[Variant]] = defaultdict(list)
    for variant in variants:
        pages[variant.page].append(variant)
    return {page: tuple(several) for page, several in pages.items()}


# -- parts of paths that may be tags -----------------------------------------------------------


def _folder(folder: str) -> _Folder:
    parts = folder.split("/")
    tags = [[tag for tag in (language_tag(part), version_tag(part)) if tag] for part in parts]
    # What one version tells of its languages holds for the others, and the other way round.
    places = ["*" if some else part for part, some in zip(parts, tags, strict=True)]
    candidates = []
    for index, part in enumerate(parts):
        for tag in tags[index]:
            hole = "/".join((*places[:index], tag.base, type(tag).__name__))
            candidate = _Candidate(index, hole, part, tag, tag.base)
            candidates.append((candidate, _without(folder, [candidate])))
    return _Folder(_without(folder, ()), tuple(candidates))


def _in_file(folder: str, name: str) -> _Candidate | None:
    stem, dot, suffix = name.rpartition(".")
    tag = language_tag(stem)
    if tag is None:
        return None
    if not tag.base:  # zh.md
        return _Candidate(-1, f"{folder}/{dot}{suffix}", stem, tag, "")
    # A project names all of its translated files in one way: they tell of each other.
    separator, language = stem[len(tag.base)], stem[len(tag.base) + 1 :]
    return _Candidate(-1, separator, language, tag, f"{tag.base}{dot}{suffix}")


def _without(path: str, tags: Iterable[_Candidate]) -> str:
    """Return a path without tags and carriers."""
    parts = path.split("/")
    for tag in tags:
        parts[tag.index] = tag.without
    return "/".join(filter(None, (_CARRIERS.get(part, part) for part in parts)))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _holes(
    candidates: Mapping[str, Iterable[tuple[_Candidate, str]]], plain: Container[str]
) -> dict[str, _Siblings]:
    holes: dict[str, _Siblings] = defaultdict(_Siblings)
    for path, some in candidates.items():
        for one, rest in some:
            siblings = holes[one.hole]
            siblings.tags[one.name] = one.tag
            siblings.pages[one.name][rest] = path
            if rest in plain and not _is_usual(path, one):
                siblings.beside.add(rest)
    return holes


def _is_usual(path: str, tag: _Candidate) -> bool:
    """Return whether a page directly in the folder that may be a variant is one that most have."""
    below = path.split("/")[tag.index + 1 :] if tag.index >= 0 else []
    return len(below) == 1 and below[0].partition(".")[0].lower() in _USUAL


# -- those that are ----------------------------------------------------------------------------


def _real(siblings: _Siblings) -> frozenset[str]:
    """Return the names that are tags: the pages below them are mostly parallel to others.

    A name that is a word as well needs a sibling that is not, or several parallel pages.
    """
    everywhere = Counter(rest for pages in siblings.pages.values() for rest in pages)
    clear = Counter(
        rest
        for name, pages in siblings.pages.items()
        if not siblings.tags[name].is_word
        for rest in pages
    )
    real, is_certain = set(), False
    for name, pages in siblings.pages.items():
        is_word = siblings.tags[name].is_word
        shared = {rest for rest in pages if (clear[rest] if is_word else everywhere[rest] > 1)}
        parallel = len(shared | (siblings.beside & pages.keys()))
        least = max(_CERTAIN_PAGES if is_word else 1, len(pages) / 2)
        is_certain |= parallel >= least
        if shared or parallel >= least:
            real.add(name)
    return frozenset(real if is_certain else ())


def _versions(siblings: _Siblings, names: Iterable[str]) -> Iterator[Version]:
    """Yield the versions in a hole, with that of the pages that name none."""
    for name in names:
        tag = siblings.tags[name]
        if isinstance(tag, VersionTag):
            yield tag.version
    if siblings.beside:
        yield NEWEST


def _variant(
    path: str, tags: Sequence[tuple[_Candidate, str]], newest: Mapping[str, Version]
) -> Variant:
    language, version, is_old, is_numbered = "", NEWEST, False, False
    for candidate, _ in tags:
        if isinstance(candidate.tag, LanguageTag):
            language = candidate.tag.language
        else:
            version, is_numbered = candidate.tag.version, candidate.tag.is_bare
            is_old |= version < newest[candidate.hole]
    page = tags[0][1] if len(tags) == 1 else _without(path, [candidate for candidate, _ in tags])
    return Variant(path, page, language, version, is_old, is_numbered)
