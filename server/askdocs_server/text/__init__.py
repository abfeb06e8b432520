"""Work on text that questions and hovers share: safe Markdown, segments, sentences, tokens."""
