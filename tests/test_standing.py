"""What files are to their readers, and which variants of a page count."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.standing.standing import BEHIND, TESTS_BEHIND, Standing, foreign
from askdocs_indexer.standing.variants import variants_of

CODE = ("src/lib.py", "src/more.py", "src/main/java/A.java")
MANUAL = ("README.md", "docs/guide.md")


def standing(
    *paths: str, docs: DocsSettings | None = None, titles: dict[str, list[str]] | None = None
) -> Standing:
    headings = {path: {(title,) for title in some} for path, some in (titles or {}).items()}
    return Standing(
        paths, docs or DocsSettings(), lambda path: headings.get(path, set()), lambda path: False
    )


ROLES = {
    # tests, by the conventions of languages
    "tests/test_sorting.py": "tests",
    "src/pkg/test_sorting.py": "tests",
    "src/sort_test.go": "tests",
    "src/test/java/ReaderTest.java": "tests",
    "src/test/java/Helper.java": "tests",
    "core/src/jvmTest/kotlin/ReaderTest.kt": "tests",
    "src/app.spec.ts": "tests",
    "src/__tests__/app.ts": "tests",
    "spec/models/user_spec.rb": "tests",
    "test/helper.c": "tests",
    "packages/a/test/reader.js": "tests",
    "Shop.Tests/CartTests.cs": "tests",
    "crates/a/tests/it.rs": "tests",
    "tests/README.md": "tests",
    "src/latest.py": None,
    "src/contest.go": None,
    "pkg/testing/client.py": None,  # Helpers for the tests of users.
    "django/test/client.py": None,
    "spec/protocol.md": None,
    "docs/testing.md": None,
    "docs/tests/fixtures.md": None,
    # what is shown rather than told
    "examples/hello/README.md": "examples",
    "src/bench/speed.rs": "examples",
    "app-samples/one.kt": "examples",
    "docs/examples/first.md": None,
    "docs/code/main.c": "examples",
    # news
    "CHANGELOG.md": "changelog",
    "CHANGES.rst": "changelog",
    "HISTORY.md": "changelog",
    "NEWS": "changelog",
    "docs/release-notes.md": "changelog",
    "docs/releases/1.10.txt": "changelog",
    "docs/whatsnew/3.12.rst": "changelog",
    "packages/a/CHANGELOG-2.x.md": "changelog",
    "blog/2024-01-31-faster.md": "changelog",
    "docs/history.md": None,
    "docs/changes.md": None,
    # those who work on it
    "CONTRIBUTING.md": "contributing",
    ".github/ISSUE_TEMPLATE/bug.md": "contributing",
    ".github/README.md": None,
    "docs/contributing/style.md": "contributing",
    "CODE_OF_CONDUCT.md": "contributing",
    "SECURITY.md": "contributing",
    "docs/security.md": None,
    "AGENTS.md": "contributing",
    "docs/agents.md": None,
    # rights
    "LICENSE.md": "licence",
    "LICENSE-MIT.txt": "licence",
    "LICENSES/MIT.txt": "licence",
    "docs/licence.md": "licence",
    "docs/license-keys.md": None,
    # made from something else, or by somebody else
    "docs/apidocs/Sorter.html": "generated",
    "dist/app.js": "generated",
    "src/app.min.js": "generated",
    "proto/user_pb2.py": "generated",
    "single_include/json.hpp": "generated",
    "vendor/lib/README.md": "vendored",
    "third_party/zlib/zlib.h": "vendored",
    "src/vendors.py": None,
    # changelog, in further layouts
    "CHANGELOG/CHANGELOG-1.20.md": "changelog",
    "doc/en/announce/release-2.0.0.rst": "changelog",
    "doc/source/release/1.20.0-notes.rst": "changelog",
    "doc/release/upcoming_changes/12345.improvement.rst": "changelog",
    "changelogs/fragments/123-fix.md": "changelog",
    "doc/users/prev_whats_new/whats_new_3.1.0.rst": "changelog",
    "Misc/NEWS.d/3.8.0.rst": "changelog",
    "guides/source/7_0_release_notes.md": "changelog",
    "docs/asciidoc/release-notes/release-notes-5.10.0.adoc": "changelog",
    "Documentation/RelNotes/2.40.0.txt": "changelog",
    "ReleaseNotes.md": "changelog",
    "ChangeLog.md": "changelog",
    "changes/123.feature.rst": "changelog",
    "news/456.bugfix.rst": "changelog",
    "docs/changelog/index.md": "changelog",
    ".changeset/brave-cats.md": "changelog",
    "website/blog/2021-08-26-welcome/index.md": "changelog",
    "website/blog/announcing-2.md": "changelog",
    "content/en/blog/2021/announcing-3.5.md": "changelog",
    "docs/blog/posts/new.md": "changelog",
    # contributing, in further layouts
    "docs/how-to-contribute.md": "contributing",
    "docs/contributor-guide/build.md": "contributing",
    "CODE_STYLE.md": "contributing",
    "MAINTAIN.md": "contributing",
    "docs/adr/0001-use-sqlite.md": "contributing",
    "doc/architecture/decisions/0001-record.md": "contributing",
    "rfcs/0042-new-thing.md": "contributing",
    "docs/proposals/2021-03-01-thing.md": "contributing",
    "docs/design/0003-storage.md": "contributing",
    # licence, in further layouts
    "ThirdPartyNotices.txt": "licence",
    "docs/about/license.md": "licence",
    "COPYING.LESSER": "licence",
    # tests, in further layouts
    "core/src/androidTest/java/A.java": "tests",
    "core/src/testFixtures/java/A.java": "tests",
    "cypress/login.cy.ts": "tests",
    "src/foo_unittest.cc": "tests",
    "src/parser/tests.rs": "tests",
    "packages/x/__fixtures__/a.md": "tests",
    "packages/x/src/__testfixtures__/a.md": "tests",
    "packages/x/__typetests__/a.ts": "tests",
    # examples, in further layouts
    "src/Button.stories.tsx": "examples",
    "packages/x/__benchmarks__/a.md": "examples",
    # vendored, in further layouts
    "Pods/A/README.md": "vendored",
    "ios/Carthage/Checkouts/a/README.md": "vendored",
    # the manual, in further layouts
    "UPGRADE-2.0.md": None,
    "docs/upgrade/2.0.md": None,
    "docs/tutorial/blog/part1.md": None,
    "docs/plugins/blog.md": None,
    "docs/guides/blog/setup.md": None,
    "docs/news/feeds.md": None,
    "docs/release/process.md": None,
    "docs/modifying-changelog-format.md": None,
    "docs/configuration/changelog.md": None,
    "docs/changelog/configuration.md": None,
    "packages/changelog/README.md": None,
    "packages/changelog/src/write.ts": None,
    "pkg/licenses/detect.go": None,
    "src/governance/vote.ts": None,
    "src/contributors/README.md": None,
    "docs/design/colors.md": None,
    "docs/decisions/rules.md": None,
    "docs/rfc/overview.md": None,
    "docs/api/authors.md": None,
    "docs/methods/CodeOwners.md": None,
    "docs/methods/Copyright.md": None,
    "docs/commands/license.md": None,
    "docs/licenses/compare.md": None,
    "docs/unit-tests/mocking.md": None,
    "packages/test-utils/README.md": None,
    "packages/test-utils/src/render.ts": None,
    "src/main/java/org/junit/Test.java": None,
}


@pytest.mark.parametrize("path", ROLES)
def test_roles(path: str) -> None:
    beside = ("django/test/runner.py", "django/tests/test_client.py", "spec/grammar.md")
    beside += ("packages/a/src/reader.js", "packages/changelog/src/index.ts")
    beside += ("src/contributors/list.ts", "src/contributors/show.ts")
    files = {*CODE, *MANUAL, *beside, "docs/code/readme.md", path}
    assert standing(*files).role(path) == ROLES[path]


@pytest.mark.parametrize(
    ("titles", "role"),
    [
        (["2.3.0", "2.2.0 (2020-01-01)", "v2.1", "Thanks"], "changelog"),
        (["[Unreleased]", "[1.1.0] - 2024-05-01", "[1.0.0] - 2024-04-01"], "changelog"),
        (["2024-05-01", "2024-04-01", "2024-03-01"], "changelog"),
        (["Version 1.0", "How to undo", "How to redo"], None),
        (["5 March 2024", "February 2024", "January 12, 2024"], "changelog"),
        (["What's new in 2.0", "Changes in 1.1", "Changes in 1.0"], "changelog"),
        (["Undo 2.0", "Undo 1.1", "Undo 1.0"], "changelog"),
        (["1.1 - Setup", "1.2 - Use", "1.3 - Removal"], None),
        (["9" * 200 + ".0", "1.1" * 100, "1.2" * 100], None),
        (["Browser history", "Going back"], None),
        ([], None),
    ],
)
def test_titles_make_a_changelog(titles: list[str], role: str | None) -> None:
    pages = standing(*CODE, *MANUAL, "docs/history.md", titles={"docs/history.md": titles})
    assert pages.role("docs/history.md") == role


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("docs/install.md", ["Ubuntu 24.04", "Ubuntu 22.04", "Ubuntu 20.04"]),
        ("docs/upgrading.md", ["2.0", "1.1", "1.0"]),
        ("docs/changelog.md", ["How to write a changelog", "Sections"]),
        ("docs/release-notes-generator.md", ["Release notes"]),
    ],
)
def test_pages_about_versions_and_changelogs_are_none(path: str, titles: list[str]) -> None:
    assert standing(*CODE, *MANUAL, path, titles={path: titles}).role(path) is None


def test_examples_may_be_the_manual() -> None:
    pages = ("README.md", "examples/a/README.md", "examples/b/README.md", "LICENSE")
    assert standing(*CODE, *pages[:3]).role("examples/a/README.md") is None
    assert standing(*CODE, *pages, "docs/guide.md").role("examples/a/README.md") == "examples"


def test_a_manual_may_be_about_examples_and_tests() -> None:
    """Where only the documentation is opened, its subjects are no folders of a program."""
    pages = ["index.md", "examples/a.md", "tests/b.md", "guide/c.md", "guide/d.md", "conf.py"]
    assert standing(*pages).role("examples/a.md") is None
    assert standing(*pages).role("tests/b.md") is None
    assert standing(*pages, *CODE).role("tests/b.md") == "tests"


def test_a_package_may_be_called_like_documentation() -> None:
    assert standing("doc/man.go", "site/content/man.md").role("doc/man.go") is None
    assert standing("doc/man.go", "doc/man.md").role("doc/man.go") == "examples"


VARIANTS: dict[str, dict[str, tuple[str, str] | None]] = {
    "folders of languages": {
        "docs/en/a.md": ("docs/a.md", "en"),
        "docs/zh-CN/a.md": ("docs/a.md", "zh"),
        "docs/pt_BR/a.md": ("docs/a.md", "pt"),
        "docs/zh-hans/a.md": ("docs/a.md", "zh"),
        "docs/it/a.md": ("docs/a.md", "it"),
    },
    "in the middle of the path": {
        "docs/en/docs/a.md": ("docs/docs/a.md", "en"),
        "docs/es/docs/a.md": ("docs/docs/a.md", "es"),
    },
    "beside the pages without a language": {
        "docs/a.md": ("docs/a.md", ""),
        "docs/de/a.md": ("docs/a.md", "de"),
        "docs/de/b.md": ("docs/b.md", "de"),
    },
    "suffixes of files": {
        "README.md": ("README.md", ""),
        "README.zh-CN.md": ("README.md", "zh"),
        "README_ja.md": ("README.md", "ja"),
        "docs/guide.de.rst": ("docs/guide.rst", "de"),
        "docs/guide.rst": ("docs/guide.rst", ""),
        "README_CN.md": ("README.md", "zh"),
    },
    "files that are named by a language alone": {
        "about/en.md": ("about/", "en"),
        "about/fr.md": ("about/", "fr"),
    },
    "suffixes of folders": {
        "content/a.md": ("content/a.md", ""),
        "content.zh/a.md": ("content/a.md", "zh"),
    },
    "Docusaurus": {
        "website/docs/a.md": ("docs/a.md", ""),
        "website/i18n/fr/docusaurus-plugin-content-docs/current/a.md": ("docs/a.md", "fr"),
        "website/versioned_docs/version-1.0/a.md": ("docs/a.md", ""),
        "website/i18n/fr/docusaurus-plugin-content-docs/version-1.0/a.md": ("docs/a.md", "fr"),
    },
    "languages and versions": {
        "docs/v1/en/a.md": ("docs/a.md", "en"),
        "docs/v2/en/a.md": ("docs/a.md", "en"),
        "docs/v2/de/a.md": ("docs/a.md", "de"),
    },
    "lone folders": {"docs/it/a.md": None, "docs/go/b.md": None, "docs/it/index.md": None},
    "a department": {"docs/it/index.md": None, "docs/index.md": None, "docs/a.md": None},
    "languages of programs": {
        "examples/cs/README.md": None,
        "examples/ts/README.md": None,
        "examples/js/README.md": None,
    },
    "words": {"docs/how.md": None, "docs/how_to.md": None, "docs/log-in.md": None},
    "names of functions": {"api/operator_lt.md": None, "api/operator_ne.md": None},
    "modules": {"library/os.rst": None, "library/io.rst": None, "library/ast.rst": None},
    "chapters": {"ch-1/a.md": None, "ch-2/a.md": None, "http2/a.md": None},
    "other pages": {"docs/en/a.md": None, "docs/fr/b.md": None},
    "Docusaurus at the top, and its further plugins": {
        "docs/a.md": ("docs/a.md", ""),
        "i18n/fr/docusaurus-plugin-content-docs/current/a.md": ("docs/a.md", "fr"),
        "blog/b.md": ("blog/b.md", ""),
        "i18n/fr/docusaurus-plugin-content-blog/b.md": ("blog/b.md", "fr"),
        "team/c.md": ("team/c.md", ""),
        "team_versioned_docs/version-1.0/c.md": ("team/c.md", ""),
        "i18n/fr/docusaurus-plugin-content-docs-team/current/c.md": ("team/c.md", "fr"),
    },
    "a README's translations elsewhere": {
        "README.md": ("README.md", ""),
        "docs/README.zh.md": ("README.md", "zh"),
        ".github/README_ja.md": ("README.md", "ja"),
        "packages/a/README.fr.md": None,
    },
    "names in the language itself": {
        "docs/deutsch/a.md": ("docs/a.md", "de"),
        "docs/english/a.md": ("docs/a.md", "en"),
    },
    "commands": {
        "src/rm/a.md": None,
        "src/tr/a.md": None,
        "src/tr/b.md": None,
        "src/sort/a.md": None,
    },
    "pages of commands": {"cmd/cat.md": None, "cmd/rm.md": None, "cmd/tr.md": None},
    "countries": {"tax/de/a.md": None, "tax/fr/a.md": None, "tax/us/a.md": None},
    "flavours of an example": {
        "app/a.md": None,
        "app/b.md": None,
        "app-ts/a.md": None,
        "app-ts/b.md": None,
    },
    "licences": {"licenses/ms-pl.txt": None, "licenses/ms-rl.txt": None},
    "versions of an interface": {"docs/api/v1/a.md": None, "docs/api/v2/a.md": None},
    "versions of a description": {"shop/v1/a.proto": None, "shop/v2/a.proto": None},
    "versions of what it is about": {
        "docs/tls-1.2/a.md": None,
        "docs/tls-1.3/a.md": None,
        "docs/upgrade/v2/a.md": None,
        "docs/upgrade/v3/a.md": None,
    },
}


@pytest.mark.parametrize("name", VARIANTS)
def test_variants(name: str) -> None:
    expected = VARIANTS[name]
    variants = variants_of(expected)
    told = {
        path: (variants[path].page, variants[path].language) if path in variants else None
        for path in expected
    }
    assert told == expected


@pytest.mark.parametrize(
    ("folders", "first"),
    [
        ("v1 v2 v10", "v10"),
        ("1.9 1.10 1.2", "1.10"),
        ("1.x 2.x", "2.x"),
        ("version-1.0 version-2.0", "version-2.0"),
        ("v1 latest v2", "latest"),
        ("stable 2.0", "stable"),
        ("next 1.0", "1.0"),
        ("v2 v2-beta v1", "v2"),
        ("v1 v2 .", "."),
        ("dev release-1.2 release-1.10", "release-1.10"),
        ("archive/v1 archive/v2 .", "."),
    ],
)
def test_the_newest_version_counts(folders: str, first: str) -> None:
    pages = {folder: f"docs/{folder}/a.md".replace("/./", "/") for folder in folders.split()}
    reading = standing(*pages.values()).of("How?", "en")
    assert [folder for folder, path in pages.items() if reading.counts(path)] == [first]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How is it done in v1?", "v1"),
        ("How is it done in version 2?", "v2"),
        ("How is it done in 2.0?", "v2"),
        ("How is it done in v3?", "v10"),
        ("How is it done in 1.x?", "v1"),
        ("How are 2 of them made?", "v10"),
    ],
)
def test_a_question_may_name_a_version(question: str, first: str) -> None:
    pages = [f"docs/{folder}/a.md" for folder in ("v1", "v2", "v10")]
    reading = standing(*pages).of(question, "en")
    assert [path for path in pages if reading.counts(path)] == [f"docs/{first}/a.md"]


def test_numbers_are_versions_of_pages_that_are_alike() -> None:
    pages = ["docs/9/a.md", "docs/10/a.md"]
    alike = standing(*pages, titles={page: ["Install", "Use"] for page in pages})
    assert [path for path in pages if alike.of().counts(path)] == ["docs/10/a.md"]
    chapters = standing(*pages, titles={pages[0]: ["Birds"], pages[1]: ["Fish"]})
    assert all(chapters.of().counts(path) and not chapters.of().handicap(path) for path in pages)


@pytest.mark.parametrize(
    ("pages", "language", "wanted", "expected"),
    [
        pytest.param("en/a zh/a es/a", "es", (), "es/a", id="the question's own"),
        pytest.param("en/a zh/a es/a", "", (), "en/a", id="unknown: English"),
        pytest.param("en/a zh/a es/a", "de", (), "en/a", id="another: English"),
        pytest.param("en/a zh/a es/a", "de", ("zh",), "zh/a", id="the main one of the settings"),
        pytest.param("a zh/a es/a", "de", (), "a", id="the one without a name"),
        pytest.param("a zh/a en/a", "en", (), "en/a", id="the question's own beside that"),
        pytest.param("zh/a de/a zh/b", "fr", (), "zh/a zh/b", id="the largest"),
        pytest.param("en/a zh/a en/b", "zh", (), "zh/a en/b", id="where it has the page"),
        pytest.param("en/a zh/a zh/b", "en", (), "en/a zh/b", id="what nothing else says"),
    ],
)
def test_the_language_that_counts(
    pages: str, language: str, wanted: tuple[str, ...], expected: str
) -> None:
    paths = [f"docs/{page}.md" for page in pages.split()]
    reading = standing(*paths, docs=DocsSettings(languages=wanted)).of("…", language)
    counting = [path for path in paths if reading.counts(path)]
    assert counting == [f"docs/{page}.md" for page in expected.split()]


@pytest.mark.parametrize(
    ("question", "path", "expected"),
    [
        ("How do I sort?", "CHANGELOG.md", BEHIND),
        ("What changed in 2.0?", "CHANGELOG.md", 0),
        ("Since when does it sort?", "CHANGELOG.md", 0),
        ("How do I test a view?", "tests/test_a.py", TESTS_BEHIND),
        ("How do I run the tests?", "tests/test_a.py", 0),
        ("How do I sort?", "CONTRIBUTING.md", BEHIND),
        ("How can I contribute?", "CONTRIBUTING.md", 0),
        ("Which licence has it?", "LICENSE.md", 0),
        ("How do I sort?", "LICENSE.md", BEHIND),
        ("Is there an example?", "examples/a.py", 0),
        ("How do I sort?", "docs/guide.md", 0),
        ("How do I sort?", "docs/zh/extra.md", BEHIND),
        ("How do I sort?", "docs/v1/gone.md", BEHIND),
        ("How did v1 sort?", "docs/v1/gone.md", 0),
    ],
)
def test_what_ranks_behind_for_a_question(question: str, path: str, expected: float) -> None:
    translated = ("docs/zh/guide.md", "docs/v1/guide.md", "docs/v2/guide.md", "docs/v2/other.md")
    pages = standing(*CODE, *MANUAL, *translated, path)
    assert pages.of(question, "en").handicap(path) == expected


def test_settings_say_what_ranks_behind() -> None:
    paths = ("CHANGELOG.md", "tests/test_a.py", "docs/old/a.md", *CODE, *MANUAL)
    docs = DocsSettings(rank_behind=("changelog", "docs/old/**", "["))
    reading = standing(*paths, docs=docs).of()
    assert {path for path in paths if reading.handicap(path)} == {"CHANGELOG.md", "docs/old/a.md"}
    nothing = standing(*paths, docs=DocsSettings(rank_behind=())).of()
    assert not any(nothing.handicap(path) for path in paths)


def test_pages_that_repeat_sources() -> None:
    paths = (*CODE, *MANUAL, "docs/lib.html")
    pages = Standing(paths, DocsSettings(), lambda path: (), lambda path: path.endswith(".html"))
    assert pages.of().handicap("docs/lib.html") == BEHIND


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ((), []),
        (("en",), ["docs/zh/a.md", "docs/zh/b.md"]),
        (("zh-TW",), ["docs/en/a.md"]),
        (("en", "zh"), []),
    ],
)
def test_translations_that_nobody_asked_for(
    languages: tuple[str, ...], expected: list[str]
) -> None:
    paths = ["docs/en/a.md", "docs/zh/a.md", "docs/zh/b.md", "docs/it/c.md", "src/zh/a.py", "a.md"]
    assert sorted(foreign(paths, languages)) == expected


NAMES = "docs en zh it v1 v2.0 1 next i18n a b.md b.zh.md zh.md README_de.md"
PARTS = st.sampled_from(NAMES.split())
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join), unique=True)


@given(PATHS, st.randoms())
def test_the_order_of_files_does_not_matter(paths: list[str], chance: random.Random) -> None:
    shuffled = chance.sample(paths, len(paths))
    ways = [standing(*some).of("How in v1?", "zh") for some in (paths, shuffled)]
    for path in paths:
        first, second = ((way.counts(path), way.handicap(path)) for way in ways)
        assert first == second


@given(PATHS)
def test_something_of_every_page_counts(paths: list[str]) -> None:
    reading = standing(*paths).of("How?", "en")
    variants = variants_of(paths)
    by_page = itertools.groupby(
        sorted(variants.values(), key=lambda variant: variant.page), lambda variant: variant.page
    )
    assert all(any(reading.counts(variant.path) for variant in some) for _, some in by_page)


@given(st.text(max_size=30), st.text(max_size=30))
def test_odd_names_are_no_problem(path: str, question: str) -> None:
    reading = standing(path, "docs/a.md").of(question)
    assert reading.counts(path) or path
    assert 0 <= reading.handicap(path) < 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("CHANGELOG.md", "changelog"),
        ("tests/test_a.py", "tests"),
        ("docs/es/b.md", "translation (es) of docs/en/b.md"),
        ("docs/en/b.md", ""),
        ("drafts/c.md", "docs.rankBehind"),
        ("docs/guide.md", ""),
    ],
)
def test_why_a_file_ranks_behind(path: str, reason: str) -> None:
    pages = [f"docs/{language}/{name}.md" for language in ("en", "es") for name in "abcd"]
    docs = DocsSettings(rank_behind=(*DocsSettings().rank_behind, "drafts/**"))
    others = ("CHANGELOG.md", "tests/test_a.py", "drafts/c.md")
    reading = standing(*CODE, *MANUAL, *pages, *others, docs=docs).of()
    assert reading.why_behind(path) == reason
    is_behind = reading.handicap(path) > 0 or not reading.counts(path)
    assert is_behind == bool(reason)


def test_an_older_version_names_the_newer() -> None:
    pages = [f"docs/{version}/{name}.md" for version in ("v1", "v2") for name in "abcd"]
    reading = standing(*CODE, *pages).of()
    assert reading.why_behind("docs/v1/a.md") == "older version of docs/v2/a.md"
    assert reading.why_behind("docs/v2/a.md") == ""
