"""What a neighbour and a project cannot do."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from askdocs_indexer.storage import Database, Fingerprint
from askdocs_server.settings.loader import load_settings
from askdocs_server.settings.model import Settings
from askdocs_server.settings.schema import schema

HARMLESS = {
    *("docs.include", "docs.exclude", "docs.docstrings", "docs.maxFileBytes"),
    *("docs.chunkCharacters", "docs.languages", "docs.rankBehind"),
    *("llm.temperature", "llm.topP", "llm.seed"),
    *("hover.enabled", "hover.budgetMs", "hover.docstrings", "hover.minScore"),
    *("ask.passages", "ask.maxTokens", "ask.minRelevance", "search.rewriteMs"),
}
VALUES = {bool: "false", int: "5", float: "5.0", tuple: '["/etc"]', str: '"http://evil"'}


def listening() -> set[object]:
    """The addresses at which this process listens on the network."""
    sockets = psutil.Process().net_connections("inet")
    return {socket.laddr for socket in sockets if socket.status == "LISTEN"}


def test_an_open_database_listens_on_no_port(tmp_path: Path) -> None:
    before = listening()
    database = Database(tmp_path)
    texts = database.texts(Fingerprint("1", "fake"), lambda: 4)
    try:
        database.vectors(texts)
        addresses = [socket.laddr for socket in psutil.Process().net_connections("unix")]
        folders = {Path(path).parent for path in addresses if "askdocs-milvus" in path}
        assert listening() == before
        assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    finally:
        texts.close()
        database.close()


def test_what_a_project_may_set_is_decided_here() -> None:
    assert {key for key, setting in schema().items() if setting.harmless} == HARMLESS


@pytest.mark.parametrize("file", ["askdocs.toml", "pyproject.toml"])
@pytest.mark.parametrize("key", sorted(schema().keys() - HARMLESS))
def test_a_project_cannot_set_it(
    key: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    section, _, name = key.partition(".")
    setting = schema()[key]
    value = f'"{setting.choices[-1]}"' if setting.choices else VALUES[type(setting.default)]
    table = section if file == "askdocs.toml" else f"tool.askdocs.{section}"
    (tmp_path / file).write_text(f"[{table}]\n{name} = {value}\n")
    settings, warnings = load_settings(tmp_path)
    assert settings == Settings()
    assert key in warnings[0]
    assert "trustedWorkspaces" in warnings[0]
