"""pymilvus's client, quiet and with our own errors."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from askdocs_indexer.errors import StoreError

log = logging.getLogger(__name__)

_TRIES = 3


def silence_grpc() -> None:
    """Call before grpc is first imported: its chatter says nothing that an exception does not."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def connect(address: str, token: str) -> Any:
    """Return a client of the Milvus server at `address`. Raises StoreError."""
    silence_grpc()
    from pymilvus import MilvusClient

    # pymilvus prints a traceback for each error that it also raises, and grpc prints another for
    # each call that Milvus Lite does not know and pymilvus does without.
    for logger in ("pymilvus", "grpc._server"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    # pymilvus shares connections within a process; the server may have closed an idle connection,
    # which only the first call learns.
    # No router forgets a connection within the machine, and Milvus Lite takes pymilvus's pings on
    # an idle connection for an attack.
    options = {"grpc.keepalive_permit_without_calls": not address.startswith("unix:")}
    failure: Exception | None = None
    for _ in range(_TRIES):
        try:
            return _Client(MilvusClient(address, token=token, grpc_options=options))
        except Exception as error:
            log.info("%s does not open (%s)", address, error)
            failure = error
    raise StoreError(
        f"The Milvus server at {address} does not answer ({failure}). Check index.uri and the "
        "token, or unset index.uri to use a local database."
    ) from failure


class _Client:
    """pymilvus's client, whose errors become ours."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._is_closed = False

    def close(self) -> None:
        """Close the connection; whoever still uses it gets a StoreError."""
        self._is_closed = True
        self._client.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        from pymilvus.exceptions import MilvusException

        method = getattr(self._client, name)

        def translated(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except MilvusException as error:
                raise StoreError(f"The index cannot be used ({error.message}).") from error
            except Exception as error:
                if not self._is_closed:
                    raise
                raise StoreError("The index was closed meanwhile. Try again.") from error

        return translated
