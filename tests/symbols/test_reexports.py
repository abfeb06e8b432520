"""Every name that a package takes over from its own modules is documented where it is declared.

The packages are laid out like some that everybody knows: private modules behind stars and
`__all__`, aliases that type checkers want, renamed imports, packages of packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.symbols.documented import link_at

CLASS = (
    'class {0}:\n    """About {0}."""\n\n    def work(self):\n        """About {0}.work."""\n\n\n'
)
FUNCTION = 'def {0}():\n    """About {0}."""\n\n\n'
VALUE = "#: About {0}.\n{0} = 3\n\n"


def module(*names: str, above: str = "") -> str:
    """A module that declares classes, functions and, in capitals, values."""
    kinds = (
        VALUE if name.isupper() else CLASS if name[0].isupper() else FUNCTION for name in names
    )
    return above + "".join(kind.format(name) for kind, name in zip(kinds, names, strict=True))


# Package -> its files; names that it gives others -> what they are called where they stand.
PACKAGES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "explicit imports, some in brackets, renamed or of modules": (
        {
            "reply/__init__.py": (
                "from . import tools\nfrom .api import get, post\n"
                "from .errors import (\n    HTTPError,\n    Timeout as SlowError,\n)\n"
                "from reply.sessions import Session, session as make_session\n"
                "from .api import LIMIT\n"
            ),
            "reply/api.py": module("get", "post", "LIMIT"),
            "reply/errors.py": module("HTTPError", "Timeout"),
            "reply/sessions.py": module("Session", "session"),
            "reply/tools.py": module("quote"),
        },
        {
            **{name: name for name in ("get", "post", "LIMIT", "HTTPError", "Session")},
            "SlowError": "Timeout",
            "make_session": "session",
            "tools.quote": "quote",
        },
    ),
    "aliases of the same name, in a source folder": (
        {
            "src/press/__init__.py": (
                "from __future__ import annotations\n\nfrom .core import Command as Command\n"
                "from .core import Group as Group\nfrom .shapes import STRING as STRING\n"
                "from .termui import confirm as confirm, prompt as prompt\n"
                "import press.termui as ui\n"
            ),
            "src/press/core.py": module("Command", "Group"),
            "src/press/shapes.py": module("STRING"),
            "src/press/termui.py": module("confirm", "prompt"),
            "pyproject.toml": "[project]\nname = 'press'\n",
        },
        {
            **{name: name for name in ("Command", "Group", "STRING", "confirm", "prompt")},
            "ui.confirm": "confirm",
        },
    ),
    "stars over private modules, with lists of what is public": (
        {
            "wire/__init__.py": (
                "from ._client import *\nfrom ._api import *\nfrom ._more import *\n\n"
                "try:\n    from ._main import main\nexcept ImportError:\n\n"
                "    def main() -> None: ...\n\n"
                "__all__ = ['AsyncClient', 'Client', 'request', 'stream']\n"
            ),
            "wire/_api.py": module(
                "request", "stream", above="__all__ = ['request', 'stream']\n\n"
            ),
            "wire/_client.py": module(
                *("Client", "AsyncClient"), above="__all__ = ['Client', 'AsyncClient']\n\n"
            ),
            "wire/_more/__init__.py": (
                "from .base import Base\nfrom .deep import *\n__all__ = ['Base', 'Deep']\n"
            ),
            "wire/_more/base.py": module("Base"),
            "wire/_more/deep.py": module("Deep", above="from .base import Base\n\n"),
            "wire/_main.py": module("main"),
        },
        {name: name for name in ("request", "stream", "Client", "AsyncClient", "Base", "Deep")},
    ),
    "assignments, conditions and names of other packages": (
        {
            "app/__init__.py": (
                "from typing import TYPE_CHECKING\n\n"
                "from . import impl as _impl\nfrom .impl import Blue\n\n"
                "App = _impl.Application\nBlueprint = Blue\n\n"
                "if TYPE_CHECKING:\n    from .lazy import Lazy\n\n\n"
                "def __getattr__(name): ...\n"
            ),
            "app/impl.py": module("Application", "Blue"),
            "app/lazy.py": module("Lazy"),
            "app/ext/__init__.py": "from app import App as Root\nfrom ..impl import Blue as Sky\n",
        },
        {
            "App": "Application",
            "Blueprint": "Blue",
            "Lazy": "Lazy",
            "ext.Root": "Application",
            "ext.Sky": "Blue",
        },
    ),
}
FORMS = (
    "import {package}{inner}\n{package}.{mark}\n",
    "import {package}{inner} as p\np{dot}.{last_mark}\n",
    "from {owner} import {last}\n{last_mark}\n",
    "from {owner} import {last_mark}\n",
    "from {owner} import {last} as other\n¦other\n",
    "def f(x: {package}.{mark}): ...\n\n\nimport {package}{inner}\n",
)


def cases() -> Iterator[Any]:
    for title, (files, names) in PACKAGES.items():
        package = next(path for path in files if path.endswith("__init__.py")).split("/")[-2]
        for name, declared in names.items():
            inner, _, last = name.rpartition(".")
            words = {
                "package": package,
                "inner": f".{inner}" if inner in ("ext", "tools") else "",
                "dot": "" if inner in ("ext", "tools", "") else f".{inner}",
                "owner": f"{package}.{inner}" if inner in ("ext", "tools") else package,
                "mark": name.replace(last, f"{last[:1]}¦{last[1:]}"),
                "last": last,
                "last_mark": f"{last[:1]}¦{last[1:]}",
            }
            for form in FORMS:
                if inner != "ui" or "{owner}" not in form:
                    use = form.format(**words)
                    yield pytest.param(files, use, declared, id=f"{title}-{use[:60]!r}")


@pytest.mark.parametrize(("files", "use", "declared"), [*cases()])
def test_documentation_of_a_public_name(files: dict[str, str], use: str, declared: str) -> None:
    link, chunks = link_at(files | {"tests/use.py": use})
    assert link is not None, use
    texts = [chunks[one].text for one in link.chunk_ids]
    assert all(re.search(rf"\bAbout {declared}\.", text) for text in texts), texts


@pytest.mark.parametrize("title", PACKAGES)
def test_members_of_public_classes(title: str) -> None:
    files, names = PACKAGES[title]
    package = next(path for path in files if path.endswith("__init__.py")).split("/")[-2]
    for name, declared in names.items():
        if not declared[0].isupper() or declared.isupper():
            continue
        imported = f"{package}.ext" if name.startswith("ext.") else package
        use = f"import {imported}\n\nx = {package}.{name}()\nx.wo¦rk()\n"
        link, chunks = link_at(files | {"tests/use.py": use})
        assert link is not None, use
        assert [f"About {declared}.work." in chunks[one].text for one in link.chunk_ids] == [True]
