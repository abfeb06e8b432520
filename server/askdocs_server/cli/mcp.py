"""`askdocs mcp`: tools for agents, over the Model Context Protocol on stdin and stdout."""

from __future__ import annotations

import argparse
from pathlib import Path

from askdocs_server.cli.command import Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    # The client says which folders it has open; if it does not, we serve the current folder.
    parser.set_defaults(root=None)


def _run(options: argparse.Namespace) -> int:
    import asyncio
    import gc
    import os

    from askdocs_server.daemon.paths import DaemonPaths
    from askdocs_server.ipc.signals import end_by_signals
    from askdocs_server.settings.loader import load_settings

    overrides, here = dict(options.set), Path.cwd()
    if overrides:
        load_settings(options.root or here, overrides=overrides)  # Fails on a bad override.
    paths = DaemonPaths.of_this_user()
    # A thread waits for stdin, which a KeyboardInterrupt does not end. The daemon notices our exit.
    end_by_signals(os._exit)
    gc.disable()  # Collecting garbage would take a fifth of the SDK's import time.
    from askdocs_server.mcp.projects import Projects
    from askdocs_server.mcp.roots import Roots
    from askdocs_server.mcp.server import serve

    gc.freeze()
    gc.enable()
    asyncio.run(serve(Projects(paths, overrides), Roots(options.root, here)))
    return 0


COMMAND = Command("mcp", "serve an agent on stdin and stdout", _add_arguments, _run)
