"""Which model judges statements by default. Light on purpose: a status needs to know it."""

from __future__ import annotations

from askdocs_indexer.reranking.choice import Role

# Apache-2.0, English, trained on SNLI and MultiNLI: .916 of SNLI's test set and .878 of MultiNLI's
# mismatched set are judged right, as its model card says.
VERIFYING = Role(
    "verify.model",
    "cross-encoder/nli-deberta-v3-xsmall",
    "280 MB",
    "The verifying model",
    "another model",
)
