"""A setting is written, and everything else in the file stays as it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from askdocs_server.errors import SettingsError
from askdocs_server.settings.loader import load_settings
from askdocs_server.settings.writing import write_setting

KEY = "embedding.model"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[embedding]\nmodel = "a/b"\n'),
        (
            "# Mine.\n[embedding] # of texts\nmodel = 'x'  # for now\ndevice='cpu'\n\n[llm]\n",
            "# Mine.\n[embedding] # of texts\nmodel = \"a/b\"  # for now\ndevice='cpu'\n\n[llm]\n",
        ),
        ('[llm]\nmode = "off"', '[llm]\nmode = "off"\n\n[embedding]\nmodel = "a/b"\n'),
        (
            'embedding.model = "x"\nllm.mode = "off"\n',
            'embedding.model = "a/b"\nllm.mode = "off"\n',
        ),
        ('embedding = {model = "x"} # all\n', 'embedding = {model = "a/b"} # all\n'),
        ('"embedding.model" = "x"\n', '"embedding.model" = "a/b"\n'),
        ('[embedding]\r\nmodel = "x"\r\n', '[embedding]\r\nmodel = "a/b"\r\n'),
        (
            'trustedWorkspaces = ["/a"]\n[docs]\nexclude = [\n  "old/**", # them\n]\n',
            'trustedWorkspaces = ["/a"]\n[docs]\nexclude = [\n  "old/**", # them\n]\n\n'
            '[embedding]\nmodel = "a/b"\n',
        ),
    ],
    ids=["none", "comments", "no end of line", "dotted", "inline", "quoted", "windows", "behind"],
)
def test_only_the_value_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "askdocs" / "config.toml"
    if before:
        file.parent.mkdir()
        file.write_bytes(before.encode())
    write_setting(file, KEY, "a/b")
    assert file.read_bytes().decode() == after
    assert load_settings(tmp_path)[0].embedding.model == "a/b"
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_any_text_can_be_a_value(tmp_path: Path) -> None:
    file = tmp_path / "askdocs.toml"
    for value in ('/Ä b/"c"\\d', "~/x'y", "new\nline"):
        write_setting(file, "docs.exclude", value)
        write_setting(file, "docs.exclude", value)
        assert file.read_text().count("exclude") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[embedding\n", "not valid TOML"),
        (b"embedding = 3\n", "embedding is not a table"),
        (b"# \xff\n", "Save it as UTF-8"),
    ],
)
def test_a_file_that_is_wrong_stays_as_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        write_setting(file, KEY, "a/b")
    assert file.read_bytes() == content


def test_a_file_in_the_way_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "askdocs").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_setting(tmp_path / "askdocs" / "config.toml", KEY, "a/b")


def test_links_and_modes_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text('[embedding]\nmodel = "x"\n')
    real.chmod(0o600)
    link.symlink_to(real)
    write_setting(link, KEY, "a/b")
    assert link.is_symlink()
    assert "a/b" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
