"""Which Python modules names on pages begin with, and what package files say."""

from __future__ import annotations

import pytest
from tests.languages.projects import graph_of

from askdocs_indexer.languages.python.modules import RULES
from askdocs_indexer.languages.python.packages import read

TREE = {
    "pyproject.toml": '[project]\nname = "loom"\n',
    "src/loom/__init__.py": "from ._frame import Frame\n",
    "src/loom/_frame.py": "class Frame: ...\n",
    "examples/loom/weave.py": "x = 1\n",
    "services/mail/app/models.py": "class Letter: ...\n",
    "services/bank/app/models.py": "class Account: ...\n",
}


@pytest.mark.parametrize(
    ("name", "page", "expected"),
    [
        ("loom.Frame", "docs/api.md", [(("src", "loom"), 1)]),
        (
            "loom._frame.Frame",
            "docs/api.md",
            [(("src", "loom", "_frame"), 2), (("src", "loom"), 1)],
        ),
        (
            "app.models.Letter",
            "services/mail/docs/api.md",
            [(("services", "mail", "app", "models"), 2), (("services", "mail", "app"), 1)],
        ),
        (
            "app.models",
            "docs/api.md",
            [
                (("services", "bank", "app", "models"), 2),
                (("services", "mail", "app", "models"), 2),
                (("services", "bank", "app"), 1),
                (("services", "mail", "app"), 1),
            ],
        ),
        ("Frame", "docs/api.md", []),
        ("_frame.Frame", "docs/api.md", []),
    ],
)
def test_modules_that_a_documented_name_begins_with(
    name: str, page: str, expected: list[tuple[tuple[str, ...], int]]
) -> None:
    family = graph_of(TREE).family("python")
    assert list(RULES.documented(tuple(name.split(".")), page, family)) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("pyproject", '[project]\nname = "loom"', {"name": "loom"}),
        (
            "pyproject",
            '[tool.poetry]\nname = "loom"\npackages = [{include = "loom", from = "./lib"}]',
            {"name": "loom", "roots": "lib"},
        ),
        (
            "pyproject",
            '[tool.setuptools]\npackage-dir = {"" = "code", "loom.core" = "core"}\n'
            '[tool.setuptools.packages.find]\nwhere = ["code", "more"]',
            {"roots": "code\nmore", "packages": "loom.core=core"},
        ),
        (
            "pyproject",
            '[tool.hatch.build.targets.wheel]\npackages = ["sources/loom"]\n'
            '[tool.hatch.build.targets.wheel.sources]\n"sources/yarn" = "thread"',
            {"roots": "sources", "packages": "thread=sources/yarn"},
        ),
        ("pyproject", '[tool.maturin]\npython-source = "py"', {"roots": "py"}),
        ("pyproject", "[project", {}),
        ("pyproject", "[tool.ruff]\nline-length = 100", {}),
        ("pyproject", 'project = 1\n[tool]\npoetry = ["x"]\nhatch = {build = 3}', {}),
        (
            "setupcfg",
            "[metadata]\nname = loom\n[options]\npackage_dir =\n  = code\n",
            {"name": "loom", "roots": "code"},
        ),
        ("setupcfg", "[options.packages.find]\nwhere = src\n", {"roots": "src"}),
        ("setupcfg", "no section", {}),
    ],
)
def test_package_files(kind: str, text: str, expected: dict[str, str]) -> None:
    assert read(kind, text) == expected
