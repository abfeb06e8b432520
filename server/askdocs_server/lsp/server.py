"""The language server of one connection: pygls's server with askdocs's features on it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from askdocs_server import __version__
from askdocs_server.host.provider import Hosts
from askdocs_server.lsp.features import FEATURES
from askdocs_server.lsp.protocol import AskdocsProtocol
from askdocs_server.lsp.session import Session

log = logging.getLogger(__name__)


class AskdocsServer(LanguageServer):
    """Created on the event loop that it is served on; owns its `session`.

    `left` is set when the connection is to end, and `stopped` with it, for pygls. `exit_code` is 0
    after a proper shutdown.
    """

    protocol: AskdocsProtocol

    def __init__(self) -> None:
        super().__init__(
            "askdocs",
            __version__,
            protocol_cls=AskdocsProtocol,
            converter_factory=default_converter,
        )
        self.protocol.on_exit = self.leave
        self.left = asyncio.Event()
        self.stopped = threading.Event()
        self.session: Session

    @property
    def exit_code(self) -> int:
        """What the protocol wants: 0 after `shutdown`, else 1."""
        return 0 if self.protocol.is_shut_down else 1

    def leave(self) -> None:
        """End the connection."""
        self.stopped.set()
        self.left.set()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that belongs to no request; a popup would not help."""
        del source
        log.debug("reported by pygls: %s", error)


def create_server(
    hosts: Hosts,
    *,
    root: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    notice: str = "",
) -> AskdocsServer:
    """Return a server with all features. A feature that fails to register is left out.

    `notice` is shown to the user at the start.
    """
    server = AskdocsServer()
    server.session = Session(server, hosts, root, overrides or {}, notice)
    for register in FEATURES:
        try:
            register(server, server.session)
        except Exception:
            log.exception("the feature %s is left out", register.__module__)
    return server
