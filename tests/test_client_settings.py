"""The VS Code client offers exactly the server's settings, with the same defaults and texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from askdocs_server.settings.schema import Setting, schema

PACKAGE = Path(__file__).parent.parent / "client-vscode" / "package.json"
# These belong to the client itself.
OWN = ("askdocs.server.", "askdocs.trace.")


def offered() -> dict[str, dict[str, Any]]:
    groups = json.loads(PACKAGE.read_text("utf-8"))["contributes"]["configuration"]
    properties = {key: row for group in groups for key, row in group["properties"].items()}
    return {
        key.removeprefix("askdocs."): row
        for key, row in properties.items()
        if not key.startswith(OWN)
    }


def expected(setting: Setting) -> dict[str, Any]:
    default = setting.default
    return {
        "default": list(default) if isinstance(default, tuple) else default,
        "minimum": setting.minimum,
        "enum": list(setting.choices) or None,
        "markdownDescription": setting.help,
    }


def test_every_setting_is_offered_as_it_is() -> None:
    found = {
        key: {name: row.get(name) for name in ("default", "minimum", "enum", "markdownDescription")}
        for key, row in offered().items()
    }
    assert found == {key: expected(setting) for key, setting in schema().items()}


def test_what_could_redirect_traffic_is_no_workspace_setting() -> None:
    trusted = {key for key, setting in schema().items() if setting.trusted}
    assert trusted <= {key for key, row in offered().items() if row["scope"] == "machine"}
