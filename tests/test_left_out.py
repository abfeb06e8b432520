"""What is left out of an index, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_indexer.ingest.files import ALWAYS
from askdocs_indexer.ingest.left_out import left_out
from askdocs_indexer.settings import DocsSettings


def check(root: Path, files: list[str], docs: DocsSettings | None = None) -> dict[str, str]:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("# Title\n")
    return {row.path: row.reason for row in left_out(root, docs or DocsSettings())}


def test_nothing_is_left_out_of_most_projects(tmp_path: Path) -> None:
    assert check(tmp_path, ["README.md", "docs/a.md", "a.py", "logo.png"]) == {}


def test_files_are_named_with_the_setting(tmp_path: Path) -> None:
    docs = DocsSettings(include=("docs/**",), exclude=("docs/old.md",))
    assert check(tmp_path, ["docs/a.md", "docs/old.md", "README.md"], docs) == {
        "README.md": "not in docs.include",
        "docs/old.md": "docs.exclude",
    }


def test_a_folder_stands_for_all_of_its_files(tmp_path: Path) -> None:
    files = [f"drafts/{part}/{number}.md" for part in "ab" for number in range(3)]
    docs = DocsSettings(exclude=("drafts/**",))
    assert check(tmp_path, [*files, "a.md"], docs) == {"drafts/": "docs.exclude (6 files)"}


def test_a_folder_with_other_files_has_a_number(tmp_path: Path) -> None:
    files = [f"docs/{number}.draft.md" for number in range(9)]
    docs = DocsSettings(exclude=("*.draft.md",))
    assert check(tmp_path, [*files, "docs/a.md"], docs) == {"docs/": "docs.exclude (9 files)"}


def test_ignored_folders_are_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / ".askdocsignore").write_text("notes.md\n")
    files = ["a.md", "notes.md", "build/b.md", "node_modules/c/d.md"]
    assert check(tmp_path, files) == {
        "build/": "git ignores it",
        "node_modules/": ALWAYS,
        "notes.md": ".askdocsignore",
    }


def test_many_folders_of_a_name_are_one_row(tmp_path: Path) -> None:
    files = [f"{name}/__pycache__/a.py" for name in "abcdef"] + [
        f"{name}/a.py" for name in "abcdef"
    ]
    assert check(tmp_path, files) == {"**/__pycache__/": f"{ALWAYS} (6 folders)"}


def test_formats_that_are_not_read_are_counted(tmp_path: Path) -> None:
    assert (
        "2 .odt files: the format OpenDocument is not read"
        in check(tmp_path, ["a.odt", "docs/b.odt", "a.md"])["*.odt"]
    )


@pytest.mark.parametrize("docstrings", [True, False])
def test_sources_are_left_out_without_docstrings(tmp_path: Path, docstrings: bool) -> None:
    rows = check(tmp_path, ["src/a.py", "a.md"], DocsSettings(docstrings=docstrings))
    assert rows == ({} if docstrings else {"src/a.py": "docs.docstrings is false"})


def test_translations_that_nobody_asked_for(tmp_path: Path) -> None:
    files = [f"docs/{language}/{name}.md" for language in ("en", "es") for name in "abcd"]
    rows = check(tmp_path, files, DocsSettings(languages=("en",)))
    assert list(rows) == ["docs/es/"]
    assert rows["docs/es/"].endswith("docs.languages does not name (4 files)")


def test_links_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.md").symlink_to(tmp_path / "secret.md")
    assert check(root, ["a.md"])["link.md"].startswith("a link to what")
