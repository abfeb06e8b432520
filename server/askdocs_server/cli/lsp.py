"""`askdocs lsp`: the language server on stdin and stdout, for editors.

With a daemon, this process only copies messages; what it imports counts in every editor's start.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from askdocs_server.cli.command import Command
from askdocs_server.cli.output import note


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--standalone",
        action="store_true",
        help="serve this one editor in this process, sharing nothing with others",
    )
    # The editor says which folders it has open; the folder that it was started in means nothing.
    parser.set_defaults(root=None)


def _run(options: argparse.Namespace) -> int:
    overrides = dict(options.set)
    if overrides:
        from askdocs_server.settings.loader import load_settings

        load_settings(options.root or Path.cwd(), overrides=overrides)  # Fails on a bad override.
    root = options.root.absolute() if options.root else None
    # Editors start us in the workspace, where a folder planted under the name of a model ("BAAI/…")
    # would be loaded instead of the model.
    try:
        os.chdir(Path.home())
    except (OSError, RuntimeError):
        os.chdir("/")
    notice = "" if options.standalone else _attached(root, overrides, options.debug)
    from askdocs_server.lsp import serve_stdio

    return serve_stdio(root, overrides, notice)


def _attached(root: Path | None, overrides: dict[str, str], debug: bool) -> str:
    """Serve over the daemon and never return; where no daemon can run, return why."""
    from askdocs_server.daemon.connect import attach
    from askdocs_server.daemon.forwarder import Pipe
    from askdocs_server.daemon.handshake import Hello
    from askdocs_server.daemon.paths import DaemonPaths

    hello = Hello("editor", root=str(root) if root else None, overrides=overrides)
    try:
        paths = DaemonPaths.of_this_user()
        connection, reply = attach(paths, hello, debug=debug)
    except OSError as error:
        reason = f"{error.strerror or error} This window is served by a process of its own."
        note(reason)
        return reason
    if debug:
        note(f"attached to the daemon, process {reply.pid}")
    return Pipe(0, 1, connection, paths, hello, note).run()


COMMAND = Command("lsp", "serve an editor on stdin and stdout", _add_arguments, _run)
