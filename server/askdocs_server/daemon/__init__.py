"""One process per user that holds the models and indexes, and the light clients that attach to it.

`askdocs lsp` and the commands import paths, handshake, connect and forwarder, which import nothing
heavy. The idea of a shared server behind a forwarder is gopls's `-remote=auto`.
"""
