"""The documentation index: read, chunk, embed, store, watch, search. Knows no LSP."""
