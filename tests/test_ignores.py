"""What git leaves out: held against git itself, with real repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.repositories import excludes_file, repository_around
from askdocs_indexer.settings import DocsSettings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any settings of git, which are read from nowhere else."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def root(tmp_path: Path, home: Path) -> Path:
    """A repository with a page in each of some folders."""
    root = tmp_path / "root"
    for name in ("a.md", "notes/b.md", "docs/c.md", "docs/deep/d.md", "out/docs/e.md"):
        write(root, name)
    git(root, "init")
    return root


def write(root: Path, name: str, text: str = "# Page\n") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.quotePath=no")
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--message", "pages")


def scan(root: Path, key: str = "") -> list[str]:
    selection = Selection(root, DocsSettings(), lambda path: path.endswith(".md"))
    return sorted(selection.scan(key))


def untracked(root: Path) -> list[str]:
    """The pages that git would add, relative to the folder."""
    listed = git(root, "ls-files", "--others", "--exclude-standard")
    return sorted(line for line in listed.splitlines() if line.endswith(".md"))


RULES: dict[str, dict[str, str]] = {
    "info/exclude": {"root/.git/info/exclude": "notes/\n"},
    "info/exclude is anchored at the top": {"root/.git/info/exclude": "/docs/deep\n/deep\n"},
    "the usual excludes file": {"home/.config/git/ignore": "notes/\n"},
    "an excludes file of the user": {
        "home/.gitconfig": "[core]\nexcludesFile = ~/mine\n",
        "home/mine": "notes\n",
        "home/.config/git/ignore": "docs\n",
    },
    "one that an included file names": {
        "home/.gitconfig": "[include]\npath = more\n",
        "home/more": "[core]\nexcludesFile = ~/mine\n",
        "home/mine": "notes\n",
    },
    "one of this clone": {
        "root/.git/config": "[core]\nexcludesFile = ../home/mine\n",
        "home/mine": "notes\n",
    },
    "no excludes file": {
        "home/.gitconfig": "[core]\nexcludesFile =\n",
        "home/.config/git/ignore": "notes\n",
    },
    "one that is missing": {"home/.gitconfig": "[core]\nexcludesFile = ~/none\n"},
    "the clone is stronger than the user": {
        "home/.config/git/ignore": "*.md\n",
        "root/.git/info/exclude": "!c.md\n",
    },
    "a .gitignore is stronger than the clone": {
        "root/.git/info/exclude": "c.md\nd.md\n",
        "root/docs/.gitignore": "!c.md\n",
    },
    "what lies below a folder, and some of it": {
        "root/.gitignore": "docs/**\n!docs/deep/\n!docs/deep/d.md\n",
    },
    "classes of characters": {"root/.gitignore": "[[:alpha:]].md\n![[:upper:]a].md\n"},
    "comments alone": {"root/.git/info/exclude": "# nothing\n"},
}


@pytest.mark.parametrize("folder", ["", "docs"], ids=["the top", "a folder below it"])
@pytest.mark.parametrize("name", RULES)
def test_the_rules_are_those_of_git(root: Path, name: str, folder: str) -> None:
    for file, text in RULES[name].items():
        write(root.parent, file, text)
    assert scan(root / folder) == untracked(root / folder)
    assert all(scan(root, key) == [key] for key in scan(root))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param({".gitignore": "d.md\n"}, ["c.md"], id="by name"),
        pytest.param({".gitignore": "/deep\n"}, ["c.md", "deep/d.md"], id="anchored above"),
        pytest.param({".gitignore": "/docs/deep\n"}, ["c.md"], id="anchored, with the folder"),
        pytest.param({".askdocsignore": "d.md\n"}, ["c.md"], id="our own"),
        pytest.param(
            {".gitignore": "*.md\n", "docs/.gitignore": "!c.md\n"}, ["c.md"], id="weaker than below"
        ),
        pytest.param(
            {".gitignore": "docs\n*.md\n"}, ["c.md", "deep/d.md"], id="the opened folder itself"
        ),
        pytest.param({"../.gitignore": "c.md\n"}, ["c.md", "deep/d.md"], id="beyond git's reach"),
    ],
)
def test_rules_above_the_opened_folder(
    root: Path, rules: dict[str, str], expected: list[str]
) -> None:
    for file, text in rules.items():
        write(root, file, text)
    assert scan(root / "docs") == expected


def test_the_exclude_file_of_a_repository_within(root: Path) -> None:
    git(root / "docs", "init")
    write(root, "docs/.git/info/exclude", "/deep/\n")
    assert scan(root) == ["a.md", "docs/c.md", "notes/b.md", "out/docs/e.md"]


def test_rules_end_at_another_repository(root: Path) -> None:
    """Such as a submodule: only our own rules hold there, too."""
    git(root / "docs", "init")
    write(root, ".gitignore", "c.md\nb.md\n")
    write(root, ".askdocsignore", "d.md\n")
    assert scan(root) == ["a.md", "docs/c.md", "out/docs/e.md"]
    assert scan(root, "docs/c.md") == ["docs/c.md"]


def test_git_follows_no_link_to_a_gitignore(root: Path) -> None:
    write(root, "rules", "*.md\n")
    (root / ".gitignore").symlink_to("rules")
    assert scan(root) == untracked(root) != []


def linked(root: Path) -> None:
    """A worktree within the working tree."""
    commit(root)
    git(root, "worktree", "add", "copy")


def linked_of_another(root: Path) -> None:
    """A clone within the root, with a worktree beside it."""
    other = root / "other"
    write(other, "f.md")
    git(other, "init")
    commit(other)
    git(other, "worktree", "add", "../copy")


def bare(root: Path) -> None:
    """A repository without a main working tree, with a linked one."""
    commit(root)
    git(root, "clone", "--bare", ".", "bare.git")
    git(root / "bare.git", "worktree", "add", "../copy")
    (root / "a.md").unlink()


def submodule(root: Path) -> None:
    write(root.parent, "library/f.md")
    git(root.parent / "library", "init")
    commit(root.parent / "library")
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "../library", "copy")


@pytest.mark.parametrize(
    ("make", "is_there"),
    [
        pytest.param(linked, False, id="a worktree within its repository"),
        pytest.param(linked_of_another, False, id="a worktree beside its repository"),
        pytest.param(bare, True, id="the worktree of a bare repository"),
        pytest.param(submodule, True, id="a submodule"),
    ],
)
def test_linked_worktrees(root: Path, make: Callable[[Path], None], is_there: bool) -> None:
    make(root)
    (page,) = [path.name for path in (root / "copy").glob("*.md")]
    assert (f"copy/{page}" in scan(root)) is is_there
    assert bool(scan(root, f"copy/{page}")) is is_there
    assert page in scan(root / "copy")


def test_a_worktree_of_the_opened_worktree(root: Path, tmp_path: Path) -> None:
    commit(root)
    git(root, "worktree", "add", "../opened")
    git(root, "worktree", "add", "../opened/copy")
    write(root, ".git/info/exclude", "notes\n")
    opened = tmp_path / "opened"
    assert scan(opened) == ["a.md", "docs/c.md", "docs/deep/d.md", "out/docs/e.md"]


def test_a_folder_that_is_no_repository_has_its_own_rules_alone(tmp_path: Path, home: Path) -> None:
    for file in ("a.md", "b.md", "c.md"):
        write(tmp_path / "root", file)
    write(tmp_path, "home/.config/git/ignore", "a.md\n")
    write(tmp_path, "root/.gitignore", "b.md\n")
    assert scan(tmp_path / "root") == ["a.md", "c.md"]


@pytest.mark.parametrize("program", ["exit 1", "sleep 60", ""], ids=["fails", "hangs", "missing"])
def test_without_an_answer_of_git(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    write(tmp_path, "home/.config/git/ignore", "notes\n")
    (tmp_path / "bin").mkdir()
    if program:
        (tmp_path / "bin" / "git").write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setattr("askdocs_indexer.ingest.repositories._GIT_SECONDS", 0.2)
    # The fake program itself needs the system's.
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin" if program else "/nowhere")
    assert "notes/b.md" not in scan(root)


def test_a_hook_of_git_does_not_lead_elsewhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "other/f.md")
    git(tmp_path / "other", "init")
    git(tmp_path / "other", "config", "core.excludesFile", "/other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert excludes_file(root) == tmp_path / "home" / ".config" / "git" / "ignore"


@pytest.mark.parametrize("text", ["", "gitdir: nowhere", "gitdir:", "\0\xff", "x" * 100_000])
def test_odd_files_in_the_place_of_a_repository(tmp_path: Path, home: Path, text: str) -> None:
    write(tmp_path / "root", "a.md")
    write(tmp_path / "root", ".git", text)
    assert scan(tmp_path / "root") == ["a.md"]


def test_files_that_never_end_are_not_read(root: Path) -> None:
    os.mkfifo(root / ".gitignore")
    assert "a.md" in scan(root)


def test_a_folder_that_cannot_be_entered(root: Path) -> None:
    assert repository_around(Path("/proc/1/root/x")) is None
