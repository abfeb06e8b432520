"""`askdocs stop`: end what runs in the background."""

from __future__ import annotations

import argparse

from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output


async def _run(options: argparse.Namespace, output: Output) -> int:
    if options.json:
        output.json({"stopped": []})
    else:
        output.line("Nothing runs in the background: each editor ends its own askdocs.")
    return OK


COMMAND = Command("stop", "end what runs in the background", add_json, printing(_run))
