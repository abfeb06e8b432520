"""What a word and a sentence are, in every script: the same for search, quotes and checks."""
