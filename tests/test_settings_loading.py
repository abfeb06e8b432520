"""Settings: the order of their sources, what is checked, and the page that documents them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from askdocs_server.errors import SettingsError
from askdocs_server.settings.docs_page import settings_page
from askdocs_server.settings.loader import load_settings
from askdocs_server.settings.model import Settings
from askdocs_server.settings.schema import schema


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's configuration folder and a workspace root, both empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    user, root = tmp_path / "config" / "askdocs", tmp_path / "root"
    user.mkdir(parents=True)
    root.mkdir()
    return user, root


def value_of(settings: Settings, key: str) -> Any:
    setting = schema()[key]
    return getattr(getattr(settings, setting.section), setting.name)


@pytest.mark.parametrize("name", ["askdocs.toml", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["device", "pipe", "folder", "large"])
def test_settings_that_are_no_proper_file_are_not_read(
    folders: tuple[Path, Path], name: str, kind: str
) -> None:
    file = folders[1] / name
    if kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.write_text("#" * 1_000_001)
    settings, warnings = load_settings(folders[1])
    assert settings == Settings()
    assert len(warnings) == 1
    assert f"{name} cannot be read" in warnings[0]


def test_warnings_are_short(folders: tuple[Path, Path]) -> None:
    (folders[1] / "askdocs.toml").write_text(f"docs = '{'x' * 9999}'\n{'y' * 9999} = 1\n")
    _, warnings = load_settings(folders[1])
    assert len(warnings) == 2
    assert all(len(warning) < 200 for warning in warnings)


def test_not_every_wrong_key_is_warned_about(folders: tuple[Path, Path]) -> None:
    (folders[1] / "askdocs.toml").write_text("".join(f"wrong{n} = 1\n" for n in range(500)))
    _, warnings = load_settings(folders[1])
    assert len(warnings) == 11
    assert "490 more" in warnings[-1]


BYTES = "docs.maxFileBytes"
LOWEST_FIRST = [
    ("default", 2_000_000),
    ("user", 11),
    ("pyproject", 12),
    ("askdocs", 13),
    ("editor", 14),
    ("command line", 15),
]


@pytest.mark.parametrize("count", range(1, len(LOWEST_FIRST) + 1))
def test_the_later_source_wins(folders: tuple[Path, Path], count: int) -> None:
    user, root = folders
    given = dict(LOWEST_FIRST[:count])
    table = "maxFileBytes = {}\n"
    if "user" in given:
        (user / "config.toml").write_text("[docs]\n" + table.format(given["user"]))
    if "pyproject" in given:
        text = "[tool.askdocs.docs]\n" + table.format(given["pyproject"])
        (root / "pyproject.toml").write_text(text)
    if "askdocs" in given:
        (root / "askdocs.toml").write_text("[docs]\n" + table.format(given["askdocs"]))
    editor = {"docs": {"maxFileBytes": given["editor"]}} if "editor" in given else None
    overrides = {BYTES: str(given["command line"])} if "command line" in given else None
    settings, warnings = load_settings(root, editor, overrides)
    assert value_of(settings, BYTES) == LOWEST_FIRST[count - 1][1]
    assert warnings == []


def test_sources_are_laid_over_each_other_key_by_key(folders: tuple[Path, Path]) -> None:
    _, root = folders
    (root / "pyproject.toml").write_text(
        "[tool.askdocs.docs]\ndocstrings = false\nmaxFileBytes = 1\n"
    )
    (root / "askdocs.toml").write_text("[docs]\nmaxFileBytes = 2\n")
    settings, _ = load_settings(root, {"docs.include": ["a/**"]})
    docs = settings.docs
    assert (docs.docstrings, docs.max_file_bytes, docs.include) == (False, 2, ("a/**",))


# What stands in askdocs.toml, the key that it is about, the value that must come out, and words
# that the one warning must have; no words, no warning.
WORKSPACE_FILES = [
    ("[docs]\ninclude = ['docs/**', 'README.md']", "docs.include", ("docs/**", "README.md"), []),
    ("[hover]\nminScore = 1", "hover.minScore", 1.0, []),
    ("'docs.docstrings' = false", "docs.docstrings", False, []),
    ("[docs]\nmaxFileBytes = 'big'", BYTES, 2_000_000, [BYTES, "whole number", '"big"']),
    ("[docs]\nmaxFileBytes = 0", BYTES, 2_000_000, [BYTES, "from 1 to 50000000"]),
    ("[docs]\nmaxFileBytes = true", BYTES, 2_000_000, [BYTES, "true"]),
    ("[docs]\nmaxFileBytes = 1.5", BYTES, 2_000_000, [BYTES]),
    ("[docs]\ndocstrings = 1", "docs.docstrings", True, ["docs.docstrings", "true or false"]),
    ("[docs]\ninclude = 'docs'", "docs.include", (), ["docs.include", "list of strings"]),
    ("[docs]\ninclude = [1]", "docs.include", (), ["docs.include", "list of strings"]),
    ("[hover]\nminScore = nan", "hover.minScore", 0.55, ["hover.minScore", "from 0 to 1"]),
    ("[hover]\nminScore = 1" + "0" * 400, "hover.minScore", 0.55, ["hover.minScore", "100000"]),
    ("[docs]\nmaxFileBytes = 0x1" + "0" * 4000, BYTES, 2_000_000, [BYTES, "thousands of digits"]),
    ("[docs]\nmaxFileBytes = 1" + "0" * 5000, BYTES, 2_000_000, ["not valid TOML"]),
    ("docs = " + "[" * 100_000, BYTES, 2_000_000, ["not valid TOML"]),
    ("[docs]\nmax_file_bytes = 5", BYTES, 2_000_000, ["docs.max_file_bytes", f"mean {BYTES}?"]),
    ("[docs]\nmaxFilesBytes = 5", BYTES, 2_000_000, ["docs.maxFilesBytes", f"mean {BYTES}?"]),
    ("maxFileBytes = 5", BYTES, 2_000_000, ["maxFileBytes", f"mean {BYTES}?"]),
    ("[doc]\nmaxFileBytes = 5", BYTES, 2_000_000, ["no setting doc", "mean docs?"]),
    ("docs = 3", BYTES, 2_000_000, ["docs must be a table, [docs], not 3."]),
    ("[docs]\nmaxFileBytes = 5\noops\n", BYTES, 2_000_000, ["askdocs.toml", "line 3"]),
    ("[llm]\nendpoint = 'http://x'", "llm.endpoint", "", ["llm.endpoint", "trustedWorkspaces"]),
    ("[index]\nuri = 'http://x'", "index.uri", "", ["index.uri", "trustedWorkspaces"]),
    ("[docs]\nextra = ['/etc']", "docs.extra", (), ["docs.extra", "trustedWorkspaces"]),
    ("[hover]\nsummaries = false", "hover.summaries", True, ["summaries is ignored, because"]),
    ("trustedWorkspaces = ['/']", "llm.endpoint", "", ["trustedWorkspaces", "only in"]),
]


@pytest.mark.parametrize(("text", "key", "expected", "words"), WORKSPACE_FILES)
def test_workspace_file(
    folders: tuple[Path, Path], text: str, key: str, expected: object, words: list[str]
) -> None:
    _, root = folders
    (root / "askdocs.toml").write_text(text)
    settings, warnings = load_settings(root)
    assert value_of(settings, key) == expected
    assert len(warnings) == bool(words)
    for word in words:
        assert word in warnings[0]


NUMBERS = sorted(key for key, setting in schema().items() if setting.hint in (int, float))


def test_numbers_and_only_numbers_have_bounds() -> None:
    assert sorted(key for key, setting in schema().items() if setting.bounds) == NUMBERS


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_stays_within_its_bounds(folders: tuple[Path, Path], key: str) -> None:
    setting = schema()[key]
    assert setting.bounds
    lowest, highest = setting.bounds
    for value in (lowest, highest):
        settings, warnings = load_settings(folders[1], {key: value})
        assert (value_of(settings, key), warnings) == (value, [])
    for value in (lowest - 1, highest + 1):
        settings, (warning,) = load_settings(folders[1], {key: value})
        assert value_of(settings, key) == setting.default
        assert f"{key} must be a" in warning
        assert f"number from {lowest} to {highest}, not {value}" in warning


def test_a_bad_value_leaves_the_one_below(folders: tuple[Path, Path]) -> None:
    user, root = folders
    (user / "config.toml").write_text("[docs]\nmaxFileBytes = 7\n")
    settings, warnings = load_settings(root, {"docs": {"maxFileBytes": "big"}})
    assert settings.docs.max_file_bytes == 7
    assert len(warnings) == 1
    assert "editor" in warnings[0]


def test_one_warning_names_all_keys_that_need_trust(folders: tuple[Path, Path]) -> None:
    keys = ["llm.endpoint", "llm.model", "index.uri", "embedding.model"]
    (folders[1] / "askdocs.toml").write_text("\n".join(f"{key} = 'x'" for key in keys))
    settings, (warning,) = load_settings(folders[1])
    assert settings == Settings()
    assert ", ".join(keys) in warning


@pytest.mark.parametrize(
    ("listed", "trusted"), [("{root}", True), ("{root}/..", False), ("~/root", True)]
)
def test_a_trusted_workspace_sets_every_key(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, listed: str, trusted: bool
) -> None:
    user, root = folders
    monkeypatch.setenv("HOME", str(root.parent))
    (user / "config.toml").write_text(f"trustedWorkspaces = ['{listed.format(root=root)}']\n")
    (root / "askdocs.toml").write_text("[llm]\nendpoint = 'http://gpu-box:8000/v1'\n")
    settings, warnings = load_settings(root)
    assert bool(settings.llm.endpoint) == trusted
    assert bool(warnings) == (not trusted)


@pytest.mark.parametrize("listed", ["root", ".", "", "./root", "~nobody-like-that/root"])
def test_a_relative_folder_is_not_trusted(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    user, root = folders
    monkeypatch.chdir(root if listed == "." or not listed else root.parent)
    (user / "config.toml").write_text(f"trustedWorkspaces = ['{listed}']\n")
    (root / "askdocs.toml").write_text("[llm]\nendpoint = 'http://x'\n")
    settings, warnings = load_settings(root)
    assert settings == Settings()
    assert len(warnings) == 2
    assert f"trustedWorkspaces names '{listed}'" in warnings[0]
    assert "begin it with / or ~" in warnings[0]


def test_one_relative_folder_leaves_the_others_trusted(folders: tuple[Path, Path]) -> None:
    user, root = folders
    (user / "config.toml").write_text(f"trustedWorkspaces = ['src', '{root}']\n")
    (root / "askdocs.toml").write_text("[llm]\nendpoint = 'http://x'\n")
    settings, (warning,) = load_settings(root)
    assert settings.llm.endpoint == "http://x"
    assert "'src'" in warning


def test_the_users_own_file_sets_every_key(folders: tuple[Path, Path]) -> None:
    user, root = folders
    (user / "config.toml").write_text("[llm]\nmode = 'off'\ngpuMemoryGiB = 4\n")
    settings, warnings = load_settings(root)
    assert (settings.llm.mode, settings.llm.gpu_memory_gib, warnings) == ("off", 4.0, [])


@pytest.mark.parametrize("name", ["askdocs.toml", "pyproject.toml"])
@pytest.mark.parametrize("data", [b"\xff\xfe", b"= 3", None], ids=["binary", "broken", "folder"])
def test_an_unusable_file_is_left_out(
    folders: tuple[Path, Path], name: str, data: bytes | None
) -> None:
    _, root = folders
    if data is None:
        (root / name).mkdir()
    else:
        (root / name).write_bytes(data)
    settings, warnings = load_settings(root)
    assert settings == Settings()
    assert len(warnings) == 1
    assert name in warnings[0]


def test_an_editor_may_send_null_and_its_clients_own_keys(folders: tuple[Path, Path]) -> None:
    _, root = folders
    editor = {"docs": {"include": None}, "llm": None, "trace": {"server": "off"}, "server.x": 1}
    assert load_settings(root, editor) == (Settings(), [])


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("llm.mode", "off", "off"),
        ("docs.docstrings", "False", False),
        ("ask.passages", "9", 9),
        ("hover.minScore", "0.25", 0.25),
        ("docs.include", "docs/**, *.md", ("docs/**", "*.md")),
        ("docs.include", '["a,b", "c"]', ("a,b", "c")),
        ("docs.include", "[ab]*.md", ("[ab]*.md",)),
        ("llm.endpoint", "http://x", "http://x"),
    ],
)
def test_command_line(folders: tuple[Path, Path], key: str, text: str, expected: object) -> None:
    settings, _ = load_settings(folders[1], overrides={key: text})
    assert value_of(settings, key) == expected


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("llm.mod", "off", ["llm.mod", "llm.mode?"]),
        ("llm.mode", "of", ["llm.mode", '"local"']),
        ("ask.passages", "many", ["ask.passages", "whole number"]),
        ("ask.passages", "0", ["ask.passages", "from 1 to 50"]),
        ("nothing", "1", ["nothing"]),
    ],
)
def test_a_bad_command_line_is_an_error(
    folders: tuple[Path, Path], key: str, text: str, words: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(folders[1], overrides={key: text})
    for word in words:
        assert word in str(caught.value)


def test_every_default_has_its_own_type() -> None:
    for setting in schema().values():
        assert setting.convert(setting.default) == setting.default


def test_the_page_is_in_step() -> None:
    page = Path(__file__).parent.parent / "docs" / "settings.md"
    assert page.read_text("utf-8") == settings_page(), (
        "run: python -m askdocs_server.settings.docs_page docs/settings.md"
    )


def test_an_editors_own_defaults_come_before_all_that_is_set(folders: tuple[Path, Path]) -> None:
    defaults = {"hover": {"docstrings": "auto"}, "ask.passages": 7}
    settings, _ = load_settings(folders[1], defaults=defaults)
    assert (settings.hover.docstrings, settings.ask.passages) == ("auto", 7)
    (folders[1] / "askdocs.toml").write_text('[hover]\ndocstrings = "always"\n')
    settings, _ = load_settings(folders[1], {"ask": {"passages": 9}}, defaults=defaults)
    assert (settings.hover.docstrings, settings.ask.passages) == ("always", 9)
