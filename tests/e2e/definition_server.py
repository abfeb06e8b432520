"""A language server for tests that knows one definition, or never says it.

definition_server.py FILE LINE CHARACTER [SECONDS]: each definition is there, SECONDS later.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer


def serve(file: str, line: int, character: int, seconds: float = 0.0) -> None:
    """Answer on stdin and stdout until the editor leaves."""
    server = LanguageServer("definitions", "1")
    start = types.Position(line, character)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def define(_params: types.DefinitionParams) -> types.Location:
        await asyncio.sleep(seconds)
        return types.Location(Path(file).as_uri(), types.Range(start, start))

    server.start_io()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *map(float, sys.argv[4:]))
