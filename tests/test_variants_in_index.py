"""Translations, versions and copies in an index, as files come and go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.index_harness import Harness, contents, differences, expected, until

from askdocs_indexer.settings import DocsSettings

LANGUAGES = ("de", "en", "fr", "zh")


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    harness = Harness(tmp_path / "root")
    yield harness
    harness.index.close()


def opened(harness: Harness, docs: DocsSettings) -> Harness:
    harness.docs = docs
    harness.reopen()
    harness.index.sync()
    return harness


def files(harness: Harness) -> list[str]:
    return sorted(contents(harness.index).files)


def test_only_the_wanted_languages_are_indexed(harness: Harness) -> None:
    for language in LANGUAGES:
        harness.write(f"docs/{language}/horses.md", f"# Horses\n\nAbout horses, {language}.\n")
    opened(harness, DocsSettings(languages=("en", "de")))
    assert files(harness) == ["docs/de/horses.md", "docs/en/horses.md"]
    opened(harness, DocsSettings())
    assert len(files(harness)) == len(LANGUAGES)
    opened(harness, DocsSettings(languages=("fr",)))
    assert files(harness) == ["docs/fr/horses.md"]


def test_translations_come_and_go_with_other_files(harness: Harness) -> None:
    harness.write("docs/zh/horses.md", "# Horses\n\nAbout horses.\n")
    opened(harness, DocsSettings(languages=("en",)))
    harness.index.start()

    def is_equal(names: str) -> bool:
        with harness.index._writing:
            current = contents(harness.index)
        return sorted(current.files) == names.split() and not differences(
            current, expected(harness)
        )

    def follows(names: str) -> None:
        until(lambda: is_equal(names))

    follows("docs/zh/horses.md")  # Nothing tells that it is a translation.
    harness.write("docs/en/horses.md", "# Horses\n\nAbout horses!\n")
    follows("docs/en/horses.md")
    harness.write("docs/zh/cows.md", "# Cows\n\nAbout cows.\n")
    harness.write("cats.md", "# Cats\n\nAbout cats.\n")
    follows("cats.md docs/en/horses.md")
    (harness.root / "docs/en/horses.md").unlink()
    follows("cats.md docs/zh/cows.md docs/zh/horses.md")


def test_variants_and_copies_leave_room_for_others(harness: Harness) -> None:
    """More of them than the search reads at first."""
    for number in range(150):
        harness.write(f"docs/v{number}/horses.md", f"# Horses\n\nHorses eat hay. {number}\n")
        harness.write(f"copies/{number:03}.md", "# Horses\n\nHorses eat hay in our stable.\n")
    for word in ("cats", "cows", "dogs"):
        harness.write(f"{word}.md", f"# {word}\n\nOur {word} are friends of horses and others.\n")
    opened(harness, DocsSettings())
    paths = [hit.chunk.path for hit in harness.index.search("horses eat hay", 5)]
    assert sorted(paths) == [
        "cats.md",
        "copies/000.md",
        "cows.md",
        "docs/v149/horses.md",
        "dogs.md",
    ]
    passages = harness.index.passages("How did horses eat in v7?", 5)
    assert "docs/v7/horses.md" in {hit.chunk.path for hit in passages.hits}


@pytest.mark.parametrize(
    ("folders", "first"),
    [
        ("docs/v1 docs/v9 docs/v10", "docs/v10"),
        ("docs/de docs/en docs/zh", "docs/en"),
        ("docs docs/ar docs/zh", "docs"),
        ("apidocs docs", "docs"),
    ],
)
def test_symbols_are_shown_from_the_first_variant(
    harness: Harness, folders: str, first: str
) -> None:
    for folder in folders.split():
        harness.write(f"{folder}/api.md", f"# API\n\n## `box.open(lid)`\n\nOpens it. {folder}\n")
    opened(harness, DocsSettings())
    hits = harness.index.document(["box.open"], 1)
    assert [hit.chunk.path for hit in hits] == [f"{first}/api.md"]


def test_what_ranks_behind_has_no_say_in_an_answer(harness: Harness) -> None:
    harness.write("docs/horses.md", "# Horses\n\nHorses eat hay in the morning.\n")
    harness.write("CHANGELOG.md", "# Changes\n\n## 2.0\n\nHorses eat hay. Cows moo at night.\n")
    opened(harness, DocsSettings())
    for query, expected_paths in {
        "horses eat hay": ["docs/horses.md", "CHANGELOG.md"],
        "cows moo at night": ["CHANGELOG.md", "docs/horses.md"],
    }.items():
        assert [hit.chunk.path for hit in harness.index.search(query, 5)] == expected_paths
    answering = harness.index.passages("horses eat hay", 5).hits
    assert [hit.chunk.path for hit in answering] == ["docs/horses.md"]
    opened(harness, DocsSettings(rank_behind=()))
    assert len(harness.index.passages("horses eat hay", 5).hits) == 2


STABLES = {
    "en": "# Stable\n\nHorses eat hay. The groom feeds them.\n",
    "es": "# Establo\n\nLos caballos comen heno con httpx. El mozo los alimenta.\n",
    "ja": "# 厩舎\n\n馬は干し草を食べます。係員が給餌します。\n",
    "zh": "# 马厩\n\n马吃干草。饲养员会喂马。\n",
    "bg": "# Конюшня\n\nКонете ядат сено. Коняр ги храни.\n",
}


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("horses", "en"),
        ("caballos", "es"),
        ("caballos heno", "es"),
        ("httpx groom", "en"),  # A name alone makes no other language.
        ("係員", "ja"),  # Its script alone would make it Chinese.
        ("饲养员", "zh"),
        ("сено", "bg"),  # And this Russian.
        ("stable", "en"),
    ],
)
def test_the_pages_that_hold_a_few_words_tell_their_language(
    harness: Harness, words: str, language: str
) -> None:
    for code, text in STABLES.items():
        harness.write(f"docs/{code}/stable.md", text)
        harness.write(f"docs/{code}/other.md", f"# {code}\n\n{code}\n")
    opened(harness, DocsSettings())
    assert harness.index.search(words, 1)[0].chunk.path == f"docs/{language}/stable.md"
