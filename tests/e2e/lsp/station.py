"""The workspace that the tests of the language server share, and the editor that has it open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types
from tests.e2e.lsp_support import Editor

GUIDE = """\
# Guide

Everything about the weather station.

## Calibrating the barometer

Turn the brass screw until the needle agrees with the reference pressure of the harbour.

## Changing the battery

Open the lid, take out the old cell and put in a new one. The clock keeps running for a minute.
"""

REFERENCE = """\
Reference
=========

.. module:: station

.. function:: calibrate(pressure)

   Set the reference pressure of the barometer, in hectopascal.

.. function:: transmit(report)

   Send one report by radio.
"""

SOURCE = """\
import station as st
from station import transmit

# station in a comment
def main(report: str) -> None:
    count = 3
    '😀'; st.calibrate(1013 + count)
    return transmit(report)
"""
CALIBRATE = (6, len("    '😀'; st.cal") + 1)  # In UTF-16, where the face takes two units.


class Station:
    """The workspace of these tests and the editor that has it open."""

    def __init__(self, folder: Path, environment: Mapping[str, str], editor: Editor) -> None:
        self.folder = folder
        self.environment = environment
        self.editor = editor
        self.initialize_seconds = 0.0
        self.capabilities: types.InitializeResult | None = None

    def write(self, name: str, text: str) -> str:
        """Write a file and return its URI."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path.as_uri()

    def save(self, name: str, text: str) -> None:
        """Write a file as an editor does, which tells the server at once."""
        uri = self.write(name, text)
        self.editor.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
        )

    def change(self, settings: Mapping[str, Any]) -> None:
        """Have the editor offer these settings from now on."""
        self.editor.set_configuration({"llm": {"mode": "off"}, **settings}, section="askdocs")
        self.editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
