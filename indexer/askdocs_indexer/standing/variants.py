"""Pages that exist several times: in parallel translations and in parallel versions.

A folder or file that is named by a language or a version is a variant where it holds mostly the
same relative paths as its siblings, or as the pages beside it that have no such name. So a lone
folder `it` or `go` is no translation, and the number of a chapter no version.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from askdocs_indexer.standing.tags import (
    NEWEST,
    LanguageTag,
    Version,
    VersionTag,
    language_tag,
    version_tag,
)

Tag = LanguageTag | VersionTag

# Folders that projects put beside a tag: they are no part of the page's path without it.
_CARRIERS = frozenset(
    {
        "archive",
        "i18n",
        "l10n",
        "locale",
        "locales",
        "translated",
        "translations",
        "versions",
        "website",
    }
)
# Docusaurus has `i18n/fr/docusaurus-plugin-content-docs/current/a.md` and
# `versioned_docs/version-1.0/a.md` for `docs/a.md`; a second plugin names its folder by its id.
_DOCUSAURUS = re.compile(
    r"docusaurus-plugin-content-(?:docs-(?P<docs>.+)|(?P<kind>docs|blog|pages))"
    r"|(?:(?P<id>.+)_)?versioned_docs"
)
# Versions of an interface are in use side by side, and so are pages about single versions.
_INTERFACE = re.compile(
    r"(?:.*[-_.])?(?:apis?|endpoints?|graphql|grpc|proto(?:s|buf|col)?|rest|rpc|schemas?|specs?"
    r"|webhooks?)(?:[-_.](?:docs?|reference))?[-_.]?",
    re.IGNORECASE,
)
_INTERFACE_SUFFIXES = (".json", ".proto", ".yaml", ".yml")
_PER_VERSION = re.compile(r"(?:.*[-_.])?(?:announce|changelog|migrat|upgrad)\w*", re.IGNORECASE)
# Translations of the README at the top are put here as well.
_README_FOLDERS = frozenset({".github", "doc", "docs", "documentation", "readme", "readmes"})
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
    `level` is that of the siblings without a tag; None where they tell nothing.
    """

    index: int
    hole: str
    level: str | None
    name: str
    tag: Tag
    without: str


@dataclass(frozen=True, slots=True)
class _Folder:
    """What the pages of a folder share: its path without carriers, and its candidates, each with
    the path that the folder has without it. `untagged` holds the level of each other part, with the
    same."""

    plain: str
    candidates: tuple[tuple[_Candidate, str], ...]
    untagged: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Siblings:
    """The tags of a hole by name, and their pages: name -> path without the tag -> path.

    `beside` holds those paths without a tag that are pages as well, `others` counts those that
    siblings without a tag have, and `usual` holds those that any two folders may have.
    """

    tags: dict[str, Tag] = field(default_factory=dict)
    pages: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    beside: set[str] = field(default_factory=set)
    usual: set[str] = field(default_factory=set)
    others: Mapping[str, int] = field(default_factory=dict)


def variants_of(paths: Iterable[str]) -> dict[str, Variant]:
    """Return the variants among the paths of pages, by path; the order of `paths` is no matter."""
    plain: dict[str, list[str]] = defaultdict(list)
    candidates: dict[str, list[tuple[_Candidate, str]]] = {}
    folders: dict[str, _Folder] = {}
    names: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        names[folder].append(name)
        above = folders.get(folder) or folders.setdefault(folder, _folder(folder))
        plain[_joined(above.plain, name)].append(path)
        some = [
            (candidate, _joined(without, name))
            for candidate, without in above.candidates
            if not _is_of_interface(candidate.tag, name)
        ]
        if candidate := _in_file(folder, name):
            some.append((candidate, _joined(above.plain, candidate.without)))
        if some:
            candidates[path] = some
    for some in candidates.values():
        some[:] = [(candidate, _home(rest, candidate, plain)) for candidate, rest in some]
    holes = _holes(candidates, plain, _without_tags(candidates, folders, names))
    real = {hole: _real(siblings) for hole, siblings in holes.items()}
    newest = {
        hole: max(_versions(holes[hole], names), default=NEWEST) for hole, names in real.items()
    }
    variants: dict[str, Variant] = {}
    for path, some in candidates.items():
        if tags := [
            (candidate, rest) for candidate, rest in some if candidate.name in real[candidate.hole]
        ]:
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
    tags = [_tags(part, above) for above, part in pairwise(["", *parts])]
    # What one version tells of its languages holds for the others, and the other way round.
    places = ["*" if some else part for part, some in zip(parts, tags, strict=True)]
    candidates, untagged = [], []
    for index, part in enumerate(parts):
        level = "/".join((*places[:index], ""))
        for tag in tags[index]:
            hole = "/".join((*places[:index], tag.base, type(tag).__name__))
            known = None if tag.base else level
            candidate = _Candidate(index, hole, known, part, tag, tag.base)
            candidates.append((candidate, _without(folder, [(index, tag.base)])))
        if not tags[index]:
            untagged.append((level, _without(folder, [(index, "")])))
    return _Folder(_without(folder, ()), tuple(candidates), tuple(untagged))


def _tags(part: str, above: str) -> list[Tag]:
    """Return what a folder may be a variant by, given the name of the one that it is in."""
    tags = [tag for tag in (language_tag(part), version_tag(part)) if tag]
    return [tag for tag in tags if not _is_subject(tag, above)]


def _is_subject(tag: Tag, above: str) -> bool:
    """Return whether a version is that of what pages are about, not of them."""
    if isinstance(tag, LanguageTag):
        return False
    is_of_interface = tag.is_major and _INTERFACE.fullmatch(tag.base or above) is not None
    return is_of_interface or _PER_VERSION.fullmatch(above) is not None


def _is_of_interface(tag: Tag, name: str) -> bool:
    """Return whether a file describes a version of an interface."""
    return (
        isinstance(tag, VersionTag) and tag.is_major and name.lower().endswith(_INTERFACE_SUFFIXES)
    )


def _in_file(folder: str, name: str) -> _Candidate | None:
    stem, dot, suffix = name.rpartition(".")
    tag = language_tag(stem)
    if tag is None:
        return None
    if not tag.base:  # zh.md
        level = f"{folder}/{dot}{suffix}"
        return _Candidate(-1, level, level, stem, tag, "")
    # A project names all of its translated files in one way: they tell of each other.
    separator, language = stem[len(tag.base)], stem[len(tag.base) + 1 :]
    return _Candidate(-1, separator, None, language, tag, f"{tag.base}{dot}{suffix}")


def _home(rest: str, tag: _Candidate, plain: Container[str]) -> str:
    """Return the path without a tag, of a README's translation also where that lies elsewhere."""
    folder, _, name = rest.rpartition("/")
    above, _, last = folder.rpartition("/")
    moved = _joined(above, name)
    is_moved = tag.tag.base.lower() == "readme" and last.lower() in _README_FOLDERS
    return moved if is_moved and rest not in plain and moved in plain else rest


def _without(path: str, tags: Iterable[tuple[int, str]]) -> str:
    """Return a path without carriers, and with what stands for the parts at some indices."""
    parts = path.split("/")
    for index, without in tags:
        parts[index] = without
    return "/".join(filter(None, map(_uncarried, parts, ["", *parts])))


@lru_cache(maxsize=65536)
def _uncarried(part: str, above: str) -> str:
    """Return what a part of a path, given the one above it, stands for without tags."""
    if part in _CARRIERS or (part == "current" and _DOCUSAURUS.fullmatch(above)):
        return ""
    match = _DOCUSAURUS.fullmatch(part)
    if match is None:
        return part
    name = match["docs"] or match["kind"] or match["id"] or "docs"
    return "src/pages" if match["kind"] == "pages" else name


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _holes(
    candidates: Mapping[str, Iterable[tuple[_Candidate, str]]],
    plain: Container[str],
    untagged: Mapping[str, Mapping[str, int]],
) -> dict[str, _Siblings]:
    holes: dict[str, _Siblings] = defaultdict(_Siblings)
    for path, some in candidates.items():
        for candidate, rest in some:
            siblings = holes[candidate.hole]
            siblings.tags[candidate.name] = candidate.tag
            siblings.pages[candidate.name][rest] = path
            siblings.others = untagged.get(candidate.level or "", {})
            if _is_usual(path, candidate):
                siblings.usual.add(rest)
            elif rest in plain and not (
                candidate.tag.base and candidate.tag.is_word and candidate.index >= 0
            ):
                siblings.beside.add(rest)
    return holes


def _without_tags(
    candidates: Mapping[str, Iterable[tuple[_Candidate, str]]],
    folders: Mapping[str, _Folder],
    names: Mapping[str, Sequence[str]],
) -> dict[str, Counter[str]]:
    """Return how often each path without a part occurs below the siblings that have no tag, by the
    level of that part, of those levels where others have tags."""
    levels = {candidate.level for some in candidates.values() for candidate, _ in some}
    untagged: dict[str, Counter[str]] = defaultdict(Counter)
    for path, folder in folders.items():
        for level, without in folder.untagged:
            if level in levels:
                untagged[level].update(_joined(without, name) for name in names[path])
        for name in names[path]:
            stem, dot, suffix = name.rpartition(".")
            level = f"{path}/{dot}{suffix}"
            if level in levels and language_tag(stem) is None and stem.lower() not in _USUAL:
                untagged[level][_joined(folder.plain, "")] += 1
    return untagged


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
    common = {rest for rest in everywhere if _is_common(rest, everywhere[rest], siblings)}
    if len(common) > sum(everywhere[rest] > 1 for rest in everywhere.keys() - common):
        return frozenset()
    real, is_certain = set[str](), False
    for name, pages in siblings.pages.items():
        is_word = siblings.tags[name].is_word
        shared = {rest for rest in pages if (clear[rest] if is_word else everywhere[rest] > 1)}
        parallel = len((shared - common) | (siblings.beside & pages.keys()))
        least = max(_CERTAIN_PAGES if is_word else 1, len(pages) / 2)
        is_certain |= parallel >= least
        if shared - common or parallel >= least:
            real.add(name)
    differ = len({_meaning(siblings.tags[name]) for name in real}) > 1
    return frozenset(real if is_certain and (differ or siblings.beside) else ())


def _is_common(rest: str, times: int, siblings: _Siblings) -> bool:
    """Return whether a page is in folders of any name, and not in so many that have a tag."""
    least = times if rest in siblings.usual else 1
    return rest not in siblings.beside and siblings.others.get(rest, 0) >= least


def _meaning(tag: Tag) -> str | Version:
    return tag.language if isinstance(tag, LanguageTag) else tag.version


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
    page = tags[0][1]
    if len(tags) > 1:
        page = _without(path, [(candidate.index, candidate.without) for candidate, _ in tags])
    return Variant(path, page, language, version, is_old, is_numbered)
