"""Prints docs/settings.md from the settings' definitions.

`python -m askdocs_server.settings.docs_page docs/settings.md` writes the file; a test compares it.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

from askdocs_server.settings.schema import Setting, schema

_INTRODUCTION = """\
# Settings

askdocs works without any. Where you want something else, set it in one of these sources; the later
ones win, key by key:

1. your own `config.toml`, in `~/.config/askdocs/` on Linux and in
   `~/Library/Application Support/askdocs/` on macOS,
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

Open windows follow a change of the first four within seconds.

A wrong value is reported once and ignored, as is a number beyond its bounds; the value from the
source before it stays. `askdocs doctor` lists everything that was ignored and why.

## Trust

A project that you cloned should not be able to send your text to somebody else's server, to load a
model of its choice or to take your GPU. So of a project's files only those keys count that say
**yes** under *in a project's files*: which of its documents are read, and how hovers and answers
look. If you trust a project with the rest, say so in your own `config.toml`:

```toml
trustedWorkspaces = ["~/work/my-project", "/srv/docs"]
```

Begin each folder with `/` or `~`; a relative path is ignored.
"""


def settings_page() -> str:
    """Return docs/settings.md as Markdown."""
    parts = [_INTRODUCTION]
    for section, settings in groupby(schema().values(), key=lambda setting: setting.section):
        rows = "\n".join(_row(setting) for setting in settings)
        parts.append(
            f"## {section}\n\n"
            "| key | type | default | in a project's files | what it does |\n"
            f"| --- | --- | --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(parts)


def _row(setting: Setting) -> str:
    default = json.dumps(setting.default)
    harmless = "**yes**" if setting.harmless else "no"
    return (
        f"| `{setting.key}` | {_type(setting)} | `{default}` | {harmless} | {setting.description} |"
    )


def _type(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    names = {bool: "true or false", int: "whole number", float: "number", str: "text"}
    name = names.get(setting.hint, "list of texts")
    return f"{name}, {setting.bounds[0]} to {setting.bounds[1]}" if setting.bounds else name


def main() -> None:
    """Write the page to the path that is given."""
    Path(sys.argv[1]).write_text(settings_page(), "utf-8")


if __name__ == "__main__":
    main()
