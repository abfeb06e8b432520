"""How much of a question's words a text holds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from askdocs_indexer.words.terms import languages_in, lexical_text, query_terms


class QuestionWords:
    """The words of a question as the index sees them; those count most that few texts hold."""

    def __init__(self, question: str, texts: Sequence[str]) -> None:
        held = [self.terms(text) for text in texts]
        languages = frozenset[str]().union(*map(languages_in, held))
        self._asked = list(dict.fromkeys(map(frozenset, query_terms(question, languages))))
        counts = [sum(not terms.isdisjoint(asked) for terms in held) for asked in self._asked]
        self._weights = [math.log1p((len(texts) + 0.5) / (count + 0.5)) for count in counts]

    @staticmethod
    def terms(text: str) -> frozenset[str]:
        """Return the words of a text as the index sees them."""
        return frozenset(lexical_text(text).split())

    def share(self, text: str) -> float:
        """Return how much of the question's words a text holds, 0 to 1."""
        terms = self.terms(text)
        pairs = zip(self._asked, self._weights, strict=True)
        held = sum(weight for asked, weight in pairs if not terms.isdisjoint(asked))
        return held / (sum(self._weights) or 1.0)
