"""pymilvus's client, quiet and with errors of our own."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import StoreDamagedError, StoreError

log = logging.getLogger(__name__)

_TRIES = 3


def connect(uri: str, token: str) -> Any:
    """Return a client of the server or the local database at `uri`.

    Raises StoreDamagedError where a local database does not open, else StoreError.
    """
    # Milvus Lite listens on loopback, where no proxy must come between. gRPC's own chatter says
    # nothing that an exception does not say.
    os.environ.setdefault("no_grpc_proxy", "127.0.0.1,localhost")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from pymilvus import MilvusClient

    # pymilvus prints a traceback of its own for each error that it raises as well, and grpc one for
    # each call that Milvus Lite does not know and pymilvus does without.
    for noisy in ("pymilvus", "grpc._server"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    local = uri.endswith(".db")
    if local and Path(uri).exists() and not os.access(uri, os.R_OK | os.W_OK):
        raise StoreError(f"{uri} cannot be read and written. Correct its permissions.")
    # pymilvus shares connections within a process; one that was idle may have been closed by the
    # server, which only the first call learns.
    failure: Exception | None = None
    for _ in range(1 if local else _TRIES):
        try:
            return _Client(MilvusClient(uri, token=token))
        except Exception as error:
            log.info("%s does not open (%s)", uri, error)
            failure = error
    if local:
        raise StoreDamagedError(f"the database does not open: {failure}") from failure
    raise StoreError(
        f"The Milvus server at {uri} does not answer ({failure}). Check index.uri and the token, "
        "or unset index.uri to use a local database."
    ) from failure


class _Client:
    """pymilvus's client, whose errors become ours."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._is_closed = False

    def close(self) -> None:
        """Close the connection; who still uses it gets a StoreError."""
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
