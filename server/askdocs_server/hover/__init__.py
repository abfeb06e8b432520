"""From a position in a document to the documentation of the symbol there, as Markdown."""
