"""`askdocs mcp`: tools for agents, over the Model Context Protocol on stdin and stdout."""

from __future__ import annotations

import argparse
from pathlib import Path

from askdocs_server.cli.command import Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    # The client says which folders it has open; only one that does not is served where we are.
    parser.set_defaults(root=None)


def _run(options: argparse.Namespace) -> int:
    import asyncio
    import gc
    import signal

    from askdocs_server.daemon.paths import DaemonPaths
    from askdocs_server.settings.loader import load_settings

    overrides, here = dict(options.set), Path.cwd()
    if overrides:
        load_settings(options.root or here, overrides=overrides)  # A bad one ends us here.
    paths = DaemonPaths.of_this_user()
    # A thread waits for stdin, which no KeyboardInterrupt ends. The daemon sees us go.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # A fifth of the SDK's import would go into looking for dead objects.
    from askdocs_server.mcp.projects import Projects
    from askdocs_server.mcp.roots import Roots
    from askdocs_server.mcp.server import serve

    gc.freeze()
    gc.enable()
    asyncio.run(serve(Projects(paths, overrides), Roots(options.root, here)))
    return 0


COMMAND = Command("mcp", "serve an agent on stdin and stdout", _add_arguments, _run)
