"""What a failing handler tells the editor: that request fails, the server lives on."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from askdocs_indexer.errors import IndexerError
from askdocs_server.errors import GenerationError
from askdocs_server.lsp.protocol import REQUEST_FAILED

log = logging.getLogger(__name__)

_Params = TypeVar("_Params")
_Result = TypeVar("_Result")
_Handler = Callable[[_Params], Awaitable[_Result]]


def guarded(handler: _Handler[_Params, _Result]) -> _Handler[_Params, _Result]:
    """Turn what a handler raises into an answer that says what to do next."""

    @functools.wraps(handler)
    async def guard(params: _Params) -> _Result:
        try:
            return await handler(params)
        except JsonRpcException:
            raise
        except (IndexerError, GenerationError) as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error
        except TimeoutError as error:
            message = str(error) or "It took too long. The machine may be busy; try again."
            raise JsonRpcException(message, REQUEST_FAILED) from error
        except Exception as error:
            raise JsonRpcInternalError(
                f"Something unexpected went wrong ({type(error).__name__}: {error}). The server's "
                "log has the details."
            ) from error

    return guard
