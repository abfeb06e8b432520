"""Markdown, with MDX and MyST."""
