"""A second look at the first hits of a search, by a model that reads question and passage together.

Nogueira and Cho, "Passage Re-ranking with BERT", 2019.
"""
