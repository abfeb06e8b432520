"""The VS Code client offers exactly the server's settings, with the same defaults and texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from askdocs_server.settings.schema import Setting, schema

PACKAGE = Path(__file__).parent.parent / "client-vscode" / "package.json"
# These belong to the client itself.
OWN = ("askdocs.server.", "askdocs.trace.", "askdocs.hover.definitionBudgetMs")
# VS Code shows docstrings by itself where an extension knows the language.
OWN_DEFAULTS = {"hover.docstrings": "auto"}


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
    minimum, maximum = setting.bounds or (None, None)
    return {
        "default": OWN_DEFAULTS.get(setting.key) or _as_json(default),
        "minimum": minimum,
        "maximum": maximum,
        "enum": list(setting.choices) or None,
        "markdownDescription": setting.description,
    }


def _as_json(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def test_every_setting_is_offered_as_it_is() -> None:
    rows = {
        key: {name: row.get(name) for name in expected(schema()[key])}
        for key, row in offered().items()
    }
    assert rows == {key: expected(setting) for key, setting in schema().items()}


def test_only_what_is_harmless_is_a_workspace_setting() -> None:
    restricted = json.loads(PACKAGE.read_text("utf-8"))["capabilities"]["untrustedWorkspaces"]
    harmful = {key for key, setting in schema().items() if not setting.harmless}
    assert harmful == {key for key, row in offered().items() if row["scope"] == "machine"}
    assert {f"askdocs.{key}" for key in harmful} == {
        key for key in restricted["restrictedConfigurations"] if not key.startswith(OWN)
    }
