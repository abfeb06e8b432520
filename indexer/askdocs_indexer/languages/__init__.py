"""What each language knows: what a file documents, declares and imports, and what a name is."""
