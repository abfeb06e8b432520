"""The language server: thin handlers over the host. The only package that knows LSP."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn


def serve_stdio(
    root: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    notice: str = "",
) -> NoReturn:
    """Serve one editor on stdin and stdout until it leaves, and end the process then.

    The exit code is 0 after `shutdown`, 1 where the editor left without, 143 after SIGTERM. `root`
    is the workspace where the editor opens none. `overrides` are settings by dotted key that win
    over all others. `notice` is shown to the user at the start.
    """
    from askdocs_server.lsp.stdio import serve

    serve(root, overrides or {}, notice)
