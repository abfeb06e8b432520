"""The coefficients of the ranking, and of how sure it is: the only numbers that were fitted.

`make fit-ranking` fits them to questions about many projects, each time leaving one project out to
see what carries over; docs/quality.md has the figures.
"""

from __future__ import annotations

from typing import Final

# What each kind of evidence adds to a score, where the embedder knows the words of the query. A
# source's comment, a line or two and an introduction answer less often than their words promise.
EVIDENCE: Final = {
    "meaning": 0.76,
    "words": 0.24,
    "page_meaning": 0.035,
    "page_words": 0.025,
    "in_source": -0.04,
    "is_brief": -0.045,
    "is_introduction": -0.03,
    "is_answer": 0.14,
}
# Share of the words in what meaning and words add where it knows none of them.
UNFAMILIAR_WORDS: Final = 0.8

# The log-odds that a passage among the first four answers, by what is known of the hits.
SURENESS: Final = {
    "score": 7.0,
    "meaning": 2.7,
    "held": 1.1,
    "words": 0.8,
    "unknown": -1.9,
    "asked": 0.13,
    "chunks": -0.36,
}
SURENESS_BIAS: Final = -4.1
# The same by words alone, where nothing is known of meaning.
WORDS_SURENESS: Final = {"held": 6.0, "chunks": -0.35}
WORDS_SURENESS_BIAS: Final = -3.2
