"""What is said where the documentation does not answer a question, or may not."""

from __future__ import annotations

from collections.abc import Sequence

from askdocs_indexer.types import Unread
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.prompt import ABSTENTION
from askdocs_server.answers.quoting.quotes import Quote, quotes_text
from askdocs_server.text.sanitize import plain

UNCERTAIN = "No passage answers this for certain. Nearest:\n\n"

CERTAIN = 0.6
"""Where it is less probable than this that a passage answers, the answer says so."""

NEAR = 0.1
"""Where it is less probable than this, nothing that was found has to do with the question."""

NEAREST_LINES = 12
"""So much is shown of what may not answer at all: two blocks or so."""

# So many kinds of unread files are named.
_UNREAD_KINDS = 4


def declined(
    nearest: Sequence[Quote], citations: Sequence[Citation], unread: Sequence[Unread] = ()
) -> str:
    """Return the answer where no passage answers: what comes nearest, if anything is near.

    What documentation is not in the index is part of the truth.
    """
    text = quotes_text(nearest)
    text = f"{UNCERTAIN}{text}" if text else _nothing(citations)
    if not unread:
        return text
    kinds = ", ".join(row.label for row in unread[:_UNREAD_KINDS])
    more = " and others" if len(unread) > _UNREAD_KINDS else ""
    return f"{text}\n\nNot read: {plain(kinds)}{more}. `askdocs status` says why."


def _nothing(citations: Sequence[Citation]) -> str:
    if not citations:
        return f"{ABSTENTION} Nothing in the index comes near this question."
    nearest = "\n".join(f"- {plain(c.title)} [{c.number}]" for c in citations)
    return f"{ABSTENTION} The nearest passages:\n\n{nearest}"
