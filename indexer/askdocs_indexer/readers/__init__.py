"""Readers: from a document's text to its sections, one package or module per format."""
