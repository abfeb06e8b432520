"""Answers in the documentation's own words: which of its blocks are shown, and how."""
