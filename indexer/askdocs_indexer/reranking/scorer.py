"""A loaded cross-encoder: how well passages fit a query, and how long the two are together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from askdocs_indexer.embedding.model_folder import prompt_name
from askdocs_indexer.embedding.window import NO_LIMIT, window_of_model
from askdocs_indexer.errors import RerankerError
from askdocs_indexer.words.forms import in_usual_letters

# Tokens of a call with their padding. On a processor small calls waste little on padding, and the
# clock can be looked at between them; a GPU needs more to be busy.
_CPU_CALL_TOKENS = 512
_GPU_CALL_TOKENS = 16384
# What a model may be made for that scores a pair by itself.
_SCORES_PAIRS = "ForSequenceClassification"


class PairScorer:
    """Wraps a CrossEncoder. For one thread at a time.

    Raises RerankerError for models that do something else with pairs.
    """

    def __init__(self, model: Any) -> None:
        _check(model)
        self._model = model
        self._prompt_name = prompt_name(model.prompts, model.default_prompt_name, "query")
        self.window = window_of_model(model, "")

    @property
    def device(self) -> str:
        """The torch device in use."""
        return str(self._model.device)

    @property
    def call_tokens(self) -> int:
        """How many tokens a call of `scores` should have."""
        return _CPU_CALL_TOKENS if self.device == "cpu" else _GPU_CALL_TOKENS

    def lengths(self, query: str, texts: Sequence[str]) -> list[int]:
        """Return how many tokens the query has with each text, as far as the model reads them."""
        tokenizer, limit = self._model.tokenizer, self._model.max_seq_length
        queries = [self._model.prompts.get(self._prompt_name, "") + in_usual_letters(query)]
        pairs = queries * len(texts), [in_usual_letters(text) for text in texts]
        if limit is None or limit >= NO_LIMIT:
            tokens = tokenizer(*pairs)
        else:
            tokens = tokenizer(*pairs, truncation="longest_first", max_length=limit)
        return [len(ids) for ids in tokens["input_ids"]]

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text, of any scale; higher is better. Raises RerankerError.

        It is the model's own, as squashed to 0..1 the best ones would differ by nothing.
        """
        from torch.nn import Identity

        values = self._model.predict(
            [(in_usual_letters(query), in_usual_letters(text)) for text in texts],
            prompt_name=self._prompt_name,
            activation_fn=Identity(),
            batch_size=len(texts),
            show_progress_bar=False,
        )
        scores = [float(value) for value in values]
        if not all(map(math.isfinite, scores)):
            raise RerankerError("its scores are no numbers; its weights are damaged")
        return scores


def _check(model: Any) -> None:
    """Raise RerankerError where a model does not give a pair a single, learned score.

    sentence-transformers gives a layer of random weights to a model that has none for pairs.
    """
    if model.num_labels != 1:
        raise RerankerError(
            f"it sorts pairs into {model.num_labels} classes and gives them no single score"
        )
    architectures = getattr(model.config, "architectures", None) or ()
    if len(model) == 1 and not any(name.endswith(_SCORES_PAIRS) for name in architectures):
        raise RerankerError("it is no cross-encoder: nothing in it scores a pair of texts")
