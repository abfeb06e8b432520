"""One module per feature: a thin handler that converts, calls and wraps."""

from __future__ import annotations

from askdocs_server.lsp.features import (
    ask,
    commands,
    contents,
    documents,
    hover,
    lifecycle,
    reindex,
    search,
    status,
)

FEATURES = tuple(
    module.register
    for module in (lifecycle, documents, hover, ask, search, contents, status, reindex, commands)
)
"""Each registers its handlers with a server and its session."""
