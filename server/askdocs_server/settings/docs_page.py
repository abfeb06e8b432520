"""Prints docs/settings.md from the settings' definitions.

`python -m askdocs_server.settings.docs_page docs/settings.md` writes the file; a test compares it.
"""

from __future__ import annotations

import json
import sys
import typing
from itertools import groupby
from pathlib import Path

from askdocs_server.settings.schema import Setting, schema

_INTRODUCTION = """\
# Settings

askdocs works without any. Where you want something else, set it in one of these places; the later
ones win, key by key:

1. your own `config.toml`, in `~/.config/askdocs/` on Linux,
2. the project's `pyproject.toml`, in the table `[tool.askdocs]`,
3. the project's `askdocs.toml`,
4. your editor's settings, under `askdocs`,
5. the command line: `askdocs search --set docs.maxFileBytes=500000 "a question"`.

```toml
# askdocs.toml
[docs]
include = ["docs/**", "README.md"]
docstrings = false
```

On the command line a list is written with commas: `--set docs.exclude=drafts/**,old/**`.

A wrong value is reported once and ignored; the value from the place before it stays. `askdocs
doctor` lists everything that was ignored and why.

## Trust

A project that you cloned should not be able to send your questions to somebody else's server or to
load a model of its choice. So the keys marked **yes** under *own settings only* do not count in a
project's files. If you trust a project, say so in your own `config.toml`:

```toml
trustedWorkspaces = ["/home/me/work/my-project"]
```
"""


def settings_page() -> str:
    """Return docs/settings.md as Markdown."""
    parts = [_INTRODUCTION]
    for section, settings in groupby(schema().values(), key=lambda one: one.section):
        rows = "\n".join(_row(setting) for setting in settings)
        parts.append(
            f"## {section}\n\n"
            "| key | type | default | own settings only | what it does |\n"
            f"| --- | --- | --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(parts)


def _row(setting: Setting) -> str:
    default = json.dumps(setting.default)
    trusted = "**yes**" if setting.trusted else ""
    return f"| `{setting.key}` | {_type(setting)} | `{default}` | {trusted} | {setting.help} |"


def _type(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    is_list = typing.get_origin(setting.hint) is tuple
    names = {bool: "true or false", int: "whole number", float: "number", str: "text"}
    name = "list of texts" if is_list else names[setting.hint]
    return name if setting.minimum is None else f"{name}, at least {setting.minimum:g}"


def main() -> None:
    """Write the page to the path that is given."""
    Path(sys.argv[1]).write_text(settings_page(), "utf-8")


if __name__ == "__main__":
    main()
