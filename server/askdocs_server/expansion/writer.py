"""The questions that a section answers, as a model writes them."""

from __future__ import annotations

from contextlib import aclosing

from askdocs_indexer.types import UnaskedSection
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.prompt import questions_messages
from askdocs_server.answers.written_lines import written_lines
from askdocs_server.generation.base import Generator

QUESTIONS = 3
_MAX_TOKENS = 96


async def write_questions(section: UnaskedSection, generator: Generator) -> list[str]:
    """Return up to three questions; none where the model writes nothing of use.

    Raises GenerationError.
    """
    title = " > ".join(section.heading_path) or section.path
    passage = Citation(1, section.path, 1, 1, title, section.text, excerpt="", score=1.0)
    messages = await questions_messages(
        passage, generator.profile, QUESTIONS, _MAX_TOKENS, generator.count_tokens
    )
    async with aclosing(written_lines(generator, messages, QUESTIONS, _MAX_TOKENS)) as lines:
        return [line async for line in lines]
