"""`askdocs lsp`: the language server on stdin and stdout, for editors."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from askdocs_server.cli.command import Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--standalone",
        action="store_true",
        help="serve this one editor in this process, sharing nothing with others",
    )
    # The editor says which folders it has open; the folder that it was started in means nothing.
    parser.set_defaults(root=None)


def _run(options: argparse.Namespace) -> int:
    from askdocs_server.lsp import serve_stdio

    root = options.root.absolute() if options.root else None
    # Editors start us in the workspace, where a folder planted under the name of a model ("BAAI/…")
    # would be loaded in its place.
    try:
        os.chdir(Path.home())
    except (OSError, RuntimeError):
        os.chdir("/")
    return serve_stdio(root, dict(options.set))


COMMAND = Command("lsp", "serve an editor on stdin and stdout", _add_arguments, _run)
