"""What the demo works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_server.cli.demonstration import copy_workspace


@pytest.mark.parametrize("name", ["askdocs.toml", "pyproject.toml"])
def test_a_copy_has_the_projects_settings(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = tmp_path / "project"
    project.mkdir()
    (project / "guide.md").write_text("# Guide\n")
    (project / "data.bin").write_bytes(b"\0")
    (project / name).write_text("")
    copied = {path.name for path in copy_workspace(project).iterdir()}
    assert copied == {"guide.md", name}
