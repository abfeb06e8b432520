"""Which files are documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_wanted
from askdocs_indexer.settings import DocsSettings


def workspace(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def scan(root: Path, docs: DocsSettings | None = None, key: str = "") -> list[str]:
    selection = Selection(root, docs or DocsSettings(), lambda path: path.endswith(".md"))
    return sorted(selection.scan(key))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"a.md": "", "b.py": "", "d/c.md": ""}, ["a.md", "d/c.md"], id="by format"),
        pytest.param(
            {".gitignore": "x.md\nbuild/", "x.md": "", "y.md": "", "build/z.md": ""},
            ["y.md"],
            id="gitignore",
        ),
        pytest.param(
            {".gitignore": "*.md", "d/.gitignore": "!keep.md", "d/keep.md": "", "d/no.md": ""},
            ["d/keep.md"],
            id="nested ignore files: the deeper wins",
        ),
        pytest.param(
            {".gitignore": "d/", "d/.gitignore": "!keep.md", "d/keep.md": ""},
            [],
            id="a pruned folder is not re-entered",
        ),
        pytest.param({".askdocsignore": "/x.md", "x.md": "", "d/x.md": ""}, ["d/x.md"], id="own"),
        pytest.param({"node_modules/a.md": "", ".git/b.md": ""}, [], id="never"),
    ],
)
def test_ignore_rules(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert scan(workspace(tmp_path, files)) == expected


def test_include_and_exclude(tmp_path: Path) -> None:
    root = workspace(tmp_path, {"docs/a.md": "", "docs/old/b.md": "", "c.md": ""})
    docs = DocsSettings(include=("docs/**",), exclude=("docs/old/",))
    assert scan(root, docs) == ["docs/a.md"]


def test_a_key_narrows_the_scan_and_still_obeys_rules_above(tmp_path: Path) -> None:
    files = {".gitignore": "no.md", "d/a.md": "", "d/no.md": "", "b.md": ""}
    root = workspace(tmp_path, files)
    assert scan(root, key="d") == ["d/a.md"]
    assert scan(root, key="d/a.md") == ["d/a.md"]
    assert scan(root, key="d/no.md") == []
    assert scan(root, key="gone") == []


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    outside = workspace(tmp_path / "outside", {"secret.md": ""})
    root = workspace(tmp_path / "root", {"a.md": ""})
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)
    assert scan(root) == ["a.md"]
    assert scan(root, key="folder/secret.md") == []


def test_a_link_counts_where_its_target_does_not(tmp_path: Path) -> None:
    root = workspace(tmp_path, {"a.md": "", "drafts/b.md": "", ".gitignore": "drafts/\n"})
    (root / "twin.md").symlink_to(root / "a.md")
    (root / "published.md").symlink_to(root / "drafts" / "b.md")
    assert scan(root) == ["a.md", "published.md"]


def test_extra_folders_have_absolute_keys(tmp_path: Path) -> None:
    extra = workspace(tmp_path / "extra", {"e.md": ""})
    root = workspace(tmp_path / "root", {"a.md": ""})
    docs = DocsSettings(extra=("../extra",))
    assert scan(root, docs) == sorted(["a.md", (extra / "e.md").as_posix()])
    assert scan(root, docs, key=(extra / "e.md").as_posix()) == [(extra / "e.md").as_posix()]


def test_files_that_name_packages_are_read_whatever_patterns_say_of_files(tmp_path: Path) -> None:
    files = {".gitignore": "**/package.json\nbuild/", "package.json": "{}", "a.md": ""}
    workspace(tmp_path, {**files, "build/package.json": "{}", "packages/a/package.json": "{}"})
    selection = Selection(tmp_path, DocsSettings(), is_wanted)
    assert sorted(selection.scan()) == ["a.md", "package.json", "packages/a/package.json"]
    without = Selection(tmp_path, DocsSettings(exclude=("packages/",)), is_wanted)
    assert sorted(without.scan()) == ["a.md", "package.json"]
