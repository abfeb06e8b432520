"""The questions that sections answer, as further entries of these in the search."""
