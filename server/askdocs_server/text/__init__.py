"""Text that is neither a question nor a hover: Markdown made safe, segments, sentences, tokens."""
